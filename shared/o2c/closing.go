package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
)

// ClosingData is books that were closed: the trial balance of that day.
type ClosingData struct {
	Through calendar.Date    `json:"through"` // the last day that is closed
	Balance []ledger.Balance `json:"balance"`
	Entries int              `json:"entries"`
	At      time.Time        `json:"at"`
	By      string           `json:"by"`
}

// Closing closes the books through a day. As an entry is booked on the day on
// which it is recorded, and only days that have ended are closed, nothing can be
// booked into what is closed: what comes later goes to the first open day, be it
// a chargeback of last year's payment (row 64 of the failure catalogue).
type Closing struct{ data ClosingData }

// Data is a copy.
func (k *Closing) Data() ClosingData { return k.data }

// Kind, ID and ListKey make the closing a document.
func (k *Closing) Kind() string    { return "closing" }
func (k *Closing) ID() string      { return k.data.Through.String() }
func (k *Closing) ListKey() string { return k.data.Through.String() }

// closingStored is how a closing is kept: a balance's currency has no place in
// its JSON, its amounts have.
type closingStored ClosingData

// MarshalJSON and UnmarshalJSON are the store's door.
func (k *Closing) MarshalJSON() ([]byte, error) { return json.Marshal(closingStored(k.data)) }
func (k *Closing) UnmarshalJSON(b []byte) error {
	if err := json.Unmarshal(b, (*closingStored)(&k.data)); err != nil {
		return err
	}
	for i := range k.data.Balance {
		k.data.Balance[i].Currency = k.data.Balance[i].Balance.Currency
	}
	return nil
}

// ended reports whether nothing can be booked on a day any more: it is over, and
// so is whatever began before midnight.
func (c *Cycle) ended(at time.Time, day calendar.Date) bool {
	return day.Before(c.today(at.Add(-time.Hour)))
}

// CloseBooks closes the books through a day that has ended. Closed again it says
// what was closed; nobody opens it.
func (c *Cycle) CloseBooks(ctx context.Context, s Stamp, day calendar.Date) (ClosingData, error) {
	if !c.ended(s.At, day) {
		return ClosingData{}, fault.Bad("/through", "{date} has not ended", "close a day before {today}").Keyed("closing.open").With("date", day, "today", c.today(s.At))
	}
	entries, err := c.Entries(ctx, calendar.Date{}, day)
	if err != nil {
		return ClosingData{}, err
	}
	k := &Closing{data: ClosingData{Through: day, Balance: ledger.TrialBalance(entries), Entries: len(entries), At: s.At, By: s.Actor}}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[Closing](ctx, tx, k.ID())
		if err != nil {
			return err
		}
		if known != nil {
			k = known
			return nil
		}
		return tx.Save(k, Fact{Type: "books.closed", Data: k.data})
	})
	return k.data, err
}

// verifyClosings: what was closed is as it was.
func (c *Cycle) verifyClosings(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "closed periods are as they were closed"}
	closings, err := everyOne[Closing](ctx, c)
	if err != nil {
		return k, err
	}
	for _, closing := range closings {
		k.Checked++
		var until []ledger.EntryData
		for _, e := range all.entries {
			if !e.BookedOn.After(closing.data.Through) {
				until = append(until, e)
			}
		}
		if now := ledger.TrialBalance(until); len(until) != closing.data.Entries || fmt.Sprint(now) != fmt.Sprint(closing.data.Balance) {
			k.breaks("the books through %s were closed with %d entries and have %d now, or another balance", closing.data.Through, closing.data.Entries, len(until))
		}
	}
	return k, nil
}
