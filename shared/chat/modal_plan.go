package chat

import (
	"strconv"

	"github.com/slack-go/slack"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
)

// partsProposed is how many instalments a form begins with.
const partsProposed = 3

// Plan is the form for a payment plan of one of a customer's invoices. open is what it may be about, the oldest first.
func (v Voice) Plan(about Meta, customer string, open []invoice.Data, first calendar.Date) Modal {
	return v.form(ActOverduePlan, "modal.plan", "button.record", about,
		section(v.mark("modal.customer", "customer", named(customer))),
		v.whichInvoice(open),
		v.parts(partsProposed),
		v.day(FieldDate, first, "hint.plan_date"),
		v.sentences(FieldNote, true),
		notes(v.mark("modal.plan.what")))
}

// EditPlan is the form for other instalments than those that were asked for; submitting it agrees to them.
func (v Voice) EditPlan(about Meta, customer string, d dunning.PlanData) Modal {
	return v.form(ActPlanEdit, "modal.plan", "button.approve", about,
		section(v.mark("modal.plan.of", "customer", named(customer), "number", d.Number, "amount", d.Total)),
		v.parts(len(d.Parts)),
		v.day(FieldDate, d.Parts[0].On, "hint.plan_date"),
		notes(v.mark("modal.plan.what")))
}

// DeclinePlan is the form that says why a plan is not agreed to.
func (v Voice) DeclinePlan(about Meta, customer string, d dunning.PlanData) Modal {
	return v.form(ActPlanDecline, "modal.plan_decline", "button.reject_now", about,
		section(v.mark("modal.plan.of", "customer", named(customer), "number", d.Number, "amount", d.Total)),
		v.sentences(FieldReason, false),
		notes(v.mark("modal.plan_decline.what")))
}

// Planned reads how many instalments, and the day of the first.
func (v Voice) Planned(f Fields) (parts int, first calendar.Date, errs Errors) {
	errs = Errors{}
	parts, err := strconv.Atoi(f[FieldParts])
	if err != nil || parts < 2 || parts > dunning.PartsMax {
		errs[FieldParts] = v.Say("error.parts", "n", dunning.PartsMax)
	}
	return parts, v.date(f, FieldDate, errs), errs
}

// parts asks for a number of instalments.
func (v Voice) parts(proposed int) *slack.InputBlock {
	options := make([]*slack.OptionBlockObject, 0, dunning.PartsMax)
	for n := 2; n <= dunning.PartsMax; n++ {
		options = append(options, slack.NewOptionBlockObject(strconv.Itoa(n), plain(v.Say("plan.parts", "n", n), optionTextMax), nil))
	}
	choice := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldParts, options...)
	return v.input(FieldParts, false, choice.WithInitialOption(options[max(0, min(proposed, dunning.PartsMax)-2)]))
}
