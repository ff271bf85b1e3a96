package statute

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// fallen is a part of the debt that has fallen due, with the fixed sum that it
// cost.
type fallen struct {
	dueOn   calendar.Date
	amount  money.Amount
	charged bool
	fixed   money.Amount
}

// open is the sum of the parts that have fallen due, from one of them on.
func (r *reckoning) open() money.Amount {
	sum := r.principal.Zero()
	for _, p := range r.fallen[r.spoken:] {
		sum = sum.Plus(p.amount)
	}
	return sum
}

// scaleFrom is the first day on which the scale counts by a notice; no day when
// it never does.
func (r *reckoning) scaleFrom(n Notice, rule CostRule) calendar.Date {
	switch {
	case len(rule.Scale) == 0:
		return calendar.Date{}
	case rule.LetterDays > 0:
		if n.ReceivedOn.IsZero() {
			return calendar.Date{}
		}
		// The first of the days is the one after receipt; costs are due after the last.
		return latest(n.ReceivedOn, r.debt.DueOn).AddDays(rule.LetterDays + 1)
	}
	return latest(n.On, r.debt.DueOn).AddDays(1)
}

func latest(a, b calendar.Date) calendar.Date {
	if a.After(b) {
		return a
	}
	return b
}

// charge adds the costs due up to and on a day: the fixed sum of each part from the
// first day of its default, what the scale gives beyond it from when a notice
// counts. Both are measured by the principal still open then, which only payments
// and due dates change, so it is enough to look before each of them and at the end.
func (r *reckoning) charge(until calendar.Date) {
	r.award(until)
	rule, ok := r.law.Costs[r.debt.Regime]
	if !ok || !r.principal.IsPositive() || r.spared[CostsPart] {
		return
	}
	for i := range r.fallen {
		if p := &r.fallen[i]; !p.charged && p.dueOn.Before(until) {
			p.charged = true
			p.fixed = r.chargeFixed(*p, rule)
		}
	}
	for len(r.notices) > 0 {
		first := r.scaleFrom(r.notices[0], rule)
		if !first.IsZero() && until.Before(first) {
			return
		}
		if !first.IsZero() {
			r.notice(r.notices[0], first, rule)
		}
		r.notices = r.notices[1:]
	}
}

// chargeFixed is what a late part costs without any notice, by its size.
func (r *reckoning) chargeFixed(p fallen, rule CostRule) money.Amount {
	if !p.amount.IsPositive() {
		return p.amount.Zero()
	}
	for i, b := range rule.Fixed {
		if !b.UpTo.Valid || p.amount.Decimal().LessThan(b.UpTo.Decimal) {
			sum := round(b.Amount, p.amount.Currency)
			r.cost(p.dueOn.AddDays(1), sum, decimal.Zero, p.amount, fmt.Sprintf("%s: fixed sum, step %d", rule.Rule, i+1))
			return sum
		}
	}
	return p.amount.Zero()
}

// notice takes the scale of what a notice is the first to speak of. What earlier
// notices spoke of is added up with it, as article 6:96(7) BW adds up what can be
// demanded in one letter: never more than the scale gives for the whole, whoever
// demands it in parts.
func (r *reckoning) notice(n Notice, day calendar.Date, rule CostRule) {
	sent := n.On
	if sent.IsZero() {
		sent = n.ReceivedOn
	}
	fresh, before := r.principal.Zero(), r.counted
	for r.spoken < len(r.fallen) && (r.spoken == 0 || r.fallen[r.spoken].dueOn.Before(sent)) {
		p := r.fallen[r.spoken]
		fresh, before = fresh.Plus(p.amount), before.Plus(p.fixed)
		r.spoken++
	}
	spokenOf := r.principal.Minus(money.Min(r.principal, r.open())) // what was paid covers the earliest
	if fresh = money.Min(fresh, spokenOf); !fresh.IsPositive() {
		return
	}
	r.noticed, r.named = r.noticed.Plus(fresh), r.named.Plus(n.Costs)
	r.counted = larger(before, r.chargeScale(day, rule, before))
}

func larger(a, b money.Amount) money.Amount {
	if a.Cmp(b) > 0 {
		return a
	}
	return b
}

// award adds what a court fixed by a day.
func (r *reckoning) award(until calendar.Date) {
	for len(r.awarded) > 0 && !r.awarded[0].On.After(until) {
		a := r.awarded[0]
		r.awarded = r.awarded[1:]
		r.cost(a.On, a.Amount, decimal.Zero, r.principal, a.Rule) // beside the scale, which is for what was done out of court
	}
}

// chargeScale shows each part of what was noticed at its percent, what lifts the
// sum to the least or cuts it to the most, and takes off what was charged before;
// it gives the sum.
func (r *reckoning) chargeScale(day calendar.Date, rule CostRule, before money.Amount) money.Amount {
	currency, sum := r.principal.Currency, r.principal.Zero()
	add := func(amount money.Amount, rate decimal.Decimal, base money.Amount, why string) {
		if !amount.IsZero() {
			r.cost(day, amount, rate, base, rule.Rule+": "+why)
		}
	}
	gives := func(amount money.Amount, rate decimal.Decimal, base money.Amount, why string) {
		sum = sum.Plus(amount)
		add(amount, rate, base, why)
	}
	for _, part := range rule.parts(r.noticed) {
		gives(part.base.Percent(part.percent), part.percent, part.base, part.percent.String()+" %")
	}
	if least := round(rule.Least, currency); sum.Cmp(least) < 0 {
		gives(least.Minus(sum), decimal.Zero, least, "at least")
	}
	if most := round(rule.Most, currency); rule.Most.IsPositive() && sum.Cmp(most) > 0 {
		gives(most.Minus(sum), decimal.Zero, most, "at most")
	}
	if r.debt.TaxOnCosts.IsPositive() {
		gives(sum.Percent(r.debt.TaxOnCosts), r.debt.TaxOnCosts, sum, "VAT that the creditor cannot deduct")
	}
	if most := r.named; most.IsPositive() && sum.Cmp(most) > 0 {
		gives(most.Minus(sum), decimal.Zero, most, "as the letter named")
	}
	add(money.Min(before, sum).Neg(), decimal.Zero, before, "charged before")
	return sum
}

// cost adds one row of costs.
func (r *reckoning) cost(day calendar.Date, amount money.Amount, rate decimal.Decimal, base money.Amount, rule string) {
	r.costs = r.costs.Plus(amount)
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
	r := &reckoning{law: l, debt: Debt{Regime: regime, TaxOnCosts: taxOnCosts}, principal: principal, costs: zero, noticed: principal, named: zero}
	if rule, ok := l.Costs[regime]; ok && len(rule.Scale) > 0 && principal.IsPositive() {
		r.chargeScale(day, rule, zero)
	}
	return r.costs
}
