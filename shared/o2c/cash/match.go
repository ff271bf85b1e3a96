package cash

import (
	"strings"

	"duly/shared/o2c/money"
)

// OpenItem is what money may belong to.
type OpenItem struct {
	Number     string
	Reference  string // ISO 11649
	Buyer      string
	CustomerID string
	Open       money.Amount
}

// Scores of the signs that money belongs to an open item, of 100.
const (
	scoreReference = 100
	scoreNumber    = 90
	scoreAmount    = 40
	scoreName      = 35
	scoreCustomer  = 30
)

// Score says how probably a receipt belongs to an open item, and why; 0 means
// that nothing speaks for it, or that it is in another currency.
func Score(r ReceiptData, item OpenItem) (score int, why string) {
	if money.Same(r.Unapplied, item.Open) != nil {
		return 0, ""
	}
	said := Squash(r.Reference + " " + r.Text)
	switch {
	case item.Reference != "" && strings.Contains(said, Squash(item.Reference)):
		return scoreReference, "the reference " + item.Reference + " is in the transfer"
	case item.Number != "" && strings.Contains(said, Squash(item.Number)):
		return scoreNumber, "the number " + item.Number + " is in the text"
	}
	return signs(r, item)
}

// Fits reports whether more than what the payer wrote speaks for an open item: a
// number in free text may be a date or another's.
func Fits(r ReceiptData, item OpenItem) bool {
	if money.Same(r.Unapplied, item.Open) != nil {
		return false
	}
	score, _ := signs(r, item)
	return score > 0
}

// signs are what speaks for an open item besides its number and reference.
func signs(r ReceiptData, item OpenItem) (score int, why string) {
	var because []string
	if r.Unapplied.Cmp(item.Open) == 0 {
		score += scoreAmount
		because = append(because, "the amount is exactly what is open")
	}
	if name := Squash(item.Buyer); len(name) > 3 && strings.Contains(Squash(r.Payer), name) {
		score += scoreName
		because = append(because, "the payer has the customer's name")
	}
	if r.CustomerID != "" && r.CustomerID == item.CustomerID {
		score += scoreCustomer
		because = append(because, "the money came from this customer")
	}
	return score, strings.Join(because, ", ")
}

// Squash keeps letters and digits alone, in upper case: banks break references
// with spaces, dashes and line ends.
func Squash(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}
