package shop_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
	"time"

	"duly/infra/local/shop"
	platform "duly/shared/shop"
)

var update = flag.Bool("update", false, "write the samples under events/ anew")

var at = time.Date(2026, 1, 5, 9, 12, 30, 0, time.UTC)

// bakery is a business on 30 days: two VAT rates, prices without tax.
func bakery() shop.Order {
	return shop.Order{
		Number: "SO-1001", PlacedAt: at, Currency: "EUR", Gateway: "manual", TermsDays: 30, PONumber: "VOS-2026-017",
		Customer: shop.Customer{ID: 207119551084213377, Name: "Eline Vos", Company: "Bakkerij Vos", Email: "inkoop@bakkerijvos.example",
			Phone: "+31205550101", VATID: "NL004495445B01", KVK: "12345678", Kind: "company", Locale: "nl-NL",
			Address: shop.Address{Street: "Haarlemmerdijk 12", PostalCode: "1013 JC", City: "Amsterdam"}},
		Lines: []shop.Line{
			{SKU: "FLOUR-25", Name: "Tarwebloem T55, zak 25 kg", Quantity: 12, UnitPriceMinor: 2190, TaxRatePercent: "9"},
			{SKU: "TIN-30", Name: "Bakvorm 30 cm", Quantity: 8, UnitPriceMinor: 1745, TaxRatePercent: "21"},
		},
		Shipping: shop.Shipping{Title: "PostNL pakket", PriceMinor: 695, TaxRatePercent: "21"},
	}
}

// visitor is a consumer who paid at the checkout: prices with tax, a coupon.
func visitor() shop.Order {
	return shop.Order{
		Number: "1002", PlacedAt: at.Add(time.Hour), Currency: "EUR", PricesIncludeTax: true, FinancialStatus: "paid",
		Gateway: "shopify_payments", Reference: "rQm4Xc81TzYb3", DiscountMinor: 1000, DiscountCode: "WELKOM10",
		Customer: shop.Customer{Name: "Noor de Groot", Email: "noor@post.example", Locale: "nl-NL",
			Address: shop.Address{Street: "Lange Nieuwstraat 5", Extra: "2e etage", PostalCode: "3512 PA", City: "Utrecht"}},
		Lines: []shop.Line{
			{SKU: "MUG-BLUE", Name: "Mok “Delft” blauw", Quantity: 3, UnitPriceMinor: 1499, TaxRatePercent: "21"},
			{SKU: "TEA-EARL", Name: "Earl Grey 100 g", Quantity: 2, UnitPriceMinor: 795, TaxRatePercent: "9"},
		},
		Shipping: shop.Shipping{Title: "DHL For You", PriceMinor: 495, TaxRatePercent: "21"},
	}
}

// with changes a copy.
func with(o shop.Order, change func(*shop.Order)) shop.Order {
	o.Lines = append([]shop.Line(nil), o.Lines...)
	change(&o)
	return o
}

func part(o *shop.Order) {
	o.Fulfilments = []shop.Fulfilment{{Carrier: "PostNL", Tracking: "3SDULY0000001", TrackingURL: "https://tracking.example/3SDULY0000001",
		At: at.Add(24 * time.Hour), Lines: []shop.Fulfilled{{SKU: "FLOUR-25", Quantity: 5}}}}
}

func rest(o *shop.Order) {
	part(o)
	o.Fulfilments = append(o.Fulfilments, shop.Fulfilment{Carrier: "PostNL", Tracking: "3SDULY0000002", At: at.Add(48 * time.Hour)})
}

func cancelled(o *shop.Order) { o.CancelledAt, o.CancelReason = at.Add(3*time.Hour), "customer" }

func paid(o *shop.Order) { o.FinancialStatus, o.Reference = "paid", "tr_7UhSN1zuXS" }

// broken is a mug that arrived in pieces.
func broken(o *shop.Order) {
	o.FinancialStatus = "partially_refunded"
	o.Fulfilments = []shop.Fulfilment{{Carrier: "DHL", Tracking: "JVGL0001", At: at.Add(24 * time.Hour)}}
	o.Refunds = []shop.Refund{{Lines: []shop.Fulfilled{{SKU: "MUG-BLUE", Quantity: 1}}, Note: "Mok gebroken aangekomen", At: at.Add(72 * time.Hour)}}
}

// one is a shop's books with one order.
type one struct{ shop.Order }

