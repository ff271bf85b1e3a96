// Package pay owns Stripe: making and closing payment pages, reading payouts and
// missed messages, and understanding what Stripe's webhooks say. It is the only
// package that imports stripe-go. A payment method is a file and a row.
//
// It does not own signatures (shared/signature), what a payment does to an
// invoice, or which key a stage may use (shared/boot/pay).
package pay

import (
	"errors"
	"net/http"
	"time"

	"github.com/stripe/stripe-go/v76"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Name is what the ledger and the receipts call this gateway.
const Name = "stripe"

// requestMax bounds one request: a page is made while a customer waits.
const requestMax = 2 * time.Second

// Options are what a Gateway is given.
type Options struct {
	Key  string       // restricted key: Checkout Sessions, payment intents, payment methods, setup intents, customers and refunds write; payouts, balance transactions and events read
	URL  string       // another address than Stripe's, for the loopback; "" is Stripe
	HTTP *http.Client // nil: one that gives up after 2 s
}

// Gateway is o2c.Payments on Stripe.
type Gateway struct {
	key     string
	backend stripe.Backend
}

var _ o2c.Payments = (*Gateway)(nil)

// New makes a gateway. The SDK repeats nothing by itself: the customer presses
// again, the outbox comes again, and both carry the same idempotency key.
func New(o Options) *Gateway {
	client := o.HTTP
	if client == nil {
		client = &http.Client{Timeout: requestMax}
	}
	config := &stripe.BackendConfig{
		HTTPClient: client, MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
		LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull}, // its errors come back to us
	}
	if o.URL != "" {
		config.URL = stripe.String(o.URL)
	}
	return &Gateway{key: o.Key, backend: stripe.GetBackendWithConfig(stripe.APIBackend, config)}
}

// passing are the answers that another attempt may change. A key that Stripe
// refuses is one of them: the operator mends it, and what waited goes on.
var passing = map[int]bool{
	http.StatusUnauthorized: true, http.StatusForbidden: true, http.StatusRequestTimeout: true, http.StatusConflict: true, http.StatusTooManyRequests: true,
}

// trouble says what a failed request means: worth another attempt, or for good.
func trouble(what string, err error) error {
	var refused *stripe.Error
	if errors.As(err, &refused) && refused.HTTPStatusCode >= 400 && refused.HTTPStatusCode < 500 && !passing[refused.HTTPStatusCode] {
		return o2c.Permanent(what, "Stripe says: "+refused.Msg, "look at the payment at Stripe", err).Keyed("stripe.refused", refused.Msg)
	}
	if refused != nil && refused.HTTPStatusCode >= http.StatusInternalServerError {
		err = errors.Join(o2c.ErrKeySpent, err)
	}
	return fault.New(fault.Unavailable, what, "Stripe does not answer as it should", "try again in a minute").Because(err).Keyed("stripe.away")
}
