package o2c

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

// Measures are the figures of a period that look at more than one day,
// recomputed from the documents. A figure without anything to measure has no
// value.
type Measures struct {
	From, To calendar.Date
	End      *kpi.Figures // the receivables at the end of the period

	// BestDSO is best possible days sales outstanding: what is open and not yet
	// due ÷ sold × days. Delinquent is DSO − BestDSO, average days delinquent.
	BestDSO, Delinquent kpi.Figure
	// Effectiveness is the collection effectiveness index, percent: (open at the
	// start + sold − open at the end) ÷ (open at the start + sold − open and not
	// due at the end). 100 means that all that could be collected was.
	Effectiveness kpi.Figure
	AtRisk        money.Amount // open more than 90 days after its due date
	AtRiskPercent kpi.Figure   // of what is open

	Collection kpi.Figure // days from issue to payment of the invoices paid in the period, by amount
	Late       kpi.Figure // of them, days after the due date, by amount; in time is 0
	Accuracy   kpi.Figure // percent: 1 − credited ÷ issued, both in the period
	Processing kpi.Figure // hours from an order's arrival until a parcel of it left, of the parcels of the period
	Deciding   kpi.Figure // hours until a person answered a question on credit
	Kept       kpi.Figure // percent of the promises that fell due and were kept
}

// Measure recomputes the figures of a period, both days included.
func (c *Cycle) Measure(ctx context.Context, from, to calendar.Date) (Measures, error) {
	m := Measures{From: from, To: to}
	booked, err := c.Entries(ctx, calendar.Date{}, to)
	if err != nil {
		return m, err
	}
	end := c.pastBy(to, booked)
	start := c.pastBy(from.AddDays(-1), slices.DeleteFunc(booked, func(e ledger.EntryData) bool { return !e.BookedOn.Before(from) }))
	var t turnover
	err = c.eachInvoice(ctx, func(inv *invoice.Invoice) {
		start.add(inv)
		end.add(inv)
		t.add(&m, inv)
	})
	if err != nil {
		return m, err
	}
	m.receivables(start.Figures, end.Figures)
	m.Collection, m.Late = kpi.Ratio(t.days, t.paid), kpi.Ratio(t.late, t.paid)
	m.Accuracy = kpi.Ratio(t.issued-t.credited, t.issued).Times(100)
	if err := c.measurePromises(ctx, &m); err != nil {
		return m, err
	}
	return m, c.measureOrders(ctx, &m)
}

// receivables are the figures that follow from both ends of the period.
func (m *Measures) receivables(start, end *kpi.Figures) {
	m.End = end
	buckets := end.Ageing(m.To)
	open, current, sold := end.Receivable().Minor, buckets[0].Amount.Minor, end.Sold(m.From, m.To).Minor
	m.BestDSO = kpi.Ratio(current, sold).Times(int64(m.To.DaysSince(m.From) + 1))
	if dso, ok := end.DSOOver(m.From, m.To); ok && m.BestDSO.OK {
		m.Delinquent = kpi.Figure{Value: dso.Sub(m.BestDSO.Value), OK: true}
	}
	before := start.Receivable().Minor + sold
	m.Effectiveness = kpi.Ratio(before-open, before-current).Times(100)
	m.AtRisk = buckets[len(buckets)-1].Amount
	m.AtRiskPercent = kpi.Ratio(m.AtRisk.Minor, open).Times(100)
}

func (m *Measures) within(d calendar.Date) bool {
	return !d.IsZero() && !d.Before(m.From) && !d.After(m.To)
}

// turnover adds up a period's invoices, in minor units of the books' currency;
// days and late are days times such units.
type turnover struct{ paid, days, late, issued, credited int64 }

func (t *turnover) add(m *Measures, inv *invoice.Invoice) {
	d := inv.Data()
	if d.Number == "" || d.Status == invoice.Void {
		return
	}
	amount := d.InBooks(d.Total).Minor
	switch note := inv.IsCreditNote(); {
	case note && m.within(d.IssuedOn):
		t.credited += amount
	case !note && m.within(d.IssuedOn):
		t.issued += amount
	}
	if !inv.IsCreditNote() && m.within(d.PaidOn) {
		t.paid += amount
		t.days += amount * int64(d.PaidOn.DaysSince(d.IssuedOn))
		t.late += amount * int64(max(0, d.PaidOn.DaysSince(d.DueOn)))
	}
}

// measuredAtOnce is how many orders' documents are read in one go.
const measuredAtOnce = 20

// measureOrders looks at what happened to orders: their parcels, and what was
// asked and decided of their credit.
func (c *Cycle) measureOrders(ctx context.Context, m *Measures) error {
	orders, err := everyOne[order.Order](ctx, c)
	if err != nil {
		return err
	}
	var t pace
	for some := range slices.Chunk(orders, measuredAtOnce) {
		tx := NewTx(c.Store)
		var keys []Key
		for _, o := range some {
			keys = append(keys, Key{Kind: "credit", ID: o.ID()})
			for _, id := range o.Data().Shipments {
				keys = append(keys, Key{Kind: "shipment", ID: id})
			}
		}
		if err := tx.Fetch(ctx, keys...); err != nil {
			return err
		}
		for _, o := range some {
			if err := c.tallyOrder(ctx, tx, m, o.Data(), &t); err != nil {
				return err
			}
		}
	}
	m.Processing = kpi.Ratio(t.processing, t.parcels*secondsPerHour)
	m.Deciding = kpi.Ratio(t.deciding, t.decided*secondsPerHour)
	return nil
}

const secondsPerHour = 3600

// pace counts, and adds up seconds.
type pace struct{ parcels, processing, decided, deciding int64 }

func (c *Cycle) tallyOrder(ctx context.Context, tx *Tx, m *Measures, o order.Data, t *pace) error {
	for _, id := range o.Shipments {
		parcel, err := find[fulfilment.Shipment](ctx, tx, id)
		if err != nil {
			return err
		}
		if parcel != nil && m.within(c.today(parcel.Data().ShippedAt)) {
			t.parcels++
			t.processing += int64(max(0, parcel.Data().ShippedAt.Sub(o.ReceivedAt)) / time.Second)
		}
	}
	req, err := find[credit.Request](ctx, tx, o.ID)
	if err != nil || req == nil {
		return err
	}
	if d := req.Data(); !d.DecidedAt.IsZero() && d.DecidedBy != "policy" && !d.AskedAt.IsZero() && m.within(c.today(d.DecidedAt)) {
		t.decided++
		t.deciding += int64(max(0, d.DecidedAt.Sub(d.AskedAt)) / time.Second)
	}
	return nil
}

func (c *Cycle) measurePromises(ctx context.Context, m *Measures) error {
	all, err := everyOne[dunning.Promise](ctx, c)
	var kept, due int64
	for _, p := range all {
		if d := p.Data(); m.within(d.Date) {
			switch d.Status {
			case dunning.PromiseKept:
				kept++
				due++
			case dunning.PromiseBroken:
				due++
			}
		}
	}
	m.Kept = kpi.Ratio(kept, due).Times(100)
	return err
}
