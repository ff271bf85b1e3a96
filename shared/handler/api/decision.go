package api

import (
	"context"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
)

// CreditDecision is a colleague's answer, given through a program.
type CreditDecision struct {
	Decision   string            `json:"decision" enum:"approve,approve_with,decline"`
	Conditions *CreditConditions `json:"conditions,omitempty" doc:"What approve_with asks for"`
	Reason     string            `json:"reason,omitempty" maxLength:"500" example:"Known for years"`
	AsUser     string            `json:"as_user" minLength:"1" doc:"Slack user id of the colleague who decides; the role counts" example:"U04APPROVE"`
}

// CreditConditions are what an approval asks for in return.
type CreditConditions struct {
	Terms          int    `json:"terms,omitempty" doc:"Days to pay" example:"14"`
	DepositPercent string `json:"deposit_percent,omitempty" doc:"Of the total, paid before anything leaves; above 0, below 100" example:"30"`
	Prepay         bool   `json:"prepay,omitempty" doc:"All of it is paid before anything leaves"`
}

func (c CreditConditions) conditions() (credit.Conditions, error) {
	out := credit.Conditions{TermsDays: c.Terms, PrepayAll: c.Prepay}
	if c.DepositPercent == "" {
		return out, nil
	}
	var err error
	if out.DepositPercent, err = decimal.NewFromString(c.DepositPercent); err != nil {
		return out, fault.Bad("/conditions/deposit_percent", c.DepositPercent+" is no number", `write "30" for 30 %`)
	}
	return out, nil
}

func conditionsView(c credit.Conditions) CreditConditions {
	v := CreditConditions{Terms: c.TermsDays, Prepay: c.PrepayAll}
	if !c.DepositPercent.IsZero() {
		v.DepositPercent = c.DepositPercent.String()
	}
	return v
}

func (s server) decisions() {
	type deciding struct {
		ID   string `path:"id"`
		Body CreditDecision
	}
	op := post("decide-credit", "/v1/orders/{id}/credit-decision", "Answer the question whether an order is accepted on credit")
	route(s, exampled(op, decisionExample), func(ctx context.Context, in *deciding) (*reply[Order], error) {
		a, err := s.creditAnswer(in.ID, in.Body)
		if err != nil {
			return nil, err
		}
		if _, err := s.Cycle.DecideCredit(ctx, s.once(ctx), a); err != nil && !s.before(ctx, err, o2c.Key{Kind: "credit", ID: in.ID}) {
			return nil, err
		}
		return s.order(ctx, in.ID)
	})
}

func (s server) creditAnswer(orderID string, in CreditDecision) (o2c.CreditAnswer, error) {
	who, known := s.Cycle.Policy.Person(in.AsUser)
	if !known {
		return o2c.CreditAnswer{}, fault.Bad("/as_user", "the policy has no colleague "+in.AsUser, "send the Slack user id of one that it has")
	}
	a := o2c.CreditAnswer{OrderID: orderID, By: who, Verdict: credit.Approve, Reason: in.Reason}
	if in.Decision == "decline" {
		a.Verdict = credit.Decline
		return a, nil
	}
	if in.Conditions != nil {
		var err error
		if a.Conditions, err = in.Conditions.conditions(); err != nil {
			return a, err
		}
	}
	if in.Decision == "approve_with" && a.Conditions.IsZero() {
		return a, fault.Bad("/conditions", "approve_with asks for something in return", "send terms, a deposit or prepayment, or approve")
	}
	return a, nil
}
