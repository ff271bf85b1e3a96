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

// TestCap_38_ADiscountOfTheWholeOrder: a discount and a surcharge of a whole
// order, with their reasons, are spread over its rates, travel with its parcels
// as BG-20 and BG-21, and go back with what is credited; to the cent.
func TestCap_38_ADiscountOfTheWholeOrder(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	body := sale(c, "1", 0)
	body["lines"] = []any{
		map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 4, "unit_price": eur(10_000), "tax_rate": "21"},
		map[string]any{"sku": "BOOK", "name": "Book", "quantity": 10, "unit_price": eur(2_000), "tax_rate": "9", "charge": eur(500), "charge_for": "Wrapping"},
	}
	body["allowances"] = []any{map[string]any{"reason": "Spring campaign", "percent": "10"}}
	body["charges"] = []any{map[string]any{"reason": "Rush", "amount": eur(2_000), "tax_rate": "21"}}
	o := p.post("/v1/orders", body).is(201).want(map[string]any{
		"lines.2.name": "Spring campaign", "lines.2.net.amount": -4_000, "lines.2.overall": true, "lines.3.net.amount": -2_050, "lines.4.net.amount": 2_000,
		"total.amount": 40_000 + 20_500 - 6_050 + 2_000 + 7_980 + 1_661, // 380.00 at 21 %, 184.50 at 9 %
	}).text("id")
	p.post("/v1/orders/"+o+"/shipments", map[string]any{"lines": []any{map[string]any{"sku": "CHAIR", "quantity": 1}}}).is(201)
	p.Settle(t)
	p.post("/v1/orders/"+o+"/shipments", map[string]any{}).is(201)
	p.Settle(t)
	p.get("/v1/invoices/2026-0001").want(map[string]any{"lines.1.net.amount": -1_000, "lines.1.overall": true, "lines.2.net.amount": 500, "total.amount": 9_500 + 1_995})
	p.get("/v1/invoices/2026-0002").want(map[string]any{"lines.1.charge.amount": 500, "lines.2.net.amount": -3_000, "lines.3.net.amount": -2_050, "lines.4.net.amount": 1_500, "total.amount": 28_500 + 18_450 + 5_985 + 1_661})
	ubl, err := papers.Papers{}.InvoiceUBL(p.invoice("2026-0002"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`AllowanceTotalAmount currencyID="EUR">50.50<`, `ChargeTotalAmount currencyID="EUR">15.00<`, `<cbc:LineExtensionAmount currencyID="EUR">505.00<`,
		`<cbc:TaxExclusiveAmount currencyID="EUR">469.50<`, `<cbc:AllowanceChargeReason>Spring campaign<`, `<cbc:AllowanceChargeReason>Wrapping<`,
	} {
		if !strings.Contains(string(ubl), want) {
			t.Errorf("no %s in\n%s", want, ubl)
		}
	}
	one := p.post("/v1/invoices/2026-0002/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1}}}).is(201).text("number")
	p.get("/v1/credit-notes/" + one).want(map[string]any{"lines.0.net.amount": 10_000, "lines.1.net.amount": -1_000, "total.amount": 9_500 + 1_995, "lines.2.net.amount": 500})
	rest := p.post("/v1/invoices/2026-0002/credit-notes", map[string]any{}).is(201).text("number")
	p.get("/v1/credit-notes/" + rest).want(map[string]any{"total.amount": 28_500 + 18_450 + 5_985 + 1_661 - 9_500 - 1_995})
	p.verified()

	body["external_id"], body["allowances"] = "2", []any{map[string]any{"reason": "", "amount": eur(1)}}
	p.post("/v1/orders", body).is(422)
	body["external_id"], body["allowances"] = "3", []any{map[string]any{"reason": "All of it", "amount": eur(1_000_000)}}
	p.post("/v1/orders", body).is(422)
}

// TestCap_38_AQuoteWithADiscount: what was offered with a discount of the whole
// is ordered so, to the cent.
func TestCap_38_AQuoteWithADiscount(t *testing.T) {
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	q := p.post("/v1/quotes", map[string]any{
		"customer_id": c, "subject": "Chairs", "lines": []any{map[string]any{"name": "Chair", "quantity": 3, "unit_price": eur(9_999), "tax_rate": "21"}, map[string]any{"name": "Book", "quantity": 1, "unit_price": eur(1_234), "tax_rate": "9"}},
		"allowances": []any{map[string]any{"reason": "Second order", "percent": "7.5"}}, "charges": []any{map[string]any{"reason": "Small order", "amount": eur(750)}},
	}).is(201).want(map[string]any{"lines.2.overall": true, "lines.2.net.amount": -2_249, "lines.3.net.amount": -93, "lines.4.name": "Small order"})
	if q.text("id") == "" {
		t.Error("no id")
	}
}
