package statute

import (
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
)

// Days to pay, as the law bounds them. Source: directive 2011/7/EU, articles 3
// and 4; article 6:119a BW with the act of 2022-07-01 on large enterprises
// (Stb. 2022, 60); business.gov.nl, "Payment terms", read 2026-01.
const (
	TermDefault     = 30 // none agreed
	TermBusiness    = 60 // between businesses; longer only if demonstrably harmless
	TermLargeToSME  = 30 // a large buyer of a small seller; a longer one is void and becomes this
	TermPublicBody  = 30
	TermConsumerMin = 14 // "reasonable": as long as the formal notice of article 6:96(6) BW gives
	TermConsumerMax = 60
)

// Parties is what of seller and buyer decides on the days to pay. Whether one
// is large is what we were told (more than 250 people, or a turnover of more
// than 50 million euros and a balance of more than 43): never a guess.
type Parties struct {
	Buyer       party.Kind
	BuyerLarge  bool
	SellerLarge bool
}

// CheckTerm says what is wrong with a term of so many days; nil when nothing is.
func CheckTerm(days int, p Parties) error {
	low, high, why := bounds(p)
	if days < low || days > high {
		return fault.Breaks("terms.bounds", "{n} days to pay; {why}: write {low} to {high}", "n", days, "why", why, "low", low, "high", high)
	}
	return nil
}

func bounds(p Parties) (low, high int, why string) {
	switch {
	case p.Buyer == party.Consumer:
		return TermConsumerMin, TermConsumerMax, "a consumer's term must be reasonable"
	case p.Buyer == party.PublicBody:
		return 0, TermPublicBody, "public bodies pay within 30 days (directive 2011/7/EU, article 4)"
	case p.BuyerLarge && !p.SellerLarge:
		return 0, TermLargeToSME, "a large buyer pays a small seller within 30 days (article 6:119a(6) BW)"
	}
	return 0, TermBusiness, "businesses agree on at most 60 days (directive 2011/7/EU, article 3(5))"
}
