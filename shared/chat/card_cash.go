package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
)

// candidatesMax is how many guesses a person is asked to judge.
const candidatesMax = 3

// cash is M6: money without a home, and where it may belong.
func (v Voice) cash(c o2c.CashCard) Message {
	r := c.Receipt
	about := []any{"amount", r.Unapplied, "payer", v.payer(r)}
	if c.Settled {
		return v.cashSettled(c)
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
	if c.Refund != nil {
		all = append(all, v.refund(c)...)
	}
	return message(v.Say("cash.text", about...), append(all, v.otherwise(c))...)
}

// whyApplied is why money went to an invoice; that a colleague said so is said in the reader's language.
func (v Voice) whyApplied(a cash.Application) any {
	if by, ok := strings.CutPrefix(a.Why, cash.MatchedBy); ok {
		return v.mark("cash.by_hand", "name", named(by))
	}
	return noted(v.Because(a.Why))
}

// undosMax is how many applications and bookings of a settled card have a button of their own.
const undosMax = 3

// cashSettled is a card that asks nothing any more: where the money went, and how to take that back.
func (v Voice) cashSettled(c o2c.CashCard) Message {
	r := c.Receipt
	about := []any{"amount", r.Amount, "payer", v.payer(r)}
	all := []slack.Block{section(v.mark("cash.settled", about...))}
	stand := applied(r)
	for i, a := range stand {
		if i < undosMax {
			all = append(all, v.undoable(v.mark("cash.applied", "amount", a.Amount, "number", a.Number, "why", v.whyApplied(a)), Undo{ReceiptID: r.ID, N: a.N}))
		}
	}
	if len(stand) > undosMax {
		all = append(all, notes(listed(v, stand[undosMax:], listMax, func(a cash.Application) markup {
			return v.mark("cash.applied", "amount", a.Amount, "number", a.Number, "why", v.whyApplied(a))
		})))
	}
	for _, b := range r.Bookings {
		if !b.Undone && len(all) <= undosMax {
			all = append(all, v.undoable(v.booked(b), Undo{ReceiptID: r.ID, N: b.N, Booking: true}))
		}
	}
	if r.Kept && r.Unapplied.IsPositive() {
		all = append(all, notes(v.mark("cash.kept", "amount", r.Unapplied)))
	}
	if c.Refund != nil {
		all = append(all, v.refund(c)...)
	}
	return message(v.Say("cash.settled", about...), all...)
}

// booked says as what money was booked that is no customer's.
func (v Voice) booked(b cash.Booking) markup {
	about := []any{"amount", b.Amount, "account", ledger.Code(b.Role), "why", noted(v.Because(b.Why))}
	if b.Kind == "" {
		return v.mark("cash.booked", about...)
	}
	return v.mark("cash.booked_kind", append(about, "kind", v.kind(b.Kind))...)
}

func (v Voice) undoable(said markup, u Undo) slack.Block {
	s := section(said)
	s.Accessory = slack.NewAccessory(button(ActCashUndo, v.Say("button.undo_match"), u.String()))
	return s
}

// refundWords are how a refund stands that was decided.
var refundWords = map[string]string{
	cash.RefundApproved: "cash.refund_approved", cash.RefundFiled: "cash.refund_filed", cash.RefundPaid: "cash.refund_paid",
	cash.RefundFailed: "cash.refund_failed", cash.RefundRefused: "cash.refund_refused",
}

// gatewayRefundWords are those of a refund that the gateway makes.
var gatewayRefundWords = map[string]string{
	cash.RefundApproved: "cash.gateway_approved", cash.RefundSent: "cash.gateway_sent", cash.RefundPaid: "cash.gateway_paid", cash.RefundFailed: "cash.gateway_failed",
}

// gatewayNames are the gateways at which refunds are made, as people know them.
var gatewayNames = map[string]string{cash.Stripe: "Stripe"}

// refund says how the newest refund stands; one to another account asks a second person.
func (v Voice) refund(c o2c.CashCard) []slack.Block {
	d := c.Refund
	last := d.IBAN
	if n := len(last); n > 4 {
		last = last[n-4:]
	}
	about := []any{"amount", d.Amount, "name", named(d.Name), "last", last}
	if d.Gateway != "" && gatewayRefundWords[d.Status] != "" {
		return []slack.Block{notes(v.mark(gatewayRefundWords[d.Status], "amount", d.Amount, "name", v.orNobody(d.Name), "gateway", gatewayNames[d.Gateway]))}
	}
	if d.Status != cash.RefundAsked {
		if d.Status == cash.RefundPaid {
			about = append(about, "date", d.PaidOn)
		}
		return []slack.Block{notes(v.mark(refundWords[d.Status], about...))}
	}
	ref := Ref{ID: d.ID}.String()
	return []slack.Block{
		section(v.mark("cash.refund_asked", append(about, "asked_by", c.AskedBy, "reason", noted(d.Reason))...)),
		actions(button(ActCashApprove, v.Say("button.refund_yes"), ref), button(ActCashRefuse, v.Say("button.refund_no"), ref)),
	}
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

func (v Voice) payer(r cash.ReceiptData) string { return v.orNobody(r.Payer) }

func (v Voice) orNobody(name string) string {
	if name == "" {
		return v.Say("cash.nobody")
	}
	return named(name)
}

func (v Voice) candidate(r cash.ReceiptData, n int, c o2c.Candidate) slack.Block {
	s := section(v.mark("cash.candidate", "n", n, "number", c.Number, "customer", named(c.Customer), "open", c.Open, "score", c.Score, "why", noted(v.Because(c.Why))))
	match := button(ActCashMatch, v.Say("button.match", "n", n), Pair{ReceiptID: r.ID, InvoiceID: c.InvoiceID}.String())
	s.Accessory = slack.NewAccessory(match)
	return s
}

// otherwise is what else may be done with the money. It can be kept for a customer only when it is known whose it is, and
// refunded only when it came by transfer, or by our payment page, and no other refund waits.
func (v Voice) otherwise(c o2c.CashCard) slack.Block {
	r := c.Receipt
	ref := Ref{ID: r.ID}.String()
	var keep, refund *slack.ButtonBlockElement
	if r.CustomerID != "" {
		keep = button(ActCashKeep, v.Say("button.keep"), ref)
	}
	if (r.Source == "bank" || o2c.RefundableAt(r) != "") && (c.Refund == nil || c.Refund.Status != cash.RefundAsked) {
		refund = button(ActCashRefund, v.Say("button.refund"), ref)
	}
	return actions(button(ActCashSplit, v.Say("button.split"), ref), keep, refund, button(ActCashOther, v.Say("button.other"), ref))
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
