package statute

import (
	"slices"
	"time"

	"duly/shared/o2c/calendar"
)

// Prescribing is how long a claim lives.
type Prescribing struct {
	Rule        string   `json:"rule"`
	Years       int      `json:"years"`
	FromYearEnd bool     `json:"from_year_end"` // counted from the end of the year in which it began (§ 199 BGB)
	Broken      []string `json:"broken_by"`     // the kinds of interruption that start it again
}

// What may start a limitation period again. Which of them does is the country's
// to say: a letter does under article 3:317 BW, in Germany and the United
// Kingdom it does not.
const (
	ByLetter          = "letter"          // a written demand that keeps the right
	ByAcknowledgement = "acknowledgement" // a promise to pay, a plan asked for
	ByPartPayment     = "part_payment"    // acknowledges, too
	ByCourt           = "court"           // a summons or a payment order
)

// Interruption is what happened to a claim's clock, and what proves it.
type Interruption struct {
	On   calendar.Date `json:"on"`
	Kind string        `json:"kind"`
	Note string        `json:"note"`
}

// Ends is the last day of a claim's life: years after the day it was due, or
// after the last interruption before its end (articles 3:317 to 3:319 BW).
func (p Prescribing) Ends(due calendar.Date, interruptions ...Interruption) calendar.Date {
	first := due
	if p.FromYearEnd {
		first = calendar.Date{Year: due.Year, Month: time.December, Day: 31}
	}
	end := first.AddMonths(12 * p.Years)
	for _, i := range slices.SortedStableFunc(slices.Values(interruptions), func(a, b Interruption) int { return a.On.Compare(b.On) }) {
		if !i.On.After(due) || i.On.After(end) || !slices.Contains(p.Broken, i.Kind) {
			continue
		}
		if again := i.On.AddMonths(12 * p.Years); again.After(end) { // § 212 BGB: from the day itself, not the year's end
			end = again
		}
	}
	return end
}

// LimitationOf is the rule for a debt: goods sold to a consumer may have one of
// their own.
func (l Law) LimitationOf(regime Regime, goods bool) Prescribing {
	if p, ok := l.Limitation["consumer_goods"]; ok && regime == Consumer && goods {
		return p
	}
	return l.Limitation["default"]
}

// ReliefRule is when the VAT of what is not paid comes back.
type ReliefRule struct {
	Rule         string `json:"rule"`
	Months       int    `json:"months"`        // after the due date; 0: no date does, only what is certain
	WrittenOff   bool   `json:"written_off"`   // only of what was written off
	OnBankruptcy bool   `json:"on_bankruptcy"` // at once
}

// On is the day from which the VAT may be reclaimed: months after the due date,
// or the day of the bankruptcy when that is sooner; false when there is none.
func (r ReliefRule) On(due, bankrupt calendar.Date) (calendar.Date, bool) {
	var on calendar.Date
	if r.Months > 0 {
		on = due.AddMonths(r.Months)
	}
	if r.OnBankruptcy && !bankrupt.IsZero() && (on.IsZero() || bankrupt.Before(on)) {
		on = bankrupt
	}
	return on, !on.IsZero()
}
