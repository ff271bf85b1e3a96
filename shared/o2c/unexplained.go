package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// UnexplainedPart is one kind of what the unexplained money is made of, with the oldest of it.
type UnexplainedPart struct {
	What   string       // UnexplainedReceipts, UnexplainedLines, UnexplainedPayouts
	Amount money.Amount // what came in and what left, added without sign
	Count  int          // of payouts not known
	Oldest calendar.Date
	Name   string // of the oldest's other party
}

// What unexplained money is made of.
const (
	UnexplainedReceipts = "receipts" // came in and has no home
	UnexplainedLines    = "lines"    // left the bank, and nobody said for what
	UnexplainedPayouts  = "payouts"  // gateways' payouts that do not add up
)

// unexplainedLooks bounds what is looked through for a message.
const unexplainedLooks = 100

// unexplainedOf says what a total is made of: receipts and bank lines as their queues hold them, and what is left of the
// total is of payouts that do not add up. With more than a hundred of a kind the parts say less than the total.
func (c *Cycle) unexplainedOf(ctx context.Context, total money.Amount) ([]UnexplainedPart, error) {
	if total.IsZero() {
		return nil, nil
	}
	receipts, err := c.Homeless(ctx, farOff, unexplainedLooks)
	if err != nil {
		return nil, err
	}
	lines, _, err := c.UnexplainedLines(ctx, unexplainedLooks, "")
	if err != nil {
		return nil, err
	}
	came, left := UnexplainedPart{What: UnexplainedReceipts, Amount: total.Zero()}, UnexplainedPart{What: UnexplainedLines, Amount: total.Zero()}
	for _, r := range receipts {
		came.add(r.Unapplied, r.ValueOn, payer(r))
	}
	for _, l := range lines {
		left.add(l.Unexplained.Abs(), l.Entry.ValueOn, l.Entry.Name)
	}
	var parts []UnexplainedPart
	for _, p := range []UnexplainedPart{came, left} {
		if p.Count > 0 {
			parts = append(parts, p)
		}
	}
	rest := total.Minus(came.Amount).Minus(left.Amount)
	if rest.IsPositive() && len(receipts) < unexplainedLooks && len(lines) < unexplainedLooks {
		parts = append(parts, UnexplainedPart{What: UnexplainedPayouts, Amount: rest})
	}
	return parts, nil
}

func (p *UnexplainedPart) add(a money.Amount, on calendar.Date, name string) {
	if p.Count++; p.Count == 1 {
		p.Oldest, p.Name = on, name
	}
	if a.Currency == p.Amount.Currency {
		p.Amount = p.Amount.Plus(a)
	}
}
