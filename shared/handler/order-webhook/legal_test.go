package orderwebhook_test

import (
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c/invoice"
	orders "duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestFC_71: what a shop tells after an invoice never changes it: what more
// leaves is invoiced by itself, what comes back or is refunded is credited, and
// the sum of all documents is what was in the end delivered and kept.
func TestFC_71_DocumentsFollowByDeltas(t *testing.T) {
	k := open(t)
	k.stock(t, "CHAIR", 100)
	o := k.wares("1001", 5)
	o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", Tracking: "1", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 2}}}}
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
	k.Settle(t)
	hashes := map[string]string{}
	check := func(what string, owed int64, documents int) {
		t.Helper()
		k.Settle(t)
		all := testkit.Listed[invoice.Invoice](t, k.World, "invoice")
		var sum int64
		for _, inv := range all {
			d := inv.Data()
			if was, known := hashes[d.Number]; known && was != d.Hash || !inv.Intact() {
				t.Errorf("%s: %s was changed", what, d.Number)
			}
			hashes[d.Number] = d.Hash
			if inv.IsCreditNote() {
				sum -= d.Total.Minor
			} else {
				sum += d.Total.Minor
			}
		}
		if sum != owed || len(all) != documents {
			t.Errorf("%s: %d documents come to %d, want %d of %d", what, len(all), sum, documents, owed)
		}
		k.balanced(t)
	}
	tell := func(topic string, o shop.Order) {
		t.Helper()
		k.Advance(time.Hour)
		k.must(t, shopify, k.say(t, shopify, topic, o))
	}
	check("a part left", 24_200, 1)
	o = at(o, 6)
	o.Lines[0].UnitPriceMinor = 10_000
	tell(shop.OrdersUpdated, o)
	check("more is wanted", 24_200, 1)
	o.Fulfilments = append(o.Fulfilments, shop.Fulfilment{Carrier: "DHL", Tracking: "2", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 1}}})
	tell(shop.FulfilmentCreate, o)
	check("another one left", 36_300, 2)
	tell(shop.OrdersUpdated, at(o, 1)) // fewer than left: for a person
	check("fewer than left", 36_300, 2)
	if len(k.notices("changed_late")) != 1 {
		t.Error("nobody was told")
	}
	o.CancelledAt, o.CancelReason = k.Now(), "customer"
	tell(shop.OrdersCancelled, o)
	check("the rest is cancelled", 36_300, 2)
	if got := k.only(t); got.Status != orders.Shipped || got.Lines[0].Left() != 0 {
		t.Errorf("the order is %s with %d left", got.Status, got.Lines[0].Left())
	}
}
