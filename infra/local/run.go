package local

import (
	"context"
	"time"
)

// Waits of the background pump.
const (
	idleMax    = time.Minute
	retryPause = time.Second // after something failed
)

// Run carries messages and fires schedules until the context ends: what happens
// by itself in AWS. Only a running clock needs it.
func (r *Runtime) Run(ctx context.Context) {
	for ctx.Err() == nil {
		changed := r.Engine.Changed() // fetched before looking, so that no change goes unnoticed
		wait := r.live(ctx)
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
		case <-r.nudge:
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// take waits for the right to move time or messages; whoever waits for it waits
// for an answer, and the pump makes haste.
func (r *Runtime) take() {
	r.waiting.Add(1)
	r.drive.Lock()
	r.waiting.Add(-1)
}

// Whoever sends a webhook waits for its answer, effects do not: the background
// pump lets requests pass, up to a bound.
const (
	giveWayMax  = 100 * time.Millisecond
	giveWayStep = time.Millisecond
)

func (r *Runtime) giveWay(ctx context.Context) {
	if !r.polite {
		return
	}
	for waited := time.Duration(0); waited < giveWayMax && r.active.Load() > 0 && r.waiting.Load() == 0 && ctx.Err() == nil; waited += giveWayStep {
		time.Sleep(giveWayStep)
	}
}

// Nudge wakes the pump for what changed outside the table.
func (r *Runtime) Nudge() {
	select {
	case r.nudge <- struct{}{}:
	default:
	}
}

// live does what is due and says how long nothing will be.
func (r *Runtime) live(ctx context.Context) time.Duration {
	r.drive.Lock()
	r.polite = true
	defer func() {
		r.polite = false
		r.drive.Unlock()
	}()
	for !r.nextDue().After(r.Clock.Now()) {
		r.happen(ctx)
		if ctx.Err() != nil {
			return 0
		}
	}
	if err := r.settle(ctx); err != nil {
		r.warn(ctx, "messages wait", err)
		return retryPause
	}
	return min(max(r.nextDue().Sub(r.Clock.Now()), 0), idleMax)
}
