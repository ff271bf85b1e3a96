package bank

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	nameCharsMax = 140   // ISO 20022 Max140Text
	textCharsMax = 2_000 // many unstructured lines; the rest helps nobody to match
)

// clean makes a bank's text fit to compare and to show: one Unicode form (NFC), single spaces, nothing invisible (controls,
// zero-width and direction marks; failures row 81), and an end. The placeholders that SEPA prescribes for "nothing" are nothing.
func clean(s string, charsMax int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	s = norm.NFC.String(strings.Join(strings.Fields(s), " "))
	if slices.Contains([]string{"NOTPROVIDED", "NOT PROVIDED", "NONREF", "NOTAVAILABLE"}, strings.ToUpper(s)) {
		return ""
	}
	if runes := []rune(s); len(runes) > charsMax {
		s = strings.TrimSpace(string(runes[:charsMax]))
	}
	return s
}

// compact is clean for what has no spaces by nature: account numbers and structured references, which people type in groups.
func compact(s string) string {
	return strings.ToUpper(strings.ReplaceAll(clean(s, nameCharsMax), " ", ""))
}
