package orderwebhook_test

import (
	"fmt"
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/signature"
)

// tell posts a body that a platform has signed.
func (k *counter) tell(t *testing.T, endpoint, topic, body string) {
	t.Helper()
	scheme, header := map[string]signature.Scheme{shopify: signature.Shopify, woo: signature.WooCommerce, generic: signature.Standard}[endpoint], map[string]string{shopify: "X-Shopify-Topic", woo: "X-Wc-Webhook-Topic"}[endpoint]
	signed, err := signature.Sign(scheme, fmt.Sprintf("msg_%d", len(body)), []byte(body), k.Now(), k.locker.Now[endpoint][0])
	if err != nil {
		t.Fatal(err)
	}
	if header != "" {
		signed.Set(header, topic)
	}
	k.must(t, endpoint, shop.Message{Header: signed, Body: []byte(body)})
	k.Settle(t)
}

func (k *counter) shelf(t *testing.T) o2c.Shelf {
	t.Helper()
	shelves, err := k.Cycle.Shelves(t.Context(), "CHAIR")
	if err != nil {
		t.Fatal(err)
	}
	return shelves[0]
}

// TestCap_27_TheShopsOwnStockServesWhoWaits: each platform's message about stock
// moves the shelf as the shop's stock moved, its own orders not counted twice; an
// order that waits gets its units; older and repeated messages change nothing.
func TestCap_27_TheShopsOwnStockServesWhoWaits(t *testing.T) {
	level := map[string]func(available int, at time.Time) string{
		shopify: func(n int, at time.Time) string {
			return fmt.Sprintf(`{"inventory_item_id": 812943760519283301, "location_id": 744432115254261306, "available": %d, "updated_at": %q}`, n, at.Format(time.RFC3339))
		},
		woo: func(n int, at time.Time) string {
			return fmt.Sprintf(`{"id": 794, "sku": "CHAIR", "manage_stock": true, "stock_quantity": %d, "date_modified_gmt": %q}`, n, at.UTC().Format("2006-01-02T15:04:05"))
		},
		generic: func(n int, at time.Time) string {
			return fmt.Sprintf(`{"type": "stock.updated", "timestamp": %q, "data": {"sku": "CHAIR", "available": %d}}`, at.Format(time.RFC3339), n)
		},
	}
	topics := map[string]string{shopify: "inventory_levels/update", woo: "product.updated"}
	for _, endpoint := range []string{shopify, woo, generic} {
		t.Run(endpoint, func(t *testing.T) {
			k := open(t)
			k.stock(t, "CHAIR", 0)
			say := func(n int, at time.Time) { t.Helper(); k.tell(t, endpoint, topics[endpoint], level[endpoint](n, at)) }
			is := func(want o2c.Shelf) {
				t.Helper()
				if want.Tracked = true; k.shelf(t) != want {
					t.Fatalf("the shelf is %+v, want %+v", k.shelf(t), want)
				}
			}
			if endpoint == shopify {
				say(7, k.Now()) // of an item that nobody has introduced
				is(o2c.Shelf{})
				k.tell(t, shopify, "products/update", `{"id": 1, "variants": [{"sku": "CHAIR", "inventory_item_id": 812943760519283301}, {"sku": null, "inventory_item_id": 2}]}`)
			}
			k.must(t, endpoint, k.say(t, endpoint, created[endpoint], k.wares("1001", 3)))
			k.Settle(t)
			is(o2c.Shelf{Backordered: 3})
			k.Advance(time.Hour)
			say(-3, k.Now()) // the shop sold what it had not
			is(o2c.Shelf{Backordered: 3})
			k.Advance(time.Hour)
			before := k.Now()
			say(37, k.Now()) // forty came in
			is(o2c.Shelf{OnHand: 40, Reserved: 3, Available: 37})
			k.Advance(time.Hour)
			k.must(t, endpoint, k.say(t, endpoint, created[endpoint], k.wares("1002", 5)))
			say(32, k.Now()) // the order just taken
			is(o2c.Shelf{OnHand: 40, Reserved: 8, Available: 32})
			say(32, k.Now())
			say(37, before) // an old message
			is(o2c.Shelf{OnHand: 40, Reserved: 8, Available: 32})
			k.Advance(time.Hour)
			say(30, k.Now()) // two broke
			is(o2c.Shelf{OnHand: 38, Reserved: 8, Available: 30})
			if n := len(k.parked(t)); n > 0 {
				t.Errorf("%d messages were put aside", n)
			}
			if report, err := k.Cycle.Verify(t.Context()); err != nil || !report.OK() {
				t.Errorf("%v\n%s", err, report)
			}
		})
	}
}
