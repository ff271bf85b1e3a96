package party

import (
	"strings"

	"duly/shared/o2c/fault"
)

// SchemeLeitweg is the Leitweg-ID as an electronic address (EAS 0204), under
// which German public bodies are found in Peppol's network.
const SchemeLeitweg = "0204"

// referenceMax is the longest buyer reference we keep: a Leitweg-ID has at most
// 46 characters.
const referenceMax = 50

// IsLeitwegID reports whether a buyer reference has the form of a Leitweg-ID
// (KoSIT, Leitweg-ID-Formatspezifikation 2.0.2): 2 to 12 digits that begin with
// the number of a state (01 to 16) or of the federation (99), up to 30 letters
// and digits, which may be left out, and two check digits, with hyphens between.
func IsLeitwegID(reference string) bool {
	parts := strings.Split(strings.ToUpper(reference), "-")
	if len(parts) != 2 && len(parts) != 3 {
		return false
	}
	coarse, check := parts[0], parts[len(parts)-1]
	if len(coarse) < 2 || len(coarse) > 12 || strings.Trim(coarse, digits) != "" || len(check) != 2 || strings.Trim(check, digits) != "" {
		return false
	}
	if state := coarse[:2]; state != "99" && (state < "01" || state > "16") {
		return false
	}
	return len(parts) == 2 || parts[1] != "" && len(parts[1]) <= 30 && strings.Trim(parts[1], digits+letters) == ""
}

const (
	digits  = "0123456789"
	letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

// LeitwegChecks reports whether a reference is a Leitweg-ID whose check digits
// are right: without hyphens, with A as 10 to Z as 35, it leaves 1 when divided
// by 97 (ISO/IEC 7064, MOD 97-10).
func LeitwegChecks(reference string) bool {
	if !IsLeitwegID(reference) {
		return false
	}
	rest := 0
	for _, r := range strings.ToUpper(reference) {
		switch {
		case r >= '0' && r <= '9':
			rest = (rest*10 + int(r-'0')) % 97
		case r >= 'A' && r <= 'Z':
			rest = (rest*100 + int(r-'A') + 10) % 97
		}
	}
	return rest == 1
}

// ReferenceChecks reports whether a buyer reference (BT-10) may be kept for a
// customer of a country. It is the customer's own text; only what looks like a
// Leitweg-ID of a German customer has check digits.
func ReferenceChecks(country, reference string) bool {
	return len(reference) <= referenceMax && (country != "DE" || !IsLeitwegID(reference) || LeitwegChecks(reference))
}

func (d Data) checkReference() error {
	if ReferenceChecks(d.Address.Country, d.BuyerReference) {
		return nil
	}
	if len(d.BuyerReference) > referenceMax {
		return fault.Breaks("customer.reference", `buyer_reference "{id}" is longer than {n} characters`, "id", d.BuyerReference, "n", referenceMax)
	}
	return fault.Breaks("customer.leitweg", `buyer_reference "{id}" is a Leitweg-ID whose check digits are wrong`, "id", d.BuyerReference)
}
