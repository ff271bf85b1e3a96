package shop_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/infra/local/shop"
	"duly/shared/signature"
)

const whsec = "whsec_ZGVtby1nZW5lcmljLXNlY3JldC0wMDAwMDAwMDE="

// sent fails the test when a message cannot be built.
func sent(t *testing.T) func(shop.Message, error) shop.Message {
	return func(m shop.Message, err error) shop.Message {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
}

func parse(t *testing.T, m shop.Message) map[string]any {
	t.Helper()
	var v map[string]any
	d := json.NewDecoder(strings.NewReader(string(m.Body)))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %s", err, m.Body)
	}
	return v
}

func dig(t *testing.T, v any, path string) string {
	t.Helper()
	for _, name := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			var i int
			if _, err := fmt.Sscan(name, &i); err != nil || i >= len(x) {
				t.Fatalf("%s: no element %s", path, name)
			}
			v = x[i]
		default:
			t.Fatalf("%s: %v has no %s", path, v, name)
		}
	}
	return fmt.Sprint(v)
}

func check(t *testing.T, v any, want map[string]string) {
	t.Helper()
	for path, value := range want {
		if got := dig(t, v, path); got != value {
			t.Errorf("%s = %s, want %s", path, got, value)
		}
	}
}

func TestSignaturesVerify(t *testing.T) {
	s := sent(t)(shop.Shopify{Domain: "x.myshopify.com", Secret: "shpss_demo"}.Order(shop.OrdersCreate, bakery(), at))
	w := sent(t)(shop.WooCommerce{Site: "https://x.example/", Secret: "woo_demo"}.Order(shop.WooCreated, bakery(), at))
	g := sent(t)(shop.Generic{Secret: whsec}.Order(shop.GenericCreated, bakery(), at))
	for _, tc := range []struct {
		scheme  signature.Scheme
		secret  string
		message shop.Message
	}{{signature.Shopify, "shpss_demo", s}, {signature.WooCommerce, "woo_demo", w}, {signature.Standard, whsec, g}} {
		v, err := signature.New(tc.scheme, tc.secret)
		if err != nil {
			t.Fatal(err)
		}
		if err := v.Verify(tc.message.Header, tc.message.Body, at.Add(time.Minute)); err != nil {
			t.Errorf("%s: %v", tc.scheme, err)
		}
		if err := v.Verify(tc.message.Header, append(tc.message.Body, ' '), at); err == nil {
			t.Errorf("%s: a changed body passes", tc.scheme)
		}
	}
	if h := s.Header; h.Get("X-Shopify-Topic") != "orders/create" || h.Get("X-Shopify-Shop-Domain") != "x.myshopify.com" || h.Get("X-Shopify-Webhook-Id") == "" {
		t.Errorf("Shopify's headers: %v", h)
	}
	if h := w.Header; h.Get("X-Wc-Webhook-Topic") != "order.created" || h.Get("X-Wc-Webhook-Event") != "created" {
		t.Errorf("WooCommerce's headers: %v", h)
	}
	if p := (shop.WooCommerce{}).Ping(); string(p.Body) != "webhook_id=12" || p.Header.Get("X-Wc-Webhook-Signature") != "" {
		t.Errorf("ping: %v %s", p.Header, p.Body)
	}
}

func TestShopifyOrder(t *testing.T) {
	s := shop.Shopify{Domain: "x.myshopify.com", Secret: "k"}
	m := sent(t)(s.Order(shop.OrdersCreate, bakery(), at))
	v := parse(t, m)
	// 12 × 21.90 at 9 %, 8 × 17.45 at 21 %, delivery 6.95 at 21 %: 23.652 → 23.65, 29.316 → 29.32, 1.4595 → 1.46
	check(t, v, map[string]string{
		"name": "SO-1001", "order_number": "1001", "financial_status": "pending", "taxes_included": "false", "currency": "EUR",
		"subtotal_price": "402.40", "total_tax": "54.43", "total_price": "463.78", "total_outstanding": "463.78",
		"total_price_set.presentment_money.amount": "463.78", "line_items.0.price": "21.90", "line_items.0.tax_lines.0.rate": "0.09",
		"line_items.0.tax_lines.0.price": "23.65", "line_items.1.tax_lines.0.price": "29.32", "tax_lines.0.price": "30.78", "tax_lines.1.price": "23.65",
		"shipping_lines.0.price": "6.95", "customer.id": "207119551084213377", "billing_address.company": "Bakkerij Vos",
		"note_attributes.0.name": "vat_number", "note_attributes.0.value": "NL004495445B01", "payment_terms.due_in_days": "30", "po_number": "VOS-2026-017",
	})
	if id := dig(t, v, "id"); len(id) < 18 {
		t.Errorf("id %s is not larger than 2^53", id)
	}
	if n := len(m.Body); n < 8_000 || n > 20_000 {
		t.Errorf("the body has %d bytes; a real one with two lines has about ten thousand", n)
	}
	again := parse(t, sent(t)(s.Order(shop.OrdersUpdated, bakery(), at.Add(time.Hour))))
	if dig(t, again, "id") != dig(t, v, "id") || dig(t, again, "line_items.1.id") != dig(t, v, "line_items.1.id") || dig(t, again, "updated_at") == dig(t, v, "updated_at") {
		t.Error("an update must speak of the same order at a later time")
	}
}

