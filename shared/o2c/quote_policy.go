package o2c

import (
	"slices"

	"duly/shared/o2c/quote"
)

// QuoteRules are the days of quotes and contracts.
type QuoteRules struct {
	ValidDays  int // of a quote that names no day
	RemindDays int // before a quote expires, the customer is reminded once; 0: never
	WarnDays   int // before a contract's notice day, the team is told
}

// TermsIn are the texts in a language; where there are none in it, in English.
func (p *Policy) TermsIn(language string) quote.TermsData {
	for _, wanted := range []string{language, "en"} {
		if i := slices.IndexFunc(p.Terms, func(t quote.TermsData) bool { return t.Language == wanted }); i >= 0 {
			return p.Terms[i]
		}
	}
	return quote.TermsData{}
}
