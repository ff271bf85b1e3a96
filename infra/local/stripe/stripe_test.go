package stripe_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"
	"github.com/stripe/stripe-go/v76/webhook"

	"duly/infra/local/clock"
	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
)

const (
	key    = "sk_test_loopback000000000000"
	secret = "whsec_loopback"
)

// bench is a server with the real client on one side and an endpoint that
// verifies with the real verifier on the other.
type bench struct {
	*testing.T
	clock  *clock.Clock
	server *stripe.Server
	api    *client.API // over a socket
	direct *client.API // in process, where a timeout takes no time
	got    []stripego.Event
	status int // what the endpoint answers
}

func start(t *testing.T, adjust ...func(*stripe.Options)) *bench {
	t.Helper()
	b := &bench{T: t, clock: clock.Manual(time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)), status: 200}
	options := stripe.Options{Now: b.clock.Now, Seed: 42, SecretKey: key, WebhookSecret: secret, Deliver: b.receive, Merchant: "Voorbeeld Groothandel BV"}
	for _, f := range adjust {
		f(&options)
	}
	b.server = stripe.New(options)
	web := httptest.NewServer(b.server)
	t.Cleanup(web.Close)
	b.api = connect(web.URL, web.Client(), key)
	b.direct = connect("http://stripe.test", inProcess(b.server), key)
	return b
}

func inProcess(s *stripe.Server) *http.Client {
	return &http.Client{Transport: loopback.Transport{"stripe.test": s}}
}

func connect(url string, h *http.Client, key string) *client.API {
	return client.New(key, &stripego.Backends{API: stripego.GetBackendWithConfig(stripego.APIBackend, &stripego.BackendConfig{
		URL: stripego.String(url), HTTPClient: h, MaxNetworkRetries: stripego.Int64(0),
		LeveledLogger: &stripego.LeveledLogger{Level: stripego.LevelNull}, EnableTelemetry: stripego.Bool(false),
	})})
}

func (b *bench) receive(_ context.Context, header http.Header, body []byte) (int, error) {
	e, err := webhook.ConstructEventWithOptions(body, header.Get("Stripe-Signature"), secret, webhook.ConstructEventOptions{IgnoreTolerance: true})
	if err != nil {
		b.Errorf("the real verifier refuses the event: %v", err)
	}
	if b.status == 200 {
		b.got = append(b.got, e)
	}
	return b.status, nil
}

func (b *bench) types() []string {
	var out []string
	for _, e := range b.got {
		out = append(out, string(e.Type))
	}
	b.got = nil
	return out
}

func (b *bench) session(amount int64, adjust ...func(*stripego.CheckoutSessionParams)) *stripego.CheckoutSession {
	b.Helper()
	p := &stripego.CheckoutSessionParams{
		Mode: stripego.String("payment"), SuccessURL: stripego.String("http://127.0.0.1:8700/i/abc?paid={CHECKOUT_SESSION_ID}"),
		CancelURL: stripego.String("http://127.0.0.1:8700/i/abc"), ClientReferenceID: stripego.String("2026-0042"),
		CustomerEmail: stripego.String("crediteuren@vos.example"),
		LineItems: []*stripego.CheckoutSessionLineItemParams{{Quantity: stripego.Int64(1), PriceData: &stripego.CheckoutSessionLineItemPriceDataParams{
			Currency: stripego.String("eur"), UnitAmount: stripego.Int64(amount),
			ProductData: &stripego.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripego.String("Invoice 2026-0042")}}}},
		PaymentIntentData: &stripego.CheckoutSessionPaymentIntentDataParams{Metadata: map[string]string{"invoice": "2026-0042", "op": "op-1"}},
	}
	p.AddMetadata("invoice", "2026-0042")
	for _, f := range adjust {
		f(p)
	}
	s, err := b.api.CheckoutSessions.New(p)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

func (b *bench) pay(id string, r stripe.PayRequest) stripe.Session {
	b.Helper()
	v, err := b.server.Pay(context.Background(), id, r)
	if err != nil {
		b.Fatal(err)
	}
	return v
}

func (b *bench) advance(d time.Duration) {
	b.server.Tick(context.Background(), b.clock.Advance(d))
}

