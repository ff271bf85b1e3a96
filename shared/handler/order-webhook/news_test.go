package orderwebhook_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	orders "duly/shared/o2c/order"
	"duly/shared/signature"
	"duly/shared/testkit"
)

// bare is a message of the generic scheme as its sender writes it.
func (k *counter) bare(t testing.TB, kind, data string) shop.Message {
	t.Helper()
	body := []byte(`{"type":"` + kind + `","timestamp":"` + k.Now().UTC().Format(time.RFC3339) + `","data":` + data + `}`)
	header, err := signature.Sign(signature.Standard, o2c.Name("msg", string(body)), body, k.Now(), k.locker.Now[generic][0])
	if err != nil {
		t.Fatal(err)
	}
	return shop.Message{Header: header, Body: body}
}

func (k *counter) clearing(t testing.TB, gateway string) money.Amount {
	t.Helper()
	sum := testkit.EUR(0)
	for _, e := range testkit.Listed[ledger.Entry](t, k.World, "entry") {
		for _, l := range e.Data().Legs {
			if l.Account == ledger.Code(ledger.Gateway(gateway)) {
				sum = sum.Plus(l.Amount)
			}
		}
	}
	return sum
}

// notices are the sentences for the team under a title.
func (k *counter) notices(key string) []string {
	var all []string
	for _, n := range k.Desk.News(key) {
		all = append(all, fmt.Sprintf("%+v", n))
	}
	return all
}

// Messages that name their order and say no more are enough, and wait for it:
// paid, gone, given back, cancelled.
func TestBareMessagesWaitForTheirOrder(t *testing.T) {
	k := open(t)
	k.must(t, generic, k.bare(t, "order.paid", `{"external_id":"1001"}`))
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"1001","shipment":{"external_id":"p1","carrier":"DHL","tracking":"JD1"}}`))
	if len(k.orders(t))+len(k.parked(t))+len(k.tray.Messages) != 0 {
		t.Fatal("they did not wait")
	}
	k.must(t, generic, k.say(t, generic, shop.GenericCreated, k.wares("1001", 2)))
	k.Settle(t)
	o := k.only(t)
	if o.Status != orders.Closed || len(o.Shipments) != 1 || o.PaidAtShop.Amount != o.Total {
		t.Errorf("%s, %d shipments, paid %v of %s", o.Status, len(o.Shipments), o.PaidAtShop, o.Total)
	}
	k.must(t, generic, k.bare(t, "order.paid", `{"external_id":"1001"}`)) // told again
	k.Settle(t)
	if got := testkit.Listed[cash.Receipt](t, k.World, "receipt"); len(got) != 1 || len(k.parked(t)) != 0 {
		t.Errorf("%d receipts, %d parked", len(got), len(k.parked(t)))
	}
}

// What waits for longer than the messages of one order do is asked about, once.
func TestNewsOfAnOrderThatNeverCame(t *testing.T) {
	k := open(t)
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"4711","shipment":{"external_id":"p1"}}`))
	for range 3 {
		k.Advance(50 * time.Minute)
		if _, err := k.Cycle.RunDunning(context.Background(), k.Now(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		k.Settle(t)
	}
	if said := k.notices("order_unknown"); len(said) != 1 || !strings.Contains(said[0], "4711") || !strings.Contains(said[0], "waiting.parcels") {
		t.Fatalf("said %q", said)
	}
	k.must(t, generic, k.say(t, generic, shop.GenericCreated, k.wares("4711", 1))) // hours later it comes
	if o := k.only(t); o.Status != orders.Shipped {
		t.Errorf("%s", o.Status)
	}
}

// Goods that left before the decision wait for it, and the team hears of it.
func TestParcelThatDoesNotFit(t *testing.T) {
	k := open(t)
	k.must(t, generic, k.say(t, generic, shop.GenericCreated, k.wares("1001", 2)))
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"1001","shipment":{"external_id":"p1","lines":[{"sku":"CHAIR","quantity":3}]}}`))
	k.Advance(2 * time.Hour)
	if _, err := k.Cycle.AskAboutNews(context.Background(), k.Now()); err != nil {
		t.Fatal(err)
	}
	k.Settle(t)
	if said := k.notices("order_disagrees"); len(said) != 1 || len(k.parked(t)) != 0 {
		t.Fatalf("said %q, %d parked", said, len(k.parked(t)))
	}
	k.must(t, generic, k.say(t, generic, shop.GenericUpdated, k.wares("1001", 3))) // one more was ordered
	if o := k.only(t); o.Status != orders.Shipped || o.Lines[0].Shipped != 3 {
		t.Errorf("%s, %d shipped", o.Status, o.Lines[0].Shipped)
	}
}

// A test order asks for nothing, nor does what is said of it by its id alone.
func TestBareMessagesOfATestOrder(t *testing.T) {
	k := open(t)
	o := k.wares("1001", 1)
	o.Test = true
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
	o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", At: k.Now()}}
	k.must(t, shopify, k.say(t, shopify, shop.FulfilmentCreate, o))
	k.Advance(3 * time.Hour)
	if n, err := k.Cycle.AskAboutNews(context.Background(), k.Now()); n != 0 || err != nil || len(k.orders(t)) != 0 {
		t.Errorf("asked %d, %v, %d orders", n, err, len(k.orders(t)))
	}
}

// WooCommerce tells when an order was paid, never how much: an order whose total
// was raised since is not paid more.
func TestRaisingAPaidWooCommerceOrderIsNoMoney(t *testing.T) {
	k := open(t)
	o := k.wares("1001", 1)
	o.FinancialStatus, o.Gateway, o.Reference = "paid", "mollie_wc_gateway_ideal", "tr_1"
	k.must(t, woo, k.say(t, woo, shop.WooCreated, o))
	k.Advance(time.Hour)
	o.Lines[0].Quantity = 3
	k.must(t, woo, k.say(t, woo, shop.WooUpdated, o))
	if got := k.only(t); got.Total.Minor != 36_300 || got.PaidAtShop.Amount.Minor != 12_100 || k.clearing(t, "mollie").Minor != 12_100 {
		t.Errorf("total %s, paid %s, clearing %s", got.Total, got.PaidAtShop.Amount, k.clearing(t, "mollie"))
	}
}
