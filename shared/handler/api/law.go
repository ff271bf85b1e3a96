package api

import (
	"context"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/statute"
)

// Law is the law of late payment that claims are computed by.
type Law struct {
	Country  string        `json:"country" example:"NL"`
	Currency string        `json:"currency" example:"EUR"`
	Interest []LawInterest `json:"interest" nullable:"false"`
	Notice   string        `json:"notice"`
}

// LawInterest is one kind of interest over time.
type LawInterest struct {
	Regime        string    `json:"regime" enum:"commercial,consumer"`
	Rule          string    `json:"rule" example:"6:119a BW"`
	Compounding   bool      `json:"compounding" doc:"Yearly, on each anniversary of the default"`
	VerifiedUntil string    `json:"verified_until" format:"date" doc:"Later days are computed with an assumed rate, and marked"`
	Rates         []LawRate `json:"rates" nullable:"false"`
}

// LawRate holds from a day on, until a newer one.
type LawRate struct {
	From     string `json:"from" format:"date"`
	Percent  string `json:"percent" example:"10.15"`
	Source   string `json:"source"`
	Verified bool   `json:"verified"`
}

// LawRateInput is a rate that somebody read in a source.
type LawRateInput struct {
	Regime  string `json:"regime" enum:"commercial,consumer"`
	From    string `json:"from" format:"date" example:"2026-07-01"`
	Until   string `json:"until,omitempty" format:"date" doc:"Last day for which the source speaks; left out: the end of the half-year"`
	Percent string `json:"percent" example:"10.15"`
	Source  string `json:"source" minLength:"4" maxLength:"300" doc:"Where it was read, and when" example:"Staatscourant 2026, 12345"`
	AsUser  string `json:"as_user" minLength:"1" doc:"Slack user id of the admin who read it" example:"U07ADMIN"`
}

func lawView(l statute.Law) Law {
	v := Law{Country: l.Country, Currency: l.Currency, Interest: []LawInterest{}, Notice: "From secondary sources; not legal advice."}
	for _, regime := range []statute.Regime{statute.Commercial, statute.Consumer} {
		s, ok := l.Interest[regime]
		if !ok {
			continue
		}
		v.Interest = append(v.Interest, LawInterest{
			Regime: string(regime), Rule: s.Rule, Compounding: s.Compounding, VerifiedUntil: s.VerifiedUntil.String(),
			Rates: each(s.Rates, func(r statute.InterestRate) LawRate {
				return LawRate{From: r.From.String(), Percent: r.Percent.String(), Source: r.Source, Verified: r.Verified}
			}),
		})
	}
	return v
}

func (s server) law() {
	type entering struct{ Body LawRateInput }
	route(s, get("get-law", "/v1/law", "Read the rates that claims are computed by"), func(ctx context.Context, _ *struct{}) (*reply[Law], error) {
		l, err := s.Cycle.Law(ctx)
		if err != nil {
			return nil, err
		}
		return &reply[Law]{lawView(l)}, nil
	})
	route(s, made("enter-law-rate", "/v1/law/rates", "Enter a rate of interest with its source"), func(ctx context.Context, in *entering) (*reply[Law], error) {
		stamp, who, err := s.as(ctx, in.Body.AsUser)
		if err != nil {
			return nil, err
		}
		if !who.Administers() {
			return nil, fault.New(fault.Forbidden, "Only admins enter rates", "this colleague is "+string(who.Role), "ask an admin")
		}
		rate, err := rateOf(in.Body)
		if err != nil {
			return nil, err
		}
		l, err := s.Cycle.EnterRate(ctx, stamp, rate)
		if err != nil {
			return nil, err
		}
		return &reply[Law]{lawView(l)}, nil
	})
}

func rateOf(in LawRateInput) (statute.EnteredRate, error) {
	r := statute.EnteredRate{Regime: statute.Regime(in.Regime), Source: in.Source}
	var err error
	if r.Percent, err = decimal.NewFromString(in.Percent); err != nil {
		return r, fault.Bad("/percent", in.Percent+" is no number", `write "10.15" for 10.15 %`)
	}
	if r.From, err = day("/from", in.From); err != nil {
		return r, err
	}
	if in.Until != "" {
		r.Until, err = day("/until", in.Until)
	}
	return r, err
}

func laterOf(a, b calendar.Date) calendar.Date {
	if b.After(a) {
		return b
	}
	return a
}
