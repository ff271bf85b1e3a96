package stripewebhook_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/events"
	"duly/infra/local/bank"
	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/pay"
	"duly/shared/signature"
	"duly/shared/testkit"
)

const secret = "whsec_till"

// request is one webhook request of Stripe.
type request struct {
	header http.Header
	body   []byte
}

// till is the function with its world, one open invoice of 242.00, and a
// loopback Stripe whose messages wait until they are delivered.
type till struct {
	*testkit.World
	trigger.Handler
	locker  *testkit.Locker
	tray    *testkit.Tray
	stripe  *stripe.Server
	gateway *pay.Gateway
	sent    []request
	invoice invoice.Data
	bank    *bank.Bank
}

func open(t testing.TB) *till {
	t.Helper()
	return openWith(t, func(w *testkit.World) order.Incoming { return testkit.Order("1", 10_000, w.Now()) })
}

// open42 is a till whose invoice is over 42.00.
func open42(t testing.TB) *till {
	t.Helper()
	return openWith(t, func(w *testkit.World) order.Incoming {
		in := testkit.Order("1", 3_471, w.Now())
		in.Lines[0].Quantity = 1
		return in
	})
}

func openWith(t testing.TB, ordered func(*testkit.World) order.Incoming) *till {
	t.Helper()
	k := &till{World: testkit.NewWorld(t), tray: &testkit.Tray{}, locker: &testkit.Locker{Now: map[string][]string{"stripe": {secret}}, Next: map[string][]string{}}}
	k.Handler = k.on(k.Cycle)
	k.stripe = stripe.New(stripe.Options{Now: k.World.Now, SecretKey: "sk_test_till", WebhookSecret: secret, BaseURL: "http://stripe.invalid",
		Deliver: func(_ context.Context, header http.Header, body []byte) (int, error) {
			k.sent = append(k.sent, request{header: header.Clone(), body: slices.Clone(body)})
			return http.StatusOK, nil
		}})
	k.gateway = pay.New(pay.Options{Key: "sk_test_till", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: loopback.Transport{"stripe.invalid": k.stripe}}})
	k.Cycle.Pay = k.gateway
	ctx := context.Background()
	taken, err := k.Cycle.HandleShop(ctx, k.Arrive(order.Create, ordered(k.World)))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := k.Cycle.Ship(ctx, k.Stamp("slack:U02SALES"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	k.Settle(t)
	k.invoice = k.bill(t)
	return k
}

func (k *till) on(c *o2c.Cycle) trigger.Handler {
	return stripewebhook.New(webhook.Deps{Cycle: c, Now: k.World.Now, Secrets: k.locker, Inbox: k.tray, Log: testkit.Silent()}, false)
}

func (k *till) bill(t testing.TB) invoice.Data {
	t.Helper()
	all := testkit.Listed[invoice.Invoice](t, k.World, "invoice")
	if len(all) != 1 || all[0].Data().Number == "" {
		t.Fatalf("%d invoices", len(all))
	}
	return all[0].Data()
}

func (k *till) receipts(t testing.TB) []*cash.Receipt {
	t.Helper()
	return testkit.Listed[cash.Receipt](t, k.World, "receipt")
}

func (k *till) parked(t testing.TB) []*o2c.Parked {
	t.Helper()
	return testkit.Listed[o2c.Parked](t, k.World, "parked")
}

// pays plays the customer on the payment page of the invoice.
func (k *till) pays(t testing.TB, how stripe.PayRequest) stripe.Session {
	t.Helper()
	ctx := context.Background()
	page, err := k.gateway.Checkout(ctx, o2c.CheckoutRequest{IdempotencyKey: "k", InvoiceID: k.invoice.ID, Number: k.invoice.Number, Amount: k.invoice.Total, ReturnURL: "https://duly.example/i/x"})
	if err != nil {
		t.Fatal(err)
	}
	s, err := k.stripe.Pay(ctx, page.SessionID, how)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (k *till) post(t testing.TB, h trigger.Handler, r request) int {
	t.Helper()
	status, _ := testkit.Post(context.Background(), t, h, "/webhooks/stripe", r.header, r.body)
	return status
}

// deliver carries what Stripe has sent so far to the function.
func (k *till) deliver(t testing.TB) {
	t.Helper()
	for _, r := range k.sent {
		if status := k.post(t, k.Handler, r); status != http.StatusOK {
			t.Fatalf("%d to %s", status, r.body)
		}
	}
	k.sent = nil
	k.Settle(t)
}

// signed is a request with a body of the test's own.
func (k *till) signed(t testing.TB, body []byte) request {
	t.Helper()
	header, err := signature.Sign(signature.Stripe, "", body, k.Now(), secret)
	if err != nil {
		t.Fatal(err)
	}
	return request{header: header, body: body}
}

func typeOf(r request) string {
	var named struct{ Type string }
	_ = json.Unmarshal(r.body, &named)
	return named.Type
}

// Whatever the order in which the messages about one payment come, and however
// often, it counts once and the invoice is paid.
func TestFC_07_MessagesOfOnePaymentInAnyOrder(t *testing.T) {
	first := open(t)
	first.pays(t, stripe.PayRequest{Method: "ideal"})
	sent := slices.DeleteFunc(first.sent, func(r request) bool { return typeOf(r) == "charge.succeeded" })
	if len(sent) < 2 {
		t.Fatalf("%d messages", len(sent))
	}
	sent = append(sent, sent[0]) // one of them twice
	permute(len(sent), func(sequence []int) {
		k := open(t)
		for _, i := range sequence {
			k.sent = append(k.sent, sent[i])
		}
		k.deliver(t)
		if r := k.receipts(t); len(r) != 1 || k.bill(t).Status != invoice.Paid {
			t.Errorf("%v: %d receipts, invoice %s", sequence, len(r), k.bill(t).Status)
		}
		told, err := k.gateway.Missed(context.Background(), k.Now().Add(-time.Hour)) // the poller sees them again
		for _, m := range told {
			err = errors.Join(err, k.Cycle.HandlePayment(context.Background(), k.Now(), pay.Seen(m.ID), m.Event))
		}
		if err != nil || len(k.receipts(t)) != 1 {
			t.Errorf("after the poller: %d receipts, %v", len(k.receipts(t)), err)
		}
	})
}

func permute(n int, visit func([]int)) {
	sequence := make([]int, n)
	for i := range sequence {
		sequence[i] = i
	}
	var walk func(int)
	walk = func(at int) {
		if at == n {
			visit(sequence)
			return
		}
		for i := at; i < n; i++ {
			sequence[at], sequence[i] = sequence[i], sequence[at]
			walk(at + 1)
			sequence[at], sequence[i] = sequence[i], sequence[at]
		}
	}
	walk(0)
}

// A refund that is ahead of its payment waits in the inbox and nets when the
// payment is there.
func TestFC_08_RefundAheadOfItsPayment(t *testing.T) {
	k := open(t)
	s := k.pays(t, stripe.PayRequest{Method: "ideal"})
	payment := k.sent
	k.sent = nil
	if _, err := k.stripe.Refund(context.Background(), s.PaymentIntent, 4200); err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	if len(k.tray.Messages) != 1 || len(k.receipts(t)) != 0 {
		t.Fatalf("%d in the inbox", len(k.tray.Messages))
	}
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); len(failed) != 1 {
		t.Errorf("failed: %v", failed)
	}
	k.sent = payment
	k.deliver(t)
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); len(failed) != 0 {
		t.Errorf("failed: %v", failed)
	}
	k.Settle(t)
	if r := k.receipts(t); len(r) != 1 || r[0].Data().Refunded != testkit.EUR(4200) || k.bill(t).Open != testkit.EUR(4200) {
		t.Errorf("%d receipts, open %s", len(r), k.bill(t).Open)
	}
}

