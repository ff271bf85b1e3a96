package page

import (
	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// step is one line of the order's course.
type step struct {
	name  string
	on    string // a date, or that it is to come
	note  string
	url   string
	label string // of the link, when it is not the name itself
	done  bool
}

func (s step) item() g.Node {
	name := g.Text(s.name)
	if s.url != "" && s.label == "" {
		name = h.A(href(s.url), name)
	}
	return h.Li(g.If(s.done, h.Class("did")), h.Strong(name), g.Text(" "), h.Span(g.Text(s.on)),
		g.If(s.note != "", g.Group{h.Br(), h.Span(h.Class("hint"), g.Text(s.note))}),
		g.If(s.label != "", g.Group{h.Br(), h.A(h.Class("file"), href(s.url), g.Text(s.label))}))
}

// steps is the order's course, from ordered to paid.
func (p orderPage) steps() []step {
	steps := []step{{name: p.Say("page.step.ordered"), on: p.full(p.PlacedOn), done: true}}
	if p.ended() != "" {
		return append(steps, p.money()...)
	}
	confirmed := p.toCome("confirmed")
	if !p.ConfirmedOn.IsZero() {
		confirmed.on, confirmed.done = p.full(p.ConfirmedOn), true
	}
	steps = append(append(steps, confirmed), p.secured()...)
	return append(append(steps, p.parcels()...), p.money()...)
}

// secured is the deposit in the order's course: before anything leaves.
func (p orderPage) secured() []step {
	if p.Order.Deposit == nil {
		return nil
	}
	s := p.toCome("deposit")
	s.note = p.amount(p.Order.Deposit.Amount)
	for _, i := range p.Invoices {
		if d := i.Invoice; d.ID == p.Order.Deposit.InvoiceID {
			s.url = i.URL
			if d.Open.IsZero() && !d.PaidOn.IsZero() {
				s.on, s.done = p.full(d.PaidOn), true
			}
		}
	}
	return []step{s}
}

// money is the order's invoices and credit notes, and whether all is settled.
func (p orderPage) money() []step {
	var steps []step
	settled := p.Order.Status == order.Shipped || p.Order.Status == order.Closed
	last, bills := "", 0
	for _, i := range p.Invoices {
		d := i.Invoice
		if p.Order.Deposit != nil && d.ID == p.Order.Deposit.InvoiceID && p.ended() == "" {
			continue // it stands before the goods
		}
		amount := d.Total
		if d.Type == invoice.CreditNotes {
			amount = amount.Neg()
		}
		steps = append(steps, step{name: p.Say("page."+d.Nature(), "Number", d.Number), on: p.full(d.IssuedOn), note: p.amount(amount), url: i.URL, done: true})
		if d.Type != invoice.Invoices {
			continue
		}
		bills++
		settled = settled && !d.Open.IsPositive()
		if !d.PaidOn.IsZero() {
			last = p.full(d.PaidOn)
		}
	}
	if p.ended() != "" {
		return steps
	}
	if bills == 0 {
		steps = append(steps, p.toCome("invoice"))
	}
	paid := p.toCome("paid")
	if settled && bills > 0 {
		if paid.on, paid.done = last, true; last == "" { // all of it was credited
			paid.name, paid.on = p.Say("page.step.settled"), ""
		}
	}
	return append(steps, paid)
}
