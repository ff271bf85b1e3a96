// Package dunning is the function that the calendar wakes every hour: promises
// to judge, stock to give back, letters to write. It does not own the ladder.
package dunning

import (
	"context"
	"log/slog"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// Deps is what the function needs.
type Deps struct {
	Cycle *o2c.Cycle
	Now   func() time.Time
	Log   *slog.Logger
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{Tick: d.tick} }

// tick works on all that is due now and begins no page in the last minute of
// its time; the next tick goes on where this one stopped.
func (d Deps) tick(ctx context.Context, _ trigger.Tick) error {
	report, err := d.Cycle.RunDunning(ctx, d.Now(), budget(ctx))
	if err != nil {
		return err
	}
	tasks, err := d.Cycle.RunClaims(ctx, d.Now(), budget(ctx))
	d.Log.Info("dunning", "letters", report.Letters, "promises", report.Promises, "released", report.Released, "held", report.Held, "reliefs", tasks)
	return err
}

// budget says whether there is time left for another page. The context's
// deadline is Lambda's, in the machine's time, so it is asked of the context.
func budget(ctx context.Context) func() bool {
	deadline, limited := ctx.Deadline()
	if !limited {
		return func() bool { return true }
	}
	reserve, cancel := context.WithDeadline(ctx, deadline.Add(-time.Minute))
	context.AfterFunc(ctx, cancel)
	return func() bool { return reserve.Err() == nil }
}
