package api

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/go-cmp/cmp"
)

// document is the API's description, built once.
var document = sync.OnceValue(func() *huma.OpenAPI {
	s, _ := build(Deps{}, true)
	return s.api.OpenAPI()
})

// operations are the documented operations by method and path.
func operations() map[string]*huma.Operation {
	all := map[string]*huma.Operation{}
	for path, item := range document().Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "DELETE": item.Delete, "PUT": item.Put} {
			if op != nil {
				all[method+" "+path] = op
			}
		}
	}
	return all
}

// asDocumented holds every answer of every test against the document.
func asDocumented(t testing.TB, method, path string, status int, body []byte) {
	t.Helper()
	schema := problemSchema()
	if op := documented(method, path); op != nil && status < 300 {
		answer := op.Responses[strconv.Itoa(status)]
		if answer == nil || answer.Content["application/json"] == nil {
			t.Fatalf("%s %s answered %d, which the document does not say", method, path, status)
		}
		schema = answer.Content["application/json"].Schema
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		t.Fatal(err)
	}
	if wrong := validate(schema, v); len(wrong) > 0 {
		t.Errorf("%s %s answered %d against the document: %.500v\n%.500s", method, path, status, wrong, body)
	}
}

func problemSchema() *huma.Schema { return &huma.Schema{Ref: "#/components/schemas/Problem"} }

func validate(schema *huma.Schema, v any) []error {
	at, found := huma.NewPathBuffer(nil, 0), &huma.ValidateResult{}
	huma.Validate(document().Components.Schemas, schema, at, huma.ModeReadFromServer, v, found)
	return found.Errors
}

// documented finds the operation of a request; fixed segments win.
func documented(method, path string) *huma.Operation {
	var best *huma.Operation
	fixed := -1
	for name, op := range operations() {
		m, pattern, _ := strings.Cut(name, " ")
		if n := matches(pattern, path); m == method && n > fixed {
			best, fixed = op, n
		}
	}
	return best
}

func matches(pattern, path string) (fixed int) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return -1
	}
	for i := range want {
		switch {
		case want[i] == got[i]:
			fixed++
		case !strings.HasPrefix(want[i], "{"):
			return -1
		}
	}
	return fixed
}

// TestTheDocumentHasTheRoutesThatArePinned compares with interfaces.md;
// subscribers, the answer to a quote's credit question and the contract register are more.
func TestTheDocumentHasTheRoutesThatArePinned(t *testing.T) {
	want := strings.Fields(`
		POST/customers GET/customers GET/customers/{id} PATCH/customers/{id}
		GET/company/bank-details POST/company/bank-details POST/company/bank-details/decision
		POST/customers/{id}/enclosures GET/customers/{id}/enclosures POST/invoices/{number}/claim/enclosures GET/invoices/{number}/claim/enclosures GET/enclosures/{id}
		POST/products GET/products GET/products/{sku} PATCH/products/{sku} POST/products/{sku}/receipts
		POST/quotes GET/quotes GET/quotes/{id} POST/quotes/{id}/send POST/quotes/{id}/credit-decision GET/contracts GET/contracts/{id}
		POST/orders GET/orders GET/orders/{id} POST/orders/{id}/shipments POST/orders/{id}/shipments/{shipment}/delivery POST/orders/{id}/returns GET/orders/{id}/packing-slip POST/orders/{id}/cancel POST/orders/{id}/packed POST/orders/{id}/credit-decision GET/orders/{id}/credit-decision
		GET/exports POST/exports GET/exports/{profile}/{from}/{to}/file GET/ledger/closings POST/ledger/closings GET/ledger/vat-return GET/ledger/open-items GET/ledger/accounts/{code}
		GET/payouts GET/payouts/{id} POST/payouts/{id}/explanation POST/settlements
		GET/credit-decisions GET/rates POST/rates GET/customers/{id}/credit-report POST/customers/{id}/credit-report
		GET/tax/sales-listing GET/tax/sales-listing/csv GET/tax/one-stop-shop GET/tax/one-stop-shop/csv
		GET/invoices GET/invoices/{number} GET/invoices/{number}/pdf POST/invoices/{number}/issue GET/invoices/{number}/claim GET/invoices/{number}/deliveries GET/invoices/{number}/ubl GET/invoices/{number}/cii POST/invoices/{number}/credit-notes POST/invoices/{number}/promises
		POST/invoices/{number}/disputes GET/invoices/{number}/disputes POST/invoices/{number}/plans GET/invoices/{number}/plans
		GET/invoices/{number}/claim/pdf POST/invoices/{number}/claim/raise POST/invoices/{number}/claim/letters POST/invoices/{number}/claim/forgive POST/invoices/{number}/claim/steps
		POST/invoices/{number}/hand-over POST/invoices/{number}/hand-over/decision GET/invoices/{number}/dossier POST/invoices/{number}/write-off POST/invoices/{number}/vat-relief GET/law POST/law/rates
		GET/credit-notes/{number} GET/credit-notes/{number}/pdf GET/credit-notes/{number}/ubl
		POST/bank-statements GET/receipts GET/receipts/{id} GET/unapplied POST/receipts/{id}/applications DELETE/receipts/{id}/applications/{n}
		GET/bank-lines GET/bank-lines/{id} POST/bank-lines/{id}/booking DELETE/bank-lines/{id}/booking POST/receipts/{id}/bookings DELETE/receipts/{id}/bookings/{n} POST/receipts/{id}/refunds GET/refunds GET/payment-files POST/payment-files GET/payment-files/{id}/xml
		GET/ledger/entries GET/ledger/trial-balance GET/ageing GET/kpis
		GET/retro GET/safe-mode POST/safe-mode GET/training GET/forecast GET/step-effectiveness GET/audit/{kind}/{id} GET/customers/{id}/personal-data POST/customers/{id}/erasure GET/customers/{id}/erasure
		GET/events POST/events/{id}/replay GET/subscribers POST/subscribers/{name}/resume GET/parked POST/parked/{id}/replay POST/uploads GET/jobs/{id} POST/jobs/{id}/release POST/jobs/{id}/undo GET/openapi.json`)
	var got []string
	for name := range operations() {
		got = append(got, strings.Replace(name, " /v1", "", 1))
	}
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-pinned +documented):\n%s", diff)
	}
}

