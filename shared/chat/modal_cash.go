package chat

import (
	"duly/shared/o2c/cash"
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
