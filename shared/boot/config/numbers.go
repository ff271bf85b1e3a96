package config

import (
	"strings"

	"duly/shared/o2c/lazy"

	"duly/shared/o2c/invoice"
)

// numbers is the section of how documents are numbered.
type numbers struct {
	Invoice    numbering `yaml:"invoice"`
	CreditNote numbering `yaml:"credit_note"`
	Quote      numbering `yaml:"quote"`
}

// numbering is one kind of document; left out, the product's own numbers.
type numbering struct {
	Prefix string `yaml:"prefix"`
	Start  struct {
		Year   int   `yaml:"year"`
		Number int64 `yaml:"number"`
	} `yaml:"start"`
}

// prefixForm keeps a number within what a reference by ISO 11649 carries, 21
// letters and digits.
var prefixForm = lazy.Pattern(`^[A-Za-z0-9./-]{0,6}\{year\}[A-Za-z0-9./-]{0,3}$`)

// startMax keeps the numbers that follow within that, too.
const startMax = 99_999_999

func (n numbers) policy(c *checker) invoice.Numbers {
	rules := invoice.Numbers{}
	seen := map[string]string{}
	for _, kind := range []struct {
		key, docType string
		of           numbering
	}{{"invoice", invoice.Invoices, n.Invoice}, {"credit_note", invoice.CreditNotes, n.CreditNote}, {"quote", invoice.Quotes, n.Quote}} {
		at := "numbers." + kind.key
		if kind.of == (numbering{}) {
			continue
		}
		p := kind.of.Prefix
		c.must(p == "" || prefixForm().MatchString(p), at+".prefix", p, "letters, digits, - . or / around {year}, e.g. F{year}-")
		c.must(p == "" || seen[strings.ToUpper(p)] == "", at+".prefix", p, "another prefix than that of "+seen[strings.ToUpper(p)])
		seen[strings.ToUpper(p)] = kind.key
		start := kind.of.Start
		c.must(start.Year == 0 && start.Number == 0 || start.Year >= 2000 && start.Year < 2100 && start.Number > 0 && start.Number <= startMax,
			at+".start", "", "the year in which you begin here and its first number, e.g. { year: 2026, number: 118 }")
		rules[kind.docType] = invoice.Numbering{Prefix: p, StartYear: start.Year, Start: start.Number}
	}
	return rules
}
