package local

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
)

// Plan is something that happens by itself, and when.
type Plan struct {
	Name string
	At   time.Time
}

// Plans lists what happens next, in the order of time.
func (r *Runtime) Plans() []Plan {
	r.take()
	defer r.drive.Unlock()
	plans := []Plan{{Name: "bank statement", At: r.morning}}
	for _, p := range r.calendar {
		plans = append(plans, Plan{Name: p.schedule.Name, At: p.next})
	}
	if at, ok := r.Stripe.NextDue(); ok {
		plans = append(plans, Plan{Name: "Stripe settles or repeats", At: at})
	}
	slices.SortStableFunc(plans, func(a, b Plan) int { return a.At.Compare(b.At) })
	return plans
}

// NextStep is when the next reminder or promise has come due and the hourly tick
// has seen it; without one it is the next plan.
func (r *Runtime) NextStep(ctx context.Context) (time.Time, error) {
	next := r.Plans()[0].At
	found := false
	for queue, item := range map[string]due{invoice.Queue: &invoice.Invoice{}, dunning.PromiseQueue: &dunning.Promise{}} {
		page, err := r.Cycle.Store.List(ctx, o2c.Query{Queue: queue, Until: r.Clock.Now().Add(AdvanceMax), Limit: 1})
		if err != nil {
			return time.Time{}, err
		}
		for _, stored := range page.Items {
			if err := item.UnmarshalJSON(stored.Body); err != nil {
				return time.Time{}, err
			}
			if _, at := item.Due(); !found || at.Before(next) {
				next, found = at, true
			}
		}
	}
	if found {
		next = next.Truncate(time.Hour).Add(time.Hour + time.Minute)
	}
	return next, nil
}

// due is a document that waits for a time.
type due interface {
	o2c.Scheduled
	UnmarshalJSON([]byte) error
}
