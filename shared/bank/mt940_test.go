package bank_test

import (
	"strings"
	"testing"

	"duly/shared/o2c/fault"
)

const mt940 = ":20:S1\n:25:NL91ABNA0417164300EUR\n:28C:1/1\n:60F:C260108EUR100,00\n:61:2601090109C21,00NTRFNONREF\n:86:thanks\n:62F:C260109EUR121,\n-\n"

func TestMT940IsRefusedWhole(t *testing.T) {
	change := func(old, with string) string {
		if !strings.Contains(mt940, old) {
			t.Fatal("nothing to change:", old)
		}
		return strings.Replace(mt940, old, with, 1)
	}
	for name, tt := range map[string]struct{ file, want string }{
		"cut":                    {mt940[:strings.Index(mt940, ":62F:")], "line 1: the statement has no closing balance (:62F:): the file was cut"},
		"a line is missing":      {change(":61:2601090109C21,00NTRFNONREF\n:86:thanks\n", ""), "21.00 is missing"},
		"no opening balance":     {change(":60F:C260108EUR100,00\n", ""), "no opening balance"},
		"no account":             {change(":25:NL91ABNA0417164300EUR\n", ""), "names no account"},
		"an interim report":      {change(":28C:1/1\n", ":28C:1/1\n:34F:EUR0,\n"), "interim report (MT942)"},
		"an entry of no form":    {change(":61:2601090109C21,00", ":61:9 January C21,00"), "line 5: entry"},
		"a day that is none":     {change("2601090109C", "2613090109C"), "line 5: 261309 is no day"},
		"a currency of the past": {strings.ReplaceAll(mt940, "EUR", "DEM"), "currency \"DEM\""},
		"too many decimals":      {change("C21,00", "C21,001"), "more decimals"},
		"two in one":             {change(":62F:C260109EUR121,\n", ":20:S2\n"), "line 7: a statement begins before the one of line 1"},
		"other currencies":       {change(":62F:C260109EUR", ":62F:C260109USD"), "a balance is in USD"},
	} {
		t.Run(name, func(t *testing.T) { refusal(t, strings.NewReader(tt.file), fault.Unreadable, tt.want) })
	}
}

// An entry's day has no year: around New Year it is the nearest.
func TestMT940AcrossNewYear(t *testing.T) {
	for _, tt := range []struct{ entry, booked, value string }{
		{"2512310102", "2026-01-02", "2025-12-31"},
		{"2601021231", "2025-12-31", "2026-01-02"},
		{"260109", "2026-01-09", "2026-01-09"},
	} {
		e := read(t, strings.Replace(mt940, "2601090109C", tt.entry+"C", 1))[0].Entries[0]
		if e.BookedOn.String() != tt.booked || e.ValueOn.String() != tt.value {
			t.Errorf("%s: booked %s, value %s", tt.entry, e.BookedOn, e.ValueOn)
		}
	}
}

// The same file told again has the same keys, and equal entries on one day two.
func TestMT940KeysStay(t *testing.T) {
	twice := strings.Replace(strings.Replace(mt940, ":61:2601090109C21,00NTRFNONREF\n:86:thanks\n", strings.Repeat(":61:2601090109C10,50NTRFNONREF\n:86:thanks\n", 2), 1), "C260109EUR121,", "C260109EUR121,00", 1)
	one, again := read(t, twice)[0].Entries, read(t, twice)[0].Entries
	if len(one) != 2 || one[0].Key == one[1].Key || one[0].Key != again[0].Key || one[1].Key != again[1].Key {
		t.Errorf("%+v", one)
	}
}
