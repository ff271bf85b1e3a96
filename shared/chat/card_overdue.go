package chat

import (
	"slices"
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
	return message(v.Say("overdue.text", about...),
		header(v.Say("overdue.title", about...)),
		section(listed(v, slices.Concat(c.Settled, c.Invoices), listMax, func(d invoice.Data) markup { return v.openItem(d, c.Today) })),
		notes(v.promise(c.Promise), v.lastCall(c), v.reachable(c)),
		notes(v.nextStep(c.Invoices, c.Today), v.callBy(c.CallBy), v.owned(c.Owner), v.rests(c), v.supply(c), v.collects(c.Collects)),
		v.stopping(c),
		v.overdueActions(c))
}

// overdueActions are what a collector does about a customer (ux.md §2.4).
func (v Voice) overdueActions(c o2c.OverdueCard) slack.Block {
	ref := Ref{ID: c.Customer.ID}.String()
	pause, supply := entry{ActOverduePause, "button.pause"}, entry{ActOverdueStop, "button.stop"}
	if !c.HoldUntil.IsZero() {
		pause = entry{ActOverdueGoOn, "button.go_on"}
	}
	if c.Customer.Stopped != nil {
		supply = entry{ActOverdueSupply, "button.supply"}
	}
	elements := []slack.BlockElement{}
	for _, b := range []*slack.ButtonBlockElement{
		take(v, c.Owner, ref), button(ActOverdueCall, v.Say("button.call"), ref), button(ActOverduePromise, v.Say("button.promise"), ref), button(ActOverduePlan, v.Say("button.plan"), ref),
		button(ActOverdueSnooze, v.Say("button.snooze"), ref),
	} {
		if b != nil {
			elements = append(elements, b)
		}
	}
	entries := []entry{{ActOverdueDispute, "button.dispute"}, pause, supply, {ActOverdueAgency, "button.claims"}}
	if c.Collects != nil {
		entries = append(entries, entry{ActStopCollecting, "button.stop_collecting"})
	}
	return row(append(elements, v.menu(ActOverdueMore, ref, entries...))...)
}

// collects is what the customer's invoices are collected from.
func (v Voice) collects(m *o2c.KeptMethod) markup {
	if m == nil {
		return ""
	}
	return v.mark("overdue.collects", "method", named(m.Shown()))
}

// stopping asks the second colleague whether supply stops.
func (v Voice) stopping(c o2c.OverdueCard) slack.Block {
	if c.Stop == nil {
		return nil
	}
	ref := Ref{ID: c.Customer.ID}.String()
	return actions(
		primary(button(ActOverdueStopYes, v.Say("button.stop_yes"), ref)),
		button(ActOverdueSupply, v.Say("button.stop_no"), ref))
}

func (v Voice) lastCall(c o2c.OverdueCard) markup {
	if c.Call == nil {
		return ""
	}
	said := v.mark("overdue.call", "by", named(v.people("slack:"+c.Call.By)), "date", c.Call.On, "outcome", v.known("outcome.", c.Call.Outcome))
	if c.Call.Note != "" {
		said = join(": ", said, markup(escape(noted(c.Call.Note))))
	}
	return said
}

func (v Voice) callBy(on calendar.Date) markup {
	if on.IsZero() {
		return ""
	}
	return v.mark("overdue.call_by", "date", on)
}

// rests is until when no letter goes out, and why.
func (v Voice) rests(c o2c.OverdueCard) markup {
	if c.HoldUntil.IsZero() {
		return ""
	}
	said := v.mark("overdue.held", "date", c.HoldUntil)
	if c.HoldWhy != "" {
		said = join(": ", said, markup(escape(noted(c.HoldWhy))))
	}
	return said
}

// supply is whether new orders wait, or somebody wants them to.
func (v Voice) supply(c o2c.OverdueCard) markup {
	switch {
	case c.Customer.Stopped != nil:
		return v.mark("overdue.stopped", "by", named(v.people(c.Customer.Stopped.By)), "why", noted(c.Customer.Stopped.Why))
	case c.Stop != nil:
		return v.mark("overdue.stop_asked", "by", named(v.people("slack:"+c.Stop.By)), "why", noted(c.Stop.Why))
	case c.State != "":
		return v.mark("overdue.state", "state", v.known("state.", c.State))
	}
	return ""
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

// nextStep is the first reminder that will go out from today on.
func (v Voice) nextStep(all []invoice.Data, today calendar.Date) markup {
	var first invoice.Dunning
	for _, d := range all {
		if n := d.Dunning; n.NextStep != "" && n.PausedBy == "" && (first.NextStep == "" || n.NextOn.Before(first.NextOn)) {
			first = n
		}
	}
	if first.NextStep == "" || first.NextOn.Before(today) { // it waits for something else, such as a statement of the bank
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
