package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// lawCards are the states of the card about the last day of issue.
func lawCards() map[string]o2c.Card {
	draft := invoice.Data{ID: "i_9", Status: invoice.Draft, Total: eur(24200), Buyer: invoice.Buyer{Name: "Acme <BV>", Kind: party.Company}, Missing: []string{"the customer's street", "the customer's VAT id (reverse charge)"}}
	tried, issued := draft, draft
	tried.Missing = nil
	issued.Status, issued.Number = invoice.Issued, "2026-0042"
	by := on("2026-04-15")
	return map[string]o2c.Card{
		"deadline":       o2c.DeadlineCard{Invoice: draft, By: by, Days: 5},
		"deadline_one":   o2c.DeadlineCard{Invoice: draft, By: by, Days: 1},
		"deadline_today": o2c.DeadlineCard{Invoice: tried, By: by},
		"deadline_late":  o2c.DeadlineCard{Invoice: draft, By: by, Days: -3},
		"deadline_done":  o2c.DeadlineCard{Invoice: issued, By: by, Days: -3},
	}
}
