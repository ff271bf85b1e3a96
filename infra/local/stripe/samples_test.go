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
	kept := func(keep string) *stripego.CheckoutSession {
		return b.session(24200, func(p *stripego.CheckoutSessionParams) {
			p.PaymentIntentData.SetupFutureUsage, p.CustomerCreation = stripego.String("off_session"), stripego.String("always")
			p.PaymentIntentData.Metadata["keep"], p.PaymentIntentData.Metadata["customer"] = keep, "c_1"
		})
	}
	play("", map[string]string{"charge.succeeded": "charge.succeeded-kept-card"}, func() { b.pay(kept("k_1").ID, stripe.PayRequest{Method: stripe.Card}) })
	play("", map[string]string{"charge.succeeded": "charge.succeeded-kept-ideal"}, func() { b.pay(kept("k_2").ID, stripe.PayRequest{Method: stripe.IDEAL}) })
	card1 := server.Methods()[1]
	play("", same("payment_method.automatically_updated"), func() {
		must(nil, server.Change(ctx, card1.ID, stripe.KeptRequest{Last4: "5556", Expires: "2030-01", Answers: []string{"insufficient_funds"}}))
	})
	play("", map[string]string{"payment_intent.payment_failed": "payment_intent.payment_failed-collected"}, func() {
		_, err := b.api.PaymentIntents.New(&stripego.PaymentIntentParams{
			Amount: stripego.Int64(24200), Currency: stripego.String("eur"), Customer: &card1.Customer, PaymentMethod: &card1.ID, Confirm: stripego.Bool(true), OffSession: stripego.Bool(true),
			Metadata: map[string]string{"invoice": "i_2", "try": "i_2-1"}, Params: stripego.Params{IdempotencyKey: stripego.String("duly-charge-i_2-1-1")},
		})
		if err == nil {
			t.Fatal("not declined")
		}
		server.Tick(ctx, c.Now())
	})
	play("", same("setup_intent.succeeded"), func() {
		s, err := b.api.CheckoutSessions.New(&stripego.CheckoutSessionParams{
			Mode: stripego.String("setup"), SuccessURL: stripego.String("http://127.0.0.1:8700/i/abc"), Customer: &card1.Customer, Currency: stripego.String("eur"),
			PaymentMethodTypes: stripego.StringSlice([]string{"card", "sepa_debit"}),
			SetupIntentData:    &stripego.CheckoutSessionSetupIntentDataParams{Metadata: map[string]string{"keep": "k_3", "customer": "c_1"}},
		})
		must(s, err)
		must(server.Pay(ctx, s.ID, stripe.PayRequest{Method: stripe.SEPADebit}))
	})
	play("", same("payment_method.detached"), func() { must(nil, server.Change(ctx, card1.ID, stripe.KeptRequest{Detach: true})) })
	files["stripe/unknown-version.json"] = bytes.Replace(files["stripe/payment_intent.succeeded.json"],
		[]byte(`"api_version": "2023-10-16"`), []byte(`"api_version": "2031-01-01.loopback"`), 1)
	return files
}

// The samples on disk are what the server sends today; -update writes them.
func TestSamples(t *testing.T) {
	files := story(t)
	if len(files) != 27 {
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
