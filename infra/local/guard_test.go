package local

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

// buys is a small order that the policy approves.
func buys(cast Cast, units int64) shop.Order {
	buyer, _ := cast.Buyer("vos")
	line, _ := cast.Line("KOFFIE-1000", units)
	return shop.Order{Customer: buyer.Customer(), Currency: "EUR", Gateway: "invoice", Lines: []shop.Line{line}}
}

// guarded is a runtime whose shops are guarded.
type guarded struct {
	*Runtime
	t    *testing.T
	cast Cast
}

func guard(t *testing.T) guarded {
	r := openRuntime(t, Options{Manual: true})
	t.Cleanup(func() { _ = r.Close() })
	cast, err := LoadCast()
	if err != nil {
		t.Fatal(err)
	}
	return guarded{r, t, cast}
}

func (g guarded) place(endpoint string) string {
	g.t.Helper()
	sent, o, err := g.Shops.Place(g.t.Context(), endpoint, buys(g.cast, 1))
	if err != nil || (!sent.Off && !sent.OK()) {
		g.t.Fatalf("%d %v", sent.Status, err)
	}
	return o.Order.Number
}

func (g guarded) pass(d time.Duration) {
	g.t.Helper()
	if err := g.Advance(g.t.Context(), d); err != nil {
		g.t.Fatal(err)
	}
}

// orders are the numbers that the product knows, in order.
func (g guarded) orders() []string {
	g.t.Helper()
	var numbers []string
	for after := ""; ; {
		page, err := o2c.ListOf[order.Order](g.t.Context(), g.Cycle, 100, after)
		if err != nil {
			g.t.Fatal(err)
		}
		for _, o := range page.Items {
			numbers = append(numbers, strings.TrimPrefix(o.Data().Number, "#"))
		}
		if after = page.Next; after == "" {
			slices.Sort(numbers)
			return numbers
		}
	}
}

// cards are the sentences of the cards about shops, as telephones show them.
func (g guarded) cards() []string {
	var out []string
	for _, m := range g.Slack.Messages() {
		if strings.Contains(string(m.Blocks), "webhook") || strings.Contains(string(m.Blocks), "All that the shop has") {
			out = append(out, m.Text)
		}
	}
	return out
}

func (g guarded) expect(what string, got, want any) {
	g.t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		g.t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

// TestCap_13_AGapInTheNumbersIsReadFromTheShop: a webhook that got lost is noticed by the number after it, the order is
// read through the shop's own interface, and the team is told once.
func TestCap_13_AGapInTheNumbersIsReadFromTheShop(t *testing.T) {
	g := guard(t)
	first := g.place("demo-shopify")
	if err := g.Shops.SwitchHooks("demo-shopify", false); err != nil {
		t.Fatal(err)
	}
	missed := g.place("demo-shopify")
	if err := g.Shops.SwitchHooks("demo-shopify", true); err != nil {
		t.Fatal(err)
	}
	g.pass(10 * time.Minute)
	last := g.place("demo-shopify")
	g.expect("before", g.orders(), []string{first, last})
	g.pass(3 * time.Hour)
	g.expect("after", g.orders(), []string{first, missed, last})
	g.expect("told", g.cards(), []string{"demo-shopify did not post some orders; read from the shop itself: 1. Nothing is lost."})
	g.pass(24 * time.Hour)
	g.expect("told again", len(g.cards()), 1)
}

// TestCap_13_SilenceIsReadAndTold: nothing for a working day and a half, and the shop says that there were orders. The
// card is edited when webhooks come again; a shop that had none is left in peace.
func TestCap_13_SilenceIsReadAndTold(t *testing.T) {
	g := guard(t)
	g.place("demo-woocommerce")
	g.pass(40 * time.Hour) // quiet: nobody orders anywhere
	g.expect("about a quiet shop", g.cards(), []string(nil))
	if err := g.Shops.SwitchHooks("demo-woocommerce", false); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		g.place("demo-woocommerce")
	}
	g.pass(48*time.Hour + 10*time.Minute)
	g.expect("orders", len(g.orders()), 4)
	g.expect("told", len(g.cards()), 1)
	g.place("demo-woocommerce")
	g.pass(2 * time.Hour)
	g.expect("recovered", g.cards(), []string{"✓ demo-woocommerce posts its orders again."})
}

