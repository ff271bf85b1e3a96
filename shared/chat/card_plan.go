package chat

import (
	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
)

// plan is M5: a payment plan that somebody asked for, and how it goes.
func (v Voice) plan(c o2c.PlanCard) Message {
	d := c.Plan
	about := []any{"customer", named(c.Customer), "number", d.Number, "amount", d.Total, "n", len(d.Parts), "name", named(v.people(c.Decider)), "paid", c.Next, "date", d.EndedOn}
	switch d.Status {
	case dunning.PlanDeclined, dunning.PlanKept, dunning.PlanBroken:
		var answer markup
		if d.Answer != "" {
			answer = v.mark("dispute.answer", "text", clip(clean(d.Answer), sectionMax/2))
		}
		return message(v.Say("plan."+d.Status, about...), section(v.mark("plan."+d.Status, about...)), notes(answer))
	case dunning.PlanActive:
		return message(v.Say("plan.active", about...), section(v.mark("plan.active", about...)), section(v.instalments(c)), notes(v.mark("plan.what", about...)))
	}
	ref := Ref{ID: d.ID}.String()
	return message(v.Say("plan.text", about...),
		header(v.Say("plan.title", about...)),
		section(v.instalments(c)),
		some(v.quoted(d.Text)),
		notes(v.mark("dispute.by", "name", named(v.people(c.By)), "time", d.AskedAt), v.mark("plan.due", "date", c.Invoice.DueOn)),
		notes(v.mark("plan.what", about...)),
		actions(
			primary(confirmed(button(ActPlanApprove, v.Say("button.approve"), ref), v.Say("plan.confirm.title"), v.Say("plan.confirm", about...), v.Say("button.approve"), v.Say("button.cancel"))),
			button(ActPlanEdit, v.Say("button.plan_edit"), ref),
			button(ActPlanDecline, v.Say("button.reject"), ref)))
}

// quoted is what the customer wrote.
func (v Voice) quoted(text string) markup {
	if text == "" {
		return ""
	}
	return v.mark("dispute.quote", "text", clip(clean(text), sectionMax/2))
}

// instalments lists the parts of a plan and which of them are paid.
func (v Voice) instalments(c o2c.PlanCard) markup {
	n := 0
	return listed(v, c.Plan.Parts, dunning.PartsMax, func(p dunning.Instalment) markup {
		n++
		key := "plan.part"
		if n <= c.Next {
			key = "plan.part_paid"
		}
		return v.mark(key, "n", n, "date", p.On, "amount", p.Amount)
	})
}
