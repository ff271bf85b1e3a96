package local

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/functions"
	"duly/infra/local/aws"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// roundsMax bounds one settling: effects are ranked and cannot run in circles,
// so that more rounds mean a defect.
const roundsMax = 1_000_000

// Settle carries messages until nothing moves: the table's stream, the inboxes,
// new files, mail news, Stripe's webhooks, and effects that are due. What fails
// stays where it is, is reported, and is tried again by the next Settle.
func (r *Runtime) Settle(ctx context.Context) error {
	r.take()
	defer r.drive.Unlock()
	return r.settle(ctx)
}

func (r *Runtime) settle(ctx context.Context) error {
	asked := r.Clock.Now() // what comes due while this runs is for the next one
	for range roundsMax {
		if err := ctx.Err(); err != nil {
			return err
		}
		moved, err := r.carry(ctx)
		if err != nil {
			return err
		}
		if moved == 0 {
			if moved, err = r.sweep(ctx, asked); err != nil {
				return err
			}
		}
		if moved == 0 {
			return nil
		}
	}
	return errors.New("messages keep moving without end")
}

// carry moves everything once.
func (r *Runtime) carry(ctx context.Context) (moved int, err error) {
	count := func(n int, problem error) {
		moved += n
		err = errors.Join(err, problem)
	}
	count(r.stream.pump(ctx, r))
	for _, f := range functions.All() {
		if f.Inbox {
			count(r.drainInbox(ctx, f))
		}
	}
	count(r.Files.Drain(ctx, r.arrived))
	count(r.Mail.Drain(ctx, r.mailNews))
	if n := r.Stripe.Tick(ctx, r.Clock.Now()); n > 0 {
		count(n, r.Keep())
	}
	return moved, err
}

// sweep performs effects that are due and were left behind, as the sweeper's
// schedule does: what is due now is performed now.
func (r *Runtime) sweep(ctx context.Context, asked time.Time) (moved int, err error) {
	next, waiting, err := r.dueEffect(ctx)
	if err != nil || !waiting || next.After(asked) {
		return 0, err
	}
	before := r.Engine.Stats().Writes
	err = r.handler("outbox").Tick(ctx, trigger.Tick{Schedule: "outbox-sweep"})
	return int(r.Engine.Stats().Writes - before), err
}

// dueEffect is when the first pending effect is due. The answer holds until
// something is written, so that ticks that would find nothing cost nothing.
func (r *Runtime) dueEffect(ctx context.Context) (at time.Time, waiting bool, err error) {
	writes := r.Engine.Stats().Writes
	if r.glance.known && r.glance.writes == writes {
		return r.glance.at, r.glance.waiting, nil
	}
	page, err := r.Cycle.Store.List(ctx, o2c.Query{Queue: o2c.EffectQueue, Until: r.Clock.Now().AddDate(10, 0, 0), Limit: 1})
	if err != nil {
		return time.Time{}, false, err
	}
	r.glance = glance{known: true, writes: writes}
	if len(page.Items) > 0 {
		var e o2c.Effect
		if err := json.Unmarshal(page.Items[0].Body, &e); err != nil {
			return time.Time{}, false, err
		}
		r.glance.waiting, r.glance.at = true, e.NextAt
	}
	return r.glance.at, r.glance.waiting, nil
}

// glance is what the last look at the queue of effects saw.
type glance struct {
	known, waiting bool
	writes         uint64
	at             time.Time
}

// inboxHidden is the visibility that the stack gives an inbox: two timeouts.
func inboxHidden(f functions.Function) time.Duration {
	return time.Duration(2*f.TimeoutSeconds) * time.Second
}

// drainInbox does now what the function's next tick would find.
func (r *Runtime) drainInbox(ctx context.Context, f functions.Function) (moved int, err error) {
	if at, waiting := r.Queues.NextVisible(inbox(f.Name)); !waiting || at.After(r.Clock.Now()) {
		return 0, nil
	}
	before := len(r.Queues.Messages(inbox(f.Name)))
	if err := r.handler(f.Name).Tick(ctx, trigger.Tick{Schedule: f.Schedules[0].Name}); err != nil {
		r.warn(ctx, f.Name+" could not drain its inbox", err)
	}
	return max(0, before-len(r.Queues.Messages(inbox(f.Name)))), nil
}

// arrived wakes the functions whose prefix a new file of the intake is under.
func (r *Runtime) arrived(ctx context.Context, e aws.Event) error {
	var detail struct {
		Bucket struct{ Name string }
		Object struct{ Key string }
	}
	if err := json.Unmarshal(e.Detail, &detail); err != nil {
		return err
	}
	var errs []error
	for _, f := range functions.All() {
		for _, prefix := range f.Arrivals {
			h := r.handler(f.Name).Arrival
			if h != nil && len(detail.Object.Key) > len(prefix) && detail.Object.Key[:len(prefix)] == prefix {
				errs = append(errs, h(ctx, trigger.Arrival{Bucket: detail.Bucket.Name, Key: detail.Object.Key}))
			}
		}
	}
	if err := errors.Join(errs...); err != nil {
		r.warn(ctx, "a file could not be taken in", err)
		return err
	}
	return nil
}

// mailNews wakes the functions that want to hear what became of mails.
func (r *Runtime) mailNews(ctx context.Context, e aws.Event) error {
	var errs []error
	for _, f := range functions.All() {
		if h := r.handler(f.Name).News; f.MailNews && h != nil {
			errs = append(errs, h(ctx, events.CloudWatchEvent{
				Version: e.Version, ID: e.ID, DetailType: e.DetailType, Source: e.Source, AccountID: e.Account,
				Time: e.Time, Region: e.Region, Resources: e.Resources, Detail: e.Detail,
			}))
		}
	}
	return errors.Join(errs...)
}

// SettleQuietly settles as far as it goes; what fails is logged and waits.
func (r *Runtime) SettleQuietly(ctx context.Context) {
	r.take()
	defer r.drive.Unlock()
	r.attempt(ctx, "messages wait", r.settle)
}
