package party

import (
	"errors"
	"net/mail"
	"slices"
	"strings"

	"duly/shared/o2c/fault"
)

// emailMax is the longest mail address that can be sent to (RFC 5321, section 4.5.3.1.3, without the brackets).
const emailMax = 254

// vatMax bounds a VAT id as it is written, with blanks and dots.
const vatMax = 20

// CheckEmail refuses what is no mail address.
func CheckEmail(address string) error {
	if a, err := mail.ParseAddress(address); err != nil || a.Address != address || len(address) > emailMax {
		return fault.Breaks("customer.email", `e-mail "{address}" is not an address`, "address", address)
	}
	return nil
}

// CheckKind refuses a kind that the law does not know.
func CheckKind(k Kind) error {
	if !slices.Contains(Kinds(), k) {
		return fault.Breaks("customer.kind", `kind "{id}" is none of {kinds}`, "id", k, "kinds", Kinds())
	}
	return nil
}

// CheckCountry refuses what is no country; lower case will do.
func CheckCountry(code string) error {
	if !CountryChecks(strings.ToUpper(code)) {
		return fault.Breaks("customer.country", `country "{id}" is no code of ISO 3166-1 alpha-2`, "id", code)
	}
	return nil
}

// CheckVATID refuses what can be no VAT id of any country: each has a digit, and nothing but letters, digits and what
// people put between them (Ireland: + and *). Whether it has the form of its country, and whether somebody has it, is found
// out later: an id that fails there is kept, and taxed as none.
func CheckVATID(id string) error {
	odd := strings.IndexFunc(id, func(r rune) bool { return !strings.ContainsRune(" .-/+*", r) && !isDigit(r) && !isLetter(r) }) >= 0
	if odd || len(id) > vatMax || strings.IndexFunc(id, isDigit) < 0 {
		return fault.Breaks("customer.vat_id", `"{id}" can be no VAT id: each has digits, and at most {n} characters`, "id", id, "n", vatMax)
	}
	return nil
}

// CheckKVK refuses what can be no number of a trade register, in the Netherlands or elsewhere: each has a digit.
func CheckKVK(number string) error {
	if strings.IndexFunc(number, isDigit) < 0 {
		return fault.Breaks("customer.kvk", `"{id}" can be no number of a trade register: each has digits`, "id", number)
	}
	return nil
}

// fields are the fields that a rule about a customer speaks of, where there is one.
var fields = map[string]string{
	"customer.name": "/name", "customer.kind": "/kind", "customer.limit": "/credit_limit", "customer.terms": "/terms", "customer.group_limit": "/group_limit",
	"customer.insured": "/insured_limit", "customer.leitweg": "/buyer_reference", "customer.reference": "/buyer_reference",
	"share.count": "/instalments", "share.one": "/instalments", "share.sum": "/instalments",
}

// Pointer is the JSON pointer to the field that NewCustomer or Amend refused; "" when it is not one field alone.
func Pointer(refused error) string {
	var r *fault.Rule
	if !errors.As(refused, &r) {
		return ""
	}
	return fields[r.Key]
}

func isDigit(r rune) bool { return r >= '0' && r <= '9' }

func isLetter(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
