package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
)

// snoozeMax is how many days a collector may let a customer rest (ux.md §2.3).
const snoozeMax = 7

// Promise is the form that records a customer's word. open is what it may be about, the oldest first.
func (v Voice) Promise(about Meta, customer string, open []invoice.Data, proposed calendar.Date) Modal {
	return v.form(ActOverduePromise, "modal.promise", "button.record", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.whichInvoice(open),
		v.line(FieldAmount, true, "hint.promise_amount", "currency", open[0].Currency),
		v.day(FieldDate, proposed, "hint.promise_date", "n", dunning.MaxDays),
		notes(v.mark("modal.promise.what")))
}

// whichInvoice asks for one of the open invoices and proposes the oldest.
func (v Voice) whichInvoice(open []invoice.Data) *slack.InputBlock {
	options := make([]*slack.OptionBlockObject, 0, len(open))
	for _, d := range open[:min(len(open), optionsMax)] {
		text := plain(v.Say("modal.promise.invoice", "number", d.Number, "open", d.Open, "due", d.DueOn), optionTextMax)
		options = append(options, slack.NewOptionBlockObject(clip(d.ID, optionValueMax), text, nil))
	}
	return v.input(FieldInvoice, false, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldInvoice, options...).WithInitialOption(options[0]))
}

// Promised reads the form; the invoice is still to be found among the customer's.
func (v Voice) Promised(f Fields, currency string) (o2c.PromiseInput, Errors) {
	errs := Errors{}
	p := o2c.PromiseInput{InvoiceID: f[FieldInvoice], Amount: v.optionalAmount(f, currency, errs), Date: v.date(f, FieldDate, errs)}
	return p, errs
}

// Snooze is the form that lets a customer rest for some days.
func (v Voice) Snooze(about Meta, customer string, proposed calendar.Date) Modal {
	return v.form(ActOverdueSnooze, "modal.snooze", "button.snooze_now", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.day(FieldUntil, proposed, "hint.snooze", "n", snoozeMax),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.snooze.what")))
}

// Snoozed reads the form.
func (v Voice) Snoozed(f Fields, today calendar.Date) (calendar.Date, Errors) {
	return v.restUntil(f, today, snoozeMax)
}

// restUntil reads until when letters rest: from tomorrow, for at most so many days.
func (v Voice) restUntil(f Fields, today calendar.Date, most int) (calendar.Date, Errors) {
	errs := Errors{}
	until := v.date(f, FieldUntil, errs)
	if ahead := until.DaysSince(today); errs[FieldUntil] == "" && (ahead < 1 || ahead > most) {
		errs[FieldUntil] = v.Say("error.snooze", "from", today.AddDays(1), "to", today.AddDays(most))
	}
	return until, errs
}
