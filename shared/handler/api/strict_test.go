package api

import (
	"strings"
	"testing"
)

// bent is an order with a customer of its own, changed at one place.
func bent(id string, change func(order, customer map[string]any)) map[string]any {
	o := sale("", id, 100)
	delete(o, "customer_id")
	c := map[string]any{"name": "Bakkerij Vos", "email": "inkoop@vos.example", "address": map[string]any{"street": "Kade 12", "city": "Rotterdam", "postal_code": "3011 AA", "country": "NL"}}
	o["customer"] = c
	change(o, c)
	return o
}

// TestAnOrderOfAProgramIsRefusedForWhatItCannotMean: each field that a shop's order would be taken without is named, with why
// and what to do.
func TestAnOrderOfAProgramIsRefusedForWhatItCannotMean(t *testing.T) {
	p := newProgram(t)
	type m = map[string]any
	for pointer, cases := range map[string][]func(o, c m){
		"/placed_at": {
			func(o, _ m) { o["placed_at"] = "yesterday" },
			func(o, _ m) { o["placed_at"] = "2026-02-30" },
			func(o, _ m) { o["placed_at"] = "2026-01-05T25:00:00Z" },
			func(o, _ m) { o["placed_at"] = 1767600000 },
			func(o, _ m) { o["placed_at"] = m{"date": "2026-01-05"} },
		},
		"/updated_at":     {func(o, _ m) { o["updated_at"] = "now" }},
		"/currency":       {func(o, _ m) { o["currency"] = "XXQ"; delete(o["lines"].([]any)[0].(m)["unit_price"].(m), "currency") }},
		"/customer/email": {func(_, c m) { c["email"] = "nope" }, func(_, c m) { c["email"] = "Vos <inkoop@vos.example>" }, func(_, c m) { c["email"] = true }},
		"/customer/emails/1": {func(_, c m) {
			delete(c, "email")
			c["emails"] = []any{"a@vos.example", "nope"}
		}},
		"/customer/language":        {func(_, c m) { c["language"] = "klingon" }, func(_, c m) { c["language"] = "x1" }},
		"/customer/kind":            {func(_, c m) { c["kind"] = "alien" }},
		"/customer/vat_id":          {func(_, c m) { c["vat_id"] = "none" }, func(_, c m) { c["vat_id"] = "NL<1>" }, func(_, c m) { c["vat_id"] = strings.Repeat("1", 21) }},
		"/customer/kvk":             {func(_, c m) { c["kvk"] = "none" }},
		"/payment/amount":           {func(o, _ m) { o["payment"] = m{"gateway": "mollie", "amount": eur(-5)} }},
		"/customer/address/country": {func(_, c m) { c["address"].(m)["country"] = "ZZ" }, func(_, c m) { c["address"].(m)["country"] = "Netherlands" }},
		"/customer/ship_to/country": {func(_, c m) { c["ship_to"] = m{"country": "UK"} }},
		"/ship_to/country":          {func(o, _ m) { o["ship_to"] = m{"country": "ZZ"} }},
		"/ship_to":                  {func(o, _ m) { o["ship_to"] = "Kade 12" }},
		"/prices_include_tax":       {func(o, _ m) { o["prices_include_tax"] = "yes" }},
		"/lines/0/service":          {func(o, _ m) { o["lines"].([]any)[0].(m)["service"] = 1 }},
	} {
		for _, change := range cases {
			a := p.post("/v1/orders", bent("A", change))
			a.refused(422, "DULY-3001", pointer)
			if _, do, said := strings.Cut(a.text("detail"), " — "); !said || do == "" {
				t.Errorf("%s: %s says not what to do", pointer, a.raw)
			}
		}
	}
	p.verified()
}

