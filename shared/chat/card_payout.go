package chat

import "duly/shared/o2c"

// payout is M9: what a gateway paid out is not what it charged. Nothing is booked to make it fit (row 68).
func (v Voice) payout(c o2c.PayoutCard) Message {
	about := []any{"payout", named(c.PayoutID), "problem", noted(c.Problem)}
	return message(v.Say("payout.text", about...),
		header(v.Say("payout.title", about...)),
		section(v.mark("payout.problem", about...)),
		notes(v.mark("payout.kept")))
}
