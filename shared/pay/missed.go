package pay

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/event"
)

// missedMax bounds one look at what no webhook brought; the next look goes on.
const missedMax = 1000

// Missed reads the messages since an instant whose webhook Stripe could not
// deliver, oldest first. What cannot be understood is left out: Stripe shows it,
// and its webhook would have been parked.
func (g *Gateway) Missed(ctx context.Context, since time.Time) ([]Message, error) {
	params := &stripe.EventListParams{
		ListParams:      stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)},
		CreatedRange:    &stripe.RangeQueryParams{GreaterThanOrEqual: since.Unix()},
		DeliverySuccess: stripe.Bool(false),
		Types:           stripe.StringSlice(slices.Sorted(maps.Keys(readers))),
	}
	var found []Message
	list := event.Client{B: g.backend, Key: g.key}.List(params)
	for list.Next() && len(found) < missedMax {
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