func TestShopifyInclusivePricesAndDiscount(t *testing.T) {
	v := parse(t, sent(t)(shop.Shopify{Domain: "x", Secret: "k"}.Order(shop.OrdersCreate, visitor(), at)))
	// 44.97 and 15.90 less 10.00 spread 7.38/2.62; tax inside 37.59 at 21 % = 6.52, inside 13.28 at 9 % = 1.10, inside 4.95 = 0.86
	check(t, v, map[string]string{
		"total_line_items_price": "60.87", "total_discounts": "10.00", "subtotal_price": "50.87", "total_price": "55.82", "total_tax": "8.48",
		"line_items.0.discount_allocations.0.amount": "7.38", "line_items.1.discount_allocations.0.amount": "2.62",
		"discount_codes.0.code": "WELKOM10", "total_outstanding": "0.00", "payment_gateway_names.0": "shopify_payments", "reference": "rQm4Xc81TzYb3",
	})
}

func TestShopifyCancelledAndShipped(t *testing.T) {
	s := shop.Shopify{Domain: "x", Secret: "k"}
	check(t, parse(t, sent(t)(s.Order(shop.OrdersCancelled, with(bakery(), cancelled), at))), map[string]string{
		"cancel_reason": "customer", "financial_status": "voided", "current_total_price": "0.00", "total_price": "463.78", "line_items.0.current_quantity": "0"})
	check(t, parse(t, sent(t)(s.Order(shop.OrdersUpdated, with(bakery(), part), at))), map[string]string{
		"fulfillment_status": "partial", "line_items.0.fulfillable_quantity": "7", "line_items.1.fulfillment_status": "<nil>", "fulfillments.0.tracking_number": "3SDULY0000001"})
	f := parse(t, sent(t)(s.Fulfilment(with(bakery(), rest), at)))
	check(t, f, map[string]string{"line_items.0.quantity": "7", "line_items.1.quantity": "8", "tracking_numbers.0": "3SDULY0000002", "name": "SO-1001.2"})
	if o := parse(t, sent(t)(s.Order(shop.OrdersCreate, bakery(), at))); dig(t, f, "order_id") != dig(t, o, "id") || dig(t, f, "line_items.0.id") != dig(t, o, "line_items.0.id") {
		t.Error("a parcel must name the order's own ids")
	}
}

func TestWooCommerceOrder(t *testing.T) {
	w := shop.WooCommerce{Site: "https://winkel.example/", Secret: "k"}
	m := sent(t)(w.Order(shop.WooCreated, visitor(), at))
	check(t, parse(t, m), map[string]string{
		"number": "1002", "status": "processing", "total": "55.82", "total_tax": "8.48", "cart_tax": "7.62", "shipping_total": "4.09", "shipping_tax": "0.86",
		"line_items.0.total": "31.07", "line_items.0.total_tax": "6.52", "line_items.0.price": "10.356667", "line_items.0.subtotal": "37.17",
		"tax_lines.0.rate_percent": "21", "coupon_lines.0.code": "welkom10", "discount_total": "8.51", "discount_tax": "1.49", "billing.postcode": "3512 PA"})
	if strings.Contains(string(m.Body), "“") || !strings.Contains(string(m.Body), `https:\/\/winkel.example\/wp-json`) {
		t.Error("not spelled as PHP spells JSON")
	}
	for want, o := range map[string]shop.Order{
		"on-hold":    with(bakery(), func(o *shop.Order) { o.Gateway = "" }),
		"processing": with(bakery(), func(o *shop.Order) { o.Gateway = "invoice" }),
		"completed":  with(bakery(), rest), "cancelled": with(bakery(), cancelled),
		"refunded": with(bakery(), func(o *shop.Order) { o.FinancialStatus = "refunded" }),
	} {
		if got := dig(t, parse(t, sent(t)(w.Order(shop.WooUpdated, o, at))), "status"); got != want {
			t.Errorf("status %s, want %s", got, want)
		}
	}
}

