package page

import (
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/text"
)

// orderPage is the page of an order.
type orderPage struct {
	frame
	o2c.OrderPageView
}

// Order renders the page of an order.
func (p *Pages) Order(v o2c.OrderPageView, at Visit) []byte {
	o := orderPage{frame: newFrame(at, v.Tongue, v.Seller), OrderPageView: v}
	o.title = o.Say("page.order", "Number", text.Plain(v.Order.Number))
	return o.document(
		note(o.ended()), note(o.waiting()), note(o.unpaid()),
		h.Ol(h.Class("steps"), g.Map(o.steps(), step.item)),
		h.Section(h.H2(h.ID("lines"), o.said("page.lines")), o.lines()),
	)
}

// lines is what was ordered.
func (p orderPage) lines() g.Node {
	return wide(h.Aria("labelledby", "lines"), []string{p.Say("pdf.description"), p.Say("pdf.quantity"), p.Say("pdf.amount")},
		g.Map(p.Order.Lines, func(l order.Line) g.Node {
			return row(g.Text(text.Plain(l.Name)), cell(strconv.FormatInt(l.Quantity, 10)), cell(p.amount(l.Net)))
		}),
		g.Group{total(2, p.Say("pdf.total"), p.amount(p.Order.Total))})
}

// step is one line of the order's course.
type step struct {
	name string
	on   string // a date, or that it is to come
	note string
	url  string
	done bool
}

func (s step) item() g.Node {
	name := g.Text(s.name)
	if s.url != "" {
		name = h.A(href(s.url), name)
	}
	return h.Li(g.If(s.done, h.Class("did")), h.Strong(name), g.Text(" "), h.Span(g.Text(s.on)),
		g.If(s.note != "", g.Group{h.Br(), h.Span(h.Class("hint"), g.Text(s.note))}))
}

// ended is the sentence of an order that will not be delivered.
func (p orderPage) ended() string {
	if s := p.Order.Status; s == order.Declined || s == order.Cancelled {
		return p.Say("page.step." + s)
	}
	return ""
}

// waiting is the sentence of an order that a person looks at.
func (p orderPage) waiting() string {
	if p.Order.Status == order.Received && len(p.Order.Holds) > 0 {
		return p.Say("page.step.waiting")
	}
	return ""
}

// unpaid is the sentence of an order that waits for its deposit.
func (p orderPage) unpaid() string {
	if !p.Order.Held(order.DepositHold) || p.Order.Deposit == nil {
		return ""
	}
	return p.Say("page.step.deposit_waits", "Amount", p.amount(p.Order.Deposit.Amount))
}

// secured is the deposit in the order's course: before anything leaves.
func (p orderPage) secured() []step {
	if p.Order.Deposit == nil {
		return nil
	}
	s := step{name: p.Say("page.step.deposit"), on: p.Say("page.step.next"), note: p.amount(p.Order.Deposit.Amount)}
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

// steps is the order's course, from ordered to paid.
func (p orderPage) steps() []step {
	steps := []step{{name: p.Say("page.step.ordered"), on: p.full(p.PlacedOn), done: true}}
	if p.ended() != "" {
		return steps
	}
	confirmed := step{name: p.Say("page.step.confirmed"), on: p.Say("page.step.next"), done: !p.ConfirmedOn.IsZero()}
	if confirmed.done {
		confirmed.on = p.full(p.ConfirmedOn)
	}
	steps = append(append(steps, confirmed), p.secured()...)
	for _, s := range p.Shipments {
		steps = append(steps, p.shipped(s))
	}
	if len(p.Shipments) == 0 || p.Order.Status == order.PartShipped {
		steps = append(steps, step{name: p.Say("page.step.shipped"), on: p.Say("page.step.next")})
	}
	return append(steps, p.money()...)
}

func (p orderPage) shipped(s o2c.ShippedOn) step {
	var pieces int64
	for _, l := range s.Shipment.Lines {
		pieces += l.Quantity
	}
	it := step{name: p.Say("page.step.shipped"), on: p.full(s.On), done: true}
	tracking := text.Plain(s.Shipment.Tracking)
	if strings.HasPrefix(tracking, "https://") { // some carriers give the address itself
		it.url, tracking = tracking, ""
	}
	it.note = text.Plain(p.Count("page.pieces", int(pieces)) + " " + s.Shipment.Carrier + " " + tracking)
	return it
}

// money is the order's invoices and whether all of them are settled.
func (p orderPage) money() []step {
	var steps []step
	settled := len(p.Invoices) > 0 && (p.Order.Status == order.Shipped || p.Order.Status == order.Closed)
	last := ""
	for _, i := range p.Invoices {
		d := i.Invoice
		if d.Type == invoice.Invoices && d.Open.IsPositive() {
			settled = false
		}
		if !d.PaidOn.IsZero() {
			last = p.full(d.PaidOn)
		}
		if p.Order.Deposit != nil && d.ID == p.Order.Deposit.InvoiceID {
			continue // it has a step of its own
		}
		steps = append(steps, step{name: p.Say("page."+d.Nature(), "Number", d.Number), on: p.full(d.IssuedOn), note: p.amount(d.Total), url: i.URL, done: true})
	}
	paid := step{name: p.Say("page.step.paid"), on: p.Say("page.step.next"), done: settled}
	if settled {
		paid.on = last
	}
	return append(steps, paid)
}
