package orderwebhook_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	orders "duly/shared/o2c/order"
	"duly/shared/testkit"
)

// decide is what a colleague presses.
func (k *counter) decide(t testing.TB, id string, v credit.Verdict) {
	t.Helper()
	mira, _ := k.Cycle.Policy.Person("U04APPROVE")
	if _, err := k.Cycle.DecideCredit(context.Background(), k.Stamp("slack:"+mira.ID), o2c.CreditAnswer{OrderID: id, By: mira, Verdict: v, Reason: "known"}); err != nil {
		t.Fatal(err)
	}
}

func (k *counter) request(t testing.TB) credit.RequestData {
	t.Helper()
	all := testkit.Listed[credit.Request](t, k.World, "credit")
	if len(all) > 0 {
		return all[0].Data()
	}
	r, err := o2c.Read[credit.Request](context.Background(), k.Cycle, k.only(t).ID)
	if err != nil {
		t.Fatal(err)
	}
	return r.Data()
}

// at is the order with another quantity.
func at(o shop.Order, quantity int64) shop.Order {
	o.Lines = append([]shop.Line{}, o.Lines...)
	o.Lines[0].Quantity = quantity
	return o
}

// stakes are what the customer's exposure counts, in cents.
func (k *counter) stakes(t testing.TB) (open, confirmed int64) {
	t.Helper()
	found, err := k.Cycle.Store.Count(context.Background(), o2c.Key{Kind: "exposure", ID: k.only(t).CustomerID})
	if err != nil {
		t.Fatal(err)
	}
	return found[0].Values["open"], found[0].Values["confirmed"]
}

// A confirmed order that its shop changes is decided anew, holds its stock anew,
// and its trail says what was changed, when and by whom.
func TestCap_05_AmendingAConfirmedOrder(t *testing.T) {
	k := open(t)
	k.stock(t, "CHAIR", 100)
	o := k.wares("1001", 2)
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
	k.Settle(t)
	tell := func(quantity int64) {
		t.Helper()
		k.Advance(time.Minute)
		m := k.say(t, shopify, shop.OrdersUpdated, at(o, quantity))
		for range 2 {
			k.must(t, shopify, m)
			k.Settle(t)
		}
	}
	expect := func(status string, held int64, confirmed int64, request string) {
		t.Helper()
		got := k.only(t)
		if _, c := k.stakes(t); got.Status != status || k.available(t, "CHAIR") != 100-held || c != confirmed || k.request(t).Status != request {
			t.Errorf("%s, %d available, %d confirmed, request %s", got.Status, k.available(t, "CHAIR"), c, k.request(t).Status)
		}
		k.balanced(t)
	}
	expect(orders.Confirmed, 2, 24_200, credit.Approved)
	tell(3) // within the policy
	expect(orders.Confirmed, 3, 36_300, credit.Approved)
	tell(40) // not within the policy: back before its decision
	expect(orders.Received, 40, 0, credit.Pending)
	if got := k.request(t).Amount; got != testkit.EUR(484_000) {
		t.Errorf("asked about %s", got)
	}
	k.decide(t, k.only(t).ID, credit.Approve)
	k.Settle(t)
	expect(orders.Confirmed, 40, 484_000, credit.Approved)
	tell(30) // less than was approved
	expect(orders.Confirmed, 30, 363_000, credit.Approved)
	tell(50) // more: the approval is void, and a person is asked again
	expect(orders.Received, 50, 0, credit.Pending)
	tell(1)
	expect(orders.Confirmed, 1, 12_100, credit.Approved)

	trail, err := k.Cycle.Store.Events(context.Background(), o2c.Key{Kind: "order", ID: k.only(t).ID})
	if err != nil {
		t.Fatal(err)
	}
	var amended []o2c.Event
	for _, e := range trail {
		if e.Type == "order.amended" {
			amended = append(amended, e)
		}
	}
	if len(amended) != 5 || amended[0].Actor != "shop:"+shopify || !strings.Contains(string(amended[0].Data), `{"what":"CHAIR","was":"2 for 200.00 EUR","is":"3 for 300.00 EUR"}`) {
		t.Errorf("%d amendments, first by %s: %s", len(amended), amended[0].Actor, amended[0].Data)
	}
	if cards := testkit.CardsOf[o2c.CreditCard](k.Desk); len(cards) != 1 {
		t.Errorf("%d credit cards: one stands for the order and is edited", len(cards))
	}
}