func TestIDEALEndToEnd(t *testing.T) {
	b := start(t)
	s := b.session(124000)
	if s.Status != "open" || s.PaymentStatus != "unpaid" || s.AmountTotal != 124000 || s.PaymentIntent != nil || !strings.HasPrefix(s.ID, "cs_test_") {
		t.Fatalf("new session: %+v", s)
	}
	b.pay(s.ID, stripe.PayRequest{Method: stripe.IDEAL})
	if got, want := b.types(), []string{"charge.succeeded", "payment_intent.succeeded", "checkout.session.completed"}; !slices.Equal(got, want) {
		t.Fatalf("events %v, want %v", got, want)
	}

	p := &stripego.CheckoutSessionParams{}
	p.AddExpand("payment_intent.latest_charge.balance_transaction")
	p.AddExpand("line_items")
	s, err := b.api.CheckoutSessions.Get(s.ID, p)
	if err != nil {
		t.Fatal(err)
	}
	in := s.PaymentIntent
	ch := in.LatestCharge
	if s.PaymentStatus != "paid" || s.ClientReferenceID != "2026-0042" || s.Metadata["invoice"] != "2026-0042" || s.LineItems.Data[0].AmountTotal != 124000 {
		t.Errorf("paid session: %+v", s)
	}
	if in.Status != "succeeded" || in.AmountReceived != 124000 || in.Metadata["op"] != "op-1" {
		t.Errorf("intent: %+v", in)
	}
	if !strings.HasPrefix(ch.ID, "py_") || ch.Metadata["invoice"] != "2026-0042" || ch.PaymentMethodDetails.IDEAL.BIC != "INGBNL2A" {
		t.Errorf("charge: %+v", ch)
	}
	if bt := ch.BalanceTransaction; bt.Fee != 29 || bt.Net != 123971 || bt.Type != "payment" || bt.ReportingCategory != "charge" {
		t.Errorf("balance transaction: %+v", bt)
	}
}

func TestDelayedMethods(t *testing.T) {
	for _, tc := range []struct {
		name     string
		request  stripe.PayRequest
		after    time.Duration
		first    []string
		then     []string
		received int64
	}{
		{"sepa settles", stripe.PayRequest{Method: stripe.SEPADebit}, 4 * 24 * time.Hour,
			[]string{"payment_intent.processing", "checkout.session.completed"},
			[]string{"charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"}, 50000},
		{"sepa bounces", stripe.PayRequest{Method: stripe.SEPADebit, Outcome: "fail", SettlesAfter: "2d"}, 2 * 24 * time.Hour,
			[]string{"payment_intent.processing", "checkout.session.completed"},
			[]string{"payment_intent.payment_failed", "checkout.session.async_payment_failed"}, 0},
		{"transfer brings less", stripe.PayRequest{Method: stripe.BankTransfer, Amount: 49000, SettlesAfter: "1d12h"}, 36 * time.Hour,
			[]string{"checkout.session.completed"},
			[]string{"charge.succeeded", "payment_intent.succeeded", "checkout.session.async_payment_succeeded"}, 49000},
	} {
		t.Run(tc.name, func(t *testing.T) {
			b := start(t)
			s := b.session(50000)
			if v := b.pay(s.ID, tc.request); v.Status != "complete" || v.PaymentStatus != "unpaid" {
				t.Fatalf("after pay: %+v", v)
			}
			if got := b.types(); !slices.Equal(got, tc.first) {
				t.Errorf("at first %v, want %v", got, tc.first)
			}
			due, ok := b.server.NextDue()
			if want := b.clock.Now().Add(tc.after); !ok || due.After(want) {
				t.Errorf("next due %v, want at most %v", due, want)
			}
			b.advance(tc.after - time.Second)
			if got := b.types(); got != nil {
				t.Errorf("too early: %v", got)
			}
			b.advance(time.Second)
			if got := b.types(); !slices.Equal(got, tc.then) {
				t.Errorf("then %v, want %v", got, tc.then)
			}
			in, err := b.api.PaymentIntents.Get(b.server.Sessions()[0].PaymentIntent, nil)
			if err != nil || in.AmountReceived != tc.received {
				t.Errorf("received %d (%v), want %d", in.AmountReceived, err, tc.received)
			}
		})
	}
}

func TestDeclinedCardLeavesTheSessionOpen(t *testing.T) {
	b := start(t)
	s := b.session(50000)
	if v := b.pay(s.ID, stripe.PayRequest{Method: stripe.Card, Outcome: "fail"}); v.Status != "open" || v.IntentStatus != "requires_payment_method" {
		t.Fatalf("after decline: %+v", v)
	}
	if got := b.types(); !slices.Equal(got, []string{"payment_intent.payment_failed"}) {
		t.Fatalf("events %v", got)
	}
	first := b.server.Sessions()[0].PaymentIntent
	if v := b.pay(s.ID, stripe.PayRequest{Method: stripe.Card}); v.PaymentStatus != "paid" || v.PaymentIntent != first {
		t.Fatalf("second try: %+v", v)
	}
	if _, err := b.server.Pay(context.Background(), s.ID, stripe.PayRequest{Method: stripe.Card}); err == nil {
		t.Fatal("a paid session took money again")
	}
}

