package api

import (
	"context"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// Claim is what is owed of an invoice with interest and costs by law.
type Claim struct {
	AsOf          string         `json:"as_of" format:"date"`
	Principal     Money          `json:"principal" doc:"Still open"`
	Interest      Money          `json:"interest"`
	Costs         Money          `json:"costs"`
	Total         Money          `json:"total"`
	Extrapolated  bool           `json:"extrapolated" doc:"Some rate is not verified for its days"`
	VerifiedUntil *string        `json:"verified_until" format:"date" doc:"Last day with a verified rate"`
	Sheet         []ClaimRow     `json:"sheet" nullable:"false" doc:"The computation, step by step; total = invoice − credit notes + the sum of the amounts"`
	Country       string         `json:"country" doc:"Whose law it is" example:"NL"`
	LapsesOn      string         `json:"lapses_on" format:"date" doc:"Last day of the claim's life"`
	LapseRule     string         `json:"lapse_rule" example:"3:307 BW"`
	Recovery      Null[Recovery] `json:"recovery" doc:"Null: nothing of legal effect has happened yet"`
	Notice        string         `json:"notice"`
}

// ClaimRow is one step: interest is base × rate ÷ 100 × days ÷ 365, rounded once.
type ClaimRow struct {
	Kind         string `json:"kind" enum:"interest,costs,payment,forgiven,due"`
	From         string `json:"from" format:"date"`
	To           string `json:"to" format:"date" doc:"Inclusive"`
	Days         int    `json:"days"`
	Rate         string `json:"rate" doc:"Percent, a year for interest" example:"10.15"`
	Base         Money  `json:"base"`
	Amount       Money  `json:"amount" doc:"Negative for what lowers the claim"`
	Rule         string `json:"rule" doc:"The article" example:"6:119a BW"`
	Extrapolated bool   `json:"extrapolated" doc:"The rate is assumed: no source was read for these days"`
}

func claimView(v o2c.ClaimView) Claim {
	c := v.Claim
	view := Claim{
		AsOf: c.AsOf.String(), Principal: moneyOf(c.Principal), Interest: moneyOf(c.Interest), Costs: moneyOf(c.Costs), Total: moneyOf(c.Total),
		Extrapolated: c.Extrapolated, VerifiedUntil: dateOrNull(c.VerifiedUntil), Sheet: []ClaimRow{},
		Country: v.Country, LapsesOn: v.Lapses.String(), LapseRule: v.Rule, Recovery: recoveryView(v.File),
		Notice: "Computed by published rates; not legal advice.",
	}
	for _, r := range c.Sheet {
		view.Sheet = append(view.Sheet, ClaimRow{
			Kind: r.Kind, From: r.From.String(), To: r.To.String(), Days: r.Days, Rate: r.Rate.String(), Base: moneyOf(r.Base), Amount: moneyOf(r.Amount), Rule: r.Rule, Extrapolated: r.Extrapolated,
		})
	}
	return view
}

// claimAsked names a claim and its day.
type claimAsked struct {
	Number string `path:"number"`
	AsOf   string `query:"as_of" format:"date" doc:"Left out: today"`
}

func (s server) claims() {
	route(s, get("get-claim", "/v1/invoices/{number}/claim", "Compute what is owed of an invoice by law"), func(ctx context.Context, in *claimAsked) (*reply[Claim], error) {
		v, err := s.claimOn(ctx, *in)
		if err != nil {
			return nil, err
		}
		return &reply[Claim]{claimView(v)}, nil
	})
	route(s, pdfOf(get("get-claim-pdf", "/v1/invoices/{number}/claim/pdf", "Print the computation of a claim")), func(ctx context.Context, in *claimAsked) (*file, error) {
		v, err := s.claimOn(ctx, *in)
		if err != nil {
			return nil, err
		}
		content, err := s.Papers.ClaimPDF(o2c.ClaimSheetView{View: v, Seller: s.Cycle.Policy.Seller, Language: v.Invoice.Buyer.Language})
		return &file{ContentType: "application/pdf", Body: content}, err
	})
	s.claimChanges()
	s.handOvers()
	s.company()
	s.writeOffs()
	s.law()
}

func (s server) claimOn(ctx context.Context, in claimAsked) (o2c.ClaimView, error) {
	asOf := s.today()
	d, err := s.legal(ctx, invoice.Invoices, in.Number)
	if err != nil {
		return o2c.ClaimView{}, err
	}
	if in.AsOf != "" {
		if asOf, err = day("/as_of", in.AsOf); err != nil {
			return o2c.ClaimView{}, err
		}
	}
	return s.Cycle.ClaimOn(ctx, d, asOf)
}
