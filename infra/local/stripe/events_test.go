package stripe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"testing"
	"time"

	stripego "github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/webhook"

	"duly/infra/local/stripe"
)

func TestRefundsAndTheirFailure(t *testing.T) {
	b := start(t)
	in := b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.Card}).PaymentIntent
	b.got = nil
	r, err := b.server.Refund(context.Background(), in, 20000)
	if err != nil {
		t.Fatal(err)
	}
	if len(b.got) != 1 || b.got[0].Type != "charge.refunded" || b.got[0].GetObjectValue("amount_refunded") != "20000" || fmt.Sprint(b.got[0].Data.PreviousAttributes["amount_refunded"]) != "0" {
		t.Fatalf("events %+v", b.got)
	}
	b.got = nil
	if _, err := b.server.FailRefund(context.Background(), r.ID); err != nil {
		t.Fatal(err)
	}
	if got := b.types(); !slices.Equal(got, []string{"refund.failed", "refund.updated"}) {
		t.Fatalf("events %v", got)
	}
	ch, err := b.api.Charges.Get(r.Charge, nil)
	if err != nil || ch.AmountRefunded != 0 {
		t.Fatalf("after the failure %d is refunded (%v)", ch.AmountRefunded, err)
	}
	if rest, err := b.server.Refund(context.Background(), in, 0); err != nil || rest.Amount != 50000 {
		t.Fatalf("refund the rest: %+v %v", rest, err)
	}
}

func TestBankRefundsTakeADay(t *testing.T) {
	b := start(t)
	in := b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.SEPADebit, SettlesAfter: "0d"}).PaymentIntent
	r, err := b.server.Refund(context.Background(), in, 0)
	if err != nil || r.Status != "pending" {
		t.Fatalf("%+v %v", r, err)
	}
	b.got = nil
	b.advance(24 * time.Hour)
	if got := b.types(); !slices.Equal(got, []string{"refund.updated"}) {
		t.Fatalf("events %v", got)
	}
}

func TestChargebacks(t *testing.T) {
	for _, tc := range []struct {
		outcome string
		net     int64 // change of the Stripe balance
	}{{"won", 0}, {"lost", -1200 - 2000}} {
		t.Run(tc.outcome, func(t *testing.T) {
			b := start(t)
			in := b.pay(b.session(4200).ID, stripe.PayRequest{Method: stripe.Card}).PaymentIntent
			before := b.balance()
			b.got = nil
			d, err := b.server.Chargeback(context.Background(), stripe.ChargebackRequest{PaymentIntent: in, Amount: 1200, Outcome: tc.outcome, ClosesAfter: "20d"})
			if err != nil || d.Status != "needs_response" {
				t.Fatalf("%+v %v", d, err)
			}
			if got := b.types(); !slices.Equal(got, []string{"charge.dispute.created"}) {
				t.Fatalf("opened with %v", got)
			}
			if _, err := b.api.Refunds.New(&stripego.RefundParams{PaymentIntent: &in}); stripeError(t, err).Code != stripego.ErrorCodeChargeDisputed {
				t.Fatalf("refund of a disputed charge: %v", err)
			}
			b.advance(20 * 24 * time.Hour)
			if got := b.types(); !slices.Equal(got, []string{"charge.dispute.closed"}) {
				t.Fatalf("closed with %v", got)
			}
			got, err := b.api.Disputes.Get(d.ID, nil)
			if err != nil || string(got.Status) != tc.outcome {
				t.Fatalf("%+v %v", got, err)
			}
			if change := b.balance() - before; change != tc.net {
				t.Fatalf("balance changed by %d, want %d", change, tc.net)
			}
			if _, err := b.server.Chargeback(context.Background(), stripe.ChargebackRequest{PaymentIntent: in}); err == nil {
				t.Fatal("disputed twice")
			}
		})
	}
}