// What nobody here has heard of is kept quietly; a version from the future is
// read through what never changed; a message without what counts asks a person.
func TestFC_10_UnknownTypesAndVersions(t *testing.T) {
	k := open(t)
	cards := len(k.Desk.Cards)
	strange := `{"id":"evt_9","object":"event","api_version":"2099-01-01","created":1767600000,"livemode":false,"type":"quantum.entangled","data":{"object":{}}}`
	for range 3 {
		if status := k.post(t, k.Handler, k.signed(t, []byte(strange))); status != http.StatusOK {
			t.Fatalf("%d", status)
		}
	}
	k.Settle(t)
	p := k.parked(t)
	if len(p) != 1 || string(p[0].Data().Body) != strange || p[0].Data().Topic != "quantum.entangled" || len(k.Desk.Cards) != cards {
		t.Fatalf("%d parked, %d cards", len(p), len(k.Desk.Cards)-cards)
	}
	writes := k.Meter.Writes
	for _, idle := range []string{"unknown-type", "charge.succeeded", "payout.created"} {
		body, err := events.FS.ReadFile("stripe/" + idle + ".json")
		if err != nil {
			t.Fatal(err)
		}
		if status := k.post(t, k.Handler, k.signed(t, body)); status != http.StatusOK || k.Meter.Writes != writes {
			t.Errorf("%s: %d, %d writes", idle, status, k.Meter.Writes-writes)
		}
	}
	future, err := events.FS.ReadFile("stripe/unknown-version.json")
	if err != nil {
		t.Fatal(err)
	}
	if status := k.post(t, k.Handler, k.signed(t, future)); status != http.StatusOK || len(k.receipts(t)) != 1 {
		t.Errorf("%d, %d receipts", status, len(k.receipts(t)))
	}
	k.Settle(t)
	cards = len(k.Desk.Cards)
	hollow := strings.Replace(strange, "quantum.entangled", "payment_intent.succeeded", 1)
	if status := k.post(t, k.Handler, k.signed(t, []byte(hollow))); status != http.StatusOK {
		t.Errorf("%d", status)
	}
	k.Settle(t)
	if len(k.parked(t)) != 2 || len(k.Desk.Cards) != cards+1 {
		t.Errorf("%d parked, %d cards", len(k.parked(t)), len(k.Desk.Cards)-cards)
	}
}

