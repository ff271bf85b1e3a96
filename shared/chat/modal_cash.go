package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// Split is the form that gives a part of the money to one invoice.
func (v Voice) Split(about Meta, r cash.ReceiptData) Modal {
	return v.form(ActCashSplit, "modal.split", "button.apply", about,
		section(v.mark("modal.receipt", "payer", v.payer(r), "unapplied", r.Unapplied)),
		v.line(FieldInvoice, false, "hint.invoice"),
		v.line(FieldAmount, true, "hint.split_amount", "currency", r.Amount.Currency))
}

// Part reads the form: the number of an invoice, and the amount, which is zero for as much as fits.
func (v Voice) Part(f Fields, currency string) (number string, amount money.Amount, errs Errors) {
	errs = Errors{}
	if given := v.optionalAmount(f, currency, errs); given != nil {
		amount = *given
	}
	return f[FieldInvoice], amount, errs
}

// Refund is the form that gives money back: by transfer, to the account that it came from unless another is named, or at the
// gateway, to where it came from.
func (v Voice) Refund(about Meta, r cash.ReceiptData) Modal {
	if gateway := o2c.RefundableAt(r); gateway != "" {
		return v.form(ActCashRefund, "modal.refund_gateway", "button.refund", about,
			section(v.mark("modal.receipt", "payer", v.payer(r), "unapplied", r.Unapplied)),
			v.line(FieldAmount, true, "hint.refund_amount", "currency", r.Amount.Currency, "most", r.Unapplied),
			v.sentences(FieldReason, false),
			notes(v.mark("modal.refund_gateway.what", "gateway", gatewayNames[gateway])))
	}
	return v.form(ActCashRefund, "modal.refund", "button.refund", about,
		section(v.mark("modal.receipt", "payer", v.payer(r), "unapplied", r.Unapplied)),
		v.line(FieldAmount, true, "hint.refund_amount", "currency", r.Amount.Currency, "most", r.Unapplied),
		v.filled(FieldHolder, r.Payer),
		v.filled(FieldIBAN, r.IBAN, "hint.refund_iban"),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.refund.what")))
}

// Refunded reads the form.
func (v Voice) Refunded(f Fields, r cash.ReceiptData) (o2c.RefundAsk, Errors) {
	errs := Errors{}
	return o2c.RefundAsk{
		ReceiptID: r.ID, Amount: v.optionalAmount(f, r.Amount.Currency, errs), Name: f[FieldHolder], IBAN: f[FieldIBAN], Reason: f[FieldReason],
	}, errs
}

// Other is the form that books money which is no customer's.
func (v Voice) Other(about Meta, r cash.ReceiptData) Modal {
	return v.kinds(ActCashOther, "modal.other", about, r.Amount, v.mark("modal.receipt", "payer", v.payer(r), "unapplied", r.Unapplied), r.Payer, nil)
}

// ExplainLine is the form that says what a bank line is that took money away: one of the kinds, or a customer's money that was
// given back by hand.
func (v Voice) ExplainLine(about Meta, l o2c.BankLineData) Modal {
	e := l.Entry
	return v.kinds(ActBankExplain, "modal.explain_line", about, e.Amount, v.mark("bankline.text", "amount", e.Amount.Abs(), "name", v.orNobody(e.Name)), e.Name,
		v.line(FieldCredited, true, "hint.credit_note"))
}

// NoKind says that the form names neither a kind nor a credit note.
func (v Voice) NoKind() Errors { return Errors{FieldAccount: v.Say("error.no_kind")} }

// kinds asks what money is that no customer caused, and whether all of the other party is so.
func (v Voice) kinds(action, title string, about Meta, amount money.Amount, said markup, party string, note slack.Block) Modal {
	var options []*slack.OptionBlockObject
	for _, k := range cash.Kinds(amount) {
		options = append(options, slack.NewOptionBlockObject(k.Name, plain(v.kind(k.Name)+" · "+ledger.Code(k.Account), optionTextMax), nil))
	}
	all := []slack.Block{
		section(said),
		v.input(FieldAccount, note != nil, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldAccount, options...)),
	}
	if note != nil {
		all = append(all, note)
	}
	all = append(all, v.sentences(FieldReason, true))
	if party != "" {
		yes := slack.NewOptionBlockObject("yes", plain(v.Say("always.yes", "name", named(party)), optionTextMax), nil)
		all = append(all, v.input(FieldAlways, true, slack.NewCheckboxGroupsBlockElement(FieldAlways, yes)))
	}
	return v.form(action, title, "button.book", about, append(all, notes(v.mark("modal.other.what")))...)
}

// Said reads either form.
func (v Voice) Said(f Fields, id string) o2c.LineAsk {
	return o2c.LineAsk{ID: id, Kind: f[FieldAccount], Why: f[FieldReason], Always: f[FieldAlways] == "yes"}
}

// Kind is what the team calls a kind of money that no customer caused; none has no name.
func (v Voice) Kind(name string) string {
	if name == "" {
		return ""
	}
	return v.kind(name)
}

// kind is what the team calls a kind of money that no customer caused.
func (v Voice) kind(name string) string { return v.known("kind.", name) }