func TestGenericOrder(t *testing.T) {
	g := shop.Generic{Secret: whsec}
	check(t, parse(t, sent(t)(g.Order(shop.GenericFulfilled, with(bakery(), rest), at))), map[string]string{
		"type": "order.fulfilled", "data.external_id": "SO-1001", "data.lines.0.unit_price.amount": "2190", "data.lines.0.unit_price.currency": "EUR",
		"data.lines.0.tax_rate": "9", "data.customer.name": "Bakkerij Vos", "data.customer.contact": "Eline Vos", "data.customer.vat_id": "NL004495445B01",
		"data.total.amount": "46378", "data.shipment.lines.0.quantity": "7", "data.shipment.tracking": "3SDULY0000002"})
}

// Whatever the order, what a customer pays is what the parts add up to.
func TestSumsAgreeAcrossPlatforms(t *testing.T) {
	for i, o := range []shop.Order{bakery(), visitor(),
		with(visitor(), func(o *shop.Order) { o.PricesIncludeTax = false }),
		with(bakery(), func(o *shop.Order) { o.DiscountMinor, o.DiscountCode = 999_999_99, "ALLES" }),
		with(bakery(), func(o *shop.Order) { o.Currency, o.Shipping = "JPY", shop.Shipping{} })} {
		s := dig(t, parse(t, sent(t)(shop.Shopify{Domain: "x", Secret: "k"}.Order(shop.OrdersCreate, o, at))), "total_price")
		w := parse(t, sent(t)(shop.WooCommerce{Site: "x", Secret: "k"}.Order(shop.WooCreated, o, at)))
		g := dig(t, parse(t, sent(t)(shop.Generic{Secret: whsec}.Order(shop.GenericCreated, o, at))), "data.total.amount")
		if dig(t, w, "total") != s || strings.TrimLeft(strings.ReplaceAll(s, ".", ""), "0") != g {
			t.Errorf("order %d: Shopify %s, WooCommerce %s, generic %s", i, s, dig(t, w, "total"), g)
		}
		sum := decimal.RequireFromString(dig(t, w, "shipping_total")).Add(decimal.RequireFromString(dig(t, w, "total_tax")))
		for n := range o.Lines {
			sum = sum.Add(decimal.RequireFromString(dig(t, w, fmt.Sprintf("line_items.%d.total", n))))
		}
		if total := decimal.RequireFromString(s); !sum.Equal(total) {
			t.Errorf("order %d: lines, shipping and tax make %s, the total is %s", i, sum, total)
		}
	}
}

func TestNonsenseIsRefused(t *testing.T) {
	s := shop.Shopify{Domain: "x", Secret: "k"}
	for name, send := range map[string]func() (shop.Message, error){
		"rate": func() (shop.Message, error) {
			return s.Order(shop.OrdersCreate, with(bakery(), func(o *shop.Order) { o.Lines[0].TaxRatePercent = "a lot" }), at)
		},
		"currency": func() (shop.Message, error) {
			return s.Order(shop.OrdersCreate, with(bakery(), func(o *shop.Order) { o.Currency = "EURO" }), at)
		},
		"no parcel": func() (shop.Message, error) { return s.Fulfilment(bakery(), at) },
		"no secret": func() (shop.Message, error) { return shop.Shopify{Domain: "x"}.Order(shop.OrdersCreate, bakery(), at) },
		"secret": func() (shop.Message, error) {
			return shop.Generic{Secret: "?"}.Order(shop.GenericCreated, bakery(), at)
		},
	} {
		if m, err := send(); err == nil {
			t.Errorf("%s: sent %s", name, m.Body)
		}
	}
}
