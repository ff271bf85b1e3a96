package o2c

import (
	"slices"
	"testing"
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
