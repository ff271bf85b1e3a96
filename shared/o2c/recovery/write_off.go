package recovery

import (
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a write-off; none was asked for while it is "".
const (
	Asked      = "asked"
	WrittenOff = "written_off"
	Refused    = "refused"
)

// WriteOffLife is the transition table of a write-off.
var WriteOffLife = life.Table{
	{From: "", Verb: "ask", To: Asked},
	{From: Asked, Verb: "write_off", To: WrittenOff},
	{From: Asked, Verb: "refuse", To: Refused},
	{From: Refused, Verb: "ask", To: Asked},
	{From: WrittenOff, Verb: "ask", To: Asked}, // what came open again
}

// WriteOff is the asking for and the giving up of what is open.
type WriteOff struct {
	Status  string       `json:"status"`
	Reason  string       `json:"reason,omitempty"`
	AskedBy string       `json:"asked_by,omitempty"`
	AskedAt time.Time    `json:"asked_at,omitzero"`
	By      string       `json:"by,omitempty"` // who decided
	At      time.Time    `json:"at,omitzero"`
	Amount  money.Amount `json:"amount"` // given up in all
	Back    money.Amount `json:"back"`   // that came all the same
}

// Ask asks for the write-off.
func (f *File) Ask(reason, by string, at time.Time) error {
	next, err := WriteOffLife.Next(f.data.WriteOff.Status, "ask")
	if err != nil {
		return fmt.Errorf("the write-off of %s: %w", f.data.Number, err)
	}
	w := &f.data.WriteOff
	w.Status, w.Reason, w.AskedBy, w.AskedAt, w.By, w.At = next, reason, by, at, "", time.Time{}
	return nil
}

// Decide grants or refuses it.
func (f *File) Decide(verb, by string, amount money.Amount, at time.Time) error {
	next, err := WriteOffLife.Next(f.data.WriteOff.Status, verb)
	if err != nil {
		return fmt.Errorf("the write-off of %s: %w", f.data.Number, err)
	}
	w := &f.data.WriteOff
	w.Status, w.By, w.At = next, by, at
	if next == WrittenOff {
		w.Amount = plus(w.Amount, amount)
	}
	return nil
}

// Came records money for what was given up.
func (f *File) Came(amount money.Amount) { f.data.WriteOff.Back = plus(f.data.WriteOff.Back, amount) }

func plus(sum, more money.Amount) money.Amount {
	if sum.Currency == "" {
		return more
	}
	return sum.Plus(more)
}

// The statuses of the VAT relief.
const (
	ReliefWaits   = "waits"   // for its day
	ReliefDue     = "due"     // a task: it belongs in the return of Period
	ReliefClaimed = "claimed" // in the return, and in the books
	ReliefRepaid  = "repaid"  // the customer paid later: all of it is due again
	ReliefNotEver = "none"    // the law gives none, or nothing is open any more
)

// ReliefLife is the transition table of the relief.
var ReliefLife = life.Table{
	{From: "", Verb: "wait", To: ReliefWaits},
	{From: "", Verb: "drop", To: ReliefNotEver},
	{From: ReliefWaits, Verb: "wait", To: ReliefWaits}, // its day has moved
	{From: ReliefWaits, Verb: "fall_due", To: ReliefDue},
	{From: ReliefWaits, Verb: "drop", To: ReliefNotEver},
	{From: ReliefDue, Verb: "claim", To: ReliefClaimed},
	{From: ReliefDue, Verb: "drop", To: ReliefNotEver},
	{From: ReliefClaimed, Verb: "repay", To: ReliefRepaid},
	{From: ReliefNotEver, Verb: "wait", To: ReliefWaits},
	{From: ReliefRepaid, Verb: "wait", To: ReliefWaits},
}

// Relief is taking back the VAT of what was not paid (article 29 Wet OB).
type Relief struct {
	Status string        `json:"status"`
	On     calendar.Date `json:"on,omitzero"`      // the day from which it may be reclaimed
	At     time.Time     `json:"at,omitzero"`      // when that day begins
	Period string        `json:"period,omitempty"` // of the return that it belongs in: "2027-Q1"
	Tax    money.Amount  `json:"tax"`              // reclaimed and not repaid
	By     string        `json:"by,omitempty"`
	Rule   string        `json:"rule,omitempty"`
}

// MoveRelief leads the relief on by a verb.
func (f *File) MoveRelief(verb string) error {
	next, err := ReliefLife.Next(f.data.Relief.Status, verb)
	if err != nil {
		return fmt.Errorf("the VAT relief of %s: %w", f.data.Number, err)
	}
	f.data.Relief.Status = next
	return nil
}

// AwaitRelief sets the day from which the VAT comes back.
func (f *File) AwaitRelief(on calendar.Date, at time.Time, rule string) error {
	if err := f.MoveRelief("wait"); err != nil {
		return err
	}
	f.data.Relief.On, f.data.Relief.At, f.data.Relief.Rule = on, at, rule
	return nil
}

// ReliefFalls makes the relief a task of a period.
func (f *File) ReliefFalls(period string) error {
	if err := f.MoveRelief("fall_due"); err != nil {
		return err
	}
	f.data.Relief.Period = period
	return nil
}

// ClaimRelief records that the VAT was reclaimed.
func (f *File) ClaimRelief(tax money.Amount, by string) error {
	if err := f.MoveRelief("claim"); err != nil {
		return err
	}
	f.data.Relief.Tax, f.data.Relief.By = tax, by
	return nil
}

// RepayRelief takes VAT off that is due again; when none is left it is over.
func (f *File) RepayRelief(tax money.Amount) error {
	f.data.Relief.Tax = f.data.Relief.Tax.Minus(tax)
	if f.data.Relief.Tax.IsPositive() {
		return nil
	}
	return f.MoveRelief("repay")
}
