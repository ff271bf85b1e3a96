package shop

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duly/events"
	local "duly/infra/local/shop"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
)

func sample(t testing.TB, path string) []byte {
	t.Helper()
	body, err := events.FS.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// edited is a sample with values at dotted paths replaced by JSON.
func edited(t testing.TB, path string, changes ...string) []byte {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(sample(t, path))))
	d.UseNumber()
	var doc any
	if err := d.Decode(&doc); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 2 {
		var value any
		if err := json.Unmarshal([]byte(changes[i+1]), &value); err != nil {
			t.Fatal(err)
		}
		at := doc
		steps := strings.Split(changes[i], ".")
		for _, step := range steps[:len(steps)-1] {
			switch node := at.(type) {
			case map[string]any:
				at = node[step]
			case []any:
				var n int
				if _, err := fmt.Sscan(step, &n); err != nil {
					t.Fatal(err)
				}
				at = node[n]
			}
		}
		at.(map[string]any)[steps[len(steps)-1]] = value
	}
	out, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func translate(t testing.TB, platform, topic string, body []byte) (order.Message, error) {
	t.Helper()
	p, ok := Find(platform)
	if !ok {
		t.Fatalf("no platform %q", platform)
	}
	return p.Translate(topic, body)
}

func TestCap_09_IDsBeyond2To53Survive(t *testing.T) {
	for _, c := range []struct{ platform, topic, path, field string }{
		{"shopify", "orders/create", "shopify/orders-create.json", "id"},
		{"woocommerce", "order.created", "woocommerce/order-created.json", "id"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order.json", "id"},
		{"generic", "", "generic/order-created.json", "data.external_id"},
	} {
		for _, id := range []string{"820982911946154508", "9007199254740993", "18446744073709551615"} {
			body := strings.Replace(string(edited(t, c.path, c.field, `"HERE"`)), `"HERE"`, id, 1) // a number, as it is written
			m, err := translate(t, c.platform, c.topic, []byte(body))
			if err != nil || m.Order.ExternalID != id {
				t.Errorf("%s: id %s became %q, %v", c.platform, id, m.Order.ExternalID, err)
			}
		}
	}
}

func TestShopifyMeanings(t *testing.T) {
	base := "shopify/orders-create.json"
	for _, c := range []struct {
		name  string
		body  []byte
		topic string
		check func(order.Message) bool
	}{
		{"an authorised card is no money yet", edited(t, base, "financial_status", `"authorized"`), "orders/create", func(m order.Message) bool { return m.Order.PaidAtShop == nil }},
		{"a part payment counts as what came in", edited(t, base, "financial_status", `"partially_paid"`, "total_outstanding", `"363.78"`, "payment_gateway_names", `["gift_card","mollie - iDEAL"]`), "orders/updated",
			func(m order.Message) bool {
				return m.Order.PaidAtShop.Amount == money.Of(10000, "EUR") && m.Order.PaidAtShop.Gateway == "mollie"
			}},
		{"a free order is paid with nothing", edited(t, base, "financial_status", `"paid"`, "total_price", `"0.00"`, "total_outstanding", `"0.00"`), "orders/create", func(m order.Message) bool { return m.Order.PaidAtShop == nil }},
		{"a cancelled order is cancelled under any topic", edited(t, base, "cancelled_at", `"2026-01-05T10:12:30+01:00"`), "orders/updated", func(m order.Message) bool { return m.Verb == order.Cancel }},
		{"an edited order counts as it is now", edited(t, base, "line_items.0.current_quantity", `6`, "current_total_price", `"320.55"`), "orders/updated",
			func(m order.Message) bool {
				return m.Order.Lines[0].Quantity == 6 && *m.Order.Total == money.Of(32055, "EUR")
			}},
		{"a line taken off is gone", edited(t, base, "line_items.0.current_quantity", `0`), "orders/updated", func(m order.Message) bool { return len(m.Order.Lines) == 2 && m.Order.Lines[0].SKU == "TIN-30" }},
		{"two taxes on a line add up", edited(t, base, "line_items.0.tax_lines", `[{"rate":0.05,"price":"13.14"},{"rate":0.0975,"price":"25.62"},{"rate":0.5,"price":"0.00"}]`), "orders/create",
			func(m order.Message) bool { return m.Order.Lines[0].TaxRate.String() == "14.75" }},
		{"free delivery is no line", edited(t, base, "shipping_lines.0.price", `"0.00"`), "orders/create", func(m order.Message) bool { return len(m.Order.Lines) == 2 }},
		{"a company of Shopify's B2B is declared one", edited(t, base, "company", `{"id": 7, "location_id": 8}`), "orders/create", func(m order.Message) bool { return m.Order.Buyer.Kind == "company" }},
		{"attributes go by many names", edited(t, base, "note_attributes", `[{"name":"BTW-nummer","value":" NL123 "},{"name":"KvK","value":12345678},{"name":"Bestellnummer","value":"B-7"}]`, "po_number", `null`), "orders/create",
			func(m order.Message) bool {
				return m.Order.Buyer.VATID == "NL123" && m.Order.Buyer.KVK == "12345678" && m.Order.PONumber == "B-7"
			}},
		{"emoji and right-to-left names survive", edited(t, base, "billing_address.company", `"متجر النور 🛒 B.V."`), "orders/create", func(m order.Message) bool { return m.Order.Buyer.Company == "متجر النور 🛒 B.V." }},
		{"an odd mail address costs no order", edited(t, base, "email", `"not an address"`, "contact_email", `7`), "orders/create", func(m order.Message) bool { return m.Order.Buyer.Email == "inkoop@bakkerijvos.example" }},
		{"a language we do not speak is answered in English", edited(t, base, "customer_locale", `"es-ES"`), "orders/create", func(m order.Message) bool { return m.Order.Buyer.Language == "en" }},
		{"a parcel not yet gone is no parcel", edited(t, "shopify/fulfillments-create-part.json", "status", `"pending"`), "fulfillments/create", func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"the order with its parcels tells which have left", edited(t, base, "fulfillments", `[{"id":1,"order_id":5,"status":"success","line_items":[{"id":2,"quantity":1}]},{"id":3,"status":"cancelled","line_items":[{"id":2,"quantity":1}]}]`), "orders/fulfilled",
			func(m order.Message) bool {
				return m.Verb == order.Update && len(m.Order.Parcels) == 1 && m.Order.Parcels[0].ExternalID == "1" && len(m.Order.Lines) == 3
			}},
		{"a customer's change is none of ours", []byte(`{"id": 1}`), "customers/update", func(m order.Message) bool { return m.Verb == order.Unknown }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := translate(t, "shopify", c.topic, c.body); err != nil || !c.check(m) {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

func TestWooCommerceMeanings(t *testing.T) {
	base := "woocommerce/order-created.json"
	for _, c := range []struct {
		name  string
		body  []byte
		check func(order.Message) bool
	}{
		{"a customer still at the gateway has not ordered", edited(t, base, "status", `"pending"`, "payment_method", `"mollie_wc_gateway_ideal"`), func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"an order entered by a colleague has", edited(t, base, "status", `"pending"`, "payment_method", `""`), func(m order.Message) bool { return m.Verb == order.Create }},
		{"a failed payment makes no order", edited(t, base, "status", `"failed"`), func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"a date of payment on delivery proves nothing", edited(t, base, "payment_method", `"cod"`, "date_paid_gmt", `"2026-01-05T09:12:30"`), func(m order.Message) bool { return m.Order.PaidAtShop == nil }},
		{"a gateway's does", edited(t, base, "payment_method", `"ppcp-gateway"`, "date_paid_gmt", `"2026-01-05T09:12:30"`, "transaction_id", `"7XJ"`), func(m order.Message) bool {
			return *m.Order.PaidAtShop == order.Payment{Gateway: "paypal", Reference: "7XJ", Amount: money.Of(46378, "EUR"), At: time.Date(2026, 1, 5, 9, 12, 30, 0, time.UTC)}
		}},
		{"a rate without a percentage is computed", edited(t, base, "tax_lines.0.rate_percent", `null`), func(m order.Message) bool { return m.Order.Lines[1].TaxRate.String() == "21" }},
		{"a fee is a service", edited(t, base, "fee_lines", `[{"id":9,"name":"Kosten","total":"2.50","total_tax":"0.53","taxes":[{"id":22,"total":"0.53"}]}]`), func(m order.Message) bool {
			l := m.Order.Lines[3]
			return l.Service && l.UnitPrice.String() == "2.5" && l.TaxRate.String() == "21"
		}},
		{"a negative fee is a discount", edited(t, base, "fee_lines", `[{"id":9,"name":"Korting","total":"-300.00","total_tax":"0"}]`), func(m order.Message) bool {
			l := m.Order.Lines[3]
			return l.Overall && l.Untaxed && l.UnitPrice.String() == "-300" && l.Name == "Korting"
		}},
		{"a negative fee of one rate keeps it", edited(t, base, "fee_lines", `[{"id":9,"name":"Korting","total":"-30.00","total_tax":"-6.30","taxes":[{"id":22,"total":"-6.30"}]}]`), func(m order.Message) bool {
			l := m.Order.Lines[3]
			return l.Overall && !l.Untaxed && l.UnitPrice.String() == "-30" && l.TaxRate.String() == "21"
		}},
		{"a price that does not divide comes to its total", edited(t, base, "line_items.0.quantity", `7`, "line_items.0.subtotal", `"100.00"`, "line_items.0.total", `"90.01"`), func(m order.Message) bool {
			l := m.Order.Lines[0]
			return l.UnitPrice.Shift(0).Mul(rational(7)).Sub(l.Discount).String() == "90.01"
		}},
		{"names are read, not quoted", edited(t, base, "line_items.0.name", `"Tea &ndash; 100&nbsp;g &amp; more"`), func(m order.Message) bool { return m.Order.Lines[0].Name == "Tea – 100\u00a0g & more" }},
		{"a plug-in may keep anything in its meta data", edited(t, base, "meta_data", `[{"key":"x","value":{"a":[1,{}]}},{"key":"_billing_vat","value":"NL1"},{"key":"wpml_language","value":"fr"},7,null]`), func(m order.Message) bool {
			return m.Order.Buyer.VATID == "NL1" && m.Order.Buyer.Language == "fr"
		}},
		{"a guest has no id", edited(t, base, "customer_id", `0`), func(m order.Message) bool { return m.Order.Buyer.ExternalID == "" }},
		{"refunded by its status alone is all of it", edited(t, base, "status", `"refunded"`), func(m order.Message) bool {
			return m.Verb == order.Refund && len(m.Order.Refunds) == 1 && m.Order.Refunds[0].Amount == money.Amount{}
		}},
		{"refunds are amounts below zero", edited(t, base, "refunds", `[{"id":77,"reason":"Kapot","total":"-14.99"},{"id":78,"total":"odd"}]`), func(m order.Message) bool {
			r := m.Order.Refunds
			return len(r) == 1 && r[0].ExternalID == "77" && r[0].Amount == money.Of(1499, "EUR") && r[0].Reason == "Kapot"
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := translate(t, "woocommerce", "order.created", c.body); err != nil || !c.check(m) {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

func TestBigCommerceMeanings(t *testing.T) {
	base, back := "bigcommerce/order.json", "bigcommerce/order-refunded-part.json"
	for _, c := range []struct {
		name  string
		body  []byte
		check func(order.Message) bool
	}{
		{"an order that was never placed is none", edited(t, base, "status_id", `0`), func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"a customer still at the gateway has not ordered", edited(t, base, "status_id", `1`, "payment_method", `"PayPal"`), func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"one that pays by bank has", edited(t, base, "status_id", `1`, "payment_method", `"Bank Deposit"`), func(m order.Message) bool { return m.Verb == order.Update }},
		{"declined by the seller is cancelled", edited(t, base, "status_id", `6`), func(m order.Message) bool { return m.Verb == order.Cancel }},
		{"an authorised card is no money yet", edited(t, base, "payment_method", `"Credit Card"`, "payment_status", `"authorized"`), func(m order.Message) bool { return m.Order.PaidAtShop == nil }},
		{"a captured one is", edited(t, base, "payment_method", `"Credit Card"`, "payment_status", `"captured"`, "payment_provider_id", `"9007199254740993"`), func(m order.Message) bool {
			return *m.Order.PaidAtShop == order.Payment{Gateway: "credit_card", Reference: "9007199254740993", Amount: money.Of(46378, "EUR")}
		}},
		{"the currency is the one that the customer pays in", edited(t, base, "currency_code", `"GBP"`), func(m order.Message) bool { return m.Order.Currency == "EUR" }},
		{"a rate that the taxes do not tell is computed", edited(t, base, "taxes", `[]`), func(m order.Message) bool {
			return m.Order.Lines[0].TaxRate.String() == "9" && m.Order.Lines[1].TaxRate.String() == "21"
		}},
		{"two taxes on a line add up", edited(t, base, "taxes.0.rate", `"5.0000"`, "taxes.1.order_product_id", `"11801"`, "taxes.1.rate", `9.75`), func(m order.Message) bool {
			return m.Order.Lines[0].TaxRate.String() == "14.75"
		}},
		{"handling, wrapping and fees are services", edited(t, base, "handling_cost_ex_tax", `"2.5000"`, "handling_cost_inc_tax", `"3.0250"`, "wrapping_cost_ex_tax", `"1.0000"`, "wrapping_cost_inc_tax", `"1.2100"`,
			"fees", `[{"id":4,"display_name_customer":"Toeslag","cost_ex_tax":"4.0000","cost_inc_tax":"4.8400"}]`), func(m order.Message) bool {
			l := m.Order.Lines
			return len(l) == 6 && l[3].Service && l[3].UnitPrice.String() == "2.5" && l[4].TaxRate.String() == "21" && l[5].Name == "Toeslag"
		}},
		{"a discount that no line carries is one of the whole order", edited(t, base, "discount_amount", `"50.0000"`), func(m order.Message) bool {
			l := m.Order.Lines[3]
			return l.Overall && l.Untaxed && l.UnitPrice.String() == "-50"
		}},
		{"a product taken off is gone", edited(t, base, "products.0.quantity", `0`), func(m order.Message) bool { return len(m.Order.Lines) == 2 }},
		{"set to completed by hand, all has left", edited(t, base, "status_id", `10`, "date_shipped", `"Tue, 06 Jan 2026 09:00:00 +0000"`), func(m order.Message) bool {
			return m.Verb == order.Fulfil && len(m.Order.Parcels) == 1 && len(m.Order.Parcels[0].Lines) == 0
		}},
		{"and what comes back then had left", edited(t, base, "status_id", `14`, "date_shipped", `"Tue, 06 Jan 2026 09:00:00 +0000"`,
			"refunds", `[{"id":5,"total_amount":23.87,"items":[{"item_type":"PRODUCT","item_id":11801,"quantity":1}]}]`), func(m order.Message) bool {
			return m.Order.Lines[0].Quantity == 12 && !m.Order.Refunds[0].Lines[0].Unshipped
		}},
		{"what never left is not delivered", edited(t, base, "status_id", `14`, "refunds", `[{"id":5,"total_amount":23.87,"items":[{"item_type":"PRODUCT","item_id":11801,"quantity":1}]}]`), func(m order.Message) bool {
			return m.Order.Lines[0].Quantity == 11 && m.Order.Refunds[0].Lines[0].Unshipped && *m.Order.Total == money.Of(46378-2387, "EUR")
		}},
		{"all of it back before it left is the end", edited(t, base, "status_id", `14`,
			"refunds", `[{"id":5,"total_amount":455.37,"items":[{"item_type":"PRODUCT","item_id":11801,"quantity":12},{"item_type":"PRODUCT","item_id":11802,"quantity":8}]}]`), func(m order.Message) bool {
			return m.Verb == order.Cancel && m.Order.Lines[0].Quantity == 12
		}},
		{"money alone names no goods", edited(t, back, "refunds.0.items", `[{"item_type":"ORDER","item_id":119,"quantity":null}]`), func(m order.Message) bool {
			return len(m.Order.Refunds[0].Lines) == 0 && m.Order.Refunds[0].Amount == money.Of(1253, "EUR")
		}},
		{"refunds that may not be read count by their sum", edited(t, back, "refunds", `null`), func(m order.Message) bool {
			return len(m.Order.Refunds) == 1 && m.Order.Refunds[0].ExternalID == "" && m.Order.Refunds[0].Amount == money.Of(1253, "EUR")
		}},
		{"refunded by its status alone is all of it", edited(t, base, "status_id", `4`), func(m order.Message) bool {
			return m.Verb == order.Refund && len(m.Order.Refunds) == 1 && m.Order.Refunds[0].Amount == money.Amount{}
		}},
		{"an archived order that is over is told as it is", edited(t, base, "is_deleted", `true`, "status_id", `5`), func(m order.Message) bool { return m.Verb == order.Cancel }},
		{"its own checkout fields go by many names", edited(t, base, "billing_address.form_fields", `[{"name":"BTW-nummer","value":"NL1"},{"name":"KvK","value":12345678},{"name":"x","value":{"a":1}}]`), func(m order.Message) bool {
			return m.Order.Buyer.VATID == "NL1" && m.Order.Buyer.KVK == "12345678"
		}},
		{"a notice asks to look", sample(t, "bigcommerce/notice-shipment-created.json"), func(m order.Message) bool { return m.Verb == order.Look && m.About == "orders/118" }},
		{"a payment's, too", []byte(`{"scope":"store/order/transaction/updated","data":{"type":"transaction","order_id":"250","transaction_id":"7"}}`), func(m order.Message) bool { return m.About == "orders/250" }},
		{"a customer's change is none of ours", []byte(`{"scope":"store/customer/updated","data":{"type":"customer","id":32}}`), func(m order.Message) bool { return m.Verb == order.Unknown }},
		{"nor is a product's name", []byte(`{"scope":"store/product/updated","data":{"type":"product","id":32}}`), func(m order.Message) bool { return m.Verb == order.Unknown }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := translate(t, "bigcommerce", "store/order/updated", c.body); err != nil || !c.check(m) {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
	for _, odd := range []string{`{"scope":"store/order/updated","data":{"type":"order","id":"../hooks"}}`, `{"scope":"store/shipment/created","data":{"id":3}}`, `{"scope":"order"}`} {
		if m, err := translate(t, "bigcommerce", "", []byte(odd)); !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s: %+v %v", odd, m, err)
		}
	}
	if _, err := translate(t, "bigcommerce", "store/order/updated", edited(t, base, "is_deleted", `true`)); !fault.Is(err, fault.Unreadable) {
		t.Errorf("an order in hand was archived: %v", err)
	}
}

func TestGenericMeanings(t *testing.T) {
	base := "generic/order-created.json"
	for _, c := range []struct {
		name  string
		body  []byte
		check func(order.Message) bool
	}{
		{"the envelope's time stands in for the order's", edited(t, base, "data.updated_at", `null`), func(m order.Message) bool {
			return m.Order.UpdatedAt.Equal(time.Date(2026, 1, 5, 9, 12, 30, 0, time.UTC))
		}},
		{"or in seconds", edited(t, base, "data.updated_at", `null`, "timestamp", `1767604350`), func(m order.Message) bool {
			return m.Order.UpdatedAt.Equal(time.Date(2026, 1, 5, 9, 12, 30, 0, time.UTC))
		}},
		{"a declared kind prevails", edited(t, base, "data.customer.vat_id", `""`, "data.customer.kvk", `null`), func(m order.Message) bool { return m.Order.Buyer.Kind == "company" }},
		{"an order may have no total", edited(t, base, "data.total", `null`), func(m order.Message) bool { return m.Order.Total == nil }},
		{"a line that says nothing about tax has no category", edited(t, base, "data.lines.0.tax_rate", `null`), func(m order.Message) bool {
			return m.Order.Lines[0].Untaxed && m.Order.Lines[0].Category == "" && !m.Order.Lines[1].Untaxed
		}},
		{"a product's line may leave its price and tax to us", edited(t, base, "data.lines.0.unit_price", `null`, "data.lines.0.tax_rate", `null`), func(m order.Message) bool {
			return m.Order.Lines[0].Unpriced && m.Order.Lines[0].Untaxed && !m.Order.Lines[1].Partial()
		}},
		{"no tax can be said", edited(t, base, "data.lines.0.tax_rate", `"0"`), func(m order.Message) bool { return m.Order.Lines[0].Category == "Z" }},
		{"a category can be named", edited(t, base, "data.lines.0.tax_rate", `"0"`, "data.lines.0.tax_category", `"ae"`), func(m order.Message) bool { return m.Order.Lines[0].Category == "AE" }},
		{"our own customer can be named", edited(t, base, "data.customer_id", `"c_1"`, "data.customer", `null`), func(m order.Message) bool { return m.Order.Buyer.CustomerID == "c_1" }},
		{"its own id stands in for the external one", edited(t, base, "data.external_id", `null`), func(m order.Message) bool { return m.Order.ExternalID == "ord_SO-1001" }},
		{"a payment without an amount is the total", edited(t, base, "data.paid_at_shop", `{"gateway":"Mollie"}`), func(m order.Message) bool {
			return *m.Order.PaidAtShop == order.Payment{Gateway: "mollie", Reference: "SO-1001", Amount: money.Of(46378, "EUR")}
		}},
		{"percents may be numbers", edited(t, base, "data.lines.0.tax_rate", `9`), func(m order.Message) bool { return m.Order.Lines[0].TaxRate.String() == "9" }},
	} {
		t.Run(c.name, func(t *testing.T) {
			if m, err := translate(t, "generic", "", c.body); err != nil || !c.check(m) {
				t.Errorf("%+v, %v", m, err)
			}
		})
	}
}

// What counts and cannot be used is named by its pointer.
func TestFiguresThatCount(t *testing.T) {
	for _, c := range []struct{ platform, topic, path, field, value, pointer string }{
		{"shopify", "orders/create", "shopify/orders-create.json", "line_items.0.price", `"12,50"`, "/line_items/0/price"},
		{"shopify", "orders/create", "shopify/orders-create.json", "line_items.0.price", `{}`, "/line_items/0/price"},
		{"shopify", "orders/create", "shopify/orders-create.json", "line_items.1.quantity", `"1.5"`, "/line_items/1/quantity"},
		{"shopify", "orders/create", "shopify/orders-create.json", "total_price", `"NaN"`, "/total_price"},
		{"shopify", "orders/create", "shopify/orders-create.json", "line_items.0.price", `"99999999999"`, "/lines/0"},
		{"shopify", "orders/create", "shopify/orders-create.json", "line_items.0.price", `"1e999999999"`, "/line_items/0/price"},
		{"shopify", "fulfillments/create", "shopify/fulfillments-create-part.json", "line_items.0.quantity", `null`, "/line_items/0/quantity"},
		{"woocommerce", "order.created", "woocommerce/order-created.json", "line_items.0.total", `null`, "/line_items/0/total"},
		{"woocommerce", "order.created", "woocommerce/order-created.json", "total", `"-1e-999999999"`, "/total"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order.json", "products.0.quantity", `"1.5"`, "/products/0/quantity"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order.json", "products.1.total_ex_tax", `"a"`, "/products/1/total"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order.json", "total_inc_tax", `"NaN"`, "/total_inc_tax"},
		{"generic", "", "generic/order-created.json", "data.lines.0.unit_price", `"21.90"`, "/lines/0/unit_price/amount"},
		{"generic", "", "generic/order-created.json", "data.lines", `[{"name": "Advice", "quantity": 1}]`, "/lines/0/unit_price"},
		{"generic", "", "generic/order-created.json", "data.lines.0.unit_price.amount", `21.9`, "/lines/0/unit_price/amount"},
		{"generic", "", "generic/order-created.json", "data.lines.1.unit_price.currency", `"USD"`, "/lines/1/unit_price/currency"},
		{"generic", "", "generic/order-created.json", "data.lines.0.tax_category", `"Q"`, "/lines/0/tax_category"},
		{"generic", "", "generic/order-created.json", "data.lines.0.tax_category", `"AE"`, "/lines/0/tax_rate"},
		{"generic", "", "generic/order-created.json", "data.total", `12`, "/total/amount"},
	} {
		_, err := translate(t, c.platform, c.topic, edited(t, c.path, c.field, c.value))
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != fault.Invalid || f.Pointer != c.pointer {
			t.Errorf("%s %s = %s: %v at %q, want %s", c.platform, c.field, c.value, err, fault.Of(err).Pointer, c.pointer)
		}
	}
}

// The topic is a header that nobody signs; what the body plainly is prevails.
func TestFC_77_TopicMustFitTheBody(t *testing.T) {
	for _, c := range []struct{ platform, topic, path string }{
		{"shopify", "orders/cancelled", "shopify/orders-create.json"},
		{"shopify", "orders/paid", "shopify/orders-create.json"},
		{"shopify", "orders/create", "shopify/fulfillments-create-part.json"},
		{"shopify", "orders/create", "shopify/refunds-create.json"},
		{"shopify", "fulfillments/create", "shopify/orders-paid.json"},
		{"shopify", "fulfillments/create", "shopify/refunds-create.json"},
		{"shopify", "refunds/create", "shopify/orders-create.json"},
		{"shopify", "orders/create", "generic/order-created.json"},
		{"shopify", "orders/evil", "shopify/orders-create.json"},
		{"shopify", "", "shopify/orders-create.json"},
		{"woocommerce", "order.deleted", "woocommerce/order-created.json"},
		{"woocommerce", "order.created", "woocommerce/order-deleted.json"},
		{"woocommerce", "order.exploded", "woocommerce/order-created.json"},
		{"woocommerce", "order.created", "shopify/orders-create.json"},
		{"bigcommerce", "", "bigcommerce/order.json"},
		{"bigcommerce", "store/order/updated", "shopify/orders-create.json"},
		{"bigcommerce", "store/order/updated", "generic/order-created.json"},
		{"generic", "order.created", "shopify/orders-create.json"},
	} {
		m, err := translate(t, c.platform, c.topic, sample(t, c.path))
		if !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s %q on %s: %s, %v", c.platform, c.topic, c.path, m.Verb, err)
		}
	}
	body := sample(t, "shopify/orders-cancelled.json")
	for _, topic := range []string{"orders/create", "orders/updated", "orders/fulfilled", "orders/cancelled"} {
		if m, err := translate(t, "shopify", topic, body); err != nil || m.Verb != order.Cancel {
			t.Errorf("a cancelled order under %s: %s, %v", topic, m.Verb, err)
		}
	}
}

func TestFC_79_HostileBodies(t *testing.T) {
	deep := func(n int) string { return strings.Repeat(`{"a":[`, n/2) + strings.Repeat(`]}`, n/2) }
	order := string(sample(t, "shopify/orders-create.json"))
	with := func(field string) string { return strings.Replace(order, `{`, `{`+field+`,`, 1) }
	for name, body := range map[string]string{
		"nothing":                  "",
		"an array":                 "[]",
		"a string":                 `"order"`,
		"two documents":            order + order,
		"cut off":                  order[:len(order)/2],
		"depth 66":                 with(`"zz":` + deep(66)),
		"depth 10000":              deep(10_000),
		"depth 200000":             strings.Repeat("[", 200_000),
		"a key twice":              with(`"id":1`),
		"a key twice, spelled":     with(`"zz":{"a":1,"\u0061":2}`),
		"NaN":                      with(`"zz":NaN`),
		"a lone high surrogate":    with(`"zz":"\ud83d"`),
		"a lone low surrogate":     with(`"zz":"\ude00\ud83d"`),
		"a high before no low":     with(`"zz":"\ud83d\u0041"`),
		"not UTF-8":                with("\"zz\":\"\xff\xfe\""),
		"a number of 5000 digits":  with(`"zz":` + strings.Repeat("9", 5000)),
		"a hundred thousand lines": strings.Replace(order, `"line_items": [`, `"line_items": [`+strings.Repeat(`{},`, 70_000), 1),
		"gzip":                     "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff",
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, err := translate(t, "shopify", "orders/create", []byte(body))
			runtime.ReadMemStats(&after)
			if !fault.Is(err, fault.Unreadable) {
				t.Errorf("it was read: %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 32<<20 {
				t.Errorf("%d MiB were allocated", used>>20)
			}
			if len(fault.Of(err).Error()) > 400 {
				t.Errorf("the sentence is %d characters long", len(err.Error()))
			}
		})
	}
	for _, fine := range []string{`"zz":"\ud83d\ude00 \\ud83d \\\\ \/"`, `"zz":` + deep(60), `"zz":[{"a":1},{"a":2}]`, `"zz":1e400`} {
		if _, err := translate(t, "shopify", "orders/create", []byte(with(fine))); err != nil {
			t.Errorf("%s: %v", fine, err)
		}
	}
}

// counted are the fields without which there is no order; every other field may
// hold anything.
var counted = []string{"id", "order_key", "status", "financial_status", "order_id", "currency", "total", "total_price", "current_total_price", "price", "quantity",
	"current_quantity", "subtotal", "total_tax", "status_id", "default_currency_code", "total_inc_tax", "rate", "amount", "tax_rate", "unit_price", "type", "external_id", "number", "rate_percent", "total_outstanding",
	"total_discount", "data", "line_items", "lines", "fee_lines", "tax_lines", "taxes", "discount_allocations", "shipping", "shipping_lines", "discount"}

func TestOddFieldsCostNoOrder(t *testing.T) {
	for _, c := range []struct{ platform, topic, path string }{
		{"shopify", "orders/create", "shopify/orders-create-paid-consumer.json"},
		{"woocommerce", "order.created", "woocommerce/order-created-paid-ideal.json"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order-paid-consumer.json"},
		{"bigcommerce", "store/order/updated", "bigcommerce/order-refunded-part.json"},
		{"generic", "", "generic/order-created-paid-consumer.json"},
	} {
		var doc any
		d := json.NewDecoder(strings.NewReader(string(sample(t, c.path))))
		d.UseNumber()
		if err := d.Decode(&doc); err != nil {
			t.Fatal(err)
		}
		n := 0
		walk(doc, func(object map[string]any, key string) {
			kept := object[key]
			odds := []any{7, "odd", []any{1, nil}, map[string]any{"odd": 1}, true}
			for _, odd := range []any{nil, odds[n%len(odds)]} {
				object[key] = odd
				body, err := json.Marshal(doc)
				if err != nil {
					t.Fatal(err)
				}
				m, err := translate(t, c.platform, c.topic, body)
				if err == nil {
					_, err = m.Order.Check()
				}
				if err != nil && !slices.Contains(counted, key) {
					t.Errorf("%s: %s = %v costs the order: %v", c.platform, key, odd, err)
				}
			}
			object[key] = kept
			n++
		})
		if n < 50 {
			t.Errorf("%s: only %d fields were tried", c.platform, n)
		}
	}
}

func walk(node any, visit func(map[string]any, string)) {
	switch node := node.(type) {
	case map[string]any:
		keys := make([]string, 0, len(node))
		for k := range node {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			visit(node, k)
			walk(node[k], visit)
		}
	case []any:
		for _, v := range node {
			walk(v, visit)
		}
	}
}

// Whatever a shop sells, at whatever prices, rates and discounts: its lines as
// we read them come to its total, within the rounding of the lines.
func TestLinesComeToTheShopsTotal(t *testing.T) {
	at := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		o := local.Order{Number: "1001", PlacedAt: at, Currency: rapid.SampledFrom([]string{"EUR", "JPY", "KWD"}).Draw(t, "currency"), PricesIncludeTax: rapid.Bool().Draw(t, "included"),
			Customer: local.Customer{Name: "A B", Email: "a@b.example"}}
		var gross int64
		for i := range rapid.IntRange(1, 8).Draw(t, "lines") {
			l := local.Line{SKU: fmt.Sprint("S", i), Name: "N", Quantity: rapid.Int64Range(1, 999).Draw(t, "quantity"), UnitPriceMinor: rapid.Int64Range(100, 99_999).Draw(t, "price"),
				TaxRatePercent: rapid.SampledFrom([]string{"0", "6", "9", "21"}).Draw(t, "rate")}
			gross += l.Quantity * l.UnitPriceMinor
			o.Lines = append(o.Lines, l)
		}
		if rapid.Bool().Draw(t, "discounted") {
			o.DiscountMinor, o.DiscountCode = rapid.Int64Range(0, gross).Draw(t, "discount"), "OFF"
		}
		o.Shipping = local.Shipping{PriceMinor: rapid.Int64Range(0, 2500).Draw(t, "shipping"), TaxRatePercent: "21"}
		for platform, send := range map[string]func() (local.Message, error){
			"shopify": func() (local.Message, error) {
				return local.Shopify{Domain: "x", Secret: "k"}.Order(local.OrdersCreate, o, at)
			},
			"woocommerce": func() (local.Message, error) {
				return local.WooCommerce{Site: "x", Secret: "k"}.Order(local.WooCreated, o, at)
			},
			"bigcommerce": func() (local.Message, error) {
				body, err := json.Marshal(local.BigCommerce{Hash: "x"}.Whole(o, at))
				return local.Message{Body: body}, err
			},
			"generic": func() (local.Message, error) {
				return local.Generic{Secret: "whsec_ZGVtby1nZW5lcmljLXNlY3JldC0wMDAwMDAwMDE="}.Order(local.GenericCreated, o, at)
			},
		} {
			said, err := send()
			if err != nil {
				t.Fatal(err)
			}
			p, _ := Find(platform)
			m, err := p.Translate(cmp.Or(said.Header.Get(p.TopicHeader), local.BigUpdated), said.Body)
			if err != nil {
				t.Fatalf("%s: %v", platform, err)
			}
			if pointer, err := m.Order.Check(); err != nil {
				t.Fatalf("%s %s: %v", platform, pointer, err)
			}
			if _, err := order.Take(m.Order, order.Intake{ID: "o_1", At: at}); err != nil {
				t.Fatalf("%s: %v\n%s", platform, err, said.Body)
			}
		}
	})
}

func TestWooCommercePing(t *testing.T) {
	p, _ := Find("woocommerce")
	ping := local.WooCommerce{Site: "x", Secret: "k"}.Ping()
	if !p.Trial(ping.Header, ping.Body) {
		t.Error("the ping is not recognised")
	}
	for _, body := range []string{"", "a=b", "webhook_id=", "webhook_id=1&x=2", "webhook_id=1" + strings.Repeat("1", 100), `{"id":1}`} {
		if p.Trial(ping.Header, []byte(body)) {
			t.Errorf("%q passes for a ping", body)
		}
	}
	if p.Trial(http.Header{"Content-Type": {"application/json"}}, ping.Body) {
		t.Error("JSON passes for a ping")
	}
}
