// Package document owns the papers of the cycle: the invoice as a PDF and the
// letters that go out by mail, in the customer's language. The same input gives
// the same bytes. It does not own what a document must contain (the nouns and
// their law do), how it is sent, or where it is kept.
package document

import (
	"duly/shared/o2c"
	"duly/shared/text"
)

// Papers renders; what is dear to prepare is prepared once per process on first
// use.
type Papers struct{ Look o2c.Look }

var _ o2c.Papers = Papers{}

// wordsMax is how much of one name or description a paper shows, in bytes.
const wordsMax = 2000

// plain is foreign text as a paper shows it.
func plain(s string) string {
	if len(s) > wordsMax {
		s = s[:wordsMax] // text.Plain drops what is left of a cut character
	}
	return text.Plain(s)
}
