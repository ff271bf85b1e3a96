// Package dunning owns the ladder of reminders: which step of an invoice is due
// when, by data and not by code, and the promises that pause it. It does not
// own the letters' words or their sending.
package dunning

import (
	"duly/shared/o2c/calendar"
)

// Step is one rung of the ladder.
type Step struct {
	Code string `json:"code"` // "friendly", "firm", "final"
	Day  int    `json:"day"`  // days after the due date, at least 1
	Tone string `json:"tone"`
}

// Ladder is the policy's rungs, in order, and the least days between letters to
// one customer.
type Ladder struct {
	Steps      []Step `json:"steps"`
	MinGapDays int    `json:"min_gap_days"`
}

// Taken is a step that was taken.
type Taken struct {
	Step string
	On   calendar.Date
}

// Next is the first rung not taken and the working day on which it is due: its
// day of the ladder, but not before the gap after the last letter. Steps are
// never skipped and never burst: whoever missed a week takes the next one, and
// the one after when the gap has passed. No rung is left when ok is false.
func (l Ladder) Next(due calendar.Date, taken []Taken, lastLetter calendar.Date, days calendar.Business) (step Step, on calendar.Date, ok bool) {
	if len(taken) >= len(l.Steps) {
		return Step{}, calendar.Date{}, false
	}
	step = l.Steps[len(taken)]
	on = due.AddDays(step.Day)
	after := lastLetter
	if n := len(taken); n > 0 && taken[n-1].On.After(after) {
		after = taken[n-1].On
	}
	if !after.IsZero() && on.Before(after.AddDays(l.MinGapDays)) {
		on = after.AddDays(l.MinGapDays)
	}
	return step, days.Next(on), true
}
