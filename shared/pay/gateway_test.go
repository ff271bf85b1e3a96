package pay

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"

	"duly/infra/local/loopback"
	local "duly/infra/local/stripe"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// desk is the loopback Stripe with a gateway in front of it, on a clock that is
// moved by hand.
type desk struct {
	*Gateway
	server *local.Server
	now    time.Time
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{now: time.Date(2026, 1, 20, 10, 0, 0, 0, time.UTC)}
	d.server = local.New(local.Options{Now: func() time.Time { return d.now }, SecretKey: "sk_test_desk", BaseURL: "http://stripe.invalid"})
	d.Gateway = New(Options{Key: "sk_test_desk", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: loopback.Transport{"stripe.invalid": d.server}}})
	return d
}

func request(cents int64) o2c.CheckoutRequest {
	return o2c.CheckoutRequest{IdempotencyKey: "duly-i_1-1", InvoiceID: "i_1", Number: "2026-0042", Amount: money.Of(cents, "EUR"), Email: "a@b.example", Language: "nl", ReturnURL: "https://duly.example/i/abc"}
}

func (d *desk) paid(t *testing.T, r o2c.CheckoutRequest, how local.PayRequest) local.Session {
	t.Helper()
	page, err := d.Checkout(context.Background(), r)
	if err != nil {
		t.Fatal(err)
	}
	s, err := d.server.Pay(context.Background(), page.SessionID, how)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestCheckout(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	page, err := d.Checkout(ctx, request(124000))
	if err != nil {
		t.Fatal(err)
	}
	if !page.ExpiresAt.Equal(d.now.Add(23*time.Hour)) || page.URL == "" {
		t.Errorf("page %+v", page)
	}
	s := d.server.Sessions()[0]
	if s.Amount != 124000 || s.ClientReferenceID != "i_1" || s.Metadata["invoice"] != "i_1" || s.Metadata["number"] != "2026-0042" || s.Email != "a@b.example" {
		t.Errorf("session %+v", s)
	}
	d.now = d.now.Add(5 * time.Second) // the answer was lost, the customer presses again
	if again, err := d.Checkout(ctx, request(124000)); err != nil || again != page {
		t.Errorf("the same request gave %+v, %v", again, err)
	}
	other := request(124000)
	other.ReturnURL += "d" // another contact of the customer, under the same key
	if second, err := d.Checkout(ctx, other); err != nil || second.SessionID == page.SessionID {
		t.Errorf("another request gave %+v, %v", second, err)
	}
	if _, err := d.Checkout(ctx, request(49)); !fault.Is(err, fault.Refused) {
		t.Errorf("49 cents: %v", err)
	}
}

func TestExpire(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	page, err := d.Checkout(ctx, request(5000))
	if err != nil {
		t.Fatal(err)
	}
	for range 2 { // the second time it has ended already
		if err := d.Expire(ctx, page.SessionID); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.server.Pay(ctx, page.SessionID, local.PayRequest{Method: "ideal"}); err == nil {
		t.Error("a closed page was paid")
	}
	r := request(6000)
	r.IdempotencyKey = "duly-i_1-2"
	if err := d.Expire(ctx, d.paid(t, r, local.PayRequest{Method: "ideal"}).ID); err != nil {
		t.Errorf("a paid page: %v", err)
	}
	if err := d.Expire(ctx, "cs_test_none"); !fault.Is(err, fault.Refused) {
		t.Errorf("no page: %v", err)
	}
}

func TestCap_76_PayoutIsTheSumOfItsParts(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	var intents []string
	for i, how := range []local.PayRequest{{Method: "ideal"}, {Method: "card"}, {Method: "card"}} {
		r := request(int64(10000 * (i + 1)))
		r.IdempotencyKey = string(rune('a' + i))
		intents = append(intents, d.paid(t, r, how).PaymentIntent)
	}
	if _, err := d.server.Refund(ctx, intents[0], 2500); err != nil {
		t.Fatal(err)
	}
	if _, err := d.server.Chargeback(ctx, local.ChargebackRequest{PaymentIntent: intents[1], Outcome: "lost"}); err != nil {
		t.Fatal(err)
	}
	if _, err := d.server.Chargeback(ctx, local.ChargebackRequest{PaymentIntent: intents[2], Amount: 700, Outcome: "won"}); err != nil {
		t.Fatal(err)
	}
	po, err := d.server.Payout(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := d.Payout(ctx, po.ID)
	if err != nil {
		t.Fatal(err)
	}
	if sum := facts.Charges.Minus(facts.Fees).Minus(facts.Refunds).Plus(facts.Disputes); sum != facts.Net || facts.Net != money.Of(po.Amount, "EUR") || facts.Charges != money.Of(60000, "EUR") ||
		facts.Fees != money.Of(po.Fees, "EUR") || facts.Refunds != money.Of(2500, "EUR") || facts.Disputes != money.Of(-20000, "EUR") || len(facts.Parts) != 7 || facts.Reference != po.ID {
		t.Errorf("%+v, Stripe says %+v", facts, po)
	}
	for _, p := range facts.Parts {
		if !slices.Contains(intents, p.Ref) {
			t.Errorf("%s of %s is of payment %q", p.Kind, p.Amount, p.Ref)
		}
	}
}

func TestPayoutOfManyPages(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	for i := range 230 {
		r := request(1000)
		r.IdempotencyKey = "k" + string(rune('a'+i))
		d.paid(t, r, local.PayRequest{Method: "ideal"})
	}
	po, err := d.server.Payout(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	facts, err := d.Payout(ctx, po.ID)
	if err != nil || facts.Charges != money.Of(230_000, "EUR") || facts.Net != facts.Charges.Minus(facts.Fees) {
		t.Errorf("%+v, %v", facts, err)
	}
	d.server.SkewPayout(1)
	d.paid(t, o2c.CheckoutRequest{IdempotencyKey: "last", InvoiceID: "z", Number: "z", Amount: money.Of(100, "EUR"), ReturnURL: "https://x.example"}, local.PayRequest{Method: "card"})
	if po, err = d.server.Payout(ctx, ""); err != nil {
		t.Fatal(err)
	}
	if facts, err = d.Payout(ctx, po.ID); err != nil || facts.Net == facts.Charges.Minus(facts.Fees).Minus(facts.Refunds) {
		t.Errorf("a payout that does not add up was balanced: %+v, %v", facts, err)
	}
}

func TestMissedMessagesAreRead(t *testing.T) {
	d := newDesk(t)
	since := d.now
	d.now = d.now.Add(time.Hour)
	d.paid(t, request(5000), local.PayRequest{Method: "ideal"})
	told, err := d.Missed(context.Background(), since)
	told = slices.DeleteFunc(told, func(m Message) bool { return m.Type == "charge.succeeded" }) // which tells of kept methods alone
	if err != nil || len(told) != 2 {
		t.Fatalf("%d, %v", len(told), err)
	}
	for _, m := range told {
		if in, ok := m.Event.(o2c.MoneyIn); !ok || in.InvoiceID != "i_1" || in.Amount != money.Of(5000, "EUR") {
			t.Errorf("%+v", m)
		}
	}
	if told, err = d.Missed(context.Background(), d.now.Add(time.Second)); err != nil || len(told) != 0 {
		t.Errorf("from the future: %+v, %v", told, err)
	}
}

// Stripe takes twenty types in one request: more are asked for in several, and come in order all the same.
func TestMissedMessagesOfManyTypes(t *testing.T) {
	d := newDesk(t)
	since := d.now
	types := make([]string, 2*typesMax, 3*typesMax)
	for i := range types {
		types[i] = fmt.Sprintf("unheard.of.%d", i)
	}
	types = append(append(types, Heard()...), "one.more")
	slices.Reverse(types)
	for i := range 3 {
		d.now = d.now.Add(time.Hour)
		r := request(5000)
		r.IdempotencyKey = fmt.Sprint("k", i)
		d.paid(t, r, local.PayRequest{Method: "ideal"})
	}
	told, err := d.messages(context.Background(), since, types)
	if err != nil || len(told) != 9 {
		t.Fatalf("%d, %v", len(told), err)
	}
	if !slices.IsSortedFunc(told, func(a, b Message) int { return a.At.Compare(b.At) }) {
		t.Errorf("out of order: %+v", told)
	}
}

// What may pass is tried again; what was refused is not.
func TestTroubles(t *testing.T) {
	d := newDesk(t)
	ctx := context.Background()
	for _, how := range []string{"500", "429", "timeout"} {
		if err := d.server.Fail(how, d.now.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Checkout(ctx, request(5000)); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", how, err)
		}
		if _, err := d.Payout(ctx, "po_1"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%s: %v", how, err)
		}
	}
	d.now = d.now.Add(time.Hour)
	if _, err := d.Payout(ctx, "po_none"); !fault.Is(err, fault.Refused) {
		t.Errorf("no payout: %v", err)
	}
	wrong := New(Options{Key: "sk_test_other", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: loopback.Transport{"stripe.invalid": d.server}}})
	if _, err := wrong.Checkout(ctx, request(5000)); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a key that Stripe refuses waits for the operator: %v", err)
	}
	var told *stripe.Error
	if err := trouble("x", errors.New("connection refused")); !fault.Is(err, fault.Unavailable) || errors.As(err, &told) {
		t.Errorf("no connection: %v", err)
	}
	if err := trouble("x", &stripe.Error{HTTPStatusCode: 402, Msg: "Your card was declined."}); !fault.Is(err, fault.Refused) {
		t.Errorf("a declined card: %v", err)
	}
}

func TestMethods(t *testing.T) {
	if got := offered("EUR"); len(got) != 3 || got[0] != "ideal" {
		t.Errorf("in euros %v", got)
	}
	if got := offered("USD"); len(got) != 1 || got[0] != "card" {
		t.Errorf("in dollars %v", got)
	}
	seen := map[string]bool{}
	for _, m := range methods {
		if seen[m.Type] || (m.Settles != AtOnce && m.Settles != InDays) {
			t.Errorf("method %+v", m)
		}
		seen[m.Type] = true
	}
}
