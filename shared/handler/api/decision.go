package api

import (
	"context"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// CreditDecision is a colleague's answer, given through a program.
type CreditDecision struct {
	Decision   string            `json:"decision" enum:"approve,approve_with,decline,undo" doc:"approve on an order that was approved in part approves the rest; undo takes an answer back for ten minutes, while nothing has left"`
	Conditions *CreditConditions `json:"conditions,omitempty" doc:"What approve_with asks for"`
	Reason     string            `json:"reason,omitempty" maxLength:"500" example:"Known for years"`
	KeepStock  bool              `json:"keep_stock,omitempty" doc:"Of decline: the stock stays held until its deadline"`
	AsUser     string            `json:"as_user" minLength:"1" doc:"Slack user id of the colleague who decides; the role counts" example:"U04APPROVE"`
}

// CreditConditions are what an approval asks for in return.
type CreditConditions struct {
	Terms          int    `json:"terms,omitempty" doc:"Days to pay" example:"14"`
	DepositPercent string `json:"deposit_percent,omitempty" doc:"Of the total, paid before anything leaves; above 0, below 100" example:"30"`
	Prepay         bool   `json:"prepay,omitempty" doc:"All of it is paid before anything leaves"`
	PartAmount     *Money `json:"part_amount,omitempty" doc:"Goods worth so much may leave, tax included; the rest stays held and can be approved later"`
	RaiseLimitTo   *Money `json:"raise_limit_to,omitempty" doc:"The customer's credit limit from now on"`
	Expires        string `json:"expires,omitempty" format:"date" doc:"Last day on which the approval holds, unless goods have left by then" example:"2026-12-04"`
}

func (s server) conditions(c CreditConditions) (credit.Conditions, error) {
	out := credit.Conditions{TermsDays: c.Terms, PrepayAll: c.Prepay}
	var err error
	if c.DepositPercent != "" {
		if out.DepositPercent, err = decimal.NewFromString(c.DepositPercent); err != nil {
			return out, fault.Bad("/conditions/deposit_percent", c.DepositPercent+" is no number", `write "30" for 30 %`)
		}
	}
	if c.PartAmount != nil {
		out.PartAmount = c.PartAmount.amount()
	}
	if c.RaiseLimitTo != nil {
		out.RaiseLimitTo = c.RaiseLimitTo.amount()
	}
	if c.Expires != "" {
		day, err := calendar.Parse(c.Expires)
		if err != nil {
			return out, fault.Bad("/conditions/expires", err.Error(), "write the last day on which the approval holds")
		}
		out.Expires = day.AddDays(1).Start(s.Cycle.Policy.Zone)
	}
	return out, nil
}

func conditionsView(c credit.Conditions) CreditConditions {
	v := CreditConditions{Terms: c.TermsDays, Prepay: c.PrepayAll, PartAmount: moneyOrNone(c.PartAmount), RaiseLimitTo: moneyOrNone(c.RaiseLimitTo)}
	if !c.DepositPercent.IsZero() {
		v.DepositPercent = c.DepositPercent.String()
	}
	if !c.Expires.IsZero() {
		v.Expires = calendar.On(c.Expires, c.Expires.Location()).AddDays(-1).String()
	}
	return v
}

func moneyOrNone(a money.Amount) *Money {
	if a.IsZero() {
		return nil
	}
	m := moneyOf(a)
	return &m
}

func (s server) decisions() {
	type deciding struct {
		ID   string `path:"id"`
		Body CreditDecision
	}
	op := post("decide-credit", "/v1/orders/{id}/credit-decision", "Answer the question whether an order is accepted on credit")
	route(s, exampled(op, decisionExample), func(ctx context.Context, in *deciding) (*reply[Order], error) {
		if err := s.decideCredit(ctx, in.ID, in.Body); err != nil {
			return nil, err
		}
		return s.order(ctx, in.ID)
	})
}

// decideCredit answers a question about an order or a quote, or takes the answer back.
func (s server) decideCredit(ctx context.Context, id string, in CreditDecision) error {
	a, err := s.creditAnswer(ctx, id, in)
	if err != nil {
		return err
	}
	act := s.Cycle.DecideCredit
	if in.Decision == "undo" {
		act = s.Cycle.UndoCredit
	}
	if _, err := act(ctx, s.once(ctx), a); err != nil && !s.before(ctx, err, o2c.Key{Kind: "credit", ID: id}) {
		return err
	}
	return nil
}

func (s server) creditAnswer(ctx context.Context, orderID string, in CreditDecision) (o2c.CreditAnswer, error) {
	who, known, err := s.Cycle.Person(ctx, in.AsUser, s.Now())
	if err != nil {
		return o2c.CreditAnswer{}, err
	}
	if !known {
		return o2c.CreditAnswer{}, fault.Bad("/as_user", "the policy has no colleague "+in.AsUser, "send the Slack user id of one that it has")
	}
	a := o2c.CreditAnswer{OrderID: orderID, By: who, Verdict: credit.Approve, Reason: in.Reason}
	if in.Decision == "decline" {
		a.Verdict, a.KeepStock = credit.Decline, in.KeepStock
		return a, nil
	}
	if in.Conditions != nil {
		if a.Conditions, err = s.conditions(*in.Conditions); err != nil {
			return a, err
		}
	}
	if in.Decision == "approve_with" && a.Conditions.IsZero() {
		return a, fault.Bad("/conditions", "approve_with asks for something in return", "send terms, a deposit, prepayment, a part, a higher limit or an expiry, or approve")
	}
	return a, nil
}
