package api

import (
	"cmp"
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/kpi"
)

// Ageing is what is open by how late it is.
type Ageing struct {
	AsOf      string           `json:"as_of" format:"date"`
	Currency  string           `json:"currency"`
	Total     Money            `json:"total"`
	Buckets   []Bucket         `json:"buckets" nullable:"false"`
	Customers []AgeingCustomer `json:"customers" nullable:"false" doc:"The most owing first"`
}

// Bucket is one bar of the ageing.
type Bucket struct {
	Name   string `json:"name" enum:"not_due,1-30,31-60,61-90,90+" doc:"Days after the due date"`
	Amount Money  `json:"amount"`
	Count  int    `json:"count" doc:"Invoices"`
}

// AgeingCustomer is one customer's part.
type AgeingCustomer struct {
	CustomerID string   `json:"customer_id"`
	Name       string   `json:"name"`
	Total      Money    `json:"total"`
	Buckets    []Bucket `json:"buckets" nullable:"false"`
}

// KPIs are the figures of a period, recomputed from the books.
type KPIs struct {
	From         string  `json:"from" format:"date"`
	To           string  `json:"to" format:"date"`
	Currency     string  `json:"currency"`
	Receivable   Money   `json:"receivable" doc:"Open at the end of the period"`
	Overdue      Money   `json:"overdue" doc:"Of it, after its due date"`
	Sold         Money   `json:"sold" doc:"Invoiced in the period including tax, less what was credited"`
	DSO          *string `json:"dso" doc:"Days sales outstanding, simple: receivable ÷ sold × days of the period; null without sales" example:"41.2"`
	DSOCountBack *string `json:"dso_count_back" doc:"By counting back: how many of the last days' sales make up what is open" example:"38.5"`

	BestDSO       *string `json:"dso_best_possible" doc:"Open and not yet due ÷ sold × days of the period" example:"28.0"`
	Delinquent    *string `json:"average_days_delinquent" doc:"DSO less the best possible" example:"13.2"`
	Effectiveness *string `json:"collection_effectiveness" doc:"Percent: (open at the start + sold − open at the end) ÷ (open at the start + sold − open and not due at the end)" example:"92.4"`
	AtRisk        Money   `json:"at_risk" doc:"Open more than 90 days after its due date"`
	AtRiskPercent *string `json:"at_risk_percent" doc:"Of what is open" example:"3.1"`
	Collection    *string `json:"collection_days" doc:"From issue to payment of the invoices paid in the period, weighted by amount" example:"33.5"`
	Late          *string `json:"days_late" doc:"Of them, after the due date, weighted by amount; in time counts 0" example:"4.2"`
	Accuracy      *string `json:"invoice_accuracy" doc:"Percent: 1 − credited ÷ issued in the period" example:"99.1"`
	Processing    *string `json:"order_processing_hours" doc:"From an order's arrival until a parcel of it left, of the parcels of the period" example:"26.5"`
	Deciding      *string `json:"credit_decision_hours" doc:"Until a person answered a question on credit" example:"1.5"`
	Kept          *string `json:"promises_kept" doc:"Percent of the promises that fell due in the period" example:"80.0"`
}

// kpiDays is the period of the figures when none is asked for.
const kpiDays = 90

func (s server) figures() {
	type moment struct {
		AsOf string `query:"as_of" format:"date" doc:"Today when left out"`
	}
	type period struct {
		From string `query:"from" format:"date" doc:"90 days before to when left out"`
		To   string `query:"to" format:"date" doc:"Today when left out; included"`
	}
	route(s, get("ageing", "/v1/ageing", "Read what is open by how late it is"), func(ctx context.Context, in *moment) (*reply[Ageing], error) {
		on, err := dayOr("as_of", in.AsOf, s.today())
		if err != nil {
			return nil, err
		}
		past, err := s.Cycle.AsOf(ctx, on)
		if err != nil {
			return nil, err
		}
		return &reply[Ageing]{ageing(past)}, nil
	})
	route(s, get("kpis", "/v1/kpis", "Read the figures of a period"), func(ctx context.Context, in *period) (*reply[KPIs], error) {
		from, to, err := s.over(in.From, in.To)
		if err != nil {
			return nil, err
		}
		m, err := s.Cycle.Measure(ctx, from, to)
		if err != nil {
			return nil, err
		}
		return &reply[KPIs]{kpisOf(m)}, nil
	})
}

// over is a period that was asked for; left out, it ends today and takes kpiDays.
func (s server) over(first, last string) (from, to calendar.Date, err error) {
	if to, err = dayOr("to", last, s.today()); err != nil {
		return from, to, err
	}
	if from, err = dayOr("from", first, to.AddDays(1-kpiDays)); err == nil && to.Before(from) {
		err = fault.Bad("/to", "the period ends on "+to.String()+", before it begins", "write a day from "+from.String()+" on")
	}
	return from, to, err
}

func kpisOf(m o2c.Measures) KPIs {
	f := m.End
	return KPIs{
		From: m.From.String(), To: m.To.String(), Currency: f.Data().Currency, Receivable: moneyOf(f.Receivable()), Overdue: moneyOf(f.Overdue(m.To)),
		Sold: moneyOf(f.Sold(m.From, m.To)), DSO: days(f.DSOOver(m.From, m.To)), DSOCountBack: days(f.CountBack(m.To)),
		BestDSO: figure(m.BestDSO), Delinquent: figure(m.Delinquent), Effectiveness: figure(m.Effectiveness), AtRisk: moneyOf(m.AtRisk), AtRiskPercent: figure(m.AtRiskPercent),
		Collection: figure(m.Collection), Late: figure(m.Late), Accuracy: figure(m.Accuracy), Processing: figure(m.Processing), Deciding: figure(m.Deciding), Kept: figure(m.Kept),
	}
}

func figure(f kpi.Figure) *string { return days(f.Value, f.OK) }

// days spells a number with one decimal; no figure is null.
func days(d decimal.Decimal, ok bool) *string {
	if !ok {
		return nil
	}
	text := d.StringFixed(1)
	return &text
}

func ageing(p o2c.Past) Ageing {
	currency := p.Figures.Data().Currency
	out := Ageing{AsOf: p.On.String(), Currency: currency, Total: moneyOf(p.Figures.Receivable()), Buckets: each(p.Figures.Ageing(p.On), bucket)}
	type part struct {
		name    string
		figures *kpi.Figures
	}
	parts := map[string]part{}
	var ids []string
	for _, o := range p.Open {
		id := o.Invoice.CustomerID
		if _, ok := parts[id]; !ok {
			parts[id] = part{o.Invoice.Buyer.Name, kpi.NewFigures(currency)}
			ids = append(ids, id)
		}
		next := kpi.Contribution{DueOn: o.Invoice.DueOn, Open: o.Open.Minor}
		for _, p := range o.Invoice.Aged(o.Open) {
			next.Parts = append(next.Parts, kpi.Due{On: p.On, Open: p.Amount.Minor})
		}
		parts[id].figures.Swap(kpi.Contribution{}, next)
	}
	out.Customers = each(ids, func(id string) AgeingCustomer {
		f := parts[id].figures
		return AgeingCustomer{CustomerID: id, Name: parts[id].name, Total: moneyOf(f.Receivable()), Buckets: each(f.Ageing(p.On), bucket)}
	})
	slices.SortStableFunc(out.Customers, func(a, b AgeingCustomer) int { return cmp.Compare(b.Total.Amount, a.Total.Amount) })
	return out
}

func bucket(b kpi.Bucket) Bucket {
	return Bucket{Name: b.Name, Amount: moneyOf(b.Amount), Count: b.Count}
}
