package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
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
	payee := func(status, by string, approved ...string) o2c.PayeeCard {
		c := &cash.AccountChange{From: cash.Account{IBAN: "NL91ABNA0417164300"}, To: cash.Account{IBAN: "NL02ABNA0123456789"}, Status: status, AskedBy: by, AskedAt: at("2026-04-01T09:00:00Z"), InForceAt: at("2026-04-05T09:00:00Z")}
		return o2c.PayeeCard{Payee: cash.PayeeData{InForce: c.From, Change: c}, Needed: 2, AskedBy: by, Approved: approved, Stopped: "Joost"}
	}
	return map[string]o2c.Card{
		"question":       o2c.QuestionCard{ID: "team:2026-01", Month: on("2026-01-01"), Answers: 2},
		"payee_asked":    payee(cash.ChangeAsked, "Noor"),
		"payee_policy":   payee(cash.ChangeAsked, cash.FromPolicy, "Mira"),
		"payee_cooling":  payee(cash.ChangeCooling, "Noor", "Mira"),
		"payee_done":     payee(cash.ChangeDone, "Noor", "Mira"),
		"payee_stopped":  payee(cash.ChangeStopped, "Noor", "Mira"),
		"deadline":       o2c.DeadlineCard{Invoice: draft, By: by, Days: 5},
		"deadline_one":   o2c.DeadlineCard{Invoice: draft, By: by, Days: 1},
		"deadline_today": o2c.DeadlineCard{Invoice: tried, By: by},
		"deadline_late":  o2c.DeadlineCard{Invoice: draft, By: by, Days: -3},
		"deadline_done":  o2c.DeadlineCard{Invoice: issued, By: by, Days: -3},
	}
}
