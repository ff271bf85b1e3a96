package chat

import (
	"strings"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
)

// overdue is M2: one card per customer with all that is open, edited as it changes and folded to a line when it is paid.
func (v Voice) overdue(c o2c.OverdueCard) Message {
	customer := named(c.Customer.Name)
	if !c.Overdue.IsPositive() {
		sentence := v.Say("overdue.none", "customer", customer)
		return message(sentence, section(v.mark("overdue.none", "customer", customer)))
	}
	about := []any{"customer", customer, "amount", c.Overdue, "days", v.count("days", c.Oldest)}
	today := dayOf(c)
	ref := Ref{ID: c.Customer.ID}.String()
	return message(v.Say("overdue.text", about...),
		header(v.Say("overdue.title", about...)),
		section(listed(v, c.Invoices, listMax, func(d invoice.Data) markup { return v.openItem(d, today) })),
		notes(v.promise(c.Promise), v.reachable(c)),
		notes(v.nextStep(c.Invoices), v.owned(c.Owner)),
		actions(
			take(v, c.Owner, ref),
			button(ActOverduePromise, v.Say("button.promise"), ref),
			button(ActOverduePlan, v.Say("button.plan"), ref),
			button(ActOverdueDispute, v.Say("button.dispute"), ref),
			button(ActOverdueSnooze, v.Say("button.snooze"), ref)))
}

// dayOf is the day that the card was drawn for: the oldest invoice is as late on it as the card says.
func dayOf(c o2c.OverdueCard) calendar.Date {
	var oldest calendar.Date
	for _, d := range c.Invoices {
		if !d.DueOn.IsZero() && d.Open.IsPositive() && (oldest.IsZero() || d.DueOn.Before(oldest)) {
			oldest = d.DueOn
		}
	}
	if oldest.IsZero() {
		return oldest
	}
	return oldest.AddDays(c.Oldest)
}

func (v Voice) openItem(d invoice.Data, today calendar.Date) markup {
	if !d.Open.IsPositive() {
		return v.mark("overdue.line.paid", "number", d.Number, "amount", d.Total)
	}
	when := v.mark("overdue.due", "date", d.DueOn)
	if late := today.DaysSince(d.DueOn); !today.IsZero() && late > 0 {
		when = v.mark("overdue.late", "days", v.count("days", late))
	}
	return join(" · ", v.mark("overdue.line", "number", d.Number, "amount", d.Open), when, v.lastStep(d), v.paused(d))
}

// lastStep is the newest reminder that went out.
func (v Voice) lastStep(d invoice.Data) markup {
	sent := d.Dunning.Sent
	if len(sent) == 0 {
		return ""
	}
	last := sent[len(sent)-1]
	return v.mark("overdue.sent", "step", v.known("step.", last.Step), "date", last.On)
}

func (v Voice) paused(d invoice.Data) markup {
	if d.PausedBy() == "" {
		return ""
	}
	by, _, _ := strings.Cut(d.PausedBy(), " ") // "promise p_…"
	return v.mark("overdue.paused", "by", v.known("pause.", by))
}

// nextStep is the first reminder that will go out.
func (v Voice) nextStep(all []invoice.Data) markup {
	var first invoice.Dunning
	for _, d := range all {
		if n := d.Dunning; n.NextStep != "" && n.PausedBy == "" && (first.NextStep == "" || n.NextOn.Before(first.NextOn)) {
			first = n
		}
	}
	if first.NextStep == "" {
		return ""
	}
	return v.mark("overdue.next", "step", v.known("step.", first.NextStep), "date", first.NextOn)
}

func (v Voice) promise(p *o2c.PromiseLine) markup {
	if p == nil {
		return ""
	}
	date := any(p.Date)
	if d, err := calendar.Parse(p.Date); err == nil {
		date = d
	}
	return v.mark("overdue.promise", "amount", p.Amount, "date", date, "status", v.known("promise.", p.Status), "by", named(v.people(p.By)))
}

// reachable is how to reach the customer.
func (v Voice) reachable(c o2c.OverdueCard) markup {
	var phone, mail markup
	if c.Customer.Phone != "" {
		phone = v.mark("phone", "number", named(c.Customer.Phone))
	}
	if len(c.Customer.Emails) > 0 {
		mail = markup(escape(named(c.Customer.Emails[0])))
	}
	return join(" · ", phone, mail)
}

func (v Voice) owned(owner string) markup {
	if owner == "" {
		return v.mark("owner.none")
	}
	return v.mark("owner", "name", named(v.people(owner)))
}

// take is offered while nobody has taken the case.
func take(v Voice, owner, ref string) *slack.ButtonBlockElement {
	if owner != "" {
		return nil
	}
	return primary(button(ActOverdueTake, v.Say("button.take"), ref))
}
