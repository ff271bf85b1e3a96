package api

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"duly/shared/o2c"
)

// houseNames are the path parameters that name something of the house's own in every company: what stands behind them is the
// company's that asks.
var houseNames = []string{"{code}", "{profile}"}

// TestFC_86_TwoCompaniesEveryEndpoint: one company's key and another's ids. Whoever asks is who the key says, in every route
// of the API: what belongs to the other is not there, is in no list, and cannot be changed; the other's key opens nothing.
func TestFC_86_TwoCompaniesEveryEndpoint(t *testing.T) {
	theirs, mine := newProgram(t), newProgram(t)
	ids := theirs.everything()
	mine.everythingSmall()
	before := theirs.everyFact()
	tried := 0
	for _, name := range slices.Sorted(maps.Keys(operations())) {
		op := operations()[name]
		method, pattern, _ := strings.Cut(name, " ")
		if !strings.Contains(pattern, "{") {
			if method == "GET" && pattern != openAPIPath {
				mine.hasNothingOf(t, pattern, ids)
			}
			continue
		}
		if slices.ContainsFunc(houseNames, func(p string) bool { return strings.Contains(pattern, p) }) {
			continue
		}
		path := foreign(pattern, ids)
		got := mine.ask(method, path, sampleBody(op), lines{"Idempotency-Key", "fc86-" + name})
		if got.status != 404 {
			t.Errorf("%s %s answered %d: %s", method, path, got.status, got.raw)
		}
		if stranger := mine.ask(method, path, sampleBody(op), lines{"Authorization", "Bearer duly_test_ffffffffffffffffffffffffffffffff"}); stranger.status != 401 {
			t.Errorf("%s %s with a key of nobody's answered %d", method, path, stranger.status)
		}
		tried++
	}
	if tried < 50 {
		t.Errorf("only %d routes were tried", tried)
	}
	for _, filter := range []string{"/v1/invoices?customer=", "/v1/orders?customer=", "/v1/quotes?customer="} {
		mine.hasNothingOf(t, filter+ids["customers"], ids)
	}
	if after := theirs.everyFact(); after != before {
		t.Errorf("the other company has %d new facts", after-before)
	}
}

// everything makes one company's customer, product, orders, parcel, invoices, credit note, quote and money, and gives their
// ids by the first word of their path.
func (p *program) everything() map[string]string {
	p.t.Helper()
	text := func(a answered, at string) string { return a.is(201).at(at).(string) }
	customer := text(p.post("/v1/customers", map[string]any{"name": "Theirs Only BV", "kind": "company", "emails": []string{"ap@theirs.example"}, "address": map[string]string{"street": "Laan 1", "postal_code": "1000 AA", "city": "Rotterdam", "country": "NL"}}), "id")
	p.post("/v1/products", map[string]any{"sku": "THEIRS-1", "name": "Theirs", "price": map[string]any{"amount": 1000, "currency": "EUR"}, "vat_class": "standard", "stock": 10}).is(201)
	var order, shipment string
	for _, external := range []string{"T-1", "T-2"} {
		order = text(p.post("/v1/orders", map[string]any{"external_id": external, "customer_id": customer, "lines": []map[string]any{{"sku": "THEIRS-1", "name": "Theirs", "quantity": 2, "unit_price": map[string]any{"amount": 1000, "currency": "EUR"}, "tax_rate": "21"}}}), "id")
		shipment = text(p.post("/v1/orders/"+order+"/shipments", map[string]any{}), "id")
		p.Settle(p.t)
	}
	quote := text(p.post("/v1/quotes", map[string]any{"customer_id": customer, "subject": "Theirs", "lines": []map[string]any{{"name": "Theirs", "quantity": 1, "unit_price": map[string]any{"amount": 1000, "currency": "EUR"}, "tax_rate": "21"}}}), "id")
	note := text(p.post("/v1/invoices/2026-0001/credit-notes", map[string]any{"reason": "back"}), "number")
	p.Settle(p.t)
	events, err := p.Cycle.Store.List(ctx, o2c.Query{Kind: "event", Limit: 1})
	if err != nil || len(events.Items) == 0 {
		p.t.Fatal("nothing happened", err)
	}
	return map[string]string{
		"customers": customer, "products": "THEIRS-1", "orders": order, "shipment": shipment, "quotes": quote, "contracts": "k_" + quote,
		"invoices": "2026-0002", "credit-notes": note, "receipts": "r_theirs", "bank-lines": "bl_theirs", "payouts": "po_theirs", "payment-files": "pf_theirs",
		"events": events.Items[0].Key.ID, "parked": "m_theirs", "jobs": "j_theirs", "subscribers": "theirs", "name": "Theirs Only",
	}
}

