package backup_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"duly/infra/backup"
	"duly/infra/local"
	"duly/shared/store"
)

// release writes the golden table of a release that is made: go test ./infra/backup -run FC_52 -release 0.1.0.
var release = flag.String("release", "", "version whose golden table is written")

// lives does a little of everything that is stored.
func (c company) lives() {
	c.t.Helper()
	var customer struct{ ID string }
	c.ask(http.MethodPost, "/v1/customers", map[string]any{"name": "Acme BV", "kind": "company", "emails": []string{"finance@acme.example"},
		"address": map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, &customer)
	c.ask(http.MethodPost, "/v1/products", map[string]any{"sku": "CHAIR", "name": "Chair", "stock": 40, "price": map[string]any{"amount": 12_100, "currency": "EUR"}}, nil)
	first, second := c.sell(customer.ID, "A-1"), c.sell(customer.ID, "A-2")
	c.ask(http.MethodPost, "/v1/invoices/"+second+"/credit-notes", map[string]any{}, nil)
	c.ask(http.MethodPost, "/v1/invoices/"+first+"/promises", map[string]any{"date": "2026-01-16"}, nil)
	c.ask(http.MethodPost, "/v1/quotes", map[string]any{"customer_id": customer.ID, "lines": []any{map[string]any{"sku": "CHAIR", "quantity": 2}}}, nil)
}

// goldens are the tables of every released version.
func goldens(t *testing.T) []string {
	all, err := filepath.Glob("testdata/released/*.tar.gz")
	if err != nil || len(all) == 0 {
		t.Fatalf("no golden tables: %v", err)
	}
	return all
}

func writeGolden(t *testing.T) {
	dir := t.TempDir()
	c := run(t, dir)
	c.lives()
	if err := c.Advance(c.t.Context(), 40*24*time.Hour); err != nil { // letters, tasks, statements
		c.t.Fatal(err)
	}
	c.stop()
	file, _ := written(t, open(t, dir))
	if err := os.WriteFile(filepath.Join("testdata/released", *release+".tar.gz"), file, 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestFC_52_EveryReleasedTableIsRead: the table that each release left behind opens, agrees with itself, reads through every
// door, and goes on.
func TestFC_52_EveryReleasedTableIsRead(t *testing.T) {
	if *release != "" {
		writeGolden(t)
	}
	for _, name := range goldens(t) {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := backup.Check(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		c := restored(t, file, m.MadeAt)
		var fresh struct{ ID string }
		c.ask(http.MethodPost, "/v1/customers", map[string]any{"name": "Vos", "kind": "company", "emails": []string{"a@vos.example"},
			"address": map[string]any{"street": "Dam 2", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, &fresh)
		for _, list := range []string{"customers", "products", "quotes", "orders", "invoices", "receipts", "ledger/entries", "events", "parked"} {
			var page struct{ Items []json.RawMessage }
			if c.ask(http.MethodGet, "/v1/"+list, nil, &page); len(page.Items) == 0 && list != "receipts" && list != "parked" {
				t.Errorf("%s: no %s", name, list)
			}
		}
		if number := c.sell(fresh.ID, "A-9"); number != "2026-0003" {
			t.Errorf("%s: the next invoice has the number %s", name, number)
		}
		c.stop()
	}
}

// TestFC_52_MigrateRewritesWhatIsBehind, once, and the documents stay what they were.
func TestFC_52_MigrateRewritesWhatIsBehind(t *testing.T) {
	dir := t.TempDir()
	c := run(t, dir)
	c.lives()
	books := c.balance()
	c.stop()
	place, err := local.OpenPlace(t.Context(), dir, made)
	if err != nil {
		t.Fatal(err)
	}
	shapes := store.Shapes{"invoice": {Version: 2, Up: map[int64]store.Lift{1: func(b store.Body) error { b["debtor_id"] = b["customer_id"]; return nil }}}}
	for i, want := range []int{3, 3, 0} {
		ages, behind, err := backup.Migrate(t.Context(), place.Place, shapes, i > 0)
		if err != nil || behind != want {
			t.Errorf("pass %d: %d behind, %v, %v", i+1, behind, err, ages["invoice"])
		}
	}
	if _, behind, err := backup.Migrate(t.Context(), place.Place, store.Released(), false); err != nil || behind != 0 {
		t.Errorf("the release before reads what is one ahead: %d, %v", behind, err)
	}
	if err := place.Close(); err != nil {
		t.Fatal(err)
	}
	again := run(t, dir)
	defer again.stop()
	if got := again.balance(); got != books {
		t.Errorf("the books were %s, they are %s", books, got)
	}
}
