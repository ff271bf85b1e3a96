package reconcile_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/reconcile"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
	"duly/shared/pay"
	"duly/shared/signature"
	"duly/shared/testkit"
)

// TestAMissedMessageThatCannotBeBookedIsReported once, and holds nothing up.
func TestAMissedMessageThatCannotBeBookedIsReported(t *testing.T) {
	w := testkit.NewWorld(t)
	told := []pay.Message{
		{ID: "evt_1", Event: o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testkit.EUR(500), At: w.Now()}},
		{ID: "evt_2", Event: o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: money.Of(100, "USD"), At: w.Now()}},
		{ID: "evt_3", Event: o2c.MoneyIn{Gateway: "stripe", Ref: "pi_2", Amount: testkit.EUR(700), At: w.Now()}},
	}
	h := reconcile.New(reconcile.Deps{Cycle: w.Cycle, Now: w.Now, Missed: func(context.Context, time.Time) ([]pay.Message, error) { return told, nil }})
	for range 2 {
		if err := h.Tick(context.Background(), trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
	}
	if n := len(testkit.CardsOf[o2c.NoticeCard](w.Desk)); n != 1 {
		t.Errorf("%d notices", n)
	}
	if n := len(testkit.CardsOf[o2c.CashCard](w.Desk)); n != 2 {
		t.Errorf("%d payments came in", n)
	}
}

// pages is Stripe's list of events, the newest first, a hundred to a page.
type pages []map[string]any

// RoundTrip answers GET /v1/events.
func (p pages) RoundTrip(r *http.Request) (*http.Response, error) {
	rest := p
	if after := r.URL.Query().Get("starting_after"); after != "" {
		rest = rest[slices.IndexFunc(rest, func(e map[string]any) bool { return e["id"] == after })+1:]
	}
	page := rest[:min(len(rest), 100)]
	body, err := json.Marshal(map[string]any{"object": "list", "data": page, "has_more": len(rest) > len(page)})
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(body))), Request: r}, err
}

// TestFC_11_OneBadOfManyIsPutAside: of 250 messages that no webhook brought,
// number 17 is damaged beyond reading: 249 are booked, one is parked, once, also
// when its webhook comes after all.
func TestFC_11_OneBadOfManyIsPutAside(t *testing.T) {
	for name, damage := range map[string]any{
		"a part is missing": map[string]any{"id": "pi_17", "currency": "eur"}, "it is of another shape": []int{17}, "it is empty": nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			var list pages
			for n := range 250 {
				var payment any = map[string]any{"id": fmt.Sprintf("pi_%d", n+1), "amount_received": 100 + n, "currency": "eur"}
				if n+1 == 17 {
					payment = damage
				}
				list = append(list, map[string]any{
					"id": fmt.Sprintf("evt_%d", n+1), "object": "event", "created": w.Now().Unix(), "livemode": false,
					"type": "payment_intent.succeeded", "data": map[string]any{"object": payment},
				})
			}
			slices.Reverse(list)
			stripe := pay.New(pay.Options{Key: "sk_test_1", URL: "http://stripe.invalid", HTTP: &http.Client{Transport: list}})
			h := reconcile.New(reconcile.Deps{Cycle: w.Cycle, Now: w.Now, Log: testkit.Silent(), Missed: stripe.Missed})
			for range 2 {
				if err := h.Tick(t.Context(), trigger.Tick{}); err != nil {
					t.Fatal(err)
				}
				w.Advance(time.Hour)
			}
			for n := range 250 {
				_, err := o2c.Read[cash.Receipt](t.Context(), w.Cycle, o2c.ReceiptID("stripe", fmt.Sprintf("pi_%d", n+1)))
				if is := err == nil; is == (n+1 == 17) {
					t.Errorf("number %d: %v", n+1, err)
				}
			}
			body, err := json.Marshal(list[250-17])
			if err != nil {
				t.Fatal(err)
			}
			locker := &testkit.Locker{Now: map[string][]string{"stripe": {"whsec_1"}}, Next: map[string][]string{}}
			door := stripewebhook.New(webhook.Deps{Cycle: w.Cycle, Now: w.Now, Secrets: locker, Inbox: &testkit.Tray{}, Log: testkit.Silent()}, false)
			header, err := signature.Sign(signature.Stripe, "", body, w.Now(), "whsec_1")
			if err != nil {
				t.Fatal(err)
			}
			if status, _ := testkit.Post(t.Context(), t, door, "/webhooks/stripe", header, body); status != http.StatusOK {
				t.Errorf("its webhook got %d", status)
			}
			w.Settle(t)
			parked := testkit.Listed[o2c.Parked](t, w, "parked")
			if len(parked) != 1 || parked[0].Data().Topic != "payment_intent.succeeded" || !strings.Contains(string(parked[0].Data().Body), "evt_17") {
				t.Fatalf("%d were parked", len(parked))
			}
			if n := len(testkit.CardsOf[o2c.ParkedCard](w.Desk)); n != 1 {
				t.Errorf("%d cards ask", n)
			}
		})
	}
}
