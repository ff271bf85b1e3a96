package party

import (
	"regexp"
	"strconv"
	"strings"
)

// vatForms are the forms of the VAT ids of the Union's members, after the
// country code (VIES, frequently asked questions, question 11).
var vatForms = map[string]*regexp.Regexp{
	"AT": regexp.MustCompile(`^U\d{8}$`), "BE": regexp.MustCompile(`^[01]\d{9}$`), "BG": regexp.MustCompile(`^\d{9,10}$`),
	"CY": regexp.MustCompile(`^\d{8}[A-Z]$`), "CZ": regexp.MustCompile(`^\d{8,10}$`), "DE": regexp.MustCompile(`^\d{9}$`),
	"DK": regexp.MustCompile(`^\d{8}$`), "EE": regexp.MustCompile(`^\d{9}$`), "EL": regexp.MustCompile(`^\d{9}$`),
	"ES": regexp.MustCompile(`^[A-Z0-9]\d{7}[A-Z0-9]$`), "FI": regexp.MustCompile(`^\d{8}$`), "FR": regexp.MustCompile(`^[A-HJ-NP-Z0-9]{2}\d{9}$`),
	"HR": regexp.MustCompile(`^\d{11}$`), "HU": regexp.MustCompile(`^\d{8}$`), "IE": regexp.MustCompile(`^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}$`),
	"IT": regexp.MustCompile(`^\d{11}$`), "LT": regexp.MustCompile(`^(\d{9}|\d{12})$`), "LU": regexp.MustCompile(`^\d{8}$`),
	"LV": regexp.MustCompile(`^\d{11}$`), "MT": regexp.MustCompile(`^\d{8}$`), "NL": regexp.MustCompile(`^\d{9}B\d{2}$`),
	"PL": regexp.MustCompile(`^\d{10}$`), "PT": regexp.MustCompile(`^\d{9}$`), "RO": regexp.MustCompile(`^\d{2,10}$`),
	"SE": regexp.MustCompile(`^\d{12}$`), "SI": regexp.MustCompile(`^\d{8}$`), "SK": regexp.MustCompile(`^\d{10}$`),
	"XI": regexp.MustCompile(`^(\d{9}|\d{12}|(GD|HA)\d{3})$`),
}

// VATChecks reports whether a VAT id, written without blanks and dots, has the
// form of its country and, for the Netherlands and Belgium, its check digits. It
// says nothing about whether somebody has it.
func VATChecks(id string) bool {
	if len(id) < 4 {
		return false
	}
	country, rest := id[:2], id[2:]
	form, ok := vatForms[country]
	if !ok || !form.MatchString(rest) {
		return false
	}
	switch country {
	case "NL":
		return elevenProof(rest[:9]) || mod97(id)
	case "BE": // the last two digits are 97 minus the rest of the others
		n, _ := strconv.Atoi(rest[:8]) // digits, by its form
		check, _ := strconv.Atoi(rest[8:])
		return 97-n%97 == check
	}
	return true
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

var kvkForm = regexp.MustCompile(`^\d{8}$`)

// KVKChecks reports whether a number has the form of the Dutch trade register's,
// which has no check digit.
func KVKChecks(number string) bool {
	return kvkForm.MatchString(number) && strings.Trim(number, "0") != ""
}