func (b one) Kept() []shop.Kept             { return []shop.Kept{{Order: b.Order, Changed: at.Add(2 * time.Hour)}} }
func (b one) Hooks() []shop.Hook            { return nil }
func (b one) SetHook(h shop.Hook) shop.Hook { return h }

// readThere is an order as it is read from BigCommerce's own interface.
func readThere(t *testing.T, o shop.Order) []byte {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc((&shop.API{Key: "k", Now: time.Now, Books: one{o}}).ServeBigCommerce))
	defer server.Close()
	api, err := platform.API("bigcommerce", platform.Access{URL: server.URL + "/stores/abc123", Key: "k", HTTP: server.Client()})
	if err != nil {
		t.Fatal(err)
	}
	reader, err := platform.Reader(api)
	if err != nil {
		t.Fatal(err)
	}
	told, err := reader.Read(t.Context(), "orders/"+o.Number)
	if err != nil || len(told) != 1 {
		t.Fatalf("%d %v", len(told), err)
	}
	return told[0].Body
}

func bodies(t *testing.T) map[string][]byte {
	t.Helper()
	amsterdam, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	s := shop.Shopify{Domain: "voorbeeld-groothandel.myshopify.com", Secret: "shpss_demo", Zone: amsterdam}
	w := shop.WooCommerce{Site: "https://winkel.voorbeeld.example/", Secret: "woo_demo", Zone: amsterdam}
	g := shop.Generic{Secret: "whsec_ZGVtby1nZW5lcmljLXNlY3JldC0wMDAwMDAwMDE="}
	later := at.Add(72 * time.Hour)
	onAccount := with(bakery(), func(o *shop.Order) { o.Number, o.Gateway = "1002", "invoice" })
	mollie := with(visitor(), func(o *shop.Order) {
		o.Gateway, o.Number, o.Reference = "mollie_wc_gateway_ideal", "1003", "tr_7UhSN1zuXS"
	})
	german := with(bakery(), func(o *shop.Order) {
		o.Number = "SO-1004"
		o.Customer = shop.Customer{ID: 207119551084213401, Name: "Jürgen Groß", Company: "Feinkost Groß GmbH", Email: "einkauf@feinkost.example",
			VATID: "DE136695976", Kind: "company", Locale: "de-DE", Address: shop.Address{Street: "Königstraße 7", PostalCode: "50667", City: "Köln", Country: "DE"}}
		for i := range o.Lines {
			o.Lines[i].TaxRatePercent = "0"
		}
		o.Shipping.TaxRatePercent = "0"
	})
	all := map[string][]byte{
		"shopify/orders-create.json":                sent(t)(s.Order(shop.OrdersCreate, bakery(), at)).Body,
		"shopify/orders-create-paid-consumer.json":  sent(t)(s.Order(shop.OrdersCreate, visitor(), at.Add(time.Hour))).Body,
		"shopify/orders-create-reverse-charge.json": sent(t)(s.Order(shop.OrdersCreate, german, at)).Body,
		"shopify/orders-create-test.json":           sent(t)(s.Order(shop.OrdersCreate, with(visitor(), func(o *shop.Order) { o.Number, o.Test = "1009", true }), at)).Body,
		"shopify/orders-updated-fewer.json":         sent(t)(s.Order(shop.OrdersUpdated, with(bakery(), func(o *shop.Order) { o.Lines[0].Quantity = 10 }), at.Add(2*time.Hour))).Body,
		"shopify/orders-paid.json":                  sent(t)(s.Order(shop.OrdersPaid, with(bakery(), paid), later)).Body,
		"shopify/orders-cancelled.json":             sent(t)(s.Order(shop.OrdersCancelled, with(bakery(), cancelled), at.Add(3*time.Hour))).Body,
		"shopify/fulfillments-create-part.json":     sent(t)(s.Fulfilment(with(bakery(), part), at.Add(24*time.Hour))).Body,
		"shopify/fulfillments-create-rest.json":     sent(t)(s.Fulfilment(with(bakery(), rest), at.Add(48*time.Hour))).Body,
		"shopify/refunds-create.json":               sent(t)(s.Refund(with(visitor(), func(o *shop.Order) { o.FinancialStatus = "partially_refunded" }), 1499, "Mok gebroken aangekomen", later)).Body,
		"woocommerce/order-created.json":            sent(t)(w.Order(shop.WooCreated, onAccount, at)).Body,
		"woocommerce/order-created-paid-ideal.json": sent(t)(w.Order(shop.WooCreated, mollie, at.Add(time.Hour))).Body,
		"woocommerce/order-updated-completed.json":  sent(t)(w.Order(shop.WooUpdated, with(onAccount, rest), at.Add(48*time.Hour))).Body,
		"woocommerce/order-updated-cancelled.json":  sent(t)(w.Order(shop.WooUpdated, with(onAccount, cancelled), at.Add(3*time.Hour))).Body,
		"woocommerce/order-deleted.json":            sent(t)(w.Order(shop.WooDeleted, onAccount, later)).Body,
		"woocommerce/ping.form":                     w.Ping().Body,
		"generic/order-created.json":                sent(t)(g.Order(shop.GenericCreated, bakery(), at)).Body,
		"generic/order-created-paid-consumer.json":  sent(t)(g.Order(shop.GenericCreated, visitor(), at.Add(time.Hour))).Body,
		"generic/order-updated-fewer.json":          sent(t)(g.Order(shop.GenericUpdated, with(bakery(), func(o *shop.Order) { o.Lines[0].Quantity = 10 }), at.Add(2*time.Hour))).Body,
		"generic/order-cancelled.json":              sent(t)(g.Order(shop.GenericCancelled, with(bakery(), cancelled), at.Add(3*time.Hour))).Body,
		"generic/order-paid.json":                   sent(t)(g.Order(shop.GenericPaid, with(bakery(), paid), later)).Body,
		"generic/order-fulfilled-part.json":         sent(t)(g.Order(shop.GenericFulfilled, with(bakery(), part), at.Add(24*time.Hour))).Body,
		"generic/order-fulfilled-rest.json":         sent(t)(g.Order(shop.GenericFulfilled, with(bakery(), rest), at.Add(48*time.Hour))).Body,
		"generic/order-refunded.json":               sent(t)(g.Order(shop.GenericRefunded, with(visitor(), func(o *shop.Order) { o.FinancialStatus, o.RefundedMinor = "partially_refunded", 1499 }), later)).Body,
	}
	b := shop.BigCommerce{Hash: "abc123", Secret: "a client secret of BigCommerce's length, 64 characters long, yes"}
	bigShop := with(bakery(), func(o *shop.Order) { o.Number, o.Gateway = "118", "invoice" })
	bigVisitor := with(visitor(), func(o *shop.Order) { o.Number, o.Gateway = "119", "stripe" })
	all["bigcommerce/notice-order-created.json"] = sent(t)(b.Notice(shop.BigCreated, bigShop, at)).Body
	all["bigcommerce/notice-order-updated.json"] = sent(t)(b.Notice(shop.BigUpdated, bigShop, at)).Body
	all["bigcommerce/notice-shipment-created.json"] = sent(t)(b.Notice(shop.BigShipped, with(bigShop, part), at)).Body
	all["bigcommerce/notice-order-refund-created.json"] = sent(t)(b.Notice(shop.BigRefunded, with(bigVisitor, broken), later)).Body
	for name, o := range map[string]shop.Order{
		"": bigShop, "-cancelled": with(bigShop, cancelled), "-shipped-part": with(bigShop, part), "-shipped": with(bigShop, rest),
		"-paid-consumer": bigVisitor, "-refunded-part": with(bigVisitor, broken),
		"-test":    with(bigVisitor, func(o *shop.Order) { o.Number, o.Test = "120", true }),
		"-dollars": with(bigShop, func(o *shop.Order) { o.Number, o.Currency = "121", "USD" }),
	} {
		all["bigcommerce/order"+name+".json"] = readThere(t, o)
	}
	for name, body := range all {
		if filepath.Ext(name) == ".json" {
			var out bytes.Buffer
			if err := json.Indent(&out, body, "", "  "); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			all[name] = append(out.Bytes(), '\n')
		}
	}
	return all
}

// The samples on disk are what the senders write today; -update writes them.
func TestSamples(t *testing.T) {
	for name, body := range bodies(t) {
		path := filepath.Join("..", "..", "..", "events", filepath.FromSlash(name))
		if *update {
			if err := os.WriteFile(path, body, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(want, body) {
			t.Errorf("%s is not what the sender writes — look at the difference, then run go test ./infra/local/shop -update", name)
		}
	}
}
