// Package dunning owns the ladder of reminders: which step of an invoice is due
// when, by data and not by code, and the promises that pause it. It does not
// own the letters' words or their sending.
package dunning

import (
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// The kinds of steps: what is done when one is taken. All but a call write the
// letter "reminder_<kind>".
const (
	Nudge       = "nudge"        // before the due date: a helpful word
	Friendly    = "friendly"     // assumes an oversight
	Firm        = "firm"         // states facts, asks for a date
	Personal    = "personal"     // a named person signs and asks for a call
	Formal      = "formal"       // the formal notice
	FourteenDay = "fourteen_day" // a consumer's last chance without costs (article 6:96(6) BW)
	Last        = "last"         // the last word before others are asked
	Call        = "call"         // a colleague calls; no letter
)

// Kinds lists every kind of step.
func Kinds() []string {
	return []string{Nudge, Friendly, Firm, Personal, Formal, FourteenDay, Last, Call}
}

// Step is one rung of the ladder.
type Step struct {
	Code string `json:"code"` // names the rung; each once per ladder
	Day  int    `json:"day"`  // days after the due date; before it when below zero
	Kind string `json:"kind"`
	Tone string `json:"tone"`

	Above     map[string]int64 `json:"above,omitempty"`      // by currency, minor units: only where more than that is asked for, see bound
	PayWithin int              `json:"pay_within,omitempty"` // days that its letter gives; 0: it names no day
}

// Calls reports whether a colleague calls in place of a letter.
func (s Step) Calls() bool { return s.Kind == Call }

// Legal reports whether the step's letter has legal effect, so that it must name
// the right sum.
func (s Step) Legal() bool {
	return s.Kind == Formal || s.Kind == FourteenDay || s.Kind == Last
}

// Before reports whether the step lies before the due date.
func (s Step) Before() bool { return s.Day < 0 }

// concerns reports whether the step is taken for so much.
func (s Step) concerns(asked, inBooks money.Amount) bool {
	most, counted, bounded := bound(s.Above, asked, inBooks)
	return !bounded || counted > most
}

// bound is the limit that an amount is measured by, and what of it counts: the
// policy's own for its currency, else that of the books' currency and what the
// amount is worth there.
func bound(limits map[string]int64, asked, inBooks money.Amount) (limit, counted int64, ok bool) {
	if limit, ok = limits[asked.Currency]; ok {
		return limit, asked.Minor, true
	}
	limit, ok = limits[inBooks.Currency]
	return limit, inBooks.Minor, ok
}

// Ladder is a policy's rungs, in order, and the least days between letters to
// one customer.
type Ladder struct {
	Name       string           `json:"name,omitempty"` // "" is the house's own
	Steps      []Step           `json:"steps"`
	MinGapDays int              `json:"min_gap_days"`
	Minimum    map[string]int64 `json:"minimum,omitempty"` // by currency, minor units: less in all is not worth a letter, see bound
}

// Taken is a step that was taken, or left out by a person.
type Taken struct {
	Step    string
	On      calendar.Date
	Skipped bool
}

// Standing is what of an invoice, or of one of its instalments, decides on its next step.
type Standing struct {
	IssuedOn   calendar.Date
	DueOn      calendar.Date
	Asked      money.Amount // open, without what is disputed or covered
	InBooks    money.Amount // the same in the currency of the books
	Taken      []Taken
	LastLetter calendar.Date // to the customer, as far as it concerns this invoice; zero: none
	Behind     bool          // an earlier instalment is open: no word beforehand about this one
	Today      calendar.Date
}

// Next is the first rung not taken and the working day on which it is due: its
// day of the ladder, but not before the gap after the last letter. Rungs after
// the due date are never skipped and never burst: whoever missed a week takes
// the next one, and the one after when the gap has passed. A rung before the due
// date is for that time alone, and one for large amounts for those. No rung is
// left when ok is false.
func (l Ladder) Next(s Standing, days calendar.Business) (step Step, on calendar.Date, ok bool) {
	after := s.LastLetter
	for _, t := range s.Taken {
		if !t.Skipped && t.On.After(after) {
			after = t.On
		}
	}
	for _, step := range l.Steps[l.reached(s):] {
		if step.Before() && s.Behind {
			continue
		}
		on := s.DueOn.AddDays(step.Day)
		earliest := after
		if step.Before() && earliest.Before(s.IssuedOn) {
			earliest = s.IssuedOn // the invoice itself was a letter
		}
		if gap := earliest.AddDays(l.MinGapDays); !earliest.IsZero() && on.Before(gap) {
			if step.Before() {
				continue
			}
			on = gap
		}
		on = days.Next(on)
		late := step.Before() && (!on.Before(s.DueOn) || !s.Today.Before(s.DueOn))
		if late || !step.concerns(s.Asked, s.InBooks) {
			continue
		}
		return step, on, true
	}
	return Step{}, calendar.Date{}, false
}

// reached is how many rungs lie behind: up to the last one taken. A rung that
// this ladder does not have, because the customer changed ladders, counts by its
// day.
func (l Ladder) reached(s Standing) int {
	n := 0
	for _, t := range s.Taken {
		at := l.Level(t.Step)
		if at < 0 {
			day := t.On.DaysSince(s.DueOn)
			at = slices.IndexFunc(l.Steps, func(r Step) bool { return r.Day > day }) - 1
			if at < -1 {
				at = len(l.Steps) - 1
			}
		}
		n = max(n, at+1)
	}
	return n
}

// Level is the place of a rung in the ladder, from 0; -1 when it has none.
func (l Ladder) Level(code string) int {
	return slices.IndexFunc(l.Steps, func(s Step) bool { return s.Code == code })
}

// Enough reports whether so much of a currency is worth a letter.
func (l Ladder) Enough(asked, inBooks money.Amount) bool {
	least, counted, bounded := bound(l.Minimum, asked, inBooks)
	return !bounded || counted >= least
}
