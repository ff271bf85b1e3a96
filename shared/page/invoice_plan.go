package page

import (
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/text"
)

// planned is where a payment plan stands, with its instalments while it counts.
func (p invoicePage) planned() g.Node {
	if p.Plan == nil || p.Plan.Status != dunning.PlanActive && len(p.Invoice.Instalments) > 0 && p.Invoice.Open.IsPositive() {
		return p.agreedParts()
	}
	d := p.Plan
	switch d.Status {
	case dunning.PlanProposed:
		return note(p.Say("page.plan_asked", "Parts", len(d.Parts)))
	case dunning.PlanDeclined:
		return g.If(p.Invoice.Open.IsPositive(), note(p.Say("page.plan_declined", "Answer", text.Plain(d.Answer))))
	case dunning.PlanKept:
		return note(p.Say("page.plan_kept"))
	case dunning.PlanBroken:
		return g.If(p.Invoice.Open.IsPositive(), note(p.Say("page.plan_broken", "Date", p.full(d.Parts[min(p.NextPart, len(d.Parts)-1)].On))))
	}
	return g.Group{p.partsTable(d.Parts, p.NextPart), note(p.Say("page.plan_active", "Parts", len(d.Parts)))}
}

// agreedParts are the instalments that the terms give.
func (p invoicePage) agreedParts() g.Node {
	d := p.Invoice
	if len(d.Instalments) == 0 || !d.Open.IsPositive() {
		return nil
	}
	parts := make([]dunning.Instalment, len(d.Instalments))
	for i, part := range d.Instalments {
		parts[i] = dunning.Instalment{On: part.On, Amount: part.Amount}
	}
	n, _ := d.Turn()
	return g.Group{p.partsTable(parts, n-1), note(p.Say("page.parts_active", "Parts", len(parts)))}
}

// partsTable lists instalments, of which so many are paid.
func (p invoicePage) partsTable(parts []dunning.Instalment, paid int) g.Node {
	rows := g.Group{}
	for i, part := range parts {
		state := p.near(part.On)
		switch {
		case i < paid:
			state = p.Say("page.plan_paid")
		case !part.On.After(p.Today):
			state = p.Say("page.plan_due")
		}
		rows = append(rows, row(g.Text(strconv.Itoa(i+1)), h.Td(h.Class("soft"), g.Text(p.full(part.On)), h.Br(), h.Span(h.Class("hint"), g.If(state != p.near(part.On), g.Text(state)))), cell(p.amount(part.Amount))))
	}
	return wide(h.Aria("label", p.Say("page.plan")), []string{p.Say("page.plan_column"), p.Say("mail.col.on"), p.Say("mail.col.amount")}, rows, nil)
}

// instalments is the form for a payment plan; it may be asked for once.
func (p invoicePage) instalments() g.Node {
	if p.Plan != nil || !p.Payable.IsPositive() {
		return nil
	}
	choices := g.Group{}
	for n := 2; n <= o2c.PartsAsked; n++ {
		choices = append(choices, h.Option(h.Value(strconv.Itoa(n)), g.If(n == 3, h.Selected()), g.Text(strconv.Itoa(n)+" × "+p.amount(p.Invoice.Demandable().Split(ones(n)...)[0]))))
	}
	return p.answer("instalments", p.Say("page.plan"), []string{SaidParts},
		p.form("instalments",
			p.labelled("parts", p.Say("page.plan_label"), p.Say("page.plan_hint", "Days", o2c.HoldDays), func(about ...g.Node) g.Node {
				return h.Select(h.ID("parts"), h.Name("parts"), h.Required(), g.Group(about), choices)
			}),
			p.labelled("why", p.Say("page.plan_text"), "", func(about ...g.Node) g.Node {
				return h.Textarea(h.ID("why"), h.Name("text"), h.Rows("3"), h.MaxLength(strconv.Itoa(dunning.DisputeWords)), g.Group(about))
			}),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.plan_button"))))
}

func ones(n int) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = 1
	}
	return all
}

// poNumber is the form for the customer's own order number.
func (p invoicePage) poNumber() g.Node {
	return p.answer("po", p.Say("page.po"), []string{SaidPO},
		p.form("po-number",
			p.field("po_number", p.Say("page.po_label"), p.Say("page.po_hint"), h.Name("po_number"), h.Type("text"), h.MaxLength("50"), h.AutoComplete("off")),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.po_button"))))
}

// forward is the form for a colleague's address.
func (p invoicePage) forward() g.Node {
	return p.answer("forward", p.Say("page.forward"), []string{SaidEmail},
		p.form("forward",
			p.field("email", p.Say("page.forward_label"), p.Say("page.forward_hint"), h.Name("email"), h.Type("email"), h.MaxLength("254"), h.AutoComplete("email")),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.forward_button"))))
}
