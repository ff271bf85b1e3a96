package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"duly/shared/o2c/fault"
)

// TestTheReferenceIsWhatTheProgramSays: a verb, a key, an event or a code that
// changes and whose page does not fails here.
func TestTheReferenceIsWhatTheProgramSays(t *testing.T) {
	all, err := reference()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range all {
		got, err := os.ReadFile(filepath.Join("../../reference", name))
		if err != nil || string(got) != want {
			t.Errorf("reference/%s is not what the program says — it drifted (%v) — run: go run ./infra/duly reference", name, err)
		}
	}
	for _, must := range []string{"`/duly overdue`", "`audit [<kind>", "who is late"} {
		if !strings.Contains(all["commands.md"], must) {
			t.Errorf("the commands lack %s", must)
		}
	}
	if !strings.Contains(all["config.md"], "| `dunning.ladders.*[].day` |") || !strings.Contains(all["events.md"], "`duly.invoice.issued.v1`") {
		t.Error("keys or events are missing")
	}
}

// TestEveryCodeHasAPage: what it means, what brings it about, what to do; and
// duly explain prints it.
func TestEveryCodeHasAPage(t *testing.T) {
	for _, code := range fault.Codes() {
		p := pages[code]
		if !strings.HasSuffix(p.Cause, ".") || !strings.HasSuffix(p.Do, ".") {
			t.Errorf("%s has no page", code)
		}
		if status, out, problems := run("explain", string(code)); status != 0 || !strings.Contains(out, p.Do) || !strings.Contains(out, code.Meaning().Text) {
			t.Errorf("duly explain %s: %d %s %s", code, status, out, problems)
		}
	}
	for code := range pages {
		if code.Meaning() == fault.Internal.Meaning() && code != fault.Internal {
			t.Errorf("%s has a page and no meaning", code)
		}
	}
}