// A delayed payment is pending until it settles, or opens the invoice again.
func TestFC_69_DelayedPayments(t *testing.T) {
	for _, outcome := range []string{"succeed", "fail"} {
		k := open(t)
		k.pays(t, stripe.PayRequest{Method: "sepa_debit", Outcome: outcome})
		k.deliver(t)
		if b := k.bill(t); b.Status != invoice.Issued || len(k.receipts(t)) != 0 {
			t.Errorf("under way: %s", b.Status)
		}
		k.Advance(5 * 24 * time.Hour)
		k.stripe.Tick(context.Background(), k.Now())
		k.deliver(t)
		if want := map[string]string{"succeed": invoice.Paid, "fail": invoice.Issued}[outcome]; k.bill(t).Status != want {
			t.Errorf("%s: %s", outcome, k.bill(t).Status)
		}
	}
}

// The gateway says what a payout is made of once its own message came.
func TestCap_76_PayoutIsRead(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "card"})
	k.deliver(t)
	po, err := k.stripe.Payout(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	k.deliver(t)
	all := testkit.Listed[cash.Payout](t, k.World, "payout")
	if len(all) != 1 {
		t.Fatalf("%d payouts", len(all))
	}
	if d := all[0].Data(); d.Problem != "" || d.Net != testkit.EUR(po.Amount) || d.Fees != testkit.EUR(po.Fees) || !strings.Contains(po.Reference, d.Reference) {
		t.Errorf("%+v, Stripe says %+v", d, po)
	}
}

func TestFC_12_StripeInboxReportsOnlyWhatFailed(t *testing.T) {
	k := open(t)
	down := k.on(k.Disturbed("down", func(http.RoundTripper, *http.Request) (*http.Response, error) {
		return nil, errors.New("connection refused")
	}))
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	early := k.signed(t, []byte(`{"id":"evt_x","object":"event","created":1767600000,"livemode":false,"type":"charge.refunded","data":{"object":{"id":"ch_1","payment_intent":"pi_unknown","amount_refunded":5,"currency":"eur"}}}`))
	for _, r := range append([]request{early}, k.sent...) {
		if status := k.post(t, down, r); status != http.StatusOK {
			t.Fatalf("%d", status)
		}
	}
	if failed := k.tray.Redeliver(context.Background(), t, k.Handler); fmt.Sprint(failed) != "[m1]" {
		t.Errorf("failed: %v", failed)
	}
	if k.bill(t).Status != invoice.Paid {
		t.Errorf("invoice %s", k.bill(t).Status)
	}
	k.tray.Down = true
	if status := k.post(t, down, early); status != http.StatusServiceUnavailable {
		t.Errorf("with table and inbox down: %d", status)
	}
}

func TestFC_18_StripeRepeatsAfterLostAnswer(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	kept := slices.Clone(k.sent)
	k.deliver(t)
	k.sent = kept // Stripe heard nothing
	k.deliver(t)
	if len(k.receipts(t)) != 1 || k.bill(t).Open != testkit.EUR(0) {
		t.Errorf("%d receipts, open %s", len(k.receipts(t)), k.bill(t).Open)
	}
}

