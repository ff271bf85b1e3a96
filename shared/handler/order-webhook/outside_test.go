package orderwebhook_test

import (
	"fmt"
	"testing"
	"time"

	"duly/infra/local/shop"
	orders "duly/shared/o2c/order"
	"duly/shared/signature"
)

// raw is a body as somebody else writes it, signed as the platform does.
func (k *counter) raw(t testing.TB, scheme signature.Scheme, endpoint, topic, body string) shop.Message {
	t.Helper()
	header, err := signature.Sign(scheme, "", []byte(body), k.Now(), k.locker.Now[endpoint][0])
	if err != nil {
		t.Fatal(err)
	}
	header.Set(map[signature.Scheme]string{signature.Shopify: "X-Shopify-Topic", signature.WooCommerce: "X-WC-Webhook-Topic"}[scheme], topic)
	return shop.Message{Header: header, Body: []byte(body)}
}

// An order that says no more than what is needed is an order; a draft, a
// checkout and a parcel on its topic are none.
func TestOrdersThatSayLittle(t *testing.T) {
	k := open(t)
	k.must(t, woo, k.raw(t, signature.WooCommerce, woo, "order.created", `{"id":101,"currency":"EUR","total":"121.00","date_created":"2026-01-05T08:00:00",
		"billing":{"first_name":"Ada","last_name":"Jansen"},"line_items":[{"id":1,"name":"Tin","sku":"TIN","quantity":1,"total":"100.00","total_tax":"21.00"}]}`))
	lines := `"id":%d,"name":"#%[1]d","currency":"EUR","total_price":"121.00","line_items":[{"id":1,"title":"Tin","sku":"TIN","quantity":1,"price":"100.00","tax_lines":[{"rate":0.21,"price":"21.00"}]}]`
	k.must(t, shopify, k.raw(t, signature.Shopify, shopify, "orders/create", `{`+fmt.Sprintf(lines, 201)+`}`))
	k.must(t, shopify, k.raw(t, signature.Shopify, shopify, "orders/create", `{`+fmt.Sprintf(lines, 202)+`,"financial_status":null}`))
	k.Settle(t)
	if all := k.orders(t); len(all) != 3 || len(k.parked(t)) != 0 {
		t.Fatalf("%d orders; parked: %s", len(all), k.problems(t))
	}
	for _, o := range k.orders(t) {
		if d := o.Data(); d.Status != orders.Confirmed || d.Total.Minor != 12_100 || d.PaidAtShop != nil {
			t.Errorf("%s is %s, %s, paid %v", d.Number, d.Status, d.Total, d.PaidAtShop)
		}
	}
	for i, other := range []string{`"status":"open","invoice_url":null`, `"abandoned_checkout_url":"https://x.example/recover"`, `"order_id":201`} {
		k.must(t, shopify, k.raw(t, signature.Shopify, shopify, "orders/create", `{`+fmt.Sprintf(lines, 300+i)+`,`+other+`}`))
	}
	if len(k.orders(t)) != 3 || len(k.parked(t)) != 3 {
		t.Errorf("%d orders, %d parked", len(k.orders(t)), len(k.parked(t)))
	}
}

// A field that POST /v1/orders refuses loses no shop's order: it is taken without it.
func TestAnOddFieldLosesNoOrderOfAShop(t *testing.T) {
	k := open(t)
	k.must(t, generic, k.bare(t, "order.created", `{"external_id":"1","currency":"EUR","placed_at":"yesterday","updated_at":{},"prices_include_tax":"no","ship_to":"Kade 12",
		"customer":{"name":"Acme BV","email":"nope","language":"pt-BR","kind":"alien","vat_id":"none","address":{"city":"Gent","country":"Belgium"}},
		"lines":[{"sku":"TIN","quantity":1,"unit_price":{"amount":1000},"tax_rate":"21"}]}`))
	k.Settle(t)
	all := k.orders(t)
	if len(all) != 1 || len(k.parked(t)) != 0 {
		t.Fatalf("%d orders; parked: %s", len(all), k.problems(t))
	}
	if d := all[0].Data(); d.Status != orders.Confirmed || d.PlacedAt.IsZero() || d.Total.Minor != 1210 {
		t.Errorf("%+v", d)
	}
}

