package pay

import (
	"cmp"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/form"

	"duly/shared/o2c/fault"
)

// missedMax bounds one look; more than that in an hour is no business of ours.
const missedMax = 10_000

// typesMax is how many types one request may name (docs.stripe.com/api/events/list).
const typesMax = 20

// eventPage is a page of Stripe's events, each as it came: one that is damaged
// must not spoil the page.
type eventPage struct {
	stripe.APIResource
	Data []json.RawMessage `json:"data"`
	More bool              `json:"has_more"`
}

// Heard are the types of events that we act on, in order.
func Heard() []string { return slices.Sorted(maps.Keys(readers)) }

// Missed reads the messages since an instant, oldest first, whether or not a
// webhook brought them: Stripe counts a delivery as done that a proxy answered,
// and an endpoint that is switched off has no failed deliveries. What is known
// is known by its key. What cannot be understood comes with its problem.
func (g *Gateway) Missed(ctx context.Context, since time.Time) ([]Message, error) {
	return g.messages(ctx, since, Heard())
}

// messages reads those of some types, in as many requests as Stripe wants.
func (g *Gateway) messages(ctx context.Context, since time.Time, all []string) ([]Message, error) {
	var found []Message
	for types := range slices.Chunk(all, typesMax) {
		some, err := g.missed(ctx, since, types, missedMax-len(found))
		if err != nil {
			return nil, err
		}
		found = append(found, some...)
	}
	slices.SortStableFunc(found, func(a, b Message) int { return a.At.Compare(b.At) })
	return found, nil
}

// missed reads those of as many types as one request may name.
func (g *Gateway) missed(ctx context.Context, since time.Time, types []string, most int) ([]Message, error) {
	const what = "Stripe's messages cannot be read"
	params := &stripe.EventListParams{
		ListParams:   stripe.ListParams{Context: ctx, Limit: stripe.Int64(pageSize)},
		CreatedRange: &stripe.RangeQueryParams{GreaterThanOrEqual: since.Unix()},
		Types:        stripe.StringSlice(types),
	}
	var found []Message
	for {
		var page eventPage
		query := &form.Values{}
		form.AppendTo(query, params)
		if err := g.backend.CallRaw(http.MethodGet, "/v1/events", g.key, query, params.GetParams(), &page); err != nil {
			return nil, trouble(what, err)
		}
		last := ""
		for _, raw := range page.Data {
			m := heard(raw)
			found, last = append(found, m), cmp.Or(m.ID, last)
		}
		switch {
		case !page.More:
			slices.Reverse(found)
			return found, nil
		case last == "":
			return nil, fault.New(fault.Unavailable, what, "a page of them names none", "look at Stripe's status page, then wait for the next look")
		case len(found) >= most:
			return nil, fault.New(fault.Unavailable, what, "there are more than can be read at once", "look why so many were missed")
		}
		params.StartingAfter = stripe.String(last)
	}
}

// heard is one message of the list, with what is wrong with it.
func heard(raw json.RawMessage) Message {
	m, err := Parse(raw)
	m.Raw, m.Problem = raw, err
	if m.ID == "" { // of a damaged one, its name at least
		var named struct {
			ID      string `json:"id"`
			Type    string `json:"type"`
			Created int64  `json:"created"`
		}
		_ = json.Unmarshal(raw, &named)
		m.ID, m.Type, m.At = named.ID, named.Type, time.Unix(named.Created, 0).UTC()
	}
	return m
}
