package o2c

import (
	"context"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// AccountStatement is what happened on one account in a period.
type AccountStatement struct {
	Account  ledger.Account
	Opening  money.Amount
	Debit    money.Amount // of the period
	Credit   money.Amount
	Closing  money.Amount
	Bookings []Booking // oldest first
}

// Booking is one movement of an account.
type Booking struct {
	Entry     string
	BookedOn  calendar.Date
	ValueOn   calendar.Date
	Narrative string
	Of        string
	Amount    money.Amount
	Balance   money.Amount // after it
}

// AccountStatement reads an account from the day from to the day to, both
// included, in the currency of the books.
func (c *Cycle) AccountStatement(ctx context.Context, code string, from, to calendar.Date) (AccountStatement, error) {
	a, ok := ledger.AccountOf(code)
	if !ok {
		return AccountStatement{}, fault.Missing("account", code)
	}
	all, err := c.Entries(ctx, calendar.Date{}, to)
	if err != nil {
		return AccountStatement{}, err
	}
	zero := money.Of(0, c.Policy.Currency)
	st := AccountStatement{Account: a, Opening: zero, Debit: zero, Credit: zero, Closing: zero, Bookings: []Booking{}}
	slices.Reverse(all) // oldest first
	for _, e := range all {
		for _, l := range e.Legs {
			if l.Account != code || l.Amount.Currency != zero.Currency {
				continue
			}
			st.Closing = st.Closing.Plus(l.Amount)
			if e.BookedOn.Before(from) {
				st.Opening = st.Closing
				continue
			}
			if l.Amount.IsPositive() {
				st.Debit = st.Debit.Plus(l.Amount)
			} else {
				st.Credit = st.Credit.Minus(l.Amount)
			}
			st.Bookings = append(st.Bookings, Booking{Entry: e.ID, BookedOn: e.BookedOn, ValueOn: e.ValueOn, Narrative: e.Narrative, Of: l.Of, Amount: l.Amount, Balance: st.Closing})
		}
	}
	return st, nil
}