// Shops stamp to the second. Of one second the change that says something else
// counts, the order as it was placed does not, and telling it again is no news.
func TestChangesOfTheSameSecond(t *testing.T) {
	for name, says := range map[string][]struct {
		kind     string
		quantity int
	}{
		"in order":          {{"order.created", 2}, {"order.updated", 3}, {"order.updated", 4}},
		"placed comes last": {{"order.updated", 3}, {"order.updated", 4}, {"order.created", 2}},
		"told again":        {{"order.created", 2}, {"order.updated", 4}, {"order.updated", 4}, {"order.created", 2}},
	} {
		t.Run(name, func(t *testing.T) {
			k := open(t)
			for i, s := range says {
				k.must(t, generic, k.bare(t, s.kind, fmt.Sprintf(`{"external_id":"1","note":"%d","currency":"EUR","customer":{"name":"Acme BV","kind":"company"},"lines":[{"sku":"TIN","quantity":%d,"unit_price":{"amount":1000},"tax_rate":"21"}]}`, i, s.quantity)))
				k.Settle(t)
			}
			if o := k.only(t); o.Status != orders.Confirmed || o.Lines[0].Quantity != 4 || o.Total.Minor != 4_840 {
				t.Errorf("%s, %d for %s", o.Status, o.Lines[0].Quantity, o.Total)
			}
			k.balanced(t)
		})
	}
}

// A change of the same second that comes too late is told once, however often
// the shop is read.
func TestALateChangeOfTheSameSecondIsToldOnce(t *testing.T) {
	k := open(t)
	o := func(quantity int, note string) string {
		return fmt.Sprintf(`{"external_id":"1","updated_at":"2026-01-05T08:00:00Z","note":"%s","currency":"EUR","customer":{"name":"Acme BV","kind":"company"},"lines":[{"sku":"TIN","quantity":%d,"unit_price":{"amount":1000},"tax_rate":"21"}]}`, note, quantity)
	}
	k.must(t, generic, k.bare(t, "order.created", o(2, "")))
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"1"}`))
	k.Settle(t)
	for i := range 3 {
		k.must(t, generic, k.bare(t, "order.updated", o(1, fmt.Sprint(i))))
		k.Settle(t)
	}
	if said := k.notices("changed_late"); len(said) != 1 || k.only(t).Lines[0].Quantity != 2 {
		t.Errorf("told %q; %d", said, k.only(t).Lines[0].Quantity)
	}
}

// A parcel and a return may be told as a program tells them to the API: their
// lines have no prices, as they are the goods that moved.
func TestGoodsThatMovedAsLines(t *testing.T) {
	k := open(t)
	k.must(t, generic, k.bare(t, "order.created", `{"external_id":"1","currency":"EUR","customer":{"name":"Acme BV","kind":"company"},"lines":[{"sku":"TIN","quantity":5,"unit_price":{"amount":1000},"tax_rate":"21"}]}`))
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"1","carrier":"DHL","tracking":"JD1","lines":[{"sku":"TIN","quantity":2}]}`))
	k.Settle(t)
	if o := k.only(t); o.Status != orders.PartShipped || o.Lines[0].Quantity != 5 || o.Lines[0].Shipped != 2 || len(k.parked(t)) != 0 {
		t.Fatalf("%s, %d of %d shipped; parked: %s", o.Status, o.Lines[0].Shipped, o.Lines[0].Quantity, k.problems(t))
	}
	k.Advance(time.Minute)
	k.must(t, generic, k.bare(t, "order.fulfilled", `{"external_id":"1"}`))
	k.must(t, generic, k.bare(t, "order.refunded", `{"external_id":"1","lines":[{"sku":"TIN","quantity":1}]}`))
	k.Settle(t)
	bills, credited, _ := k.papers(t)
	if o := k.only(t); o.Status != orders.Shipped || len(bills) != 2 || credited != 1_210 {
		t.Errorf("%s, %d invoices, %d credited", o.Status, len(bills), credited)
	}
	k.balanced(t)
}
