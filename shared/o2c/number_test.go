package o2c

import (
	"slices"
	"testing"

	"duly/shared/o2c/invoice"
)

func TestADateIsNoInvoiceNumber(t *testing.T) {
	for text, want := range map[string][]string{
		"order 88 dd 20260112 14:02":      nil,
		"2026-01-12":                      nil,
		"factuur 20260001":                {"2026-0001"}, // no such day
		"factuur 2026 0112 en 2026-10000": {"2026-0112", "2026-10000"},
		"2026011214":                      nil,
	} {
		if got := numbersIn(text); !slices.Equal(got, want) {
			t.Errorf("%q names %v, want %v", text, got, want)
		}
	}
}

func TestNumbersOfTheHousesOwn(t *testing.T) {
	c := &Cycle{Policy: &Policy{Numbers: invoice.Numbers{invoice.Invoices: {Prefix: "F{year}/"}, invoice.CreditNotes: {Prefix: "CR-"}}}}
	for text, want := range map[string][]string{
		"betaling F2026/0118 en f2026/0119": {"F2026/0118", "F2026/0119"},
		"note CR-0042, thanks":              {"CR-0042"},
		"AF2026/0118 is not ours":           nil,
		"F2026-0118 neither, nor F20/0118":  nil,
		"2026-0001":                         {"2026-0001"},
		"F2026/01":                          nil,
	} {
		if got := c.numbersIn(text); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
