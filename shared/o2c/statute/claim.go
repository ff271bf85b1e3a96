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

	// NoticedOn is when a formal notice was sent to an enterprise: from then on
	// the scale of the costs counts, before it the fixed sum alone.
	NoticedOn calendar.Date
	// LetterReceivedOn is when a consumer received a valid letter (article
	// 6:96(6) BW). Without it there are no costs.
	LetterReceivedOn calendar.Date
	// TaxOnCosts in percent is added when the creditor cannot deduct VAT.
	TaxOnCosts decimal.Decimal
	// PrincipalFirst sets payments off against the principal, as long as the
	// statutory claim is not raised. Otherwise they go to costs, then interest,
	// then principal (article 6:44 BW).
	PrincipalFirst bool
}

// Payment is money that came for the debt.
type Payment struct {
	On     calendar.Date
	Amount money.Amount
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
)

// SheetRow is one step of a computation. Interest: base × rate ÷ 100 × days ÷
// 365, rounded once, half up. A payment's amount is negative.
type SheetRow struct {
	Kind   string          `json:"kind"`
	From   calendar.Date   `json:"from"`
	To     calendar.Date   `json:"to"`
	Days   int             `json:"days"`
	Rate   decimal.Decimal `json:"rate"` // percent
	Base   money.Amount    `json:"base"`
	Amount money.Amount    `json:"amount"`
	Rule   string          `json:"rule"`
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
		law: l, debt: d, principal: d.Principal, accrued: zero, compounded: zero, costs: zero, charged: zero,
		claim: Claim{AsOf: asOf, VerifiedUntil: l.Interest[d.Regime].VerifiedUntil},
	}
	r.payments = slices.Clone(d.Payments)
	slices.SortStableFunc(r.payments, func(a, b Payment) int { return a.On.Compare(b.On) })
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
	payments []Payment // by date

	principal  money.Amount
	compounded money.Amount // unpaid interest of whole years, which bears interest
	accrued    money.Amount // unpaid interest of this year
	costs      money.Amount // unpaid
	charged    money.Amount // costs so far, paid or not
	fixed      bool         // the fixed sum was charged
	scaled     bool         // the scale was
	claim      Claim
}

func (r *reckoning) run(asOf calendar.Date) {
	r.settle(r.debt.DueOn)
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
	return to
}

// accrue adds the interest of days on which nothing changes.
func (r *reckoning) accrue(from, to calendar.Date) {
	s := r.law.Interest[r.debt.Regime]
	base := r.principal.Plus(r.compounded)
	if len(s.Rates) == 0 || !base.IsPositive() {
		return
	}
	rate, _, certain := s.rateFor(r.debt.DueOn.AddDays(1), from)
	days := to.DaysSince(from) + 1
	exact := base.Decimal().Mul(rate.Percent).Mul(decimal.NewFromInt(int64(days))).DivRound(decimal.NewFromInt(36500), 12)
	amount := round(exact, base.Currency)
	r.accrued = r.accrued.Plus(amount)
	r.claim.Extrapolated = r.claim.Extrapolated || !certain
	r.row(SheetRow{Kind: InterestRow, From: from, To: to, Days: days, Rate: rate.Percent, Base: base, Amount: amount, Rule: s.Rule})
}

// settle sets off the payments up to and on a day. Interest runs to the day of
// payment inclusive, so they count from the day after.
func (r *reckoning) settle(day calendar.Date) {
	for len(r.payments) > 0 && !r.payments[0].On.After(day) {
		p := r.payments[0]
		r.charge(p.On)
		r.payments = r.payments[1:]
		rest := p.Amount
		take := func(from *money.Amount, rule string) {
			part := money.Min(rest, *from)
			if !part.IsPositive() {
				return
			}
			r.row(SheetRow{Kind: PaymentRow, From: p.On, To: p.On, Base: *from, Amount: part.Neg(), Rule: rule})
			*from, rest = from.Minus(part), rest.Minus(part)
		}
		if r.debt.PrincipalFirst {
			take(&r.principal, "principal first")
		}
		take(&r.costs, "6:44 BW: costs")
		take(&r.compounded, "6:44 BW: interest")
		take(&r.accrued, "6:44 BW: interest")
		take(&r.principal, "6:44 BW: principal")
	}
}

func (r *reckoning) row(row SheetRow) { r.claim.Sheet = append(r.claim.Sheet, row) }
