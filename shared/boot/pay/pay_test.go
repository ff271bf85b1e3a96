package pay

import (
	"context"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duly/infra/local/stripe"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

func holding(key string) Secret {
	return func(_ context.Context, name string) (string, error) {
		if name != "stripe/api" {
			return "", fault.Missing("secret", name)
		}
		return key, nil
	}
}

// A stage that moves no real money never holds a live key, nor the other way
// round.
func TestFC_98_KeyMustFitTheStage(t *testing.T) {
	for _, c := range []struct {
		stage, key string
		want       fault.Code
	}{
		{"prod", "rk_live_1", ""}, {"prod", "sk_live_1", ""}, {"dev", "sk_test_1", ""}, {"", "rk_test_1\n", ""},
		{"dev", "sk_live_1", fault.LiveKey}, {"", "rk_live_1", fault.LiveKey}, {"prod", "sk_test_1", fault.Config}, {"prod", " ", fault.Config}, {"prod", "", fault.Config},
	} {
		t.Setenv("STAGE", c.stage)
		_, err := Lazy(holding(c.key))(t.Context())
		if (c.want == "") != (err == nil) || (err != nil && !fault.Is(err, c.want)) {
			t.Errorf("%s in %q: %v", c.key, c.stage, err)
		}
		if err != nil && c.key != "" && c.key != " " && strings.Contains(err.Error(), c.key) {
			t.Error("the key is in the error")
		}
	}
}

func TestPaymentsAreBuiltWhenNeeded(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	server := httptest.NewServer(stripe.New(stripe.Options{Now: func() time.Time { return now }, SecretKey: "sk_test_1"}))
	t.Cleanup(server.Close)
	t.Setenv("STRIPE_API_URL", server.URL)
	t.Setenv("STAGE", "local")
	key := ""
	payments := Payments(func(ctx context.Context, name string) (string, error) { return holding(key)(ctx, name) })
	ask := o2c.CheckoutRequest{IdempotencyKey: "k", InvoiceID: "i_1", Number: "1", Amount: money.Of(5000, "EUR"), ReturnURL: "https://duly.example/i/x"}
	if _, err := payments.Checkout(t.Context(), ask); !fault.Is(err, fault.Config) {
		t.Errorf("without a key: %v", err)
	}
	if err := payments.Expire(t.Context(), "cs_1"); !fault.Is(err, fault.Config) {
		t.Errorf("without a key: %v", err)
	}
	if _, err := payments.Payout(t.Context(), "po_1"); !fault.Is(err, fault.Config) {
		t.Errorf("without a key: %v", err)
	}
	key = "sk_test_1" // the operator enters it
	page, err := payments.Checkout(t.Context(), ask)
	if err != nil || !strings.HasPrefix(page.URL, server.URL) {
		t.Fatalf("%+v, %v", page, err)
	}
	if err := payments.Expire(t.Context(), page.SessionID); err != nil {
		t.Error(err)
	}
	if _, err := payments.Payout(t.Context(), "po_1"); !fault.Is(err, fault.Refused) {
		t.Errorf("%v", err)
	}
}