// TestFC_15_SwitchedOffWebhooksAreSwitchedOnAgain: WooCommerce switches a webhook off after five failed deliveries and
// tells nobody; Shopify takes it away after eight.
func TestFC_15_SwitchedOffWebhooksAreSwitchedOnAgain(t *testing.T) {
	for _, endpoint := range []string{"demo-woocommerce", "demo-shopify"} {
		g := guard(t)
		g.place(endpoint)
		g.pass(72 * time.Hour) // a look at the webhooks while all is well
		secret := g.Secrets.Shops[endpoint]
		g.Secrets.Shops[endpoint] = "another" // everything it posts is refused
		for range 9 {
			if _, _, err := g.Shops.Place(t.Context(), endpoint, buys(g.cast, 1)); err != nil {
				t.Fatal(err)
			}
		}
		g.Secrets.Shops[endpoint] = secret
		sent, _, err := g.Shops.Place(t.Context(), endpoint, buys(g.cast, 1))
		if err != nil || !sent.Off {
			t.Fatalf("%s still posts: %d %v", endpoint, sent.Status, err)
		}
		g.pass(72 * time.Hour)
		g.expect(endpoint+" orders", len(g.orders()), 11)
		sent, _, err = g.Shops.Place(t.Context(), endpoint, buys(g.cast, 1))
		if err != nil || !sent.OK() {
			t.Errorf("%s does not post: %d %v", endpoint, sent.Status, err)
		}
		if !strings.Contains(string(g.Slack.Messages()[len(g.Slack.Messages())-1].Blocks)+fmt.Sprint(g.cards()), "posting its orders") {
			t.Errorf("%s: told %v", endpoint, g.cards())
		}
	}
}

// TestFC_16_AStormAfterAnOutage: three days of orders that the table could not take, then the shop's interface, which
// throttles, and every webhook once more: each order is there once, and the books agree.
func TestFC_16_AStormAfterAnOutage(t *testing.T) {
	g := guard(t)
	g.place("demo-shopify")
	if err := g.Shops.SwitchHooks("demo-shopify", false); err != nil {
		t.Fatal(err)
	}
	const orders = 60
	for range orders {
		g.place("demo-shopify")
		g.pass(70 * time.Minute)
	}
	if err := g.Shops.SwitchHooks("demo-shopify", true); err != nil {
		t.Fatal(err)
	}
	for _, o := range g.Shops.Orders() { // the storm: every first word again
		if _, err := g.Shops.Again(t.Context(), o.Endpoint, o.Order.Number); err != nil {
			t.Fatal(err)
		}
	}
	g.pass(3 * time.Hour)
	for _, o := range g.Shops.Orders() {
		if _, err := g.Shops.Again(t.Context(), o.Endpoint, o.Order.Number); err != nil {
			t.Fatal(err)
		}
	}
	g.pass(time.Hour)
	var want []string
	for i := range orders + 1 {
		want = append(want, fmt.Sprintf("SO-%d", 1001+i))
	}
	g.expect("orders", g.orders(), want)
	g.expect("cards", len(g.cards()), 1)
	report, err := g.Cycle.Verify(t.Context())
	if err != nil || !report.OK() {
		t.Errorf("the books: %+v %v", report, err)
	}
}

// TestCap_13_BigCommerceIsGuarded: the demo's BigCommerce store takes an order to its parcel; what its switched-off
// webhooks did not say is read from it, and they are on again.
func TestCap_13_BigCommerceIsGuarded(t *testing.T) {
	g := guard(t)
	number := g.place("demo-bigcommerce")
	g.pass(time.Minute)
	if _, err := g.Shops.Ship(t.Context(), "demo-bigcommerce", number, shop.Fulfilment{Carrier: "PostNL", Tracking: "3S1"}); err != nil {
		t.Fatal(err)
	}
	g.pass(time.Minute)
	page, err := o2c.ListOf[order.Order](t.Context(), g.Cycle, 10, "")
	if err != nil || len(page.Items) != 1 || page.Items[0].Status() != order.Shipped {
		t.Fatalf("%d orders, %v", len(page.Items), err)
	}
	if err := g.Shops.SwitchHooks("demo-bigcommerce", false); err != nil {
		t.Fatal(err)
	}
	g.place("demo-bigcommerce")
	g.pass(60 * time.Hour)
	g.expect("orders", len(g.orders()), 2)
	g.expect("told", len(g.cards()), 1)
	for _, d := range g.Diagnose("demo-bigcommerce", 0) {
		if !d.OK || d.Number != "orders/7001" {
			t.Errorf("%+v", d)
		}
	}
}
