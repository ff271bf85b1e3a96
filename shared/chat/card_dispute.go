package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
)

// dispute is M3: what a customer says is wrong, and what may be done about it.
func (v Voice) dispute(c o2c.DisputeCard) Message {
	d := c.Dispute
	about := []any{"customer", named(c.Invoice.Buyer.Name), "number", d.Number, "amount", d.Amount, "accepted", d.Accepted, "note", d.CreditNote, "name", named(v.people(c.ClosedBy)), "date", d.AnswerBy}
	if d.Status != dunning.DisputeOpen {
		sentence := v.Say("dispute."+d.Status, about...)
		return message(sentence, section(v.mark("dispute."+d.Status, about...)), notes(v.disputeAnswer(d), v.quoted(d.Text)))
	}
	ref := Ref{ID: d.ID}.String()
	due := v.mark("dispute.answer_by", about...)
	if c.Late {
		due = v.mark("dispute.answer_late", about...)
	}
	return message(v.Say("dispute.text", about...),
		header(v.Say("dispute.title", about...)),
		fields(
			v.mark("dispute.reason", "reason", v.Say("dispute.reason."+d.Reason)),
			v.mark("dispute.amounts", "amount", d.Amount, "rest", c.Invoice.Demandable(), "total", c.Invoice.Total),
		),
		some(v.quoted(d.Text)),
		notes(v.mark("dispute.by", "name", named(v.people(c.By)), "time", d.OpenedAt), due, v.owned(c.Owner)),
		notes(v.mark("dispute.what", about...)),
		actions(
			primary(button(ActDisputeAccept, v.Say("button.dispute_accept"), ref)),
			button(ActDisputeReject, v.Say("button.dispute_reject"), ref),
			button(ActDisputeAsk, v.Say("button.dispute_ask"), ref),
			v.takeDispute(c.Owner, ref)))
}

// takeDispute is offered while nobody has taken it.
func (v Voice) takeDispute(owner, ref string) *slack.ButtonBlockElement {
	if owner != "" {
		return nil
	}
	return button(ActDisputeTake, v.Say("button.take"), ref)
}

func (v Voice) disputeAnswer(d dunning.DisputeData) markup {
	if d.Answer == "" {
		return ""
	}
	return v.mark("dispute.answer", "text", clip(clean(d.Answer), sectionMax/2))
}
