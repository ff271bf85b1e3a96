package backup_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"duly/infra/backup"
	"duly/infra/local"
)

// company is one that runs on a state, as its programs see it.
type company struct {
	*local.Runtime
	t *testing.T
}

func run(t *testing.T, dir string) company {
	t.Helper()
	r, err := local.Open(local.Options{Dir: dir, BaseURL: "http://127.0.0.1:8700", Start: time.Date(2026, 1, 5, 8, 0, 0, 0, time.UTC), Seed: 42})
	if err != nil {
		t.Fatal(err)
	}
	return company{r, t}
}

func (c company) stop() {
	c.t.Helper()
	if err := c.Close(); err != nil {
		c.t.Fatal(err)
	}
}

// ask calls the API and reads the answer.
func (c company) ask(method, path string, body any, out any) {
	c.t.Helper()
	raw, err := json.Marshal(body)
	if err != nil {
		c.t.Fatal(err)
	}
	status, reply, err := c.Program(c.t.Context(), method, path, raw)
	if err != nil || status >= http.StatusBadRequest {
		c.t.Fatalf("%s %s answers %d %s (%v)", method, path, status, reply, err)
	}
	if err := c.Settle(c.t.Context()); err != nil {
		c.t.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(reply, out); err != nil {
			c.t.Fatal(err)
		}
	}
}

// sell takes an order, ships it and gives the number of its invoice.
func (c company) sell(customer, id string) string {
	c.t.Helper()
	var o struct {
		ID       string
		Invoices []string
	}
	c.ask(http.MethodPost, "/v1/orders", map[string]any{"customer_id": customer, "external_id": id, "currency": "EUR", "lines": []any{
		map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 1, "unit_price": map[string]any{"amount": 12_100, "currency": "EUR"}, "tax_rate": "21"},
	}}, &o)
	c.ask(http.MethodPost, "/v1/orders/"+o.ID+"/shipments", map[string]any{}, nil)
	c.ask(http.MethodGet, "/v1/orders/"+o.ID, nil, &o)
	return o.Invoices[0]
}

func (c company) balance() string {
	c.t.Helper()
	var books json.RawMessage
	c.ask(http.MethodGet, "/v1/ledger/trial-balance", nil, &books)
	return string(books)
}

// restored is a company that goes on elsewhere from a copy, its books verified.
func restored(t *testing.T, file []byte, at time.Time) company {
	t.Helper()
	dir := t.TempDir()
	place, err := local.OpenPlace(t.Context(), dir, at)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Restore(t.Context(), bytes.NewReader(file), place.Place, quiet); err != nil {
		t.Fatal(err)
	}
	if err := place.Close(); err != nil {
		t.Fatal(err)
	}
	c := run(t, dir)
	report, err := c.Cycle.Verify(t.Context())
	if err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
	return c
}

// TestRestoreDrill: a company is copied, restored elsewhere and goes on there: its books agree with what they are made
// of and are those of before to the cent, its documents are there, and its numbers go on without a gap.
func TestRestoreDrill(t *testing.T) {
	dir := t.TempDir()
	before := run(t, dir)
	var customer struct{ ID string }
	before.ask(http.MethodPost, "/v1/customers", map[string]any{"name": "Acme BV", "kind": "company", "emails": []string{"finance@acme.example"},
		"address": map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, &customer)
	for i := range 3 {
		before.sell(customer.ID, fmt.Sprint("A-", i))
	}
	books := before.balance()
	before.stop()

	from := open(t, dir)
	file, _ := written(t, from)
	after := restored(t, file, from.Now)
	defer after.stop()
	if got := after.balance(); got != books {
		t.Errorf("the books were\n%s\nthey are\n%s", books, got)
	}
	after.ask(http.MethodGet, "/v1/invoices/2026-0001", nil, nil)
	if status, pdf, err := after.Program(t.Context(), http.MethodGet, "/v1/invoices/2026-0002/pdf", nil); status != http.StatusOK || err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the PDF: %d, %v", status, err)
	}
	if number := after.sell(customer.ID, "A-3"); number != "2026-0004" {
		t.Errorf("the next invoice has the number %s", number)
	}
}
