package api

import (
	"strings"
	"testing"
	"time"
)

// TestReturnsOfAQuarter: what is declared comes from the documents, agrees with
// the books, and a credit note counts where the law wants it.
func TestReturnsOfAQuarter(t *testing.T) {
	p := newProgram(t)
	p.Cycle.Policy.OneStopShop = true
	at := func(country string) map[string]any {
		return map[string]any{"street": "Main Street 1", "postal_code": "1000", "city": "Town", "country": country}
	}
	sell := func(customer, id, currency string, minor int64, service bool) {
		line := map[string]any{"name": "Thing", "quantity": 2, "unit_price": map[string]any{"amount": minor, "currency": currency}, "service": service}
		o := p.post("/v1/orders", map[string]any{"customer_id": customer, "external_id": id, "currency": currency, "lines": []any{line}}).is(201)
		p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
		p.Settle(t)
	}
	p.ask("POST", "/v1/rates", "Date,USD,\n2026-01-05,1.25,\n", lines{"Content-Type", "text/csv"}).is(201)
	dutch := p.customer("Home", nil)
	belgian := p.customer("Brussels", map[string]any{"address": at("BE"), "vat_id": "BE0411905847"})
	german := p.customer("Jürgen", map[string]any{"kind": "consumer", "address": at("DE"), "emails": []string{"j@example.org"}})
	sell(dutch, "1", "EUR", 10_000, false)
	sell(belgian, "2", "EUR", 33_333, false)
	sell(belgian, "3", "USD", 12_345, false)
	sell(belgian, "4", "EUR", 5_000, true)
	sell(german, "5", "EUR", 10_000, false)
	sell(german, "6", "USD", 10_001, false)
	credit := func(number string) {
		p.post("/v1/invoices/"+number+"/credit-notes", map[string]any{"lines": []any{map[string]any{"n": 1, "quantity": 1}}}).is(201)
		p.Settle(t)
	}
	credit("2026-0002")
	credit("2026-0005")
	p.get("/v1/tax/sales-listing?quarter=2026-Q1").want(map[string]any{
		"rows.0.vat_id": "BE0411905847", "rows.0.nature": "goods", "rows.0.amount.amount": 33_333 + 19_752, "rows.1.nature": "services", "rows.1.amount.amount": 10_000,
		"total.amount": 63_085, "ledger.amount": 63_085, "difference.amount": 0,
	})
	p.get("/v1/tax/one-stop-shop?quarter=2026-Q1").want(map[string]any{
		"rows.0.country": "DE", "rows.0.rate": "19", "rows.0.base.amount": 10_000 + 16_002, "rows.0.tax.amount": 1_900 + 3_040,
		"total.amount": 4_940, "ledger.amount": 4_940, "difference.amount": 0, "corrections": "[]",
	})
	p.Advance(100 * 24 * time.Hour)
	credit("2026-0006")
	p.get("/v1/tax/one-stop-shop").want(map[string]any{"quarter": "2026-Q1", "total.amount": 4_940}) // the last one that is over
	p.get("/v1/tax/one-stop-shop?quarter=2026-Q2").want(map[string]any{
		"rows": "[]", "corrections.0.country": "DE", "corrections.0.quarter": "2026-Q1", "corrections.0.tax.amount": -1_520, "total.amount": -1_520, "difference.amount": 0,
	})
	if got := string(p.get("/v1/tax/sales-listing/csv?quarter=2026-Q1").raw); !strings.Contains(got, "BE0411905847,Brussels,goods,530.85,EUR,no\n") {
		t.Errorf("the file says %s", got)
	}
	if got := string(p.get("/v1/tax/one-stop-shop/csv?quarter=2026-Q1").raw); !strings.Contains(got, "supply,DE,2026-Q1,19,260.02,49.40,EUR\n") {
		t.Errorf("the file says %s", got)
	}
	p.ask("GET", "/v1/tax/one-stop-shop?quarter=2026", nil, nil).refused(422, "DULY-3001", "/quarter")
	p.verified()
}
