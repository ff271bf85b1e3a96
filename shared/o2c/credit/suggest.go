package credit

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// Choice is one possible answer, and what the customer would owe after it: open
// invoices, confirmed orders, and of this order what is neither paid up front nor
// held back.
type Choice struct {
	Verdict    Verdict
	Conditions Conditions
	Open       money.Amount
}

// Choices are the answers that a card weighs against one another: yes, yes under
// the condition that brings the customer back within the limit, and no.
func (in Input) Choices() []Choice {
	all := []Choice{in.choice(Conditions{})}
	if in.Limit != nil && in.Exposure().Cmp(*in.Limit) > 0 {
		if p := in.deposit(); p.LessThan(decimal.NewFromInt(100)) {
			all = append(all, in.choice(Conditions{DepositPercent: p}))
		}
		if room := in.Limit.Minus(in.standing()); room.IsPositive() {
			all = append(all, in.choice(Conditions{PartAmount: room}))
		}
		all = append(all, in.choice(Conditions{PrepayAll: true}))
	}
	return append(all, Choice{Verdict: Decline, Open: in.standing()})
}

// standing is what is at stake without the order.
func (in Input) standing() money.Amount { return in.Receivable.Plus(in.Confirmed) }

func (in Input) choice(c Conditions) Choice {
	return Choice{Verdict: Approve, Conditions: c, Open: in.standing().Plus(c.Part(in.Amount)).Minus(c.Upfront(in.Amount))}
}

// depositStep is what proposed deposits are rounded up to, in percent.
const depositStep = 10

// deposit is the smallest deposit, in steps of ten percent, that keeps the
// customer within the limit; 100 when none does.
func (in Input) deposit() decimal.Decimal {
	over := in.Exposure().Minus(*in.Limit)
	if !in.Amount.IsPositive() || over.Cmp(in.Amount) >= 0 {
		return decimal.NewFromInt(100)
	}
	steps := over.Decimal().Shift(2).Div(in.Amount.Decimal().Mul(decimal.NewFromInt(depositStep))).Ceil()
	return steps.Mul(decimal.NewFromInt(depositStep))
}

// Suggest is the answer that the figures speak for: the mildest condition that
// keeps the customer within the limit; prepayment of whoever is late or may not
// owe anything; else a plain yes.
func (d Decision) Suggest() Choice {
	in := d.Input
	late := false
	for _, r := range d.Reasons {
		late = late || r.Code == "overdue"
	}
	switch {
	case late || in.Limit != nil && in.Limit.IsZero():
		return in.choice(Conditions{PrepayAll: true})
	case in.Limit == nil || in.Exposure().Cmp(*in.Limit) <= 0:
		return in.choice(Conditions{})
	}
	if p := in.deposit(); p.LessThan(decimal.NewFromInt(100)) {
		return in.choice(Conditions{DepositPercent: p})
	}
	return in.choice(Conditions{PrepayAll: true})
}
