package local

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/api"
	"duly/shared/o2c"
)

// encloses puts a file beside a customer, and reads what became of it.
func (g guarded) encloses(customer string, in api.EnclosureInput, content string) api.Enclosure {
	g.t.Helper()
	g.pass(time.Second) // requests of the same instant with the same body are one
	var up api.EnclosureUpload
	g.program(http.MethodPost, "/v1/customers/"+customer+"/enclosures", in, http.StatusAccepted, &up)
	g.puts(up.Method, up.URL, content)
	var list struct{ Items []api.Enclosure }
	g.program(http.MethodGet, "/v1/customers/"+customer+"/enclosures", nil, http.StatusOK, &list)
	for _, e := range list.Items {
		if e.ID == up.Enclosure.ID {
			return e
		}
	}
	g.t.Fatalf("%s is not listed: %+v", up.Enclosure.ID, list.Items)
	return api.Enclosure{}
}

// TestACustomersAccountsLieBesideIt: what a customer gives us of its own figures is kept by its content, read back, and
// named on the question whether to give credit; what is no such file is refused and says why.
func TestACustomersAccountsLieBesideIt(t *testing.T) {
	g := guard(t)
	var made api.Customer
	g.program(http.MethodPost, "/v1/customers", map[string]any{"name": "Acme BV", "kind": "company", "email": "a@acme.example", "address": map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, http.StatusCreated, &made)
	accounts := api.EnclosureInput{Label: "annual-accounts", Name: "accounts.pdf", Year: 2025}
	kept := g.encloses(made.ID, accounts, "%PDF-1.7 figures")
	if kept.Status != o2c.EnclosureKept || kept.ContentType != "application/pdf" || kept.Bytes != 16 || kept.By != "api:demo" {
		t.Errorf("%+v", kept)
	}
	status, content, err := g.Program(t.Context(), http.MethodGet, "/v1/enclosures/"+kept.ID, nil)
	if err != nil || status != http.StatusOK || string(content) != "%PDF-1.7 figures" {
		t.Errorf("read back: %d %q %v", status, content, err)
	}
	odd := g.encloses(made.ID, accounts, "MZ a program")
	if odd.Status != o2c.EnclosureRefused || !strings.Contains(odd.Problem, "neither PDF") {
		t.Errorf("a program: %+v", odd)
	}
	if status, _, _ := g.Program(t.Context(), http.MethodGet, "/v1/enclosures/"+odd.ID, nil); status != http.StatusNotFound {
		t.Errorf("a refused file is read: %d", status)
	}
	if status, said, _ := g.Program(t.Context(), http.MethodPost, "/v1/customers/"+made.ID+"/enclosures", []byte(`{"label":"summons","name":"x"}`)); status != http.StatusUnprocessableEntity || !strings.Contains(string(said), "/label") {
		t.Errorf("a court's paper beside a customer: %d %s", status, said)
	}
	order := map[string]any{"customer_id": made.ID, "external_id": "K-1", "currency": "EUR", "lines": []any{map[string]any{"sku": "DESK", "name": "Desk", "quantity": 100, "unit_price": map[string]any{"amount": 90000, "currency": "EUR"}, "tax_rate": "21"}}}
	var placed api.Order
	g.program(http.MethodPost, "/v1/orders", order, http.StatusCreated, &placed)
	if err := g.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	var shown strings.Builder
	for _, m := range g.Slack.Messages() {
		shown.Write(m.Blocks)
	}
	if !strings.Contains(shown.String(), "Annual accounts on file: 2025") {
		t.Errorf("the card says:\n%s", &shown)
	}
}
