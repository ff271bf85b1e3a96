package orderwebhook_test

import (
	"context"
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	orders "duly/shared/o2c/order"
	"duly/shared/testkit"
)

// paid is wares that the shop's gateway took the money for.
func (k *counter) paid(number string, quantity int64) shop.Order {
	o := k.wares(number, quantity)
	o.FinancialStatus, o.Gateway, o.Reference = "paid", "mollie", "tr_"+number
	if quantity > 1 {
		o.Lines = append(o.Lines, shop.Line{SKU: "TEA", Name: "Tea", Quantity: 2, UnitPriceMinor: 795, TaxRatePercent: "9"})
	}
	return o
}

// back is the refund message of a platform.
func (k *counter) back(t testing.TB, endpoint string, o shop.Order) shop.Message {
	t.Helper()
	switch endpoint {
	case shopify:
		m, err := shop.Shopify{Domain: "x.myshopify.com", Secret: k.locker.Now[shopify][0]}.Refunded(o, k.Now())
		if err != nil {
			t.Fatal(err)
		}
		return m
	case woo:
		return k.say(t, woo, shop.WooUpdated, o)
	}
	return k.say(t, generic, shop.GenericRefunded, o)
}

// papers are the order's invoices and what was credited of them in all.
func (k *counter) papers(t testing.TB) (bills []invoice.Data, credited, open int64) {
	t.Helper()
	for _, inv := range testkit.Listed[invoice.Invoice](t, k.World, "invoice") {
		if inv.IsCreditNote() {
			credited += inv.Data().Total.Minor
			continue
		}
		bills = append(bills, inv.Data())
		open += inv.Open().Minor
	}
	return bills, credited, open
}

func (k *counter) balanced(t testing.TB) {
	t.Helper()
	report, err := k.Cycle.Verify(context.Background())
	if err != nil || !report.OK() {
		t.Errorf("%v\n%s", err, report)
	}
}

// problems are why messages were parked.
func (k *counter) problems(t testing.TB) (all []string) {
	t.Helper()
	for _, p := range k.parked(t) {
		all = append(all, p.Data().Problem)
	}
	return all
}

// freeOf is the money without a home.
func (k *counter) freeOf(t testing.TB) (left int64) {
	t.Helper()
	for _, r := range testkit.Listed[cash.Receipt](t, k.World, "receipt") {
		left += r.Unapplied().Minor
	}
	return left
}

// Goods that came back to the shop are credited unit by unit, the money leaves
// the gateway's clearing account, and nothing is left open or without a home.
func TestRefundOfGoodsAtTheShop(t *testing.T) {
	for _, endpoint := range []string{shopify, generic} {
		k := open(t)
		o := k.paid("1001", 5)
		k.must(t, endpoint, k.say(t, endpoint, created[endpoint], o))
		o.Fulfilments = []shop.Fulfilment{{Carrier: "PostNL", Tracking: "3S1", At: k.Now()}}
		kind := shop.FulfilmentCreate
		if endpoint == generic {
			kind = shop.GenericFulfilled
		}
		k.must(t, endpoint, k.say(t, endpoint, kind, o))
		k.Settle(t)
		o.FinancialStatus = "partially_refunded"
		o.Refunds = []shop.Refund{{Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 2}, {SKU: "TEA", Quantity: 1}}, Note: "Kapot", At: k.Now()}}
		m := k.back(t, endpoint, o)
		for range 2 {
			k.must(t, endpoint, m)
			k.Settle(t)
		}
		k.Advance(time.Hour)
		if endpoint == shopify { // the order is told again, with the refund in it
			k.must(t, endpoint, k.say(t, endpoint, shop.OrdersUpdated, o))
			k.Settle(t)
		}
		const total, refunded = 60_500 + 1_733, 24_200 + 867
		bills, credited, left := k.papers(t)
		if len(bills) != 1 || bills[0].Total.Minor != total || credited != refunded || left != 0 || k.freeOf(t) != 0 || k.clearing(t, "mollie").Minor != total-refunded {
			t.Errorf("%s: %d bills, %d credited, %d open, %d free, clearing %s", endpoint, len(bills), credited, left, k.freeOf(t), k.clearing(t, "mollie"))
		}
		if got := k.only(t); got.Lines[0].Quantity != 5 || got.Status != orders.Closed || len(k.parked(t)) != 0 {
			t.Errorf("%s: %d units, %s, parked: %s", endpoint, got.Lines[0].Quantity, got.Status, k.problems(t))
		}
		k.balanced(t)
	}
}

