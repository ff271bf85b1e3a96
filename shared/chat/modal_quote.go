package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/quote"
)

// RenewQuote is the form that offers the same again to another day.
func (v Voice) RenewQuote(about Meta, d quote.Data, until calendar.Date) Modal {
	return v.form(ActQuoteRenew, "modal.renew", "button.send", about,
		section(v.mark("modal.order", "order", d.Number, "customer", named(d.Buyer.Name), "amount", d.Total)),
		v.day(FieldUntil, until))
}

// RenewContract is the form that offers what a contract is about for a next period.
func (v Voice) RenewContract(about Meta, d quote.ContractData, next quote.Period, until calendar.Date) Modal {
	return v.form(ActContractRenew, "modal.renew", "button.send", about,
		section(v.mark("modal.order", "order", d.Number, "customer", named(d.CustomerName), "amount", d.Total)),
		v.day(FieldStart, next.StartOn), v.day(FieldEnd, next.EndOn), v.day(FieldUntil, until))
}

// Renewal reads the form.
func (v Voice) Renewal(f Fields) (start, end, until calendar.Date, errs Errors) {
	errs = Errors{}
	if _, period := f[FieldStart]; period {
		start, end = v.date(f, FieldStart, errs), v.date(f, FieldEnd, errs)
	}
	return start, end, v.date(f, FieldUntil, errs), errs
}

// QuoteSent is what the sender is told: that it went out, or what it waits for and why.
func (v Voice) QuoteSent(c o2c.QuoteCard) string {
	return v.Say(v.quoteState(c), v.aboutQuote(c)...) + " " + bareText(string(v.quoteVerdict(c)))
}
