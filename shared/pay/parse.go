package pay

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Message is one webhook message, understood.
type Message struct {
	ID    string // signed with the rest, so it tells repeated messages apart
	Type  string
	Live  bool
	Event o2c.PaymentEvent // Irrelevant when the message asks for nothing
	Known bool             // false: a type that this version has never heard of

	// Of a message that the poller read.
	At      time.Time // when Stripe made it
	Raw     []byte
	Problem error // why it cannot be understood
}

// Seen is the key under which a message counts once, whether its webhook or the
// poller brings it.
func Seen(eventID string) string { return o2c.Name("seen", Name, eventID) }

// envelope is Stripe's event object: the fields that every API version has had.
type envelope struct {
	ID      string `json:"id"`
	Object  string `json:"object"`
	Type    string `json:"type"`
	Live    *bool  `json:"livemode"`
	Created int64  `json:"created"`
	Data    struct {
		Object json.RawMessage `json:"object"`
	} `json:"data"`
}

// readers is what each type that we act on means
// (https://docs.stripe.com/api/events/types).
var readers = map[string]func(envelope) (o2c.PaymentEvent, error){
	"checkout.session.completed":               sessionCompleted,
	"checkout.session.async_payment_succeeded": sessionSettled,
	"checkout.session.async_payment_failed":    sessionFailed,
	"checkout.session.expired":                 sessionExpired,
	"payment_intent.succeeded":                 intentSucceeded,
	"payment_intent.processing":                intentProcessing,
	"payment_intent.payment_failed":            intentFailed,
	"payment_intent.canceled":                  intentFailed,
	"charge.succeeded":                         chargeSucceeded,
	"setup_intent.succeeded":                   setupSucceeded,
	"payment_method.updated":                   methodChanged,
	"payment_method.automatically_updated":     methodChanged,
	"payment_method.detached":                  methodChanged,
	"charge.refunded":                          chargeRefunded,
	"charge.dispute.created":                   disputeChanged,
	"charge.dispute.updated":                   disputeChanged,
	"charge.dispute.closed":                    disputeChanged,
	"payout.paid":                              payoutPaid,
	"payout.failed":                            payoutFailed,
	"refund.created":                           refundChanged,
	"refund.failed":                            refundChanged,
	"refund.updated":                           refundChanged,
	"charge.refund.updated":                    refundChanged,
	"charge.dispute.funds_withdrawn":           disputeChanged,
	"charge.dispute.funds_reinstated":          disputeChanged,
}

// families are the objects whose other messages ask for nothing, by the first
// word of their types. An endpoint that is subscribed to them must not cause
// alarms.
var families = []string{
	"account", "application_fee", "balance", "balance_settings", "billing", "billing_portal", "capability", "cash_balance", "charge", "checkout", "coupon",
	"credit_note", "customer", "customer_cash_balance_transaction", "file", "financial_connections", "identity", "invoice", "invoiceitem", "issuing_authorization",
	"issuing_card", "issuing_transaction", "mandate", "payment_intent", "payment_link", "payment_method", "payout", "person", "plan", "price", "product",
	"promotion_code", "quote", "radar", "refund", "reporting", "review", "setup_intent", "sigma", "source", "subscription_schedule", "tax", "tax_rate",
	"terminal", "topup", "transfer",
}

// Parse understands a verified body of any API version, through fields that are
// stable across them. Its error is a *fault.Error: Unreadable when a field that
// counts is missing, Refused when a person has to act.
func Parse(body []byte) (Message, error) {
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil || e.Object != "event" || e.ID == "" || e.Type == "" || e.Live == nil {
		return Message{}, unreadable("it is not a Stripe event")
	}
	m := Message{ID: e.ID, Type: e.Type, Live: *e.Live, At: e.at(), Event: o2c.Irrelevant{Type: e.Type}, Known: true}
	read, ok := readers[e.Type]
	if !ok {
		family, _, _ := strings.Cut(e.Type, ".")
		m.Known = slices.Contains(families, family)
		return m, nil
	}
	event, err := read(e)
	if event != nil {
		m.Event = event
	}
	return m, err
}

func unreadable(why string) error {
	return fault.New(fault.Unreadable, "Stripe's message cannot be read", "{why}", "look at the event at Stripe, then replay it here").Keyed("stripe.message").With("why", why)
}

func (e envelope) at() time.Time { return time.Unix(e.Created, 0).UTC() }

// ref is another object: its id, or the object itself where the API
// version expands it.
type ref string

// UnmarshalJSON reads either form; null is none.
func (r *ref) UnmarshalJSON(b []byte) error {
	var id string
	if json.Unmarshal(b, &id) == nil {
		*r = ref(id)
		return nil
	}
	var whole struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal(b, &whole) // anything else is no reference, which the reader notices
	*r = ref(whole.ID)
	return nil
}

// object reads the object that the event is about. A field of an unexpected type
// stays empty; whether it counts is for the reader to say.
func object[T any](e envelope) T {
	var o T
	_ = json.Unmarshal(e.Data.Object, &o)
	return o
}

// sum is an amount in Stripe's units that must be there.
func (e envelope) sum(units json.Number, currency string) (money.Amount, error) {
	n, err := units.Int64()
	if err != nil || n < 0 {
		return money.Amount{}, unreadable("the amount of " + e.Type + " is missing")
	}
	a, err := fromStripe(n, currency)
	if err != nil {
		return money.Amount{}, unreadable(err.Error())
	}
	return a, nil
}
