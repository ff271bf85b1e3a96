package cash

import (
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// OpenItem is what money may belong to.
type OpenItem struct {
	ID         string
	Number     string
	Reference  string // ISO 11649
	Buyer      string
	CustomerID string
	Open       money.Amount
	DueOn      calendar.Date
	Offer      money.Amount // the early-payment discount on the receipt's day of value; no currency: none
}

// offer is the discount that may be taken, never all of what is open.
func (o OpenItem) offer() money.Amount {
	if o.Offer.Currency != o.Open.Currency || o.Offer.Cmp(o.Open) >= 0 {
		return o.Open.Zero()
	}
	return o.Offer
}

// asks is what settles the item on the day of value.
func (o OpenItem) asks() money.Amount { return o.Open.Minus(o.offer()) }

// Alias is a name under which a customer pays, as people taught it.
type Alias struct {
	Account    string // IBAN; or
	Name       string // the payer's name, plain
	CustomerID string
}

// Book is open items, found by whatever a transfer may say. It answers each
// question by one look-up: items are never compared one by one.
type Book struct {
	items      []OpenItem
	byName     map[string]int   // number or reference, squashed
	byAmount   map[int64][]int  // minor units that settle it
	byCustomer map[string][]int // oldest first
	byBuyer    map[string][]string
	accounts   map[string][]string
	aliases    map[string][]string
}

// NewBook indexes open items and the names under which customers pay.
func NewBook(items []OpenItem, aliases ...Alias) *Book {
	b := &Book{
		items: items, byName: make(map[string]int, 2*len(items)), byAmount: make(map[int64][]int, len(items)),
		byCustomer: map[string][]int{}, byBuyer: map[string][]string{}, accounts: map[string][]string{}, aliases: map[string][]string{},
	}
	for i, item := range items {
		if item.Number != "" {
			b.byName[Squash(item.Number)] = i
		}
		if item.Reference != "" {
			b.byName[Squash(item.Reference)] = i
		}
		b.byAmount[item.Open.Minor] = append(b.byAmount[item.Open.Minor], i)
		if asks := item.asks().Minor; asks != item.Open.Minor {
			b.byAmount[asks] = append(b.byAmount[asks], i)
		}
		b.byCustomer[item.CustomerID] = append(b.byCustomer[item.CustomerID], i)
		addTo(b.byBuyer, PlainName(item.Buyer), item.CustomerID)
	}
	for _, own := range b.byCustomer {
		slices.SortStableFunc(own, func(x, y int) int { return older(items[x], items[y]) })
	}
	for _, a := range aliases {
		addTo(b.accounts, a.Account, a.CustomerID)
		addTo(b.aliases, a.Name, a.CustomerID)
	}
	return b
}

func addTo(m map[string][]string, key, customerID string) {
	if key != "" && customerID != "" && !slices.Contains(m[key], customerID) {
		m[key] = append(m[key], customerID)
	}
}

// older orders items as debts are paid off: by due date, then by number.
func older(a, b OpenItem) int {
	switch {
	case a.DueOn.Before(b.DueOn):
		return -1
	case b.DueOn.Before(a.DueOn):
		return 1
	}
	return strings.Compare(a.Number, b.Number)
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

// legalForms say nothing about who somebody is.
var legalForms = []string{"bv", "nv", "vof", "gmbh", "ag", "kg", "ug", "ohg", "sarl", "sas", "sa", "ltd", "inc", "llc", "srl", "bvba", "plc"}

// folded are letters as the character set of SEPA has them (EPC217-08).
var folded = strings.NewReplacer(
	"à", "a", "á", "a", "â", "a", "ã", "a", "ä", "a", "å", "a", "æ", "a", "ç", "c", "è", "e", "é", "e", "ê", "e", "ë", "e", "ì", "i", "í", "i", "î", "i", "ï", "i",
	"ñ", "n", "ò", "o", "ó", "o", "ô", "o", "õ", "o", "ö", "o", "ø", "o", "œ", "o", "ß", "ss", "ù", "u", "ú", "u", "û", "u", "ü", "u", "ý", "y", "ÿ", "y",
	"ae", "a", "oe", "o", "ue", "u", "ij", "y",
)

// PlainName is a name without case, accents, punctuation and legal form, so that
// "Müller & Zn. B.V." and "MUELLER ZN" are one.
func PlainName(name string) string {
	name = folded.Replace(strings.ReplaceAll(strings.ToLower(name), ".", ""))
	words := strings.FieldsFunc(name, func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	kept := slices.DeleteFunc(words, func(w string) bool { return slices.Contains(legalForms, w) })
	return strings.Join(kept, " ")
}

// alike reports whether one name is within the other.
func alike(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	return len(a) > 3 && strings.Contains(b, a)
}
