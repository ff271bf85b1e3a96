package bank_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"

	"duly/shared/bank"
	"duly/shared/o2c/fault"
)

// FuzzCAMT053: whatever the bytes, the answer is our refusal, or statements that are proven, keyed and clean.
func FuzzCAMT053(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range samples {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Add([]byte(statement(euro)))
	f.Add([]byte(`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + statement("&x;")))
	f.Fuzz(readOrRefused)
}

// FuzzMT940 asks the same of the other format.
func FuzzMT940(f *testing.F) {
	samples, err := filepath.Glob("testdata/*.mt940")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range samples {
		content, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(readOrRefused)
}

// readOrRefused is the answer to any bytes.
func readOrRefused(t *testing.T, file []byte) {
	statements, err := bank.Read(bytes.NewReader(file))
	if err != nil {
		var refused *fault.Error
		if statements != nil || !errors.As(err, &refused) || (refused.Code != fault.Unreadable && refused.Code != fault.TooLarge) {
			t.Fatalf("%d statements and %v", len(statements), err)
		}
		return
	}
	if len(statements) == 0 {
		t.Fatal("neither statements nor an error")
	}
	for _, s := range statements {
		if err := s.Check(); err != nil || s.Account == "" || s.From.IsZero() || s.To.IsZero() {
			t.Fatalf("%v: %+v", err, s)
		}
		keys := map[string]bool{}
		for _, e := range s.Entries {
			if e.Key == "" || keys[e.Key] || e.BookedOn.IsZero() || e.ValueOn.IsZero() {
				t.Fatalf("%+v", e)
			}
			keys[e.Key] = true
			for _, text := range []string{s.ID, s.Account, e.Reference, e.Text, e.Name, e.IBAN, e.EndToEnd} {
				for _, r := range text {
					if !unicode.IsPrint(r) {
						t.Fatalf("%q shows what cannot be seen", text)
					}
				}
				if len([]rune(text)) > 2000 {
					t.Fatalf("%d characters", len(text))
				}
			}
		}
	}
	again, err := bank.Read(bytes.NewReader(file))
	if diff := cmp.Diff(statements, again); diff != "" || err != nil {
		t.Fatal(err, diff)
	}
}