// TestWhatAnOrderMaySayIsTaken: nothing that is only unusual is refused.
func TestWhatAnOrderMaySayIsTaken(t *testing.T) {
	p := newProgram(t)
	type m = map[string]any
	p.post("/v1/orders", bent("day", func(o, _ m) { o["placed_at"] = "2026-01-03" })).is(201).want(m{"placed_at": "2026-01-02T23:00:00Z"})
	p.post("/v1/orders", bent("offset", func(o, _ m) { o["placed_at"] = "2026-01-03T09:30:00.5+01:00" })).is(201).want(m{"placed_at": "2026-01-03T08:30:00.5Z"})
	for id, change := range map[string]func(o, c m){
		"null": func(o, c m) {
			o["placed_at"], o["ship_to"], c["email"], c["language"], c["vat_id"] = nil, nil, nil, nil, nil
		},
		"paid nothing":           func(o, _ m) { o["payment"] = m{"gateway": "mollie", "amount": eur(0)} },
		"of the Handelsregister": func(_, c m) { c["kvk"] = "HRB 12345 B" },
		"empty":                  func(o, c m) { o["placed_at"], c["email"], c["language"], c["vat_id"], c["kind"] = "", "", "", "", "" },
		"locale":                 func(_, c m) { c["language"] = "nl_BE" },
		"none of our languages":  func(_, c m) { c["language"] = "pt-BR" },
		"capitals":               func(_, c m) { c["kind"], c["address"].(m)["country"] = "Company", "nl" },
		"wrong check digits, kept and checked later": func(_, c m) { c["vat_id"] = "NL004495445B02" },
		"wrong Leitweg-ID, which the draft asks for": func(_, c m) {
			c["buyer_reference"], c["address"].(m)["country"] = "04011000-1234512345-07", "DE"
		},
		"of no member state": func(_, c m) { c["vat_id"] = "CHE-123.456.789 MWST" },
		"numbers": func(o, c m) {
			o["number"], c["kvk"], c["external_id"] = 12, 12345678, 9007199254740993
			o["seen"] = []any{m{"country": "ZZ"}}
		},
	} {
		p.post("/v1/orders", bent(id, change)).is(201)
	}
	p.verified()
}

// TestCustomersAndQuotesAreHeldToTheSame.
func TestCustomersAndQuotesAreHeldToTheSame(t *testing.T) {
	p := newProgram(t)
	type m = map[string]any
	c := p.customer("Acme BV", nil)
	for pointer, said := range map[string]m{
		"/email":               {"email": "nope"},
		"/emails/0":            {"emails": []any{"nope"}},
		"/vat_id":              {"vat_id": "unknown"},
		"/address/country":     {"address": m{"city": "Gent", "country": "ZZ"}},
		"/addresses/0/country": {"addresses": []any{m{"city": "Gent", "country": "Belgium"}}},
		"/language":            {"language": "x1"},
		"/kvk":                 {"kvk": "none"},
	} {
		p.ask("PATCH", "/v1/customers/"+c, said, nil).refused(422, "DULY-3001", pointer)
		said["name"] = "Vos"
		p.post("/v1/customers", said).refused(422, "DULY-3001", pointer)
		if _, own := said["emails"]; own || said["addresses"] != nil {
			continue // a quote's customer has one of each
		}
		quote := m{"customer": said, "lines": []any{m{"name": "Flour", "quantity": 1, "unit_price": eur(100), "tax_rate": "9"}}}
		p.post("/v1/quotes", quote).refused(422, "DULY-3001", "/customer"+pointer)
	}
	for pointer, said := range map[string]m{
		"/credit_limit": {"credit_limit": eur(-1)}, "/terms": {"terms": 121}, "/invoice_to/1": {"invoice_to": []any{"a@vos.example", "nope"}},
		"/buyer_reference": {"buyer_reference": "04011000-1234512345-07", "address": m{"country": "DE"}}, "/instalments": {"instalments": []any{m{"percent": 50, "days": 0}, m{"percent": 40, "days": 30}}},
	} {
		p.ask("PATCH", "/v1/customers/"+c, said, nil).refused(422, "DULY-3001", pointer)
	}
	lines := []any{m{"name": "Flour", "quantity": 1, "unit_price": m{"amount": 100, "currency": "XXQ"}, "tax_rate": "9"}}
	p.post("/v1/quotes", m{"customer_id": c, "lines": lines}).refused(422, "DULY-3001", "/currency")
	p.ask("PATCH", "/v1/customers/"+c, m{"address": m{"city": "Gent", "country": "be"}}, nil).is(200).want(m{"address.country": "BE"})
	p.verified()
}

// TestAnSKUThatNoPathCanNameIsRefused: it could be made and never read.
func TestAnSKUThatNoPathCanNameIsRefused(t *testing.T) {
	p := newProgram(t)
	for _, sku := range []string{".", "..", "/"} {
		p.post("/v1/products", map[string]any{"sku": sku}).refused(422, "DULY-3001", "/sku")
	}
	for sku, path := range map[string]string{"...": "...", ".5": ".5", "a.": "a."} {
		p.post("/v1/products", map[string]any{"sku": sku}).is(201)
		p.get("/v1/products/" + path).want(map[string]any{"sku": sku})
	}
	p.verified()
}
