package statute

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// scaleFrom is the first day on which the scale of the costs counts; no day
// when nothing has made it count.
func (r *reckoning) scaleFrom() calendar.Date {
	rule := r.law.Costs[r.debt.Regime]
	switch {
	case len(rule.Scale) == 0:
		return calendar.Date{}
	case rule.LetterDays > 0:
		if r.debt.LetterReceivedOn.IsZero() {
			return calendar.Date{}
		}
		// The first of the days is the one after receipt; costs are due after the last.
		return latest(r.debt.LetterReceivedOn, r.debt.DueOn).AddDays(rule.LetterDays + 1)
	case r.debt.NoticedOn.IsZero():
		return calendar.Date{}
	}
	return latest(r.debt.NoticedOn, r.debt.DueOn).AddDays(1)
}

func latest(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// charge adds the costs due up to and on a day: the fixed sum from the first day
// of default, what the scale gives beyond it from the first day after notice.
// Both are measured by the principal still open then, which only payments
// change, so it is enough to look before each of them and at the end.
func (r *reckoning) charge(until calendar.Date) {
	r.award(until)
	rule, ok := r.law.Costs[r.debt.Regime]
	if !ok || !r.principal.IsPositive() || r.spared[CostsPart] {
		return
	}
	if first := r.debt.DueOn.AddDays(1); !r.fixed && !until.Before(first) {
		r.fixed = true
		for i, b := range rule.Fixed {
			if !b.UpTo.Valid || r.principal.Decimal().LessThan(b.UpTo.Decimal) {
				r.cost(first, round(b.Amount, r.principal.Currency), decimal.Zero, r.principal, fmt.Sprintf("%s: fixed sum, step %d", rule.Rule, i+1))
				break
			}
		}
	}
	if first := r.scaleFrom(); !r.scaled && !first.IsZero() && !until.Before(first) {
		r.scaled = true
		r.chargeScale(first, rule)
	}
}

// award adds what a court fixed by a day.
func (r *reckoning) award(until calendar.Date) {
	for len(r.awarded) > 0 && !r.awarded[0].On.After(until) {
		a := r.awarded[0]
		r.awarded = r.awarded[1:]
		r.cost(a.On, a.Amount, decimal.Zero, r.principal, a.Rule)
		r.charged = r.charged.Minus(a.Amount) // the scale is for what was done out of court
	}
}

// chargeScale shows each part of the debt at its percent, what lifts the sum to
// the least or cuts it to the most, and takes off what was charged before.
func (r *reckoning) chargeScale(day calendar.Date, rule CostRule) {
	before, currency := r.charged, r.principal.Currency
	sum := r.principal.Zero()
	add := func(amount money.Amount, rate decimal.Decimal, base money.Amount, why string) {
		if !amount.IsZero() {
			sum = sum.Plus(amount)
			r.cost(day, amount, rate, base, rule.Rule+": "+why)
		}
	}
	base := r.principal.Minus(money.Min(r.principal, r.unnoticed))
	for _, part := range rule.parts(base) {
		add(part.base.Percent(part.percent), part.percent, part.base, part.percent.String()+" %")
	}
	if least := round(rule.Least, currency); sum.Cmp(least) < 0 {
		add(least.Minus(sum), decimal.Zero, least, "at least")
	}
	if most := round(rule.Most, currency); rule.Most.IsPositive() && sum.Cmp(most) > 0 {
		add(most.Minus(sum), decimal.Zero, most, "at most")
	}
	if r.debt.TaxOnCosts.IsPositive() {
		add(sum.Percent(r.debt.TaxOnCosts), r.debt.TaxOnCosts, sum, "VAT that the creditor cannot deduct")
	}
	if most := r.debt.LetterCosts; most.IsPositive() && sum.Cmp(most) > 0 {
		add(most.Minus(sum), decimal.Zero, most, "as the letter named")
	}
	add(money.Min(before, sum).Neg(), decimal.Zero, before, "charged before")
}

// cost adds one row of costs.
func (r *reckoning) cost(day calendar.Date, amount money.Amount, rate decimal.Decimal, base money.Amount, rule string) {
	r.costs, r.charged = r.costs.Plus(amount), r.charged.Plus(amount)
	r.row(SheetRow{Kind: CostsRow, From: day, To: day, Rate: rate, Base: base, Amount: amount, Rule: rule})
}

// scalePart is the part of a debt in one band.
type scalePart struct {
	base    money.Amount
	percent decimal.Decimal
}

func (c CostRule) parts(principal money.Amount) []scalePart {
	var parts []scalePart
	below := principal.Zero()
	for _, b := range c.Scale {
		upTo := principal
		if b.UpTo.Valid {
			upTo = money.Min(principal, round(b.UpTo.Decimal, principal.Currency))
		}
		if base := upTo.Minus(below); base.IsPositive() {
			parts = append(parts, scalePart{base, b.Percent})
			below = upTo
		}
	}
	return parts
}

// CollectionCosts is what the scale gives for a debt, with VAT where the
// creditor cannot deduct it: the exact sum that a consumer's letter must name
// (L11, L12).
func (l Law) CollectionCosts(regime Regime, principal money.Amount, taxOnCosts decimal.Decimal) money.Amount {
	day := calendar.Date{Year: 2000, Month: 1, Day: 1}
	zero := principal.Zero()
	r := &reckoning{law: l, debt: Debt{Regime: regime, TaxOnCosts: taxOnCosts}, principal: principal, costs: zero, charged: zero}
	if rule, ok := l.Costs[regime]; ok && len(rule.Scale) > 0 && principal.IsPositive() {
		r.chargeScale(day, rule)
	}
	return r.costs
}