// What stands on an invoice stays: what is left may change, as far as credit
// allows; what was shipped is for a person.
func TestAmendingAPartShippedOrder(t *testing.T) {
	for name, c := range map[string]struct {
		quantity int64
		status   string
		left     int64
		total    int64
		told     bool
	}{
		"more":                   {6, orders.PartShipped, 4, 72_600, false},
		"fewer, some left":       {3, orders.PartShipped, 1, 36_300, false},
		"no more than were sent": {2, orders.Shipped, 0, 24_200, false},
		"fewer than were sent":   {1, orders.PartShipped, 3, 60_500, true},
		"more than credit gives": {90, orders.PartShipped, 88, 1_089_000, false},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t)
			k.stock(t, "CHAIR", 100)
			o := k.wares("1001", 5)
			o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", Tracking: "1", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: 2}}}}
			k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
			k.Settle(t)
			k.Advance(time.Hour)
			k.must(t, shopify, k.say(t, shopify, shop.OrdersUpdated, at(o, c.quantity)))
			k.Settle(t)
			got := k.only(t)
			bills, _, owed := k.papers(t)
			if got.Status != c.status || got.Lines[0].Left() != c.left || got.Total.Minor != c.total || len(bills) != 1 || bills[0].Total.Minor != 24_200 || owed != 24_200 {
				t.Errorf("%s, %d left, %s, %d bills, %d owed", got.Status, got.Lines[0].Left(), got.Total, len(bills), owed)
			}
			if told := len(k.notices("changed_late")); (told == 1) != c.told {
				t.Errorf("told %d times", told)
			}
			open, confirmed := k.stakes(t)
			if held := len(got.Holds) > 0; held != (c.quantity == 90) || open != 24_200 || (!held && confirmed != got.Total.Minor-24_200) {
				t.Errorf("held %v, %d open, %d confirmed", got.Holds, open, confirmed)
			}
			k.balanced(t)
			if c.quantity != 90 {
				return
			}
			k.decide(t, got.ID, credit.Approve) // what was added
			k.Settle(t)
			if _, confirmed := k.stakes(t); confirmed != 1_089_000-24_200 || len(k.only(t).Holds) != 0 || k.available(t, "CHAIR") != 10 {
				t.Errorf("%d confirmed, held %v, %d available", confirmed, k.only(t).Holds, k.available(t, "CHAIR"))
			}
			k.balanced(t)
		})
	}
}

// A cancellation before anything left frees stock and credit; after a part had
// left it cuts the rest; after everything had left it forces credit notes. The
// API refuses what is left for a credit note to do.
func TestCap_12_CancellingAnOrder(t *testing.T) {
	for name, c := range map[string]struct {
		gone     int64
		status   string
		credited int64
		owed     int64
	}{
		"nothing had left":    {0, orders.Cancelled, 0, 0},
		"a part had left":     {2, orders.Shipped, 0, 24_200},
		"everything had left": {5, orders.Closed, 60_500, 0},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t)
			k.stock(t, "CHAIR", 100)
			o := k.wares("1001", 5)
			if c.gone > 0 {
				o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", Tracking: "1", At: k.Now(), Lines: []shop.Fulfilled{{SKU: "CHAIR", Quantity: c.gone}}}}
			}
			k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, o))
			k.Settle(t)
			k.Advance(time.Hour)
			o.CancelledAt, o.CancelReason = k.Now(), "customer"
			m := k.say(t, shopify, shop.OrdersCancelled, o)
			again := k.say(t, shopify, shop.OrdersUpdated, o) // Shopify tells both
			for _, m := range []shop.Message{m, again, m} {
				k.must(t, shopify, m)
				k.Settle(t)
			}
			got := k.only(t)
			_, credited, owed := k.papers(t)
			open, confirmed := k.stakes(t)
			if got.Status != c.status || credited != c.credited || owed != c.owed || open != c.owed || confirmed != 0 || k.available(t, "CHAIR") != 100-c.gone {
				t.Errorf("%s, %d credited, %d owed, %d open, %d confirmed, %d available", got.Status, credited, owed, open, confirmed, k.available(t, "CHAIR"))
			}
			if len(k.parked(t)) != 0 {
				t.Errorf("parked: %s", k.problems(t))
			}
			k.balanced(t)
		})
	}
}

