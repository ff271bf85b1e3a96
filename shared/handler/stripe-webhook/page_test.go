package stripewebhook_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
)

// press is the customer's press on Pay.
func (k *till) press(t *testing.T) (string, error) {
	t.Helper()
	address, err := k.Cycle.InvoiceURL(k.invoice)
	if err != nil {
		t.Fatal(err)
	}
	_, token, _ := strings.Cut(address, "/i/")
	return k.Cycle.StartPayment(context.Background(), k.Now(), token, nil, nil)
}

// TestFC_48_AFailureThatStripeKeeps: Stripe answers a press with 500 and keeps
// that answer under the key for a day. Whether or not it made the page, the next
// press gets one, the same for every press after it, also when Stripe has
// forgotten the keys; and the payment of it is counted once.
func TestFC_48_AFailureThatStripeKeeps(t *testing.T) {
	for _, how := range []string{loopback.Fail500, stripe.Fail500After} {
		t.Run(how, func(t *testing.T) {
			k := open(t)
			if err := k.stripe.Fail(how, k.Now().Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
			for range 2 {
				if _, err := k.press(t); !fault.Is(err, fault.Unavailable) {
					t.Fatalf("during the outage: %v", err)
				}
			}
			k.Advance(time.Hour) // the outage is over, the kept answers are not
			first, err := k.press(t)
			if err != nil {
				t.Fatalf("after the outage: %v", err)
			}
			k.Advance(2 * time.Hour)
			if again, err := k.press(t); err != nil || again != first {
				t.Errorf("pressed again: %q, %v; want %q", again, err, first)
			}
			k.Advance(30 * time.Hour) // page and keys are forgotten
			later, err := k.press(t)
			if err != nil || later == first {
				t.Errorf("a day later: %q, %v", later, err)
			}
			for _, s := range k.stripe.Sessions() {
				if s.URL != later {
					continue
				}
				if _, err := k.stripe.Pay(context.Background(), s.ID, stripe.PayRequest{Method: "ideal"}); err != nil {
					t.Fatal(err)
				}
			}
			k.deliver(t)
			k.books(t, map[string]int64{"receivable": 0, "unapplied": 0})
			if in := k.receipts(t); len(in) != 1 {
				t.Errorf("%d receipts", len(in))
			}
		})
	}
}

// TestFC_48_AnAnswerThatIsLost: the page is there and nobody knows its address;
// the same key finds it.
func TestFC_48_AnAnswerThatIsLost(t *testing.T) {
	k := open(t)
	if err := k.stripe.Fail(loopback.Lost, k.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	if _, err := k.press(t); !fault.Is(err, fault.Unavailable) {
		t.Fatalf("during the outage: %v", err)
	}
	k.Advance(time.Hour)
	if _, err := k.press(t); err != nil {
		t.Fatal(err)
	}
	if n := len(k.stripe.Sessions()); n != 1 {
		t.Errorf("%d pages were made", n)
	}
}
