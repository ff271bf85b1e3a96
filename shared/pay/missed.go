package pay

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/event"

	"duly/shared/o2c/fault"
)

// missedMax bounds one look; more than that in an hour is no business of ours.
const missedMax = 10_000

// Missed reads the messages since an instant, oldest first, whether or not a
// webhook brought them: Stripe counts a delivery as done that a proxy answered,
// and an endpoint that is switched off has no failed deliveries. What is known
// is known by its key. What cannot be understood is left out: its webhook would
// have been parked.
func (g *Gateway) Missed(ctx context.Context, since time.Time) ([]Message, error) {
	params := &stripe.EventListParams{
		ListParams:   stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)},
		CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: since.Unix()},
		Types:        stripe.StringSlice(slices.Sorted(maps.Keys(readers))),
	}
	var found []Message
	list := event.Client{B: g.backend, Key: g.key}.List(params)
	for list.Next() {
		if len(found) == missedMax {
			return nil, fault.New(fault.Unavailable, "Stripe's messages cannot be read", "there are more than can be read at once", "look why so many were missed")
		}
		raw, err := json.Marshal(list.Event())
		if err != nil {
			continue
		}
		if m, err := Parse(raw); err == nil {
			found = append(found, m)
		}
	}
	if err := list.Err(); err != nil {
		return nil, trouble("Stripe's messages cannot be read", err)
	}
	slices.Reverse(found)
	return found, nil
}
