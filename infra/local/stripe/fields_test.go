package stripe_test

import (
	"context"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	stripego "github.com/stripe/stripe-go/v76"

	"duly/infra/local/stripe"
)

// Every field that we send is one that Stripe's own client knows, so that no
// reader comes to rely on a field of our invention; and every field that the
// client knows is there unless it is listed as absent.
func TestFieldsAreStripes(t *testing.T) {
	b := start(t, func(o *stripe.Options) { o.EnabledEvents = []string{"*"} })
	ctx := context.Background()
	in := b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.Card}).PaymentIntent
	if _, err := b.server.Refund(ctx, in, 1000); err != nil {
		t.Fatal(err)
	}
	if _, err := b.server.Chargeback(ctx, stripe.ChargebackRequest{PaymentIntent: in, Amount: 500}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.server.Payout(ctx, ""); err != nil {
		t.Fatal(err)
	}
	known := map[string]reflect.Type{
		"checkout.session": reflect.TypeFor[stripego.CheckoutSession](), "payment_intent": reflect.TypeFor[stripego.PaymentIntent](),
		"charge": reflect.TypeFor[stripego.Charge](), "refund": reflect.TypeFor[stripego.Refund](), "dispute": reflect.TypeFor[stripego.Dispute](),
		"payout": reflect.TypeFor[stripego.Payout](),
	}
	added := []string{"trace_id", "application_fee", "application_fee_amount"} // of payouts, in every API version since 2024
	absent := map[string]string{
		"checkout.session": "line_items redirect_on_completion return_url tax_id_collection", // expandable, or of embedded pages
		"charge":           "authorization_code level3 refunds transfer",                     // expandable, or of US cards
		"dispute":          "network_reason_code payment_method_details",
		"refund":           "description failure_balance_transaction failure_reason instructions_email next_action", // only where they apply
	}
	seen := map[string]bool{}
	for _, e := range b.got {
		var sent map[string]any
		if err := json.Unmarshal(e.Data.Raw, &sent); err != nil {
			t.Fatal(err)
		}
		kind := sent["object"].(string)
		if seen[kind] {
			continue
		}
		seen[kind] = true
		fields := fieldsOf(known[kind])
		for name := range sent {
			if !slices.Contains(fields, name) && !slices.Contains(added, name) {
				t.Errorf("%s has the field %s, which Stripe's client does not know", kind, name)
			}
		}
		for _, name := range fields {
			if _, ok := sent[name]; !ok && !slices.Contains(strings.Fields(absent[kind]), name) {
				t.Errorf("%s lacks the field %s", kind, name)
			}
		}
	}
	if len(seen) != len(known) {
		t.Errorf("only saw %v", seen)
	}
}

func fieldsOf(t reflect.Type) (names []string) {
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			names = append(names, name)
		}
	}
	return names
}

func TestRegisteredEndpointsChooseTheirEvents(t *testing.T) {
	b := start(t)
	e, err := b.api.WebhookEndpoints.New(&stripego.WebhookEndpointParams{URL: stripego.String("https://duly.example/webhooks/stripe"),
		EnabledEvents: stripego.StringSlice([]string{"payment_intent.succeeded"}), APIVersion: stripego.String(stripe.APIVersion)})
	if err != nil || e.Secret != secret {
		t.Fatalf("%+v %v", e, err)
	}
	b.pay(b.session(5000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	if got := b.types(); !slices.Equal(got, []string{"payment_intent.succeeded"}) {
		t.Fatalf("delivered %v", got)
	}
	if e, err = b.api.WebhookEndpoints.Get(e.ID, nil); err != nil || e.Secret != "" {
		t.Fatalf("the secret is told once: %+v %v", e, err)
	}
	if _, err := b.api.WebhookEndpoints.Del(e.ID, nil); err != nil {
		t.Fatal(err)
	}
	if i := b.api.WebhookEndpoints.List(&stripego.WebhookEndpointListParams{}); i.Next() {
		t.Fatalf("still there: %+v", i.WebhookEndpoint())
	}
}

func TestFailedPayoutReturnsToTheBalance(t *testing.T) {
	b := start(t)
	ctx := context.Background()
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	first, err := b.server.Payout(ctx, "")
	if err != nil {
		t.Fatal(err)
	}
	b.got = nil
	if err := b.server.FailPayout(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	if got := b.types(); !slices.Equal(got, []string{"payout.failed"}) || b.balance() != first.Amount {
		t.Fatalf("events %v, balance %d", got, b.balance())
	}
	if err := b.server.FailPayout(ctx, first.ID); err == nil {
		t.Fatal("failed twice")
	}
	if again, err := b.server.Payout(ctx, ""); err != nil || again.Amount != first.Amount || again.Fees != 0 {
		t.Fatalf("%+v %v", again, err)
	}
}

// Row 68: a payout that is not the sum of its parts must be possible to play.
func TestSkewedPayout(t *testing.T) {
	b := start(t)
	b.pay(b.session(50000).ID, stripe.PayRequest{Method: stripe.IDEAL})
	b.server.SkewPayout(-100)
	p, err := b.server.Payout(context.Background(), "")
	if err != nil || p.Amount != 50000-29-100 {
		t.Fatalf("%+v %v", p, err)
	}
}

// A parameter that exists at Stripe but not here is refused by name.
func TestNoParameterIsSilentlyIgnored(t *testing.T) {
	b := start(t)
	p := &stripego.CheckoutSessionParams{Mode: stripego.String("payment"), SuccessURL: stripego.String("http://x.example/"), AllowPromotionCodes: stripego.Bool(true)}
	if _, err := b.api.CheckoutSessions.New(p); stripeError(t, err).Param != "allow_promotion_codes" {
		t.Fatalf("%v", err)
	}
}
