package api

import (
	"testing"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/statute"
)

// TestCap_36: category, rate and country follow from who buys, where it goes and
// who we are; a channel that charges nothing need not say why.
func TestCap_36_CategoriesByLaw(t *testing.T) {
	at := func(country string) map[string]any {
		return map[string]any{"street": "Main Street 1", "postal_code": "1000", "city": "Town", "country": country}
	}
	for name, tt := range map[string]struct {
		customer map[string]any
		line     map[string]any
		oss, kor bool
		category string
		rate     string
		tax      int64
		taxedIn  string
	}{
		"a Dutch company":                          {category: "S", rate: "21", tax: 21_000},
		"a Dutch consumer":                         {customer: map[string]any{"kind": "consumer"}, category: "S", rate: "21", tax: 21_000},
		"a Belgian company":                        {customer: map[string]any{"address": at("BE"), "vat_id": "BE0411905847"}, category: "K", rate: "0"},
		"a Belgian company whose shop charges 0 %": {customer: map[string]any{"address": at("BE"), "vat_id": "BE0411905847"}, line: map[string]any{"tax_rate": "0"}, category: "K", rate: "0"},
		"a Belgian company without a VAT id":       {customer: map[string]any{"address": at("BE")}, category: "S", rate: "21", tax: 21_000},
		"a Belgian company with a wrong one":       {customer: map[string]any{"address": at("BE"), "vat_id": "BE0411905848"}, category: "S", rate: "21", tax: 21_000},
		"a Greek company":                          {customer: map[string]any{"address": at("GR"), "vat_id": "EL094259216"}, category: "K", rate: "0"},
		"a German consumer below the threshold":    {customer: map[string]any{"kind": "consumer", "address": at("DE")}, category: "S", rate: "21", tax: 21_000},
		"a German consumer in the One Stop Shop":   {customer: map[string]any{"kind": "consumer", "address": at("DE")}, oss: true, category: "S", rate: "19", tax: 19_000, taxedIn: "DE"},
		"an American company":                      {customer: map[string]any{"address": at("US")}, category: "G", rate: "0"},
		"a British consumer":                       {customer: map[string]any{"kind": "consumer", "address": at("GB")}, category: "G", rate: "0"},
		"a French company's advice":                {customer: map[string]any{"address": at("FR"), "vat_id": "FR40303265045"}, line: map[string]any{"sku": "", "service": true}, category: "AE", rate: "0"},
		"an American company's advice":             {customer: map[string]any{"address": at("US")}, line: map[string]any{"sku": "", "service": true}, category: "O", rate: "0"},
		"scrap for a Dutch company":                {line: map[string]any{"sku": "SCRAP"}, customer: map[string]any{"vat_id": "NL004495445B01"}, category: "AE", rate: "0"},
		"scrap for a Dutch consumer":               {line: map[string]any{"sku": "SCRAP"}, customer: map[string]any{"kind": "consumer"}, category: "S", rate: "21", tax: 21_000},
		"a small business":                         {kor: true, category: "E", rate: "0"},
		"a small business abroad":                  {kor: true, customer: map[string]any{"address": at("BE"), "vat_id": "BE0411905847"}, category: "E", rate: "0"},
		"a channel that knows better":              {customer: map[string]any{"address": at("US")}, line: map[string]any{"tax_rate": "21"}, category: "S", rate: "21", tax: 21_000},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProgram(t)
			p.Cycle.Policy.OneStopShop, p.Cycle.Policy.Seller.SmallBusiness = tt.oss, tt.kor
			p.post("/v1/products", map[string]any{"sku": "SCRAP", "name": "Scrap", "vat_class": "reverse_charge"}).is(201)
			line := map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 1, "unit_price": eur(100_000)}
			for k, v := range tt.line {
				line[k] = v
			}
			c := p.customer("Acme", tt.customer)
			o := p.post("/v1/orders", map[string]any{"customer_id": c, "external_id": "1", "currency": "EUR", "lines": []any{line}}).is(201)
			p.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
			p.Settle(t)
			p.get("/v1/invoices/2026-0001").want(map[string]any{
				"taxes.0.category": tt.category, "taxes.0.rate": tt.rate, "tax.amount": tt.tax, "total.amount": 100_000 + tt.tax, "lines.0.tax_category": tt.category,
			})
			if d := p.invoice("2026-0001"); d.TaxedIn != tt.taxedIn {
				t.Errorf("taxed in %q", d.TaxedIn)
			}
			p.verified()
		})
	}
	if _, known := statute.RateOf("DK", statute.ReducedClass, calendar.Date{Year: 2026, Month: 1, Day: 5}); known {
		t.Fatal("Denmark has a reduced rate by now: choose another country below")
	}
	p := newProgram(t)
	p.Cycle.Policy.OneStopShop = true
	p.post("/v1/products", map[string]any{"sku": "BOOK", "name": "Book", "vat_class": "reduced"}).is(201)
	c := p.customer("Jens", map[string]any{"kind": "consumer", "address": at("DK")})
	p.post("/v1/orders", map[string]any{"customer_id": c, "external_id": "1", "currency": "EUR", "lines": []any{map[string]any{"sku": "BOOK", "name": "Book", "quantity": 1, "unit_price": eur(1_000)}}}).refused(422, "DULY-3001", "/lines")
}
