// Package orderwebhook is the function that shops post to: orders, changes,
// cancellations, parcels. It does not own what a platform's bodies look like
// (shared/shop) or what becomes of an order (shared/o2c).
package orderwebhook

import (
	"context"
	"net/http"
	"path"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/shop"
)

// Function is its name in the manifest.
const Function = "order-webhook"

// New makes the function.
func New(d webhook.Deps) trigger.Handler {
	return webhook.New(Function, source{cycle: d.Cycle, now: d.Now}, d)
}

// Replay acts on a parked message of this function again, at an instant. The
// caller records that it was replayed.
func Replay(ctx context.Context, c *o2c.Cycle, at time.Time, p o2c.ParkedData) error {
	return source{cycle: c, now: func() time.Time { return at }}.Act(ctx, webhook.Replayed(p))
}

// topicMax bounds a topic, in characters; the longest of Shopify's has 50.
const topicMax = 100

type source struct {
	cycle *o2c.Cycle
	now   func() time.Time
}

// Sender is the shop of the endpoint that the path names; its platform says how
// it signs. Nothing else of a request is believed before its signature is.
func (s source) Sender(route string, header http.Header, body []byte) (webhook.Sender, bool) {
	from, ok := s.cycle.Policy.Shop(path.Base(route))
	platform, known := shop.Find(from.Platform)
	if !ok || !known {
		return webhook.Sender{}, false
	}
	out := webhook.Sender{Endpoint: from.Endpoint, Scheme: platform.Scheme}
	if topic := header.Get(platform.TopicHeader); len(topic) <= topicMax {
		out.Topic = topic
	}
	out.Trial = platform.Trial != nil && platform.Trial(header, body)
	return out, true
}

// Act translates a message and hands it to the cycle. The delivery ids that
// platforms send are not signed, so a message is told apart by what is: the same
// body on the same topic of the same endpoint counts once.
func (s source) Act(ctx context.Context, m webhook.Message) error {
	from, ok := s.cycle.Policy.Shop(m.Endpoint)
	platform, known := shop.Find(from.Platform)
	if !ok || !known {
		return fault.New(fault.NotFound, "The shop is not known any more", "endpoint "+m.Endpoint+" is not in duly.yaml", "add it and replay the message").Keyed("shop.unknown", m.Endpoint)
	}
	said, err := platform.Translate(m.Topic, m.Body)
	if err != nil {
		return err
	}
	a := o2c.Arrival{
		At: s.now(), Endpoint: from.Endpoint, Platform: from.Platform, Seen: o2c.Name("seen", []byte(m.Endpoint), []byte(m.Topic), m.Body), Message: dated(said, m.ReceivedAt),
	}
	_, err = s.cycle.HandleShop(ctx, a)
	return err
}

// dated gives a message without a time of its own the time at which it came.
func dated(m order.Message, receivedAt time.Time) order.Message {
	if m.Order.UpdatedAt.IsZero() {
		m.Order.UpdatedAt = receivedAt
	}
	if m.Order.PlacedAt.IsZero() {
		m.Order.PlacedAt = m.Order.UpdatedAt
	}
	return m
}