// Money alone cuts the price, over the tax rates, to the cent.
func TestRefundOfMoneyAtTheShop(t *testing.T) {
	for _, endpoint := range []string{shopify, woo, generic} {
		k := open(t)
		o := k.paid("1001", 5)
		if endpoint == woo {
			o.Gateway = "mollie_wc_gateway_ideal"
		}
		o.Fulfilments = []shop.Fulfilment{{Carrier: "PostNL", Tracking: "3S1", At: k.Now()}}
		kind := map[string]string{shopify: shop.OrdersFulfilled, woo: shop.WooUpdated, generic: shop.GenericFulfilled}[endpoint]
		k.must(t, endpoint, k.say(t, endpoint, kind, o))
		k.Settle(t)
		k.Advance(time.Hour)
		o.Refunds = []shop.Refund{{AmountMinor: 1_499, Note: "Kapot", At: k.Now()}}
		k.must(t, endpoint, k.back(t, endpoint, o))
		k.Settle(t)
		if _, credited, left := k.papers(t); credited != 1_499 || left != 0 || k.freeOf(t) != 0 || k.clearing(t, "mollie").Minor != 62_233-1_499 {
			t.Errorf("%s: %d credited, %d open, %d free, clearing %s", endpoint, credited, left, k.freeOf(t), k.clearing(t, "mollie"))
		}
		k.balanced(t)
	}
}

// All of the money back before anything left is the end of the order; after it
// had left, its invoice is credited whole.
func TestRefundOfAllAtTheShop(t *testing.T) {
	for _, left := range []bool{false, true} {
		k := open(t)
		k.stock(t, "CHAIR", 10)
		o := k.paid("1001", 5)
		o.Gateway = "mollie_wc_gateway_ideal"
		k.must(t, woo, k.say(t, woo, shop.WooCreated, o))
		k.Settle(t)
		if left {
			o.Fulfilments = []shop.Fulfilment{{At: k.Now()}}
			k.must(t, woo, k.say(t, woo, shop.WooUpdated, o))
			k.Settle(t)
		}
		k.Advance(time.Hour)
		o.FinancialStatus = "refunded" // its status alone
		k.must(t, woo, k.say(t, woo, shop.WooUpdated, o))
		k.Settle(t)
		got := k.only(t)
		bills, credited, unpaid := k.papers(t)
		if want := map[bool]string{false: orders.Cancelled, true: orders.Closed}[left]; got.Status != want || len(k.parked(t)) != 0 {
			t.Errorf("left %v: %s, %d parked", left, got.Status, len(k.parked(t)))
		}
		if left && (len(bills) != 1 || credited != bills[0].Total.Minor) || !left && (len(bills) != 0 || k.available(t, "CHAIR") != 10) {
			t.Errorf("left %v: %d bills, %d credited, %d available", left, len(bills), credited, k.available(t, "CHAIR"))
		}
		if unpaid != 0 || k.freeOf(t) != 0 || !k.clearing(t, "mollie").IsZero() {
			t.Errorf("left %v: %d open, %d free, clearing %s", left, unpaid, k.freeOf(t), k.clearing(t, "mollie"))
		}
		k.balanced(t)
	}
}

// Goods on account that came back: no money moved, the open invoice shrinks.
func TestRefundOnAccount(t *testing.T) {
	k := open(t)
	o := k.wares("1001", 3)
	o.Fulfilments = []shop.Fulfilment{{At: k.Now()}}
	k.must(t, shopify, k.say(t, shopify, shop.OrdersFulfilled, o))
	k.Settle(t)
	o.Refunds = []shop.Refund{{Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 1}}, At: k.Now()}}
	k.must(t, shopify, k.back(t, shopify, o))
	k.Settle(t)
	if _, credited, left := k.papers(t); credited != 12_100 || left != 24_200 {
		t.Errorf("%d credited, %d open", credited, left)
	}
	k.balanced(t)
}

// Goods taken off before they left make the order smaller; nothing is credited.
func TestRefundOfWhatNeverLeft(t *testing.T) {
	k := open(t)
	o := k.paid("1001", 5)
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
	k.Advance(time.Hour)
	o.FinancialStatus = "partially_refunded"
	o.Refunds = []shop.Refund{{Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 2}}, Unshipped: true, At: k.Now()}}
	k.must(t, shopify, k.back(t, shopify, o))
	k.must(t, shopify, k.say(t, shopify, shop.OrdersUpdated, o))
	o.Fulfilments = []shop.Fulfilment{{At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 3}, {SKU: "TEA", Quantity: 2}}}}
	k.must(t, shopify, k.say(t, shopify, shop.FulfilmentCreate, o))
	k.Settle(t)
	bills, credited, left := k.papers(t)
	if got := k.only(t); got.Status != orders.Closed || len(bills) != 1 || bills[0].Total.Minor != 36_300+1_733 || credited != 0 || left != 0 || k.freeOf(t) != 0 {
		t.Errorf("%s, %d bills, %d credited, %d open, %d free", got.Status, len(bills), credited, left, k.freeOf(t))
	}
	k.balanced(t)
}
