package api

import (
	"strings"
	"testing"

	papers "duly/shared/document"
)

// TestCap_38_ADiscountIsAnAllowanceOfItsLine: the discount on an order's line
// stands on its invoices as BG-27, in parts as goods leave, with and without tax
// in the prices, and goes back with what is credited; to the cent.
func TestCap_38_ADiscountIsAnAllowanceOfItsLine(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	body := sale(c, "1", 12_100)
	body["prices_include_tax"] = true
	body["lines"] = []any{
		map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 3, "unit_price": eur(12_100), "discount": eur(3_630), "tax_rate": "21"},
		map[string]any{"sku": "SHIP", "name": "Shipping", "quantity": 1, "unit_price": eur(1_210), "tax_rate": "21", "service": true},
	}
	o := p.post("/v1/orders", body).is(201).want(map[string]any{"total.amount": 33_880}).text("id")
	for _, units := range []int{1, 2} {
		p.post("/v1/orders/"+o+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": units}}}).is(201)
		p.Settle(t)
	}
	p.get("/v1/invoices/2026-0001").want(map[string]any{"lines.0.unit_price.amount": 9_000, "lines.0.allowance.amount": 1_000, "lines.0.net.amount": 9_000, "lines.1.allowance.amount": 0, "total.amount": 12_100})
	p.get("/v1/invoices/2026-0002").want(map[string]any{"lines.0.allowance.amount": 2_000, "lines.0.net.amount": 18_000, "total.amount": 21_780})
	ubl, err := papers.Papers{}.InvoiceUBL(p.invoice("2026-0002"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`<cbc:Amount currencyID="EUR">20.00<`, `<cbc:PriceAmount currencyID="EUR">100<`, `<cbc:LineExtensionAmount currencyID="EUR">180.00<`} {
		if !strings.Contains(string(ubl), want) {
			t.Errorf("no %s in\n%s", want, ubl)
		}
	}
	note := p.post("/v1/invoices/2026-0002/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1}}}).is(201).text("number")
	p.get("/v1/credit-notes/" + note).want(map[string]any{"lines.0.allowance.amount": 1_000, "lines.0.net.amount": 9_000, "total.amount": 10_890})
	p.post("/v1/invoices/2026-0002/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "unit_price": eur(500), "quantity": 1}}}).is(201)
	p.get("/v1/credit-notes/CN2026-0002").want(map[string]any{"lines.0.allowance.amount": 0, "lines.0.net.amount": 500})
	p.verified()
}
