package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
)

// candidatesMax is how many guesses a person is asked to judge.
const candidatesMax = 3

// cash is M6: money without a home, and where it may belong.
func (v Voice) cash(c o2c.CashCard) Message {
	r := c.Receipt
	about := []any{"amount", r.Unapplied, "payer", v.payer(r)}
	if c.Settled {
		about[1] = r.Amount
		sentence := v.Say("cash.settled", about...)
		return message(sentence,
			section(v.mark("cash.settled", about...)),
			notes(listed(v, applied(r), listMax, func(a cash.Application) markup {
				return v.mark("cash.applied", "amount", a.Amount, "number", a.Number, "why", noted(a.Why))
			})))
	}
	all := []slack.Block{header(v.Say("cash.title", about...)), v.received(r)}
	for i, candidate := range c.Candidates {
		if i < candidatesMax {
			all = append(all, v.candidate(r, i+1, candidate))
		}
	}
	if len(c.Candidates) == 0 {
		all = append(all, section(v.mark("cash.no_candidates")))
	}
	return message(v.Say("cash.text", about...), append(all, v.otherwise(r))...)
}

// received is what the bank or the gateway says of the money. Of the account only the end is shown: it is there to be
// recognised, not to be paid to.
func (v Voice) received(r cash.ReceiptData) slack.Block {
	var account, reference, said markup
	if n := len(r.IBAN); n > 4 {
		account = v.mark("cash.account", "last", r.IBAN[n-4:])
	}
	if r.Reference != "" {
		reference = v.mark("cash.reference", "reference", named(r.Reference))
	}
	if r.Text != "" {
		said = v.mark("cash.said", "text", noted(r.Text))
	}
	return fields(v.mark("cash.on", "date", r.ValueOn), v.mark("cash.from", "payer", v.payer(r)), account, reference, said)
}

func (v Voice) payer(r cash.ReceiptData) string {
	if r.Payer == "" {
		return v.Say("cash.nobody")
	}
	return named(r.Payer)
}

func (v Voice) candidate(r cash.ReceiptData, n int, c o2c.Candidate) slack.Block {
	s := section(v.mark("cash.candidate", "n", n, "number", c.Number, "customer", named(c.Customer), "open", c.Open, "score", c.Score, "why", noted(c.Why)))
	match := button(ActCashMatch, v.Say("button.match", "n", n), Pair{ReceiptID: r.ID, InvoiceID: c.InvoiceID}.String())
	s.Accessory = slack.NewAccessory(match)
	return s
}

// otherwise is what else may be done with the money. It can be kept for a customer only when it is known whose it is.
func (v Voice) otherwise(r cash.ReceiptData) slack.Block {
	ref := Ref{ID: r.ID}.String()
	var keep *slack.ButtonBlockElement
	if r.CustomerID != "" {
		keep = button(ActCashKeep, v.Say("button.keep"), ref)
	}
	return actions(button(ActCashSplit, v.Say("button.split"), ref), keep)
}

func applied(r cash.ReceiptData) []cash.Application {
	var stand []cash.Application
	for _, a := range r.Applications {
		if !a.Undone {
			stand = append(stand, a)
		}
	}
	return stand
}
