package statute

import (
	"errors"
	"fmt"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// Debt is an unpaid document and what happened to it since.
type Debt struct {
	Principal money.Amount
	DueOn     calendar.Date // the last day on which payment was in time
	Regime    Regime
	Payments  []Payment

	Notices []Notice // by the day of sending
	// TaxOnCosts in percent is added when the creditor cannot deduct VAT.
	TaxOnCosts decimal.Decimal
	Later      []Later    // parts of the principal that fell due after DueOn, in order
	Awarded    []Charge   // by a court
	Forgiven   []Forgiven // what the creditor gave up
}

// Notice is a letter from which the scale of the costs counts for what was overdue
// on the day it was sent: a formal notice to an enterprise, before which there is
// the fixed sum alone, or a consumer's letter (article 6:96(6) BW), without which
// there are no costs at all.
type Notice struct {
	On         calendar.Date
	ReceivedOn calendar.Date // by a consumer, whose days count from then
	Costs      money.Amount  // the most that a consumer's letter named for what it is the first to speak of; zero: no other sum than the scale's
}

// Later is a part of the principal with a later due date: interest and costs are
// of what is overdue alone (article 5 of directive 2011/7/EU), and each part that is
// late has the fixed sum of its own (CJEU C-370/21; § 288(5) second sentence BGB; a
// part of the price is a qualifying debt of itself by s. 3(1) of the British act).
type Later struct {
	DueOn  calendar.Date
	Amount money.Amount
}

// Payment is money that came for the debt. It goes to costs, then interest, then
// principal (article 6:44 BW).
type Payment struct {
	On     calendar.Date
	Amount money.Amount
	// Principal is the part that the books set off against the principal; nil: the
	// law's order decides. What came before the claim was raised is all principal.
	Principal *money.Amount
}

// Charge is a cost that somebody else fixed, such as a judgment.
type Charge struct {
	On     calendar.Date `json:"on"`
	Amount money.Amount  `json:"amount"`
	Rule   string        `json:"rule"`
}

// The parts of a claim beside its principal.
const (
	InterestPart = "interest"
	CostsPart    = "costs"
)

// Forgiven is a part of the claim given up: what stood of it on the day, and
// what would have come later.
type Forgiven struct {
	On   calendar.Date `json:"on"`
	Part string        `json:"part"` // InterestPart or CostsPart
	Rule string        `json:"rule"` // who chose it and why
}

// Claim is what is owed at the end of a day, with its computation.
type Claim struct {
	AsOf          calendar.Date
	Principal     money.Amount // still open, as the following
	Interest      money.Amount
	Costs         money.Amount
	Total         money.Amount
	Extrapolated  bool          // some figure is an assumption
	VerifiedUntil calendar.Date // last day with a verified rate
	Sheet         []SheetRow
}

// The kinds of rows on a sheet.
const (
	InterestRow = "interest"
	CostsRow    = "costs"
	PaymentRow  = "payment"
	ForgivenRow = "forgiven"
	DueRow      = "due" // another instalment
)

// SheetRow is one step of a computation. Interest: base × rate ÷ 100 × days ÷
// 365, rounded once, half up. What lowers the claim is negative.
type SheetRow struct {
	Kind   string          `json:"kind"`
	From   calendar.Date   `json:"from"`
	To     calendar.Date   `json:"to"`
	Days   int             `json:"days"`
	Rate   decimal.Decimal `json:"rate"` // percent
	Base   money.Amount    `json:"base"`
	Amount money.Amount    `json:"amount"`
	Rule   string          `json:"rule"`

	Extrapolated bool `json:"extrapolated"` // no source was read for the rate of these days
}

// The defined ends of a debt that cannot be computed.
var (
	ErrCurrency = errors.New("the law's figures are in another currency")
	ErrPrevious = errors.New("the date lies before the document was due")
)

// Compute is the claim at the end of a day (L12, L13, L15 to L18).
func (l Law) Compute(d Debt, asOf calendar.Date) (Claim, error) {
	if d.Principal.Currency != l.Currency {
		return Claim{}, fmt.Errorf("%w: %s, not %s", ErrCurrency, l.Currency, d.Principal.Currency)
	}
	if asOf.Before(d.DueOn) {
		return Claim{}, ErrPrevious
	}
	zero := d.Principal.Zero()
	r := &reckoning{
		law: l, debt: d, principal: d.Principal, accrued: zero, compounded: zero, costs: zero, notices: d.Notices, noticed: zero, named: zero, counted: zero,
		spared: map[string]bool{},
		claim:  Claim{AsOf: asOf, VerifiedUntil: l.Interest[d.Regime].VerifiedUntil},
	}
	r.later = slices.SortedStableFunc(slices.Values(d.Later), func(a, b Later) int { return a.DueOn.Compare(b.DueOn) })
	r.ahead = zero
	r.payments = slices.SortedStableFunc(slices.Values(d.Payments), func(a, b Payment) int { return a.On.Compare(b.On) })
	r.awarded = slices.SortedStableFunc(slices.Values(d.Awarded), func(a, b Charge) int { return a.On.Compare(b.On) })
	r.forgiven = slices.SortedStableFunc(slices.Values(d.Forgiven), func(a, b Forgiven) int { return a.On.Compare(b.On) })
	r.run(asOf)
	c := &r.claim
	c.Principal, c.Interest, c.Costs = r.principal, r.compounded.Plus(r.accrued), r.costs
	c.Total = c.Principal.Plus(c.Interest).Plus(c.Costs)
	return *c, nil
}

// reckoning walks from the due date to the day of the claim.
type reckoning struct {
	law      Law
	debt     Debt
	later    []Later      // by date
	ahead    money.Amount // paid of what is not due yet
	payments []Payment    // by date, as the following
	awarded  []Charge
	forgiven []Forgiven
	notices  []Notice        // that do not count yet
	spared   map[string]bool // the parts that are forgiven from now on

	principal  money.Amount
	compounded money.Amount // unpaid interest of whole years, which bears interest
	accrued    money.Amount // unpaid interest of this year
	costs      money.Amount // unpaid
	fallen     []fallen     // what was open of the parts when they fell due, by date
	spoken     int          // of how many of them a notice has spoken
	noticed    money.Amount // of which the scale was taken so far
	named      money.Amount // costs that letters named
	counted    money.Amount // what the scale gave so far, with the fixed sums in it
	claim      Claim
}

func (r *reckoning) run(asOf calendar.Date) {
	r.settle(r.debt.DueOn)
	r.fallen = slices.Insert(r.fallen, 0, fallen{dueOn: r.debt.DueOn, amount: r.principal.Minus(r.open())})
	anniversary := 1
	for from := r.debt.DueOn.AddDays(1); !from.After(asOf); {
		to := r.segmentEnd(from, asOf, r.debt.DueOn.AddMonths(12*anniversary))
		r.accrue(from, to)
		r.settle(to)
		if to == r.debt.DueOn.AddMonths(12*anniversary) {
			anniversary++
			if r.law.Interest[r.debt.Regime].Compounding {
				r.compounded, r.accrued = r.compounded.Plus(r.accrued), r.accrued.Zero()
			}
		}
		from = to.AddDays(1)
	}
	r.charge(asOf)
	r.forgive(asOf)
}

// segmentEnd is the last day on which neither rate nor base change.
func (r *reckoning) segmentEnd(from, asOf, anniversary calendar.Date) calendar.Date {
	to := asOf
	sooner := func(day calendar.Date) {
		if !day.Before(from) && day.Before(to) {
			to = day
		}
	}
	sooner(anniversary)
	if s := r.law.Interest[r.debt.Regime]; len(s.Rates) > 0 {
		if _, next, _ := s.rateFor(r.debt.DueOn.AddDays(1), from); !next.IsZero() {
			sooner(next.AddDays(-1))
		}
		if !s.Fixed {
			sooner(s.VerifiedUntil)
		}
	}
	if len(r.payments) > 0 {
		sooner(r.payments[0].On)
	}
	if len(r.later) > 0 {
		sooner(r.later[0].DueOn)
	}
	if len(r.forgiven) > 0 {
		sooner(r.forgiven[0].On)
	}
	return to
}

// accrue adds the interest of days on which nothing changes.
func (r *reckoning) accrue(from, to calendar.Date) {
	s := r.law.Interest[r.debt.Regime]
	base := r.principal.Plus(r.compounded)
	if len(s.Rates) == 0 || !base.IsPositive() || r.spared[InterestPart] {
		return
	}
	rate, _, certain := s.rateFor(r.debt.DueOn.AddDays(1), from)
	days := to.DaysSince(from) + 1
	exact := base.Decimal().Mul(rate.Percent).Mul(decimal.NewFromInt(int64(days))).DivRound(decimal.NewFromInt(36500), 12)
	amount := round(exact, base.Currency)
	r.accrued = r.accrued.Plus(amount)
	r.claim.Extrapolated = r.claim.Extrapolated || !certain
	r.row(SheetRow{Kind: InterestRow, From: from, To: to, Days: days, Rate: rate.Percent, Base: base, Amount: amount, Rule: s.Rule, Extrapolated: !certain})
}

// settle sets off the payments up to and on a day. Interest runs to the day of
// payment inclusive, so they count from the day after.
func (r *reckoning) settle(day calendar.Date) {
	for len(r.payments) > 0 && !r.payments[0].On.After(day) {
		p := r.payments[0]
		r.charge(p.On)
		r.forgive(p.On)
		r.payments = r.payments[1:]
		rest := p.Amount
		take := func(from *money.Amount, most money.Amount, rule string) {
			part := money.Min(money.Min(rest, most), *from)
			if !part.IsPositive() {
				return
			}
			r.row(SheetRow{Kind: PaymentRow, From: p.On, To: p.On, Base: *from, Amount: part.Neg(), Rule: rule})
			*from, rest = from.Minus(part), rest.Minus(part)
		}
		if p.Principal != nil {
			open := r.principal
			take(&r.principal, *p.Principal, "principal")
			if more := p.Principal.Minus(money.Min(open, *p.Principal)); more.IsPositive() {
				more = money.Min(more, rest)
				r.ahead, rest = r.ahead.Plus(more), rest.Minus(more)
			}
		}
		take(&r.costs, rest, r.law.Allocation+": costs")
		take(&r.compounded, rest, r.law.Allocation+": interest")
		take(&r.accrued, rest, r.law.Allocation+": interest")
		if p.Principal == nil {
			take(&r.principal, rest, r.law.Allocation+": principal")
		}
	}
	r.fallDue(day)
	r.forgive(day)
}

// fallDue adds what is due by a day; what was paid of it before is none of it.
func (r *reckoning) fallDue(day calendar.Date) {
	for len(r.later) > 0 && !r.later[0].DueOn.After(day) {
		l := r.later[0]
		r.later = r.later[1:]
		paid := money.Min(r.ahead, l.Amount)
		r.ahead = r.ahead.Minus(paid)
		if left := l.Amount.Minus(paid); left.IsPositive() {
			r.charge(l.DueOn) // by what was overdue until then
			r.principal = r.principal.Plus(left)
			r.fallen = append(r.fallen, fallen{dueOn: l.DueOn, amount: left})
			r.row(SheetRow{Kind: DueRow, From: l.DueOn, To: l.DueOn, Base: l.Amount, Amount: left, Rule: "the next instalment is due"})
		}
	}
}

// forgive takes away what the creditor gave up by a day, and keeps it from
// growing again.
func (r *reckoning) forgive(until calendar.Date) {
	for len(r.forgiven) > 0 && !r.forgiven[0].On.After(until) {
		f := r.forgiven[0]
		r.forgiven = r.forgiven[1:]
		gone := func(from *money.Amount) {
			if from.IsPositive() {
				r.row(SheetRow{Kind: ForgivenRow, From: f.On, To: f.On, Base: *from, Amount: from.Neg(), Rule: f.Rule})
				*from = from.Zero()
			}
		}
		if f.Part == CostsPart {
			r.charge(f.On)
			gone(&r.costs)
		} else {
			gone(&r.compounded)
			gone(&r.accrued)
		}
		r.spared[f.Part] = true
	}
}

func (r *reckoning) row(row SheetRow) { r.claim.Sheet = append(r.claim.Sheet, row) }

// Shares is how an amount divides over a claim.
type Shares struct {
	Costs, Interest, Principal money.Amount
	Rest                       money.Amount // more than is owed
}

// Allocate divides a payment in the order of article 6:44 BW: costs, interest,
// principal. Other order needs the debtor's word and the creditor's consent.
func (c Claim) Allocate(paid money.Amount) Shares {
	take := func(owed money.Amount) money.Amount {
		part := money.Min(paid, owed)
		if !part.IsPositive() {
			return paid.Zero()
		}
		paid = paid.Minus(part)
		return part
	}
	s := Shares{Costs: take(c.Costs), Interest: take(c.Interest), Principal: take(c.Principal)}
	s.Rest = paid
	return s
}
