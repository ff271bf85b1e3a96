package document

import (
	"fmt"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/statute"
	"duly/shared/text"
)

// claimed is what the law gives on the invoices of a letter.
type claimed struct {
	Lead  string
	Table table
	Foot  string // how it was computed, and what it is not
}

func claimTable(v o2c.LetterView, w text.Words) claimed {
	if len(v.Claims) == 0 {
		return claimed{}
	}
	c := claimed{
		Lead: w.Say("mail.claim.today"), Foot: w.Say("mail.claim.disclaimer", "Date", w.Date(text.Day(v.VerifiedUntil))),
		Table: table{Head: []string{w.Say("mail.col.invoice"), w.Say("mail.col.principal"), w.Say("mail.col.interest"), w.Say("mail.col.costs"), w.Say("mail.col.total")}},
	}
	for _, k := range v.Claims {
		c.Table.Rows = append(c.Table.Rows, []cell{
			{Text: plain(k.Number), Tight: true}, {Text: amount(k.Principal, w), Tight: true}, {Text: amount(k.Interest, w), Tight: true},
			{Text: amount(k.Costs, w), Tight: true}, {Text: amount(k.Total, w), Tight: true},
		})
	}
	return c
}

// taxOnCosts names the VAT in a consumer's costs, where there is any.
func taxOnCosts(v o2c.LetterView, w text.Words) string {
	if !v.TaxOnCosts.IsPositive() {
		return ""
	}
	return w.Say("mail.tax_on_costs", "Tax", amount(v.TaxOnCosts, w))
}

// lawful refuses a consumer's letter that a court would not accept: it would cost
// the creditor the collection costs.
func lawful(l letter, v o2c.LetterView) error {
	w := text.In(l.Language)
	facts := statute.LetterFacts{Amount: amount(v.Amount, w), Costs: amount(v.Costs, w)}
	if v.TaxOnCosts.IsPositive() {
		facts.VAT = amount(v.TaxOnCosts, w)
	}
	faults := statute.LintLetter(l.Language, l.Body, facts)
	if len(faults) == 0 {
		return nil
	}
	return o2c.Permanent("The 14-day letter would be void", fmt.Sprintf("it lacks, or gets wrong: %s (article 6:96(6) BW)", strings.Join(faults, ", ")), "mend its wording", nil).Keyed("letter.void")
}