func (b *bench) balance() int64 {
	balance, err := b.api.Balance.Get(nil)
	if err != nil {
		b.Fatal(err)
	}
	return balance.Available[0].Amount
}

func TestPayoutAddsUp(t *testing.T) {
	b := start(t)
	ctx := context.Background()
	if _, err := b.server.Payout(ctx, ""); err == nil {
		t.Fatal("paid out nothing")
	}
	b.pay(b.session(124000).ID, stripe.PayRequest{Method: stripe.IDEAL})                            // fee 29
	card := b.pay(b.session(10001).ID, stripe.PayRequest{Method: stripe.Card})                      // fee 150.015 -> 150 + 25
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.SEPADebit, SettlesAfter: "0d"})     // fee 35
	b.pay(b.session(300000).ID, stripe.PayRequest{Method: stripe.BankTransfer, SettlesAfter: "0d"}) // fee capped: 500
	b.pay(b.session(10100).ID, stripe.PayRequest{Method: stripe.BankTransfer, SettlesAfter: "0d"})  // fee 50.5 -> 51
	if _, err := b.server.Refund(ctx, card.PaymentIntent, 5000); err != nil {
		t.Fatal(err)
	}
	b.got = nil
	const fees = 29 + 175 + 35 + 500 + 51
	const amount = 124000 + 10001 + 50000 + 300000 + 10100 - 5000 - fees
	p, err := b.server.Payout(ctx, "")
	if err != nil || p.Amount != amount || p.Fees != fees || p.Reference != "STRIPE "+p.ID {
		t.Fatalf("payout %+v %v, want %d, fees %d", p, err, amount, fees)
	}
	if got := b.types(); !slices.Equal(got, []string{"payout.created", "payout.paid", "payout.reconciliation_completed"}) {
		t.Fatalf("events %v", got)
	}
	params := &stripego.BalanceTransactionListParams{Payout: &p.ID}
	params.AddExpand("data.source")
	params.Limit = stripego.Int64(2)
	var sum, sumFees int64
	for i := b.api.BalanceTransactions.List(params); i.Next(); {
		bt := i.BalanceTransaction()
		sum += bt.Net
		sumFees += bt.Fee
		if bt.Source == nil || bt.Source.ID == "" {
			t.Errorf("no source: %+v", bt)
		}
		if bt.ReportingCategory == "charge" && bt.Source.Charge.PaymentIntent.ID == "" {
			t.Errorf("source not expanded: %+v", bt.Source)
		}
	}
	if sum != 0 || sumFees != fees {
		t.Fatalf("transactions with the payout add up to %d, fees %d", sum, sumFees)
	}
	if got, err := b.api.Payouts.Get(p.ID, nil); err != nil || got.Status != "paid" || got.ReconciliationStatus != "completed" {
		t.Fatalf("%+v %v", got, err)
	}
	if b.balance() != 0 {
		t.Fatalf("left on the balance: %d", b.balance())
	}
}

func TestDeliveryRetriesUntilItSucceeds(t *testing.T) {
	b := start(t)
	b.status = 503
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	b.advance(4 * time.Minute)
	if e := b.server.Events(); len(b.got) != 0 || e[0].Delivered || e[0].Attempts != 1 || e[0].Status != 503 {
		t.Fatalf("%+v", e[0])
	}
	b.advance(time.Minute) // second attempt, again refused
	b.status = 200
	due, _ := b.server.NextDue()
	b.advance(due.Sub(b.clock.Now()))
	if got := b.types(); len(got) != 3 {
		t.Fatalf("after recovery %v", got)
	}
	e := b.server.Events()[0]
	if status, err := b.server.Redeliver(context.Background(), e.ID); err != nil || status != 200 || len(b.got) != 1 || b.got[0].ID != e.ID {
		t.Fatalf("redelivered %d %v %+v", status, err, b.got)
	}
}

