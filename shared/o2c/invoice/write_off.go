package invoice

import (
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Lost is what was given up of the invoice.
func (d Data) Lost() money.Amount {
	if d.WrittenOff.Currency == "" {
		return d.Total.Zero()
	}
	return d.WrittenOff
}

// TaxOn is the tax in a part of the invoice's total, so that the parts of it add
// up however they come.
func (d Data) TaxOn(part money.Amount) money.Amount {
	if d.Total.IsZero() {
		return part.Zero()
	}
	return d.Tax.Times(part.Decimal().DivRound(d.Total.Decimal(), 18))
}

// most is how much of the invoice can be open.
func (d Data) most() money.Amount {
	most := d.Total.Minus(d.settledByNotes()).Minus(d.Lost())
	if d.Forward != nil {
		most = most.Minus(d.Forward.Paid)
	}
	return most
}

// WriteOff gives up what is open.
func (i *Invoice) WriteOff() (money.Amount, error) {
	open := i.data.Open
	next, err := Life.Next(i.data.Status, "write_off")
	if err != nil {
		return open, fmt.Errorf("invoice %s: %w", i.data.Number, err)
	}
	if !open.IsPositive() {
		return open, fault.Breaks("invoice.no_open", "invoice {number} has nothing open", "number", i.data.Number)
	}
	i.data.Status, i.data.Open, i.data.WrittenOff = next, open.Zero(), i.data.Lost().Plus(open)
	i.Plan("", calendar.Date{}, time.Time{})
	return open, nil
}

// Reinstate opens a part again that was given up, because money comes for it.
func (i *Invoice) Reinstate(amount money.Amount) error {
	lost := i.data.Lost()
	if !amount.IsPositive() || amount.Cmp(lost) > 0 {
		return fault.Breaks("invoice.recovered", "invoice {number}: {amount} cannot come back of {lost} that was written off", "number", i.data.Number, "amount", amount, "lost", lost)
	}
	open, most := i.data.Open.Plus(amount), i.data.most().Plus(amount)
	verb := "reinstate_part"
	if open == most {
		verb = "reinstate"
	}
	next, err := Life.Next(i.data.Status, verb)
	if err != nil {
		return fmt.Errorf("invoice %s: %w", i.data.Number, err)
	}
	i.data.Status, i.data.Open, i.data.WrittenOff, i.data.PaidOn = next, open, lost.Minus(amount), calendar.Date{}
	return nil
}

// File says that a recovery file is open for the invoice.
func (i *Invoice) File() { i.data.Dunning.Filed = true }
