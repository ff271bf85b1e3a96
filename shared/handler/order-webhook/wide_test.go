package orderwebhook_test

import (
	"fmt"
	"testing"
	"time"

	"duly/infra/local/shop"
	orders "duly/shared/o2c/order"
)

// Two hundred lines with names of all scripts, some of them free, survive the
// door, an amendment and a cancellation.
func TestWideOrdersAreAmendedAndCancelled(t *testing.T) {
	k := open(t)
	o := k.wares("1001", 1)
	o.Customer.Name, o.Customer.Company, o.PONumber = "Åsa 李 🙂", "متجر النور 🛒", "PO-٧"
	for i := range 199 {
		sku := fmt.Sprintf("SKU-%03d", i)
		if i%3 == 0 {
			k.stock(t, sku, 10)
		}
		o.Lines = append(o.Lines, shop.Line{SKU: sku, Name: fmt.Sprintf("Thing %d – חפץ 🎁", i), Quantity: 2, UnitPriceMinor: int64(i%7) * 5})
	}
	o.FinancialStatus, o.Gateway, o.Reference = "paid", "mollie", "tr_1"
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
	k.Settle(t)
	got := k.only(t)
	if got.Status != orders.Confirmed || len(got.Lines) != 200 || got.CustomerName != "متجر النور 🛒" || got.PONumber != "PO-٧" || k.available(t, "SKU-000") != 8 {
		t.Fatalf("%s, %d lines, %q, %q, %d available", got.Status, len(got.Lines), got.CustomerName, got.PONumber, k.available(t, "SKU-000"))
	}
	k.Advance(time.Minute)
	o.Lines[1].Quantity = 1
	k.must(t, shopify, k.say(t, shopify, shop.OrdersUpdated, o))
	k.Settle(t)
	if got := k.only(t); got.Status != orders.Confirmed || k.available(t, "SKU-000") != 9 || k.available(t, "SKU-198") != 8 {
		t.Errorf("%s, %d and %d available", got.Status, k.available(t, "SKU-000"), k.available(t, "SKU-198"))
	}
	k.Advance(time.Minute)
	o.CancelledAt = k.Now()
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCancelled, o))
	k.Settle(t)
	if got := k.only(t); got.Status != orders.Cancelled || k.available(t, "SKU-000") != 10 || k.available(t, "SKU-198") != 10 || len(k.parked(t)) != 0 {
		t.Errorf("%s, %d and %d available, parked %s", got.Status, k.available(t, "SKU-000"), k.available(t, "SKU-198"), k.problems(t))
	}
	k.balanced(t)
}