// The trail of odd ends: an unknown SKU ships freely, an odd total is asked
// about once, odd quantities and currencies are parked with a card; nothing is
// half done.
func TestOddOrdersHaveADefinedEnd(t *testing.T) {
	k := open(t)
	k.stock(t, "CHAIR", 10)
	unknown := k.wares("1", 1)
	unknown.Lines[0].SKU, unknown.Customer.Email = "NEVER-HEARD-OF", ""
	k.must(t, shopify, k.say(t, shopify, shop.OrdersCreate, unknown))
	if o := k.only(t); o.Status != orders.Confirmed {
		t.Errorf("an unknown SKU: %s", o.Status)
	}
	k.Settle(t)
	if len(k.Desk.Letters) != 0 {
		t.Error("a letter to nobody")
	}
	base := `{"external_id":"%","currency":"EUR","customer":{"name":"Ada","email":"ada@x.example","address":{"street":"Dam 1","postal_code":"1012 JS","city":"Amsterdam","country":"NL"}},"lines":[{"sku":"CHAIR","quantity":1,"unit_price":{"amount":10000},"tax_rate":"21"}]}`
	for name, change := range map[string][2]string{
		"negative": {`"quantity":1`, `"quantity":-1`}, "none": {`"quantity":1`, `"quantity":0`}, "absurd": {`"quantity":1`, `"quantity":10000000`},
		"a half": {`"quantity":1`, `"quantity":1.5`}, "unknown currency": {`"EUR"`, `"XQQ"`}, "no lines": {`"lines":[{"sku":"CHAIR","quantity":1,"unit_price":{"amount":10000},"tax_rate":"21"}]`, `"lines":[]`},
	} {
		parked := len(k.parked(t))
		k.must(t, generic, k.bare(t, "order.created", strings.Replace(strings.Replace(base, "%", name, 1), change[0], change[1], 1)))
		if len(k.parked(t)) != parked+1 || len(k.orders(t)) != 1 {
			t.Errorf("%s: %d parked, %d orders", name, len(k.parked(t))-parked, len(k.orders(t)))
		}
	}
	k.Settle(t)
	if cards := testkit.CardsOf[o2c.ParkedCard](k.Desk); len(cards) != 6 {
		t.Errorf("%d cards", len(cards))
	}
	for total, held := range map[string]bool{"12100": false, "12101": false, "12103": true} { // one line: a cent is rounding
		k.must(t, generic, k.bare(t, "order.created", strings.Replace(strings.Replace(base, "%", "t"+total, 1), `"currency":"EUR"`, `"currency":"EUR","total":{"amount":`+total+`}`, 1)))
		o, err := o2c.Read[orders.Order](context.Background(), k.Cycle, o2c.OrderID(generic, "t"+total))
		if err != nil || o.Held(orders.ExceptionHold) != held || o.Data().Total.String() != strings.Replace(money.Of(0, "EUR").String(), "0.00", total[:3]+"."+total[3:], 1) {
			t.Errorf("total %s: held %v, %s, %v", total, o.Held(orders.ExceptionHold), o.Data().Total, err)
		}
	}
	k.Settle(t)
	if cards := testkit.CardsOf[o2c.CreditCard](k.Desk); len(cards) != 1 {
		t.Errorf("%d cards about the odd total", len(cards))
	}
	for _, s := range k.Desk.Cards {
		if _, ok := s.Card.(o2c.CreditCard); ok && s.Place.Channel != k.Cycle.Policy.Channel("exceptions") {
			t.Errorf("the odd total is asked about in %s", s.Place.Channel)
		}
	}
	k.balanced(t)
}

// A shop that repeats its first message hours later, as it was then, changes
// nothing that was told since; a new key makes it no news.
func TestFC_04_OldMessageRetriedHoursLater(t *testing.T) {
	for _, endpoint := range []string{shopify, woo, generic} {
		k := open(t)
		k.stock(t, "CHAIR", 100)
		updated := map[string]string{shopify: shop.OrdersUpdated, woo: shop.WooUpdated, generic: shop.GenericUpdated}[endpoint]
		o := k.wares("1001", 2)
		first := k.say(t, endpoint, updated, o)
		k.must(t, endpoint, k.say(t, endpoint, created[endpoint], o))
		k.Advance(time.Minute)
		k.must(t, endpoint, k.say(t, endpoint, updated, at(o, 3)))
		k.Settle(t)
		letters := len(k.Desk.Letters)
		k.Advance(6 * time.Hour)
		if endpoint == generic {
			first = k.resigned(t, first, k.Now())
		}
		k.must(t, endpoint, first)
		k.Settle(t)
		if got := k.only(t); got.Lines[0].Quantity != 3 || k.available(t, "CHAIR") != 97 || len(k.Desk.Letters) != letters || len(k.parked(t)) != 0 {
			t.Errorf("%s: %d units, %d available, %d letters more", endpoint, got.Lines[0].Quantity, k.available(t, "CHAIR"), len(k.Desk.Letters)-letters)
		}
	}
}
