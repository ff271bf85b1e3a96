// Package reconcile is the function that closes gaps: bank files that were
// dropped in the bucket, and what a payment provider told us in vain. It does
// not own matching or booking.
package reconcile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

// Deps is what the function needs.
type Deps struct {
	Cycle  *o2c.Cycle
	Now    func() time.Time
	Fetch  func(ctx context.Context, key string) ([]byte, error)      // an object of the intake bucket
	Read   func(io.Reader) ([]cash.Statement, error)                  // a bank file, its format detected
	Missed func(ctx context.Context, since time.Time) ([]Told, error) // the provider's messages
	Log    *slog.Logger
}

// Told is one message of the payment provider.
type Told struct {
	Seen  string // the same key that its webhook has
	Event o2c.PaymentEvent
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{Arrival: d.arrival, Tick: d.tick} }

// arrival books a bank file. One that cannot be read is reported and kept; it
// will not be better the next time.
func (d Deps) arrival(ctx context.Context, a trigger.Arrival) error {
	raw, err := d.Fetch(ctx, a.Key)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", a.Key, err)
	}
	statements, err := d.Read(bytes.NewReader(raw))
	if err != nil {
		return d.Cycle.Report(ctx, d.Now(), "A bank file cannot be read", a.Key+": "+fault.Of(err).Error())
	}
	for _, st := range statements {
		r, err := d.Cycle.ImportStatement(ctx, o2c.Stamp{At: d.Now(), Actor: "bank"}, st)
		if fault.Is(err, fault.Invalid) {
			err = d.Cycle.Report(ctx, d.Now(), "A bank statement cannot be booked", a.Key+": "+fault.Of(err).Error())
		}
		if err != nil {
			return err
		}
		d.Log.Info("statement", "account", r.Account, "entries", r.Entries, "new", r.New, "applied", r.Applied, "unmatched", r.Unmatched)
	}
	return nil
}

// lookBack is how far the poller looks for messages that never came. Stripe
// tries a webhook for three days.
const lookBack = 4 * 24 * time.Hour

// tick acts on what the provider told us and no webhook brought; each message
// counts once, whichever way it comes. One that will not be better the next time
// is reported.
func (d Deps) tick(ctx context.Context, _ trigger.Tick) error {
	told, err := d.Missed(ctx, d.Now().Add(-lookBack))
	if err != nil {
		return err
	}
	var failed []error
	for _, t := range told {
		err := d.Cycle.HandlePayment(ctx, d.Now(), t.Seen, t.Event)
		if err != nil && !fault.Of(err).Code.Meaning().Retry {
			err = d.Cycle.Report(ctx, d.Now(), "A payment message cannot be booked", t.Seen+": "+fault.Of(err).Error())
		}
		failed = append(failed, err)
	}
	return errors.Join(failed...)
}
