package api

import (
	"context"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/statute"
)

// Claim is what is owed of an invoice with interest and costs by law.
type Claim struct {
	AsOf          string     `json:"as_of" format:"date"`
	Principal     Money      `json:"principal" doc:"Still open"`
	Interest      Money      `json:"interest"`
	Costs         Money      `json:"costs"`
	Total         Money      `json:"total"`
	Extrapolated  bool       `json:"extrapolated" doc:"Some rate is not verified for its days"`
	VerifiedUntil *string    `json:"verified_until" format:"date" doc:"Last day with a verified rate"`
	Sheet         []ClaimRow `json:"sheet" nullable:"false" doc:"The computation, step by step; total = invoice − credit notes + the sum of the amounts"`
	Notice        string     `json:"notice"`
}

// ClaimRow is one step: interest is base × rate ÷ 100 × days ÷ 365, rounded once.
type ClaimRow struct {
	Kind   string `json:"kind" enum:"interest,costs,payment"`
	From   string `json:"from" format:"date"`
	To     string `json:"to" format:"date" doc:"Inclusive"`
	Days   int    `json:"days"`
	Rate   string `json:"rate" doc:"Percent, a year for interest" example:"10.15"`
	Base   Money  `json:"base"`
	Amount Money  `json:"amount" doc:"Negative for payments"`
	Rule   string `json:"rule" doc:"The article" example:"6:119a BW"`
}

func claimView(c statute.Claim) Claim {
	view := Claim{
		AsOf: c.AsOf.String(), Principal: moneyOf(c.Principal), Interest: moneyOf(c.Interest), Costs: moneyOf(c.Costs), Total: moneyOf(c.Total),
		Extrapolated: c.Extrapolated, VerifiedUntil: dateOrNull(c.VerifiedUntil), Sheet: []ClaimRow{},
		Notice: "Computed by published rates; not legal advice.",
	}
	for _, r := range c.Sheet {
		view.Sheet = append(view.Sheet, ClaimRow{Kind: r.Kind, From: r.From.String(), To: r.To.String(), Days: r.Days, Rate: r.Rate.String(), Base: moneyOf(r.Base), Amount: moneyOf(r.Amount), Rule: r.Rule})
	}
	return view
}

func (s server) claims() {
	type asked struct {
		Number string `path:"number"`
		AsOf   string `query:"as_of" format:"date" doc:"Left out: today"`
	}
	route(s, get("get-claim", "/v1/invoices/{number}/claim", "Compute what is owed of an invoice by law"), func(ctx context.Context, in *asked) (*reply[Claim], error) {
		asOf := s.today()
		if in.AsOf != "" {
			var err error
			if asOf, err = day("/as_of", in.AsOf); err != nil {
				return nil, err
			}
		}
		d, err := s.legal(ctx, invoice.Invoices, in.Number)
		if err != nil {
			return nil, err
		}
		claim, err := s.Cycle.ClaimOn(ctx, d, asOf)
		if err != nil {
			return nil, err
		}
		return &reply[Claim]{claimView(claim)}, nil
	})
}
