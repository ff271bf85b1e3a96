package order

import (
	"slices"
	"time"

	"duly/shared/o2c/fault"
)

// Correction is what a customer wants otherwise. It changes nothing by itself: a
// colleague reads it and acts.
type Correction struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// CorrectionsMax bounds what one customer may write about one order;
// CorrectionLength bounds each, in characters.
const (
	CorrectionsMax   = 5
	CorrectionLength = 1000
)

// Correct keeps what a customer wants otherwise; the same again is one.
func (o *Order) Correct(c Correction) (news bool, err error) {
	if slices.ContainsFunc(o.data.Corrections, func(known Correction) bool { return known.Text == c.Text }) {
		return false, nil
	}
	if len(o.data.Corrections) >= CorrectionsMax {
		return false, fault.Breaks("order.corrections", "{n} messages about order {number} wait for an answer", "n", CorrectionsMax, "number", o.data.Number)
	}
	o.data.Corrections = append(slices.Clone(o.data.Corrections), c)
	return true, nil
}
