package api

import (
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// CustomerCredit is what credit knows of a customer beside its limit.
type CustomerCredit struct {
	Group        Null[string]       `json:"group" doc:"Id of the customer at the head of its group of companies; null when it is in none"`
	GroupLimit   Null[Money]        `json:"group_limit" doc:"Of the whole group; null is unlimited"`
	GroupUse     Null[ExposureView] `json:"group_exposure" doc:"Of the whole group"`
	InsuredLimit Null[InsuredLimit] `json:"insured_limit" doc:"What a credit insurer covers, apart from the house's limit"`
	Since        string             `json:"since" format:"date" doc:"Customer since"`
	Orders       int                `json:"orders" doc:"Confirmed ever"`
	Rating       Null[Rating]       `json:"rating" doc:"From its own history; null while too little is known"`
}

// InsuredLimit is a credit insurer's cover.
type InsuredLimit struct {
	Limit   Money  `json:"limit"`
	Insurer string `json:"insurer" minLength:"1" maxLength:"100" example:"Voorbeeld Kredietverzekering"`
	Number  string `json:"number" minLength:"1" maxLength:"50" doc:"Of the insurer's policy" example:"KV-2026-118"`
	ValidTo string `json:"valid_to" format:"date" doc:"Its last day" example:"2026-12-31"`
}

// Rating is what a customer's own history says of it: 100 less the points.
type Rating struct {
	Band           string              `json:"band" enum:"A,B,C,D,E"`
	Score          int                 `json:"score" minimum:"0" maximum:"100"`
	Points         RatingPoints        `json:"points" doc:"What was taken off"`
	DaysLate       int                 `json:"days_late" doc:"On average, weighted by amount and age, with what is late now"`
	Payments       int                 `json:"payments" doc:"In two years"`
	Paid           Money               `json:"paid" doc:"In the last four quarters"`
	PromisesKept   int                 `json:"promises_kept"`
	PromisesBroken int                 `json:"promises_broken"`
	Disputes       int                 `json:"disputes" doc:"Chargebacks that were not won"`
	Proposal       Null[LimitProposal] `json:"limit_proposal"`
}

// RatingPoints is what was taken off a rating, by reason.
type RatingPoints struct {
	Lateness int `json:"lateness"`
	Promises int `json:"promises"`
	Disputes int `json:"disputes"`
}

// LimitProposal is a limit that follows from how the customer pays.
type LimitProposal struct {
	Limit      Money  `json:"limit"`
	Arithmetic string `json:"arithmetic" example:"24000.00 EUR paid in 12 months × (30 + 6) days ÷ 30 × 150 %, rounded down to hundreds = 3600.00 EUR"`
}

// CustomerCreditInput is what a program says of it.
type CustomerCreditInput struct {
	Group        Null[string]       `json:"group,omitempty" doc:"Id of the customer at the head of its group of companies; null takes it out"`
	GroupLimit   Null[Money]        `json:"group_limit,omitempty" doc:"Makes the customer the head of its group; null is unlimited"`
	InsuredLimit Null[InsuredLimit] `json:"insured_limit,omitempty" doc:"null takes it away"`
	Since        string             `json:"since,omitempty" format:"date" doc:"Customer since; the day of its creation when left out" example:"2023-03-01"`
}

func (in CustomerCreditInput) apply(d *party.Data) {
	if in.Group.Sent {
		d.Group = ""
		if in.Group.Value != nil {
			d.Group = *in.Group.Value
		}
	}
	if in.GroupLimit.Sent {
		d.GroupLimit = nil
		if v := in.GroupLimit.Value; v != nil {
			limit := v.amount()
			d.GroupLimit = &limit
			if d.Group == "" {
				d.Group = d.ID
			}
		}
	}
	if in.InsuredLimit.Sent {
		d.Insured = nil
		if v := in.InsuredLimit.Value; v != nil {
			validTo, _ := day("", v.ValidTo) // check has read it
			d.Insured = &party.Insurance{Limit: v.Limit.amount(), Insurer: v.Insurer, Number: v.Number, ValidTo: validTo}
		}
	}
	if in.Since != "" {
		d.Since, _ = day("", in.Since)
	}
}

func (in CustomerCreditInput) check(books string) error {
	wrong := func(field string, m Money) error {
		return fault.Bad("/"+field+"/currency", "the limit is in "+m.Currency+" and the books are kept in "+books, "write it in "+books)
	}
	if v := in.GroupLimit.Value; v != nil && v.Currency != books {
		return wrong("group_limit", *v)
	}
	if v := in.InsuredLimit.Value; v != nil {
		if v.Limit.Currency != books {
			return wrong("insured_limit/limit", v.Limit)
		}
		if _, err := day("/insured_limit/valid_to", v.ValidTo); err != nil {
			return err
		}
	}
	if in.Since != "" {
		if _, err := day("/since", in.Since); err != nil {
			return err
		}
	}
	return nil
}

func customerCredit(d party.Data, x o2c.Exposure) CustomerCredit {
	v := CustomerCredit{GroupLimit: Null[Money]{}, Since: x.Payer.Since.String(), Orders: x.Payer.Orders, Rating: ratingView(x.Payer)}
	if g := x.Group; g != nil {
		v.Group, v.GroupLimit = some(g.Head), nullMoney(g.Limit)
		total := g.Receivable.Plus(g.Confirmed)
		use := ExposureView{Receivable: moneyOf(g.Receivable), Confirmed: moneyOf(g.Confirmed), Total: moneyOf(total), Headroom: headroom(g.Limit, total)}
		v.GroupUse = some(use)
	}
	if i := d.Insured; i != nil {
		v.InsuredLimit = some(InsuredLimit{Limit: moneyOf(i.Limit), Insurer: i.Insurer, Number: i.Number, ValidTo: i.ValidTo.String()})
	}
	return v
}

func headroom(limit *money.Amount, used money.Amount) Null[Money] {
	if limit == nil {
		return Null[Money]{}
	}
	return some(moneyOf(limit.Minus(used)))
}

func ratingView(p o2c.Payer) Null[Rating] {
	r := p.Rating
	if r.Band == "" {
		return Null[Rating]{}
	}
	v := Rating{
		Band: r.Band, Score: r.Score, Points: RatingPoints{Lateness: r.ForDays, Promises: r.ForWord, Disputes: r.ForFight}, DaysLate: r.DaysLate,
		Payments: r.Payments, Paid: moneyOf(r.Paid), PromisesKept: r.Kept, PromisesBroken: r.Broken, Disputes: r.Disputes,
	}
	if p.Proposal != nil {
		v.Proposal = some(proposalView(*p.Proposal))
	}
	return some(v)
}

func proposalView(p credit.Proposal) LimitProposal {
	return LimitProposal{Limit: moneyOf(p.Limit), Arithmetic: p.String()}
}
