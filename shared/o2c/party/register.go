package party

import (
	"regexp"
	"strings"

	"duly/shared/o2c/lazy"
)

// vatForms are the forms of the VAT ids of the Union's members, after the
// country code (VIES, frequently asked questions, question 11).
var vatForms = map[string]func() *regexp.Regexp{
	"AT": lazy.Pattern(`^U\d{8}$`), "BE": lazy.Pattern(`^[01]\d{9}$`), "BG": lazy.Pattern(`^\d{9,10}$`),
	"CY": lazy.Pattern(`^\d{8}[A-Z]$`), "CZ": lazy.Pattern(`^\d{8,10}$`), "DE": lazy.Pattern(`^\d{9}$`),
	"DK": lazy.Pattern(`^\d{8}$`), "EE": lazy.Pattern(`^\d{9}$`), "EL": lazy.Pattern(`^\d{9}$`),
	"ES": lazy.Pattern(`^[A-Z0-9]\d{7}[A-Z0-9]$`), "FI": lazy.Pattern(`^\d{8}$`), "FR": lazy.Pattern(`^[A-HJ-NP-Z0-9]{2}\d{9}$`),
	"HR": lazy.Pattern(`^\d{11}$`), "HU": lazy.Pattern(`^\d{8}$`), "IE": lazy.Pattern(`^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$`),
	"IT": lazy.Pattern(`^\d{11}$`), "LT": lazy.Pattern(`^(\d{9}|\d{12})$`), "LU": lazy.Pattern(`^\d{8}$`),
	"LV": lazy.Pattern(`^\d{11}$`), "MT": lazy.Pattern(`^\d{8}$`), "NL": lazy.Pattern(`^\d{9}B\d{2}$`),
	"PL": lazy.Pattern(`^\d{10}$`), "PT": lazy.Pattern(`^\d{9}$`), "RO": lazy.Pattern(`^\d{2,10}$`),
	"SE": lazy.Pattern(`^\d{12}$`), "SI": lazy.Pattern(`^\d{8}$`), "SK": lazy.Pattern(`^\d{10}$`),
	"XI": lazy.Pattern(`^(\d{9}|\d{12}|(GD|HA)\d{3})$`),
}

// VATChecks reports whether a VAT id of a member state, written without blanks
// and dots, has the form of its country and its check digits. It says nothing
// about whether somebody has it.
func VATChecks(id string) bool {
	if len(id) < 4 {
		return false
	}
	country, rest := id[:2], id[2:]
	form, ok := vatForms[country]
	if !ok || !form().MatchString(rest) {
		return false
	}
	proof, ok := vatProofs[country]
	return !ok || proof(rest)
}

// elevenProof is the test of the Dutch numbers of legal persons: the digits
// weigh 9 to 2, and the last is the sum's remainder by 11.
func elevenProof(digits string) bool {
	sum := 0
	for i := range 8 {
		sum += int(digits[i]-'0') * (9 - i)
	}
	return sum%11 == int(digits[8]-'0')
}

// mod97 is the test of the Dutch numbers of sole traders since 2020: with
// letters as two digits, as ISO 7064 has them, the remainder by 97 is 1.
func mod97(id string) bool {
	rest := 0
	for _, r := range id {
		n := int(r - '0')
		if r >= 'A' && r <= 'Z' {
			n = int(r-'A') + 10
			rest = (rest*10 + n/10) % 97
			n %= 10
		}
		rest = (rest*10 + n) % 97
	}
	return rest == 1
}

var kvkForm = lazy.Pattern(`^\d{8}$`)

// KVKChecks reports whether a number has the form of the Dutch trade register's,
// which has no check digit.
func KVKChecks(number string) bool {
	return kvkForm().MatchString(number) && strings.Trim(number, "0") != ""
}

// countries are the codes of ISO 3166-1 alpha-2, and XK.
const countries = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW"

// CountryChecks reports whether a code is that of a country.
func CountryChecks(code string) bool {
	return len(code) == 2 && strings.Contains(" "+countries+" ", " "+code+" ")
}

// unposted are the countries without postal codes (Universal Postal Union,
// addressing systems), among those that things are sold to.
const unposted = " AE AG AN AO AW BF BI BJ BO BS BW BZ CD CF CG CI CK CM CW DJ DM ER FJ GD GH GM GQ GY HK IE JM KI KM KN KP LC ML MO MR MS MU MW NA NR NU PA QA RW SB SC SL SO SR ST SY TF TG TK TL TO TT TV TZ UG VU WS YE ZW "

// HasPostalCodes reports whether addresses in a country need a postal code.
func HasPostalCodes(country string) bool { return !strings.Contains(unposted, " "+country+" ") }

// poBox finds a box where an address should be.
var poBox = lazy.Pattern(`(?i)\b(p\.?\s?o\.?\s?box|postbus|postfach|boîte postale|bo[iî]te postale|b\.?p\.?\s?\d+|casella postale|apartado)\b`)

// IsBox reports whether a street is a PO box, where nobody is.
func (a Address) IsBox() bool { return poBox().MatchString(a.Street) }
