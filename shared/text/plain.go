package text

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Plain is foreign text as it may stand in one line of a document, a page or a
// header: composed (NFC), blanks joined, and without control characters, line
// breaks, direction overrides and characters of no width, with which a name
// could pose as another or break out of its place (row 81 of the failure
// catalogue). Escaping is left to who writes the format.
func Plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f': // blanks that do not break stay what they are
			return r
		case unicode.IsSpace(r):
			return ' '
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, norm.NFC.String(s))
	for strings.Contains(s, "  ") {
		s = strings.ReplaceAll(s, "  ", " ")
	}
	return strings.TrimSpace(s)
}
