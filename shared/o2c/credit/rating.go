package credit

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// QuartersMax is how far back a payer's history counts: two years, each quarter
// less than the one after it.
const QuartersMax = 8

// Quarter are the running totals of how a customer paid in three months. Amounts
// are minor units of the books' currency.
type Quarter struct {
	Payments int64 `json:"payments"` // parts of invoices that were paid
	Paid     int64 `json:"paid"`
	LateDays int64 `json:"late_days"` // paid × whole days after the due date, summed
	Kept     int64 `json:"kept"`      // promises
	Broken   int64 `json:"broken"`
	Disputes int64 `json:"disputes"` // chargebacks
}

// History is how a customer paid, the current quarter first.
type History [QuartersMax]Quarter

// Rating is what a customer's own history says of it, and how it came about.
type Rating struct {
	Band     string       `json:"band,omitempty"` // A … E; "" while too little is known
	Score    int          `json:"score"`          // of 100; 100 − the three below
	ForDays  int          `json:"for_days,omitempty"`
	ForWord  int          `json:"for_promises,omitempty"`
	ForFight int          `json:"for_disputes,omitempty"`
	DaysLate int          `json:"days_late"` // average, weighted by amount and age, with what is late now
	Payments int          `json:"payments"`
	Paid     money.Amount `json:"paid,omitzero"` // in the last four quarters, this one with them
	Kept     int          `json:"promises_kept"`
	Broken   int          `json:"promises_broken"`
	Disputes int          `json:"disputes"`
}

// The house's scale, as shown beside every rating.
const (
	pointsPerDay     = 2 // of average lateness
	pointsDaysMax    = 60
	pointsPerBroken  = 5 // promise of this quarter; older ones weigh less
	pointsBrokenMax  = 20
	pointsPerDispute = 10
	pointsDisputeMax = 20
	evidenceMin      = 3 // payments, promises, disputes and late due dates, below which nobody is rated
	quartersOfYear   = 4
)

// Bands are the bands of a rating, the best first, with the least score of each.
func Bands() []Band {
	return []Band{{"A", 85}, {"B", 70}, {"C", 50}, {"D", 30}, {"E", 0}}
}

// Band is a range of scores.
type Band struct {
	Name  string
	Least int
}

// Rate folds a history of QuartersMax quarters and what is late now into a
// rating; its work does not grow with the history.
func Rate(h History, late []Late, currency string) Rating {
	r := Rating{Score: 100, Paid: money.Of(0, currency)}
	var weighed, days, broken, disputes int64
	for age, q := range h {
		w := int64(QuartersMax - age)
		weighed += w * q.Paid / QuartersMax
		days += w * q.LateDays / QuartersMax
		broken += w * q.Broken
		disputes += w * q.Disputes
		r.Payments += int(q.Payments)
		r.Kept += int(q.Kept)
		r.Broken += int(q.Broken)
		r.Disputes += int(q.Disputes)
		if age < quartersOfYear {
			r.Paid.Minor += q.Paid
		}
	}
	for _, l := range late {
		weighed += l.Open.Minor
		days += l.Open.Minor * int64(l.Days)
	}
	if weighed > 0 {
		r.DaysLate = int((days + weighed/2) / weighed)
	}
	if r.Payments+r.Kept+r.Broken+r.Disputes+len(late) < evidenceMin {
		return r
	}
	r.ForDays = min(pointsDaysMax, pointsPerDay*r.DaysLate)
	r.ForWord = min(pointsBrokenMax, int(pointsPerBroken*broken/QuartersMax))
	r.ForFight = min(pointsDisputeMax, int(pointsPerDispute*disputes/QuartersMax))
	r.Score -= r.ForDays + r.ForWord + r.ForFight
	for _, b := range Bands() {
		if r.Score >= b.Least {
			r.Band = b.Name
			break
		}
	}
	return r
}

// Proposal is a credit limit that follows from how a customer pays, with its
// arithmetic: Paid / Months × (Terms + Late) / 30 × Percent, rounded down to
// whole hundreds, and at most Cap.
type Proposal struct {
	Limit   money.Amount  `json:"limit"`
	Paid    money.Amount  `json:"paid"` // in the last four quarters
	Months  int           `json:"months"`
	Terms   int           `json:"terms"`     // days
	Late    int           `json:"days_late"` // average
	Percent int           `json:"percent"`   // by band
	Before  money.Amount  `json:"before_cap"`
	Cap     *money.Amount `json:"cap,omitempty"` // an external report's; nil: none
}

// String is the arithmetic in one line.
func (p Proposal) String() string {
	s := fmt.Sprintf("%s paid in %d months × (%d + %d) days ÷ 30 × %d %%, rounded down to hundreds = %s", p.Paid, p.Months, p.Terms, p.Late, p.Percent, p.Before)
	if p.Cap != nil {
		s += fmt.Sprintf(", at most %s", p.Cap)
	}
	return s
}

// percentOf a band: how much more than one cycle of trade a payer is trusted with.
func percentOf(band string) int {
	return map[string]int{"A": 200, "B": 150, "C": 100, "D": 50}[band]
}

const (
	daysOfMonth   = 30
	monthsOfYear  = 12
	proposalRound = 100 // whole hundreds of the currency's major unit
)

// Propose works a limit out; nil while too little is known. knownDays is how
// long the customer has been one, capped what somebody outside would trust it with.
func Propose(r Rating, terms, knownDays int, capped *money.Amount) *Proposal {
	if r.Band == "" {
		return nil
	}
	p := &Proposal{Paid: r.Paid, Months: min(monthsOfYear, max(1, (knownDays+daysOfMonth-1)/daysOfMonth)), Terms: terms, Late: r.DaysLate, Percent: percentOf(r.Band), Cap: capped}
	share := decimal.NewFromInt(int64((p.Terms+p.Late)*p.Percent)).DivRound(decimal.NewFromInt(int64(p.Months*daysOfMonth*100)), 18)
	round := decimal.NewFromInt(proposalRound)
	whole := p.Paid.Decimal().Mul(share).DivRound(round, 12).Floor().Mul(round)
	p.Before = p.Paid.Zero().Plus(money.Of(whole.Shift(money.Digits(p.Paid.Currency)).IntPart(), p.Paid.Currency))
	p.Limit = p.Before
	if capped != nil && capped.Cmp(p.Limit) < 0 {
		p.Limit = *capped
	}
	return p
}