func TestGivesUpAfterThreeDaysAndThePollerFindsThem(t *testing.T) {
	b := start(t)
	b.status = 500
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	for range 100 {
		b.advance(time.Hour)
	}
	if due, ok := b.server.NextDue(); ok {
		t.Fatalf("still something due at %v", due)
	}
	p := &stripego.EventListParams{Types: stripego.StringSlice([]string{"payment_intent.succeeded", "checkout.session.*"}), DeliverySuccess: stripego.Bool(false)}
	var got []string
	for i := b.api.Events.List(p); i.Next(); {
		got = append(got, string(i.Event().Type))
	}
	if !slices.Equal(got, []string{"checkout.session.completed", "payment_intent.succeeded"}) {
		t.Fatalf("poller found %v", got)
	}
	b.advance(30 * 24 * time.Hour)
	if i := b.api.Events.List(&stripego.EventListParams{}); i.Next() {
		t.Fatalf("older than 30 days: %v", i.Event())
	}
}

func TestOrderOfDeliveryIsTheCallersChoice(t *testing.T) {
	b := start(t, func(o *stripe.Options) {
		o.Order = func(n int) []int { return rand.New(rand.NewPCG(1, 2)).Perm(n) }
		o.EnabledEvents = []string{"*"}
	})
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	got := b.types()
	if len(got) != 4 || got[0] == "payment_intent.created" {
		t.Fatalf("not shuffled, or lost: %v", got)
	}
}

// Strict: the signature is inside stripe-go's own tolerance, at wall time.
func TestSignaturePassesConstructEvent(t *testing.T) {
	var events int
	server := stripe.New(stripe.Options{Now: time.Now, WebhookSecret: secret, EnabledEvents: []string{"*"}, Deliver: func(_ context.Context, h http.Header, body []byte) (int, error) {
		if _, err := webhook.ConstructEvent(body, h.Get("Stripe-Signature"), secret); err != nil {
			t.Error(err)
		}
		if _, err := webhook.ConstructEvent(bytes.Replace(body, []byte("50000"), []byte("50001"), 1), h.Get("Stripe-Signature"), secret); err == nil {
			t.Error("a changed body passes")
		}
		events++
		return 204, nil
	}})
	b := &bench{T: t, api: connect("http://stripe.test", inProcess(server), "sk_test_any"), server: server}
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.Card})
	if events != 4 {
		t.Fatalf("%d events", events)
	}
}

func TestSameSeedSameIDsAndSnapshot(t *testing.T) {
	run := func() (*bench, string) {
		b := start(t)
		b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.SEPADebit})
		snapshot, err := b.server.Snapshot()
		if err != nil {
			t.Fatal(err)
		}
		return b, string(snapshot)
	}
	_, one := run()
	b, two := run()
	if one = replaceURLs(one); one != replaceURLs(two) {
		t.Fatal("two runs with one seed differ")
	}
	other := start(t)
	if err := other.server.Restore([]byte(two)); err != nil {
		t.Fatal(err)
	}
	id := b.server.Sessions()[0].ID
	other.advance(4 * 24 * time.Hour)
	if s := other.server.Sessions()[0]; s.ID != id || s.PaymentStatus != "paid" {
		t.Fatalf("the restored server forgot its timers: %+v", s)
	}
	if err := other.server.Restore([]byte("{")); err == nil {
		t.Fatal("restored from nonsense")
	}
}

// replaceURLs drops the ports of the two test listeners.
func replaceURLs(snapshot string) string {
	var v any
	_ = json.Unmarshal([]byte(snapshot), &v)
	for _, s := range v.(map[string]any)["Sessions"].([]any) {
		delete(s.(map[string]any), "URL")
	}
	for _, e := range v.(map[string]any)["Events"].([]any) {
		delete(e.(map[string]any), "Object")
	}
	for _, a := range v.(map[string]any)["Answers"].([]any) {
		delete(a.(map[string]any), "Body")
		delete(a.(map[string]any), "Key") // stripe-go draws it at random
	}
	out, _ := json.Marshal(v)
	return string(out)
}