func TestSessionsExpire(t *testing.T) {
	b := start(t)
	byCall, byTime := b.session(50000), b.session(50000)
	if s, err := b.api.CheckoutSessions.Expire(byCall.ID, nil); err != nil || s.Status != "expired" {
		t.Fatalf("expire: %+v %v", s, err)
	}
	if _, err := b.api.CheckoutSessions.Expire(byCall.ID, nil); err == nil {
		t.Fatal("expired twice")
	}
	b.advance(24 * time.Hour)
	if s, err := b.api.CheckoutSessions.Get(byTime.ID, nil); err != nil || s.Status != "expired" {
		t.Fatalf("after a day: %+v %v", s, err)
	}
	if got, want := b.types(), []string{"checkout.session.expired", "checkout.session.expired"}; !slices.Equal(got, want) {
		t.Fatalf("events %v", got)
	}
	if _, err := b.server.Pay(context.Background(), byTime.ID, stripe.PayRequest{Method: stripe.IDEAL}); err == nil {
		t.Fatal("an expired session took money")
	}
}

func stripeError(t *testing.T, err error) *stripego.Error {
	t.Helper()
	var e *stripego.Error
	if !errors.As(err, &e) {
		t.Fatalf("not an API error: %v", err)
	}
	return e
}

func TestIdempotencyKeys(t *testing.T) {
	b := start(t)
	withKey := func(p *stripego.CheckoutSessionParams) { p.SetIdempotencyKey("pay/2026-0042/1") }
	first := b.session(50000, withKey)
	if again := b.session(50000, withKey); again.ID != first.ID || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Fatalf("replay gave %s, want %s", again.ID, first.ID)
	}
	p := &stripego.CheckoutSessionParams{Mode: stripego.String("payment"), SuccessURL: stripego.String("http://x.example/")}
	withKey(p)
	if _, err := b.api.CheckoutSessions.New(p); stripeError(t, err).Type != "idempotency_error" || stripeError(t, err).HTTPStatusCode != 400 {
		t.Fatalf("other parameters: %v", err)
	}
	b.clock.Advance(24 * time.Hour)
	if later := b.session(50000, withKey); later.ID == first.ID {
		t.Fatal("the key outlived its 24 hours")
	}
}

// TestOutages is the ground on which failure row 48 stands: a 500 is saved under
// its key, and after 24 hours the key knows nothing any more.
func TestOutages(t *testing.T) {
	b := start(t)
	s := b.session(50000)
	in := b.pay(s.ID, stripe.PayRequest{Method: stripe.IDEAL}).PaymentIntent
	refund := func() error {
		p := &stripego.RefundParams{PaymentIntent: stripego.String(in), Amount: stripego.Int64(1000)}
		p.AddMetadata("op", "refund-1")
		p.SetIdempotencyKey("refund-1")
		_, err := b.direct.Refunds.New(p)
		return err
	}
	refunds := func() (n int) {
		for i := b.api.Refunds.List(&stripego.RefundListParams{PaymentIntent: stripego.String(in)}); i.Next(); n++ {
			if i.Refund().Metadata["op"] != "refund-1" {
				t.Errorf("metadata lost: %+v", i.Refund())
			}
		}
		return n
	}
	fail := func(how string) {
		if err := b.server.Fail(how, b.clock.Now().Add(10*time.Minute)); err != nil {
			t.Fatal(err)
		}
	}

	fail(stripe.Fail500After)
	if e := stripeError(t, refund()); e.HTTPStatusCode != 500 || e.Type != "api_error" {
		t.Fatalf("want the saved 500, got %+v", e)
	}
	b.clock.Advance(time.Hour)
	if e := stripeError(t, refund()); e.HTTPStatusCode != 500 {
		t.Fatalf("the 500 must be replayed, got %+v", e)
	}
	if n := refunds(); n != 1 {
		t.Fatalf("%d refunds, want the one behind the 500", n)
	}
	b.clock.Advance(24 * time.Hour)
	if err := refund(); err != nil || refunds() != 2 {
		t.Fatalf("after pruning the same key refunds again: %v, %d refunds", err, refunds())
	}

	b.clock.Advance(24 * time.Hour)
	fail(loopback.Fail500)
	if e := stripeError(t, refund()); e.HTTPStatusCode != 500 {
		t.Fatalf("got %+v", e)
	}
	fail(loopback.Throttle)
	if _, err := b.api.PaymentIntents.Get(in, nil); stripeError(t, err).Code != stripego.ErrorCodeRateLimit {
		t.Fatalf("got %v", err)
	}
	b.clock.Advance(25 * time.Hour)
	if n := refunds(); n != 2 {
		t.Fatalf("a plain 500 did the work: %d refunds", n)
	}
	fail(loopback.Lost)
	if err := refund(); err == nil {
		t.Fatal("an answer came through the outage")
	}
	b.clock.Advance(time.Hour)
	if err := refund(); err != nil || refunds() != 3 {
		t.Fatalf("the retry must get the lost answer: %v, %d refunds", err, refunds())
	}
	if err := b.server.Fail("sulk", b.clock.Now()); err == nil {
		t.Fatal("an unknown outage was accepted")
	}
}

