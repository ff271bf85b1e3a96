package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// AcceptDispute is the form that gives the customer right: how much of it, and a word to the team's own trail.
func (v Voice) AcceptDispute(about Meta, customer string, d dunning.DisputeData) Modal {
	element := slack.NewPlainTextInputBlockElement(nil, FieldAmount).WithMaxLength(placeholderMax)
	element.InitialValue = v.typable(d.Amount)
	return v.form(ActDisputeAccept, "modal.dispute_accept", "button.credit", about,
		section(v.mark("modal.dispute.of", "number", d.Number, "customer", named(customer), "amount", d.Amount)),
		v.input(FieldAmount, false, element, "hint.dispute_amount", "currency", d.Amount.Currency),
		v.sentences(FieldNote, true),
		notes(v.mark("modal.dispute_accept.what")))
}

// typable is an amount as a person would type it, so that it can be read in one way alone.
func (v Voice) typable(a money.Amount) string {
	return v.formats.Decimal(a.Decimal().StringFixed(money.Digits(a.Currency)))
}

// Accepted reads the form.
func (v Voice) Accepted(f Fields, d dunning.DisputeData) (*money.Amount, Errors) {
	errs := Errors{}
	part := v.optionalAmount(f, d.Amount.Currency, errs)
	if part != nil && (!part.IsPositive() || part.Cmp(d.Amount) > 0) {
		errs[FieldAmount] = v.Say("error.dispute_amount", "amount", d.Amount)
	}
	return part, errs
}

// RejectDispute is the form that says why the invoice stands.
func (v Voice) RejectDispute(about Meta, customer string, d dunning.DisputeData) Modal {
	return v.form(ActDisputeReject, "modal.dispute_reject", "button.dispute_reject_now", about,
		section(v.mark("modal.dispute.of", "number", d.Number, "customer", named(customer), "amount", d.Amount)),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.dispute_reject.what")))
}

// AskAboutDispute is the form for a question to the customer.
func (v Voice) AskAboutDispute(about Meta, customer string, d dunning.DisputeData) Modal {
	return v.form(ActDisputeAsk, "modal.dispute_ask", "button.dispute_ask_now", about,
		section(v.mark("modal.dispute.of", "number", d.Number, "customer", named(customer), "amount", d.Amount)),
		v.sentences(FieldNote, false),
		notes(v.mark("modal.dispute_ask.what")))
}

// Dispute is the form that writes down what a customer says is wrong. open is what it may be about, the oldest first.
func (v Voice) Dispute(about Meta, customer string, open []invoice.Data) Modal {
	reasons := make([]*slack.OptionBlockObject, 0, len(dunning.DisputeReasons()))
	for _, r := range dunning.DisputeReasons() {
		reasons = append(reasons, slack.NewOptionBlockObject(r, plain(v.Say("dispute.reason."+r), optionTextMax), nil))
	}
	return v.form(ActOverdueDispute, "modal.dispute", "button.record", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.whichInvoice(open),
		v.input(FieldWrong, false, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldWrong, reasons...)),
		v.line(FieldAmount, true, "hint.dispute_part", "currency", open[0].Currency),
		v.sentences(FieldWords, true),
		notes(v.mark("modal.dispute.what")))
}

// Disputed reads the form; the invoice is still to be found among the customer's.
func (v Voice) Disputed(f Fields, currency string) (o2c.DisputeInput, Errors) {
	errs := Errors{}
	in := o2c.DisputeInput{InvoiceID: f[FieldInvoice], Amount: v.optionalAmount(f, currency, errs), Reason: f[FieldWrong], Text: f[FieldWords]}
	if in.Reason == dunning.OtherReason && in.Text == "" {
		errs[FieldWords] = v.Say("error.dispute_text")
	}
	return in, errs
}
