// Package stripewebhook is the function that Stripe posts to: payments, refunds,
// chargebacks, payouts. It does not own what Stripe's bodies look like
// (shared/pay) or what a payment does (shared/o2c).
package stripewebhook

import (
	"context"
	"net/http"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/pay"
	"duly/shared/signature"
)

// Function is its name in the manifest.
const Function = "stripe-webhook"

// New makes the function. live says whether the stage moves real money.
func New(d webhook.Deps, live bool) trigger.Handler {
	return webhook.New(Function, source{cycle: d.Cycle, now: d.Now, live: live}, d)
}

// Replay acts on a parked message of this function again, at an instant. The
// caller records that it was replayed.
func Replay(ctx context.Context, c *o2c.Cycle, at time.Time, live bool, p o2c.ParkedData) error {
	return source{cycle: c, now: func() time.Time { return at }, live: live}.Act(ctx, webhook.Replayed(p))
}

type source struct {
	cycle *o2c.Cycle
	now   func() time.Time
	live  bool
}

// Sender is Stripe: the route has one endpoint.
func (s source) Sender(string, http.Header, []byte) (webhook.Sender, bool) {
	return webhook.Sender{Endpoint: pay.Name, Scheme: signature.Stripe}, true
}

// Act understands a message and hands it to the cycle. Stripe signs the event's
// id with the rest, so it tells repeated messages apart. A refund or chargeback
// that is ahead of its payment fails as something that passes, and waits in the
// inbox.
func (s source) Act(ctx context.Context, m webhook.Message) error {
	said, err := pay.Parse(m.Body)
	switch {
	case said.ID != "" && said.Live != s.live:
		return mixedUp(said)
	case err != nil:
		return webhook.About(said.ID, err)
	case !said.Known:
		return webhook.Quiet(fault.New(fault.Unreadable, "Stripe's message is of a type that Duly does not know", "{type}", "nothing, unless it should; then subscribe to less, or update").Keyed("stripe.type").With("type", said.Type))
	}
	if _, idle := said.Event.(o2c.Irrelevant); idle {
		return nil
	}
	return s.cycle.HandlePayment(ctx, s.now(), pay.Seen(said.ID), said.Event)
}

// mixedUp says that test and live were connected (row 98).
func mixedUp(m pay.Message) error {
	is, stage := "A test", "the live stage"
	if m.Live {
		is, stage = "A live", "a test stage"
	}
	return fault.New(fault.Refused, "{is} message of Stripe reached {stage}", "event {id} was not acted upon", "give each stage its own endpoint and secret at Stripe").Keyed("stripe.mode").With("is", is, "stage", stage, "id", m.ID)
}