func TestFC_74_ForgedStripeMessages(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	real := k.sent[0]
	good := real.header.Get("Stripe-Signature")
	at, sum, _ := strings.Cut(strings.TrimPrefix(good, "t="), ",v1=")
	writes, want := k.Meter.Writes, ""
	for name, value := range map[string]string{
		"missing": "", "t twice": "t=" + at + ",t=" + at + ",v1=" + sum, "upper case": "t=" + at + ",v1=" + strings.ToUpper(sum), "truncated": good[:len(good)-1], "no t": "v1=" + sum,
		"v0": "t=" + at + ",v0=" + sum, "another t": "t=" + at[:len(at)-1] + "9,v1=" + sum, "six": good + strings.Repeat(",v1="+sum, 5), "endless": good + strings.Repeat("A", 9000),
	} {
		forged := real.header.Clone()
		forged.Set("Stripe-Signature", value)
		status, text := testkit.Post(context.Background(), t, k.Handler, "/webhooks/stripe", forged, real.body)
		if want == "" {
			want = text
		}
		if status != http.StatusUnauthorized || text != want {
			t.Errorf("%s: %d %q", name, status, text)
		}
	}
	if status := k.post(t, k.Handler, request{header: real.header, body: append(slices.Clone(real.body), '\n')}); status != http.StatusUnauthorized {
		t.Errorf("a line more: %d", status)
	}
	if k.Meter.Writes != writes || len(k.tray.Messages) != 0 {
		t.Errorf("%d writes", k.Meter.Writes-writes)
	}
}

func TestFC_75_StripeWithoutSecret(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	for _, none := range [][]string{nil, {""}} {
		k.locker.Now["stripe"] = none
		if status := k.post(t, k.Handler, k.sent[0]); status != http.StatusServiceUnavailable {
			t.Errorf("%q: %d", none, status)
		}
	}
}

func TestFC_76_StripeReplayWindow(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	r := k.sent[0]
	for _, c := range []struct {
		by   time.Duration
		want int
	}{{0, 200}, {5 * time.Minute, 200}, {time.Second, 401}, {-10*time.Minute - 2*time.Second, 401}, {time.Second, 200}} {
		k.Advance(c.by)
		if status := k.post(t, k.Handler, r); status != c.want {
			t.Errorf("%s later: %d, want %d", c.by, status, c.want)
		}
	}
}

func TestFC_78_StripeSecretRotated(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	both := request{body: k.sent[0].body}
	var err error
	if both.header, err = signature.Sign(signature.Stripe, "", both.body, k.Now(), "whsec_next", "whsec_old"); err != nil {
		t.Fatal(err)
	}
	if status := k.post(t, k.Handler, both); status != http.StatusUnauthorized {
		t.Errorf("strangers: %d", status)
	}
	k.locker.Next["stripe"] = []string{"whsec_next"}
	if status := k.post(t, k.Handler, both); status != http.StatusOK {
		t.Errorf("after the rotation: %d", status)
	}
}

func TestFC_93_ForgedStripeMessagesWriteNothing(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	reads, writes := k.Meter.Reads, k.Meter.Writes
	for i := range 300 {
		forged := k.sent[0].header.Clone()
		forged.Set("Stripe-Signature", fmt.Sprintf("t=%d,v1=%064x", k.Now().Unix(), i))
		if status := k.post(t, k.Handler, request{header: forged, body: k.sent[0].body}); status != http.StatusUnauthorized {
			t.Fatalf("%d", status)
		}
	}
	if k.Meter.Reads != reads || k.Meter.Writes != writes {
		t.Errorf("%d reads, %d writes", k.Meter.Reads-reads, k.Meter.Writes-writes)
	}
}

func TestFC_98_LiveAndTestMixedUp(t *testing.T) {
	k := open(t)
	k.pays(t, stripe.PayRequest{Method: "ideal"})
	live := k.signed(t, []byte(strings.Replace(string(k.sent[len(k.sent)-1].body), `"livemode": false,
  "pending`, `"livemode": true,
  "pending`, 1)))
	if status := k.post(t, k.Handler, live); status != http.StatusOK {
		t.Fatalf("%d", status)
	}
	p := k.parked(t)
	if len(p) != 1 || len(k.receipts(t)) != 0 || !strings.Contains(p[0].Data().Problem, "live message") {
		t.Fatalf("%d parked, %d receipts", len(p), len(k.receipts(t)))
	}
	if err := stripewebhook.Replay(context.Background(), k.Cycle, k.Now(), false, p[0].Data()); !fault.Is(err, fault.Refused) {
		t.Errorf("replayed in the test stage: %v", err)
	}
	if err := stripewebhook.Replay(context.Background(), k.Cycle, k.Now(), true, p[0].Data()); err != nil || k.bill(t).Status != invoice.Paid {
		t.Errorf("replayed in the live stage: %v, %s", err, k.bill(t).Status)
	}
}