// everythingSmall gives the company that asks an order and an invoice of its own, under the other's first number.
func (p *program) everythingSmall() {
	p.t.Helper()
	customer := p.post("/v1/customers", map[string]any{"name": "Mine BV", "kind": "company", "emails": []string{"ap@mine.example"}, "address": map[string]string{"street": "Laan 2", "postal_code": "1000 AA", "city": "Rotterdam", "country": "NL"}}).is(201).at("id").(string)
	order := p.post("/v1/orders", map[string]any{"customer_id": customer, "lines": []map[string]any{{"name": "Mine", "quantity": 1, "unit_price": map[string]any{"amount": 1000, "currency": "EUR"}, "tax_rate": "21"}}}).is(201).at("id").(string)
	p.post("/v1/orders/"+order+"/shipments", map[string]any{}).is(201)
	p.Settle(p.t)
	if got := p.get("/v1/invoices/2026-0001").raw; !strings.Contains(string(got), customer) {
		p.t.Fatalf("my first invoice is %s", got)
	}
}

func (p *program) everyFact() int {
	p.t.Helper()
	n, q := 0, o2c.Query{Kind: "event", Limit: 1000}
	for {
		page, err := p.Cycle.Store.List(ctx, q)
		if err != nil {
			p.t.Fatal(err)
		}
		n += len(page.Items)
		if q.After = page.Next; q.After == "" {
			return n
		}
	}
}

// hasNothingOf reads a list and looks for anything of the other company's.
func (p *program) hasNothingOf(t *testing.T, path string, ids map[string]string) {
	t.Helper()
	got := string(p.ask("GET", path, nil, nil).raw)
	for _, of := range []string{"customers", "products", "orders", "quotes", "events", "name"} {
		if strings.Contains(strings.ReplaceAll(got, path, ""), ids[of]) {
			t.Errorf("%s tells of the other company's %s: %.300s", path, of, got)
		}
	}
}

// foreign fills the other company's ids into a route's path.
func foreign(pattern string, ids map[string]string) string {
	parts := strings.Split(pattern, "/")
	for i, part := range parts {
		switch part {
		case "{n}":
			parts[i] = "1"
		case "{shipment}":
			parts[i] = ids["shipment"]
		case "{id}", "{number}", "{sku}", "{name}":
			parts[i] = ids[parts[2]]
		}
	}
	return strings.Join(parts, "/")
}

// sampleBody is what a route's document gives as an example of its body, else the examples of what it must have.
func sampleBody(op *huma.Operation) any {
	if op.RequestBody == nil || op.RequestBody.Content["application/json"] == nil {
		return nil
	}
	content := op.RequestBody.Content["application/json"]
	if content.Example != nil {
		return content.Example
	}
	for _, e := range content.Examples {
		return e.Value
	}
	return sampleOf(content.Schema)
}

func sampleOf(s *huma.Schema) any {
	if s.Ref != "" {
		s = document().Components.Schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Type == "object":
		out := map[string]any{}
		for _, name := range s.Required {
			out[name] = sampleOf(s.Properties[name])
		}
		return out
	case s.Type == "array":
		return []any{sampleOf(s.Items)}
	case s.Type == "integer":
		return 1
	case s.Type == "boolean":
		return true
	case s.Format == "date":
		return "2026-02-01"
	}
	return "sample"
}
