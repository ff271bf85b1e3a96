package o2c

import (
	"context"
	"time"
)

// SweepMax bounds one run of the sweeper.
const SweepMax = 500

// Sweep performs what is due and was not performed from the stream: after a
// crash, an outage or a failure whose time has come.
func (o *Outbox) Sweep(ctx context.Context) (performed int, err error) {
	page := Page{}
	for performed < SweepMax {
		page, err = o.Cycle.Store.List(ctx, Query{Queue: EffectQueue, Until: o.Now(), After: page.Next})
		if err != nil {
			return performed, err
		}
		ids := make([]string, len(page.Items))
		for i, s := range page.Items {
			ids[i] = s.Key.ID
		}
		n, err := o.PerformAll(ctx, ids)
		if performed += n; err != nil {
			return performed, err
		}
		if page.Next == "" {
			return performed, nil
		}
	}
	return performed, nil
}

// Age is how long the oldest due effect has been waiting; 0 when none is.
func (o *Outbox) Age(ctx context.Context) (time.Duration, error) {
	now := o.Now()
	page, err := o.Cycle.Store.List(ctx, Query{Queue: EffectQueue, Until: now, Limit: 20})
	if err != nil || len(page.Items) == 0 {
		return 0, err
	}
	e, err := restore[Effect](page.Items[0])
	if err != nil {
		return 0, err
	}
	return now.Sub(e.NextAt), nil
}