func TestErrorsLookLikeStripes(t *testing.T) {
	b := start(t)
	s := b.session(50000)
	in := b.pay(s.ID, stripe.PayRequest{Method: stripe.Card}).PaymentIntent
	for name, tc := range map[string]struct {
		call func() error
		want string
	}{
		"unknown session": {func() error { _, err := b.api.CheckoutSessions.Get("cs_test_nope", nil); return err }, "404 resource_missing session"},
		"too much": {func() error {
			_, err := b.api.Refunds.New(&stripego.RefundParams{PaymentIntent: &in, Amount: stripego.Int64(50001)})
			return err
		}, "400  amount"},
		"nothing to refund": {func() error { _, err := b.api.Refunds.New(&stripego.RefundParams{}); return err }, "400  "},
		"unknown parameter": {func() error {
			p := &stripego.RefundParams{PaymentIntent: &in}
			p.AddExtra("shoe_size", "43")
			_, err := b.api.Refunds.New(p)
			return err
		}, "400 parameter_unknown shoe_size"},
		"too small": {func() error {
			_, err := b.api.CheckoutSessions.New(&stripego.CheckoutSessionParams{Mode: stripego.String("payment"), SuccessURL: stripego.String("http://x.example/"),
				LineItems: []*stripego.CheckoutSessionLineItemParams{{Quantity: stripego.Int64(1), PriceData: &stripego.CheckoutSessionLineItemPriceDataParams{
					Currency: stripego.String("eur"), UnitAmount: stripego.Int64(49), ProductData: &stripego.CheckoutSessionLineItemPriceDataProductDataParams{Name: stripego.String("x")}}}}})
			return err
		}, "400 amount_too_small "},
		"live key": {func() error {
			_, err := connect("http://stripe.test", inProcess(b.server), "sk_live_x").Balance.Get(nil)
			return err
		}, "401  "},
		"bad expand": {func() error {
			p := &stripego.PaymentIntentParams{}
			p.AddExpand("shoes")
			_, err := b.api.PaymentIntents.Get(in, p)
			return err
		}, "400  expand"},
	} {
		e := stripeError(t, tc.call())
		if got := fmt.Sprintf("%d %s %s", e.HTTPStatusCode, e.Code, e.Param); got != tc.want || e.RequestID == "" {
			t.Errorf("%s: got %q, want %q (%s)", name, got, tc.want, e.Msg)
		}
	}
}

func TestPagingAndFilters(t *testing.T) {
	b := start(t)
	var ids []string
	for range 7 {
		ids = append([]string{b.session(50000).ID}, ids...)
		b.clock.Advance(time.Minute)
	}
	p := &stripego.CheckoutSessionListParams{}
	p.Limit = stripego.Int64(3)
	var got []string
	for i := b.api.CheckoutSessions.List(p); i.Next(); {
		got = append(got, i.CheckoutSession().ID)
	}
	if !slices.Equal(got, ids) {
		t.Fatalf("paged %v, want %v", got, ids)
	}
	got = nil
	p = &stripego.CheckoutSessionListParams{CreatedRange: &stripego.RangeQueryParams{GreaterThanOrEqual: b.clock.Now().Add(-3 * time.Minute).Unix()}}
	p.EndingBefore = stripego.String(ids[2])
	for i := b.api.CheckoutSessions.List(p); i.Next(); {
		got = append(got, i.CheckoutSession().ID)
	}
	if want := []string{ids[1], ids[0]}; !slices.Equal(got, want) {
		t.Fatalf("before: %v, want %v", got, want)
	}
}
