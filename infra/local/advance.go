package local

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duly/functions"
	"duly/shared/handler/trigger"
	"duly/shared/o2c/fault"
)

// AdvanceMax is how far the clock moves at once.
const AdvanceMax = 366 * 24 * time.Hour

// Advance moves the clock by d. On the way everything that is due happens at its
// time and in its order: schedules, the bank's morning statements, Stripe's
// settlements and repeated webhooks. It returns when all is settled; until then
// the commits on the way do not wait for the disk one by one.
func (r *Runtime) Advance(ctx context.Context, d time.Duration) (err error) {
	if d < 0 || d > AdvanceMax {
		return fmt.Errorf("the clock moves forward by at most %d days at once — %s was asked — give a span such as 14d", int(AdvanceMax.Hours())/24, d)
	}
	if r.opt.Real.Stripe != nil {
		return fault.New(fault.Refused, "The clock was not moved", "Stripe is real here, and its time cannot be", "wait, or move the clock of a demo that plays Stripe")
	}
	r.take()
	defer r.drive.Unlock()
	r.Engine.Hold()
	defer func() { err = errors.Join(err, r.Engine.Release()) }()
	target := r.Clock.Now().Add(d)
	r.attempt(ctx, "messages wait", r.settle)
	for next := r.nextDue(); !next.After(target); next = r.nextDue() {
		if err := ctx.Err(); err != nil {
			return err
		}
		r.moveTo(next)
		r.happen(ctx)
	}
	r.moveTo(target)
	err = r.settle(ctx)
	_, swept := r.Engine.Sweep(r.Clock.Now()) // what DynamoDB does by itself: expired rows, and stream records of yesterday
	return errors.Join(err, swept, r.Keep())
}

// attempt does what may fail while a service is out of order: what could not be
// done stays where it is and is done later.
func (r *Runtime) attempt(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil {
		r.warn(ctx, what, err)
	}
}

// moveTo never moves back: a running clock may have passed the instant already.
func (r *Runtime) moveTo(t time.Time) {
	if t.After(r.Clock.Now()) {
		r.Clock.Set(t)
	}
}

// NextDue is when the next thing happens by itself.
func (r *Runtime) NextDue() time.Time {
	r.take()
	defer r.drive.Unlock()
	return r.nextDue()
}

// nextDue looks at everything that has a time of its own.
func (r *Runtime) nextDue() time.Time {
	next := r.calendar.next()
	if r.morning.Before(next) {
		next = r.morning
	}
	for _, due := range []func() (time.Time, bool){r.Stripe.NextDue, r.Files.NextDue, r.Mail.NextDue, r.nextInbox} {
		if at, ok := due(); ok && at.Before(next) {
			next = at
		}
	}
	return next
}

func (r *Runtime) nextInbox() (time.Time, bool) {
	var first time.Time
	for _, f := range functions.All() {
		if !f.Inbox {
			continue
		}
		if at, ok := r.Queues.NextVisible(inbox(f.Name)); ok && (first.IsZero() || at.Before(first)) {
			first = at
		}
	}
	return first, !first.IsZero()
}

// happen does what is due now: the bank's statement first, because it comes in
// the morning before the letters go out.
func (r *Runtime) happen(ctx context.Context) {
	now := r.Clock.Now()
	if !r.morning.After(now) {
		r.attempt(ctx, "the bank's statement is not delivered", func(context.Context) error { return r.feedBank() })
	}
	for _, p := range r.calendar.due(now) {
		r.attempt(ctx, "schedule "+p.schedule.Name+" failed", func(ctx context.Context) error { return r.fire(ctx, p) })
	}
	r.attempt(ctx, "messages wait", r.settle)
}

// fire wakes a function by its schedule. The sweeper is left asleep when there
// is nothing for it.
func (r *Runtime) fire(ctx context.Context, p *planned) error {
	h := r.handler(p.function)
	if h.Tick == nil {
		return nil
	}
	if p.schedule.Name == "outbox-sweep" {
		if at, waiting, err := r.dueEffect(ctx); err == nil && (!waiting || at.After(r.Clock.Now())) {
			return nil
		}
	}
	return h.Tick(ctx, trigger.Tick{Schedule: p.schedule.Name})
}
