// Package o2c is the cycle: the use cases from an order to cash, one file per
// step, the ports through which they reach the world, and the commit that makes
// each of them happen all or nothing. A use case loads, decides and stages; it
// has no clock, no randomness and no vendor in it.
package o2c

import (
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/ledger"
)

// Cycle runs the use cases. A function sets only what its use cases need.
type Cycle struct {
	Store  Store
	Policy *Policy
	Links  LinkKeys
	Pay    Payments // StartPayment alone asks for it inside a request
	Crew   Crew     // for large bank files; nil: one commit after the other

	Sandboxes Sandboxes // nil: nobody is trained

	alone bool // a bank line is decided by what it names and by nothing else
}

// Crew does several tasks at the same time, and returns when all are done. The cycle starts nothing by itself: whoever
// builds the process says what it may do at once.
type Crew func(tasks int, do func(task int))

// today is the civil date of an instant where the seller is.
func (c *Cycle) today(at time.Time) calendar.Date { return calendar.On(at, c.Policy.Zone) }

// when dates an entry that is recorded now and counts from valueOn; no date
// means today.
func (c *Cycle) when(at time.Time, valueOn calendar.Date) ledger.When {
	today := c.today(at)
	if valueOn.IsZero() {
		valueOn = today
	}
	return ledger.When{ValueOn: valueOn, BookedOn: today, RecordedAt: at}
}

// post stages a booking.
func (c *Cycle) post(tx *Tx, cause, narrative string, valueOn calendar.Date, legs ...ledger.Leg) error {
	e, err := ledger.NewEntry(Name("le", cause), narrative, c.when(tx.At(), valueOn), legs...)
	if err != nil {
		return fmt.Errorf("post %s: %w", narrative, err)
	}
	return tx.Save(e)
}
