package api

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"duly/events"
	"duly/shared/o2c"
)

// schemas are the JSON Schemas of events/out by the type they describe.
func schemas(t *testing.T) map[string]*jsonschema.Schema {
	t.Helper()
	files, err := events.FS.ReadDir("out")
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	compiler.AssertFormat()
	all := map[string]*jsonschema.Schema{}
	for _, f := range files {
		raw, err := events.FS.ReadFile("out/" + f.Name())
		if err != nil {
			t.Fatal(err)
		}
		document, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
		if err := compiler.AddResource(f.Name(), document); err != nil {
			t.Fatal(err)
		}
		if all[strings.TrimSuffix(f.Name(), ".v1.json")], err = compiler.Compile(f.Name()); err != nil {
			t.Fatalf("%s: %v", f.Name(), err)
		}
	}
	return all
}

// TestPublishedEventsFitTheirSchemas: every published type has a schema, every
// schema a type, and what the cycle really publishes of each fits.
func TestPublishedEventsFitTheirSchemas(t *testing.T) {
	all := schemas(t)
	p := newProgram(t)
	c := p.customer("Acme BV", nil)
	shipped := p.post("/v1/orders", sale(c, "S-1", 12_100)).is(201).text("id")
	parcel := p.post("/v1/orders/"+shipped+"/shipments", nil).is(201).text("id")
	p.post("/v1/orders/"+shipped+"/shipments/"+parcel+"/delivery", map[string]any{"name": "Jo"}).is(201)
	p.Settle(t)
	part := p.get("/v1/orders/" + shipped).text("invoices.0")
	for i, cents := range []int64{100, 12_000} {
		in := o2c.MoneyIn{Gateway: "stripe", Ref: fmt.Sprint("pi_", i), InvoiceID: p.invoice(part).ID, Amount: testMoney(cents), At: p.Now()}
		if err := p.Cycle.HandlePayment(ctx, p.Now(), in.Ref, in); err != nil {
			t.Fatal(err)
		}
	}
	p.post("/v1/orders/"+shipped+"/returns", map[string]any{"reason": "broken"}).is(201)
	_, chairs := p.chairs(c, "S-2")
	p.post("/v1/invoices/"+chairs+"/credit-notes", map[string]any{"reason": "late", "lines": []any{map[string]any{"sku": "CHAIR", "quantity": 1}}}).is(201)
	third := p.invoiced(c, "S-3", 500)
	p.post("/v1/invoices/"+third+"/credit-notes", map[string]any{"reason": "wrong"}).is(201)
	p.post("/v1/orders/"+p.post("/v1/orders", sale(c, "S-4", 100)).is(201).text("id")+"/cancel", map[string]any{"reason": "changed"}).is(200)
	p.Settle(t)
	seen := map[string]bool{}
	for _, e := range p.Desk.Published {
		kind := strings.TrimSuffix(strings.TrimPrefix(e.Type, "duly."), ".v1")
		raw, err := e.CloudEvent()
		if err != nil {
			t.Fatal(err)
		}
		event, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if all[kind] == nil {
			t.Fatalf("%s has no schema in events/out", kind)
		}
		if err := all[kind].Validate(event); err != nil {
			t.Errorf("%s: %v\n%s", kind, err, raw)
		}
		seen[kind] = true
	}
	for _, kind := range o2c.PublishedTypes() {
		if all[kind] == nil || !seen[kind] {
			t.Errorf("%s: schema %v, seen %v", kind, all[kind] != nil, seen[kind])
		}
	}
	for kind := range all {
		if !slices.Contains(o2c.PublishedTypes(), kind) {
			t.Errorf("events/out describes %s, which is not published", kind)
		}
	}
}
