package party

import "strings"

// The schemes of electronic addresses (EN 16931 BT-34, BT-49: the EAS list of
// the CEF): the Dutch trade register, and a mailbox, which Peppol does not know.
const (
	SchemeKVK  = "0106"
	SchemeMail = "EM"
)

// vatScheme is the code of a country's VAT numbers as electronic addresses.
var vatScheme = map[string]string{
	"AT": "9914", "BE": "9925", "BG": "9926", "CY": "9928", "CZ": "9929", "DE": "9930", "EE": "9931", "EL": "9933", "ES": "9920",
	"FI": "0213", "FR": "9957", "HR": "9934", "HU": "9910", "IE": "9935", "IT": "0211", "LT": "9937", "LU": "9938", "LV": "9939",
	"MT": "9943", "NL": "9944", "PL": "9945", "PT": "9946", "RO": "9947", "SE": "9955", "SI": "9949", "SK": "9950",
}

// VATScheme is the code of a country's VAT numbers, by their prefix; "" where the
// list has none.
func VATScheme(prefix string) string { return vatScheme[prefix] }

// ElectronicAddress is where e-invoices reach a business: its KVK number or, of
// a German public body, its Leitweg-ID, else its VAT number, else its mailbox;
// "" when it has none of them.
func ElectronicAddress(country, kvk, reference, vatID, email string) (scheme, address string) {
	vat := strings.ToUpper(vatID)
	switch {
	case country == "DE" && LeitwegChecks(reference):
		return SchemeLeitweg, strings.ToUpper(reference)
	case kvk != "" && country == "NL":
		return SchemeKVK, kvk
	case len(vat) > 2 && vatScheme[vat[:2]] != "":
		return vatScheme[vat[:2]], vat
	}
	return SchemeMail, email
}
