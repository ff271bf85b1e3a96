package fulfilment

import (
	"net/url"
	"regexp"
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/party"
)

// Carrier is who brings parcels: where they are followed, and what their
// numbers look like. Carriers change both without notice, so that a number of
// another form is a hint for people and never refused.
type Carrier struct {
	Code    string // "postnl"
	Name    string // as people know it
	Example string // a number
	numbers []func() *regexp.Regexp
	page    string            // {number}, {postal}, {country}, {locale}
	bare    string            // the same without a postal code; "" where page needs none
	local   map[string]string // the page of a country's own company, where it has one
	locales map[string]string // of the page, by language; "" is the fallback
}

// carriers is the table; the pages are those that the carriers tell senders to
// link to.
var carriers = []Carrier{
	{ // https://developer.postnl.nl/use-cases/track-and-trace/: a direct link has barcode, country and postal code
		Code: "postnl", Name: "PostNL", Example: "3SABCD123456789",
		numbers: patterns(`3S[A-Z]{2,5}[0-9]{5,11}`, `[A-Z]{2}[0-9]{9}NL`), // the second: UPU S10
		page:    "https://jouw.postnl.nl/track-and-trace/{number}-{country}-{postal}",
		bare:    "https://jouw.postnl.nl/track-and-trace/{number}",
	},
	{ // https://www.dhl.com/global-en/home/tracking.html; in the Netherlands https://my.dhlecommerce.nl, which asks for the postal code
		Code: "dhl", Name: "DHL", Example: "JVGL0123456789012345",
		numbers: patterns(`JVGL[0-9]{10,20}`, `J[JD]D[0-9]{16,20}`, `00340434[0-9]{12}`, `[0-9]{10}`, `[0-9]{12}`),
		page:    "https://www.dhl.com/{locale}/home/tracking.html?tracking-id={number}",
		local:   map[string]string{"NL": "https://my.dhlecommerce.nl/home/tracktrace/{number}/{postal}"},
		locales: map[string]string{"": "global-en", "nl": "nl-nl", "de": "de-de", "fr": "fr-fr"},
	},
	{ // https://www.dpd.com/nl/en/receiving/track/: 14 digits, and a check character on labels
		Code: "dpd", Name: "DPD", Example: "05212345678901",
		numbers: patterns(`[0-9]{14}[0-9A-Z]?`),
		page:    "https://tracking.dpd.de/status/{locale}/parcel/{number}",
		locales: map[string]string{"": "en_US", "nl": "nl_NL", "de": "de_DE", "fr": "fr_FR"},
	},
	{ // https://www.ups.com/us/en/support/tracking-support/where-is-my-package/tracking-number-formats
		Code: "ups", Name: "UPS", Example: "1Z999AA10123456784",
		numbers: patterns(`1Z[0-9A-Z]{16}`),
		page:    "https://www.ups.com/track?loc={locale}&tracknum={number}",
		locales: map[string]string{"": "en_US", "nl": "nl_NL", "de": "de_DE", "fr": "fr_FR"},
	},
	{ // https://gls-group.eu/EU/en/parcel-tracking: 11 or 12 digits, or the track ID of 8 characters
		Code: "gls", Name: "GLS", Example: "YO0IZ8BX",
		numbers: patterns(`[0-9]{11,12}`, `[A-Z][A-Z0-9]{7}`),
		page:    "https://gls-group.eu/track/{number}",
	},
	{ // https://www.fedex.com/en-us/tracking.html: 12, 15, 20 or 22 digits
		Code: "fedex", Name: "FedEx", Example: "123456789012",
		numbers: patterns(`[0-9]{12}`, `[0-9]{15}`, `96[0-9]{20}`, `[0-9]{20}`),
		page:    "https://www.fedex.com/fedextrack/?trknbr={number}",
	},
}

func patterns(all ...string) []func() *regexp.Regexp {
	out := make([]func() *regexp.Regexp, len(all))
	for i, p := range all {
		out[i] = lazy.Pattern("^" + p + "$")
	}
	return out
}

// Carriers lists who is known, in the order in which forms offer them.
func Carriers() []Carrier { return append([]Carrier(nil), carriers...) }

// CarrierOf finds a carrier by its code, or by its name as a shop spells it:
// "DHL Parcel NL", "ups®", "Fed Ex".
func CarrierOf(said string) (Carrier, bool) {
	s := strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "", "®", "", ".", "").Replace(said))
	for _, c := range carriers {
		if strings.HasPrefix(s, c.Code) {
			return c, true
		}
	}
	return Carrier{}, false
}

// GuessCarrier finds the carrier by a number that only one of them gives.
func GuessCarrier(number string) (Carrier, bool) {
	var found []Carrier
	for _, c := range carriers {
		if c.Gives(number) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return Carrier{}, false
	}
	return found[0], true
}

// Gives reports whether a number has one of the carrier's usual forms; a hint,
// because forms change.
func (c Carrier) Gives(number string) bool {
	number = bareNumber(number)
	for _, p := range c.numbers {
		if p().MatchString(number) {
			return true
		}
	}
	return false
}

func bareNumber(s string) string {
	return strings.ToUpper(strings.NewReplacer(" ", "", "-", "", ".", "").Replace(s))
}

// Link is the page on which a parcel is followed, in a language.
func (c Carrier) Link(number string, to party.Address, language string) string {
	postal, country := bareNumber(to.PostalCode), strings.ToUpper(to.Country)
	page := c.page
	switch {
	case c.local[country] != "" && postal != "" && !allDigits(number):
		page = c.local[country]
	case c.bare != "" && (postal == "" || country == ""):
		page = c.bare
	}
	locale := c.locales[language]
	if locale == "" {
		locale = c.locales[""]
	}
	return strings.NewReplacer(
		"{number}", url.QueryEscape(bareNumber(number)), "{postal}", url.QueryEscape(postal), "{country}", url.QueryEscape(country), "{locale}", locale,
	).Replace(page)
}

// allDigits tells the numbers of international companies from those of the
// country's own.
func allDigits(s string) bool { return strings.Trim(bareNumber(s), "0123456789") == "" }
