package o2c

import (
	"slices"
	"strings"

	"duly/shared/o2c/invoice"
)

// saidMax bounds how many numbers free text is searched for.
const saidMax = 10

// numbersIn are the numbers that free text may name: ours as they are without a
// rule, and those of the house's own prefixes, however they are cased.
func (c *Cycle) numbersIn(text string) []string {
	found := numbersIn(text)
	for _, docType := range []string{invoice.Invoices, invoice.CreditNotes} {
		found = numbersUnder(c.Policy.Numbers[docType].Prefix, text, found)
	}
	return found
}

// numbersUnder adds the numbers of a prefix that free text may name.
func numbersUnder(prefix, text string, found []string) []string {
	before, after, dated := strings.Cut(prefix, "{year}")
	if before+after == "" {
		return found
	}
	upper, begins := strings.ToUpper(text), strings.ToUpper(before)
	for at := 0; at < len(upper) && len(found) < saidMax; at++ {
		if at > 0 && letterOrDigit(upper[at-1]) || !strings.HasPrefix(upper[at:], begins) {
			continue
		}
		if number, ok := behindPrefix(upper[at+len(begins):], after, dated); ok && !slices.Contains(found, before+number) {
			found = append(found, before+number)
		}
	}
	return found
}

// behindPrefix reads what stands behind the first part of a prefix: the year, where
// the prefix has one, its second part, and four digits or more.
func behindPrefix(text, after string, dated bool) (string, bool) {
	year := ""
	if dated {
		if year = leading(text); len(year) < 4 {
			return "", false
		}
		year = year[:4]
		text = text[4:]
	}
	if !strings.HasPrefix(text, strings.ToUpper(after)) {
		return "", false
	}
	n := leading(text[len(after):])
	return year + after + n, len(n) >= 4
}

// leading are the digits at the beginning of a text.
func leading(text string) string {
	end := strings.IndexFunc(text, func(r rune) bool { return r < '0' || r > '9' })
	if end < 0 {
		end = len(text)
	}
	return text[:end]
}

func letterOrDigit(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'A' && b <= 'Z'
}
