package backup_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"duly/infra/backup"
)

// TestLeavingTakesEverything: every record is readable without the product, every document is as it was sent, the copy
// beside them is whole, and nothing is ever written over.
func TestLeavingTakesEverything(t *testing.T) {
	dir := t.TempDir()
	c := run(t, dir)
	c.lives()
	c.stop()
	place, into := open(t, dir), filepath.Join(t.TempDir(), "gone")
	m, err := backup.Leave(t.Context(), place.Place, made, into, quiet)
	if err != nil || m.Items == 0 || m.Documents == 0 {
		t.Fatalf("%+v %v", m, err)
	}
	raw, err := os.ReadFile(filepath.Join(into, "records", "invoice.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	numbers := map[string]bool{}
	for line := range bytes.Lines(raw) {
		var inv struct{ Number string }
		if err := json.Unmarshal(line, &inv); err != nil {
			t.Fatal(err)
		}
		numbers[inv.Number] = true
	}
	if !numbers["2026-0001"] || !numbers["2026-0002"] || !numbers["CN2026-0001"] {
		t.Errorf("invoices %v", numbers)
	}
	for _, kind := range []string{"customer", "order", "entry", "event"} {
		if info, err := os.Stat(filepath.Join(into, "records", kind+".jsonl")); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", kind, err)
		}
	}
	if pdf, err := os.ReadFile(filepath.Join(into, "documents", "documents", "invoices", "2026", "2026-0001.pdf")); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-")) {
		t.Errorf("the invoice's paper: %v", err)
	}
	file, err := os.Open(filepath.Join(into, "duly-backup.tar.gz"))
	if err != nil {
		t.Fatal(err)
	}
	if again, err := backup.Check(file); err != nil || again.Seal != m.Seal {
		t.Errorf("the copy: %v", err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := backup.Leave(t.Context(), place.Place, made, into, quiet); err == nil {
		t.Error("a full folder was written into")
	}
}