func TestTheDocumentIsServedWithoutAKey(t *testing.T) {
	p := newProgram(t)
	a := p.ask("GET", openAPIPath, nil, lines{"Authorization", ""}).is(200)
	a.want(map[string]any{"openapi": "3.1.0", "info.title": "Duly", "components.securitySchemes.key.scheme": "bearer"})
	served, _ := a.at("paths").(map[string]any)
	if want := slices.Sorted(maps.Keys(document().Paths)); !slices.Equal(slices.Sorted(maps.Keys(served)), want) {
		t.Errorf("paths %v", slices.Sorted(maps.Keys(served)))
	}
	if strings.Contains(string(a.raw), "ErrorModel") {
		t.Error("the document shows another error than ours")
	}
}

// TestEveryRouteOfTheDocumentIsServed asks each with names that nothing has:
// none may be unknown as a route.
func TestEveryRouteOfTheDocumentIsServed(t *testing.T) {
	p := newProgram(t)
	for name := range operations() {
		method, path, _ := strings.Cut(name, " ")
		path = strings.NewReplacer("{id}", "x", "{sku}", "x", "{number}", "x", "{n}", "1").Replace(path)
		a := p.ask(method, path, map[string]any{}, nil)
		if a.status >= 500 || a.status == 405 || strings.Contains(string(a.raw), "There is no route") {
			t.Errorf("%s answered %d %s", name, a.status, a.raw)
		}
	}
}

// TestEveryOperationIsDescribed and has a problem as its other answer.
func TestEveryOperationIsDescribed(t *testing.T) {
	ids := map[string]bool{}
	for name, op := range operations() {
		if op.Summary == "" || op.OperationID == "" || ids[op.OperationID] || op.Responses["default"] == nil || op.Responses["default"].Content[problemJSON] == nil {
			t.Errorf("%s: %+v", name, op)
		}
		ids[op.OperationID] = true
		if strings.HasPrefix(name, "POST") != slices.ContainsFunc(op.Parameters, func(p *huma.Param) bool { return p.Name == idempotencyKey }) {
			t.Errorf("%s: a POST alone has an Idempotency-Key", name)
		}
		if strings.HasSuffix(name, "/pdf") && op.Responses["200"].Content["application/pdf"] == nil {
			t.Errorf("%s answers no PDF", name)
		}
	}
}

// TestEveryExampleValidates walks the examples of bodies and of fields.
func TestEveryExampleValidates(t *testing.T) {
	bodies := 0
	for name, op := range operations() {
		if op.RequestBody == nil {
			continue
		}
		for _, media := range op.RequestBody.Content {
			if media.Example == nil {
				continue
			}
			bodies++
			if wrong := validate(media.Schema, media.Example); len(wrong) > 0 {
				t.Errorf("%s: %v", name, wrong)
			}
		}
	}
	fields := 0
	for name, schema := range document().Components.Schemas.Map() {
		for field, s := range schema.Properties {
			for _, example := range s.Examples {
				fields++
				if wrong := validate(s, asJSON(t, example)); len(wrong) > 0 {
					t.Errorf("%s.%s: %v", name, field, wrong)
				}
			}
		}
	}
	if bodies < 5 || fields < 30 {
		t.Errorf("only %d bodies and %d fields have examples", bodies, fields)
	}
}

func asJSON(t *testing.T, v any) any {
	t.Helper()
	var out any
	if err := json.Unmarshal([]byte(mustJSON(t, v)), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestEveryReferenceLeadsSomewhere reads the served document as a stranger.
func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	raw := mustJSON(t, document())
	schemas := document().Components.Schemas.Map()
	used := map[string]bool{}
	for part := range strings.SplitSeq(raw, `"$ref":"#/components/schemas/`) {
		name, _, found := strings.Cut(part, `"`)
		if !found || strings.HasPrefix(part, "{") {
			continue
		}
		if used[name] = true; schemas[name] == nil {
			t.Errorf("nothing at %s", name)
		}
	}
	if len(used) < 20 {
		t.Errorf("only %d references", len(used))
	}
}
