package stripe_test

import (
	"bytes"
	"context"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"

	"duly/infra/local/clock"
	"duly/infra/local/stripe"
)

var update = flag.Bool("update", false, "write the samples under events/stripe anew")

// story plays payments until every event type was sent once, and returns the
// bodies by file name.
func story(t *testing.T) map[string][]byte {
	t.Helper()
	files, name := map[string][]byte{}, ""
	kind := regexp.MustCompile(`(?m)^  "type": "(.*)"`)
	wanted := map[string]string{}
	c := clock.Manual(time.Date(2026, 1, 20, 10, 0, 0, 0, time.UTC))
	options := stripe.Options{Now: c.Now, Seed: 7, WebhookSecret: secret, BaseURL: "https://checkout.stripe.test", EnabledEvents: []string{"*"},
		Deliver: func(_ context.Context, _ http.Header, body []byte) (int, error) {
			if file := wanted[string(kind.FindSubmatch(body)[1])]; file != "" {
				files["stripe/"+name+file+".json"] = append(body, '\n')
			}
			return 200, nil
		}}
	server := stripe.New(options)
	b := &bench{T: t, clock: c, server: server, api: connect("http://stripe.test", inProcess(server), "sk_test_samples")}
	play := func(prefix string, take map[string]string, step func()) {
		name, wanted = prefix, take
		step()
	}
	same := func(kinds ...string) map[string]string {
		m := map[string]string{}
		for _, k := range kinds {
			m[k] = k
		}
		return m
	}
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, intent := context.Background(), ""
	play("", map[string]string{"checkout.session.completed": "checkout.session.completed-paid", "payment_intent.succeeded": "payment_intent.succeeded",
		"charge.succeeded": "charge.succeeded", "payment_intent.created": "unknown-type"}, func() {
		intent = b.pay(b.session(124000).ID, stripe.PayRequest{Method: stripe.IDEAL}).PaymentIntent
	})
	play("", same("charge.refunded", "refund.created"), func() { must(server.Refund(ctx, intent, 24000)) })
	play("", same("refund.failed", "refund.updated"), func() {
		r, err := server.Refund(ctx, intent, 1000)
		must(r, err)
		wanted = same("refund.failed", "refund.updated")
		must(server.FailRefund(ctx, r.ID))
	})
	play("", map[string]string{"checkout.session.completed": "checkout.session.completed-unpaid", "payment_intent.processing": "payment_intent.processing"}, func() {
		intent = b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.SEPADebit}).PaymentIntent
	})
	play("", same("checkout.session.async_payment_succeeded"), func() { b.advance(4 * 24 * time.Hour) })
	play("", nil, func() { b.pay(b.session(60000).ID, stripe.PayRequest{Method: stripe.SEPADebit, Outcome: "fail"}) })
	play("", same("checkout.session.async_payment_failed", "payment_intent.payment_failed"), func() { b.advance(4 * 24 * time.Hour) })
	play("", same("checkout.session.expired"), func() {
		s, err := b.api.CheckoutSessions.Expire(b.session(50000).ID, (*stripego.CheckoutSessionExpireParams)(nil))
		must(s, err)
		server.Tick(ctx, c.Now())
	})
	card := func() string { return b.pay(b.session(4200).ID, stripe.PayRequest{Method: stripe.Card}).PaymentIntent }
	play("", nil, func() { intent = card() })
	play("", map[string]string{"charge.dispute.created": "charge.dispute.created", "charge.dispute.closed": "charge.dispute.closed-lost"}, func() {
		must(server.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: intent, Amount: 1200, Outcome: "lost"}))
	})
	play("", nil, func() { intent = card() })
	play("", map[string]string{"charge.dispute.closed": "charge.dispute.closed-won"}, func() {
		must(server.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: intent, Outcome: "won"}))
	})
	play("", same("payout.created", "payout.paid", "payout.reconciliation_completed"), func() { must(server.Payout(ctx, "")) })
	files["stripe/unknown-version.json"] = bytes.Replace(files["stripe/payment_intent.succeeded.json"],
		[]byte(`"api_version": "2023-10-16"`), []byte(`"api_version": "2031-01-01.loopback"`), 1)
	return files
}

// The samples on disk are what the server sends today; -update writes them.
func TestSamples(t *testing.T) {
	files := story(t)
	if len(files) != 21 {
		t.Errorf("%d samples", len(files))
	}
	for name, body := range files {
		path := filepath.Join("..", "..", "..", "events", filepath.FromSlash(name))
		if *update {
			if err := os.WriteFile(path, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, body) {
			t.Errorf("%s is not what the server sends — look at the difference, then run go test ./infra/local/stripe -update", name)
		}
	}
}
