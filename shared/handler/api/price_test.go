package api

import (
	"strconv"
	"testing"
)

// TestPrices: a line that leaves its price and tax out takes the product's, by
// the customer's own list before its segment's, by quantity and by day.
func TestPrices(t *testing.T) {
	p := newProgram(t)
	p.post("/v1/products", `{"sku": "FLOUR", "name": "Wheat flour, 25 kg", "price": {"amount": 2000, "currency": "EUR"}, "vat_class": "laag", "prices": [
		{"min_quantity": 10, "price": {"amount": 1900, "currency": "EUR"}},
		{"segment": "wholesale", "price": {"amount": 1800, "currency": "EUR"}},
		{"segment": "wholesale", "min_quantity": 100, "price": {"amount": 1700, "currency": "EUR"}},
		{"segment": "wholesale", "min_quantity": 200, "valid_to": "2025-12-31", "price": {"amount": 100, "currency": "EUR"}}
	]}`).is(201).want(map[string]any{"vat_class": "reduced", "prices.1.segment": "wholesale"})
	p.post("/v1/products", `{"sku": "TIN", "price": {"amount": 1000, "currency": "EUR"}}`).is(201)
	plain := p.post("/v1/customers", `{"name": "Bakkerij Vos", "kind": "company", "credit_limit": null}`).is(201).text("id")
	big := p.post("/v1/customers", `{"name": "Groothandel Zon", "kind": "company", "segment": "wholesale", "credit_limit": null}`).is(201).want(map[string]any{"segment": "wholesale"}).text("id")
	own := p.post("/v1/customers", `{"name": "Café Maan", "kind": "company", "segment": "wholesale", "credit_limit": null}`).is(201).text("id")
	for name, tc := range map[string]struct {
		customer, more string
		quantity       int
		price, net     int
		total          any
	}{
		"everybody's":        {plain, "", 1, 2000, 2000, 2180},
		"from ten":           {plain, "", 10, 1900, 19000, 20710},
		"the segment's":      {big, "", 10, 1800, 18000, 19620},
		"and from a hundred": {big, "", 100, 1700, 170000, 185300},
		"not the old one":    {big, "", 200, 1700, 340000, 370600},
		"with tax":           {plain, `, "prices_include_tax": true`, 3, 2000, 6000, 6540},
	} {
		t.Run(name, func(t *testing.T) {
			p.post("/v1/orders", `{"customer_id": "`+tc.customer+`", "currency": "EUR"`+tc.more+`, "lines": [{"sku": "FLOUR", "quantity": `+strconv.Itoa(tc.quantity)+`}]}`).is(201).want(map[string]any{
				"lines.0.name": "Wheat flour, 25 kg", "lines.0.unit_price.amount": tc.price, "lines.0.net.amount": tc.net, "lines.0.tax_rate": "9", "total.amount": tc.total,
			})
		})
	}
	p.ask("PATCH", "/v1/products/FLOUR", `{"prices": [{"customer_id": "`+own+`", "valid_from": "2026-01-05", "price": {"amount": 1500, "currency": "EUR"}}, {"segment": "wholesale", "min_quantity": 1, "price": {"amount": 1, "currency": "EUR"}}]}`, nil).is(200)
	p.post("/v1/orders", `{"customer_id": "`+own+`", "currency": "EUR", "lines": [{"sku": "FLOUR", "quantity": 2}, {"sku": "TIN", "quantity": 1}, {"sku": "GIFT", "quantity": 1, "unit_price": {"amount": 0, "currency": "EUR"}}]}`).is(201).want(map[string]any{
		"lines.0.net.amount": 3000, "lines.1.tax_rate": "21", "lines.2.net.amount": 0, "total.amount": 3270 + 1210,
	})
}

// TestPricesThatCannotBe: every refusal names its field.
func TestPricesThatCannotBe(t *testing.T) {
	p := newProgram(t)
	c := p.post("/v1/customers", `{"name": "Bakkerij Vos", "kind": "company"}`).is(201).text("id")
	p.post("/v1/products", `{"sku": "FREE"}`).is(201)
	for body, pointer := range map[string]string{
		`{"customer_id": "` + c + `", "currency": "EUR", "lines": [{"sku": "NONE", "quantity": 1}]}`:    "/lines/0/unit_price",
		`{"customer_id": "` + c + `", "currency": "EUR", "lines": [{"sku": "FREE", "quantity": 1}]}`:    "/lines/0/unit_price",
		`{"customer_id": "` + c + `", "currency": "EUR", "lines": [{"name": "Advice", "quantity": 1}]}`: "/lines/0/unit_price",
	} {
		p.post("/v1/orders", body).refused(422, "DULY-3001", pointer)
	}
	for body, pointer := range map[string]string{
		`{"sku": "A", "vat_class": "luxury"}`:                                   "/vat_class",
		`{"sku": "A", "substitute": "A"}`:                                       "/substitute",
		`{"sku": "A", "prices": [{"price": {"amount": 1, "currency": "USD"}}]}`: "/prices/0/price",
		`{"sku": "A", "prices": [{"valid_from": "2026-02-01", "valid_to": "2026-01-01", "price": {"amount": 1, "currency": "EUR"}}]}`: "/prices/0/valid_to",
		`{"sku": "A", "prices": [{"customer_id": "c_1", "segment": "wholesale", "price": {"amount": 1, "currency": "EUR"}}]}`:         "/prices/0/segment",
	} {
		p.post("/v1/products", body).refused(422, "DULY-3001", pointer)
	}
}
