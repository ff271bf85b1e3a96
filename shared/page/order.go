package page

import (
	"strings"

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
func (p *Pages) Order(v o2c.OrderPageView, at Visit) ([]byte, error) {
	f := p.frame(at, v.Tongue, v.Seller)
	f.Title = f.Say("page.order", "Number", text.Plain(v.Order.Number))
	return p.render("order.html", orderPage{frame: f, OrderPageView: v})
}

// Step is one line of the order's course.
type Step struct {
	Name string
	On   string // a date, or that it is to come
	Note string
	URL  string
	Done bool
}

// Ended is the sentence of an order that will not be delivered.
func (p orderPage) Ended() string {
	if s := p.Order.Status; s == order.Declined || s == order.Cancelled {
		return p.Say("page.step." + s)
	}
	return ""
}

// Waiting is the sentence of an order that a person looks at.
func (p orderPage) Waiting() string {
	if p.Order.Status == order.Received && len(p.Order.Holds) > 0 {
		return p.Say("page.step.waiting")
	}
	return ""
}

// Steps is the order's course, from ordered to paid.
func (p orderPage) Steps() []Step {
	steps := []Step{{Name: p.Say("page.step.ordered"), On: p.Full(p.PlacedOn), Done: true}}
	if p.Ended() != "" {
		return steps
	}
	confirmed := Step{Name: p.Say("page.step.confirmed"), On: p.Say("page.step.next"), Done: !p.ConfirmedOn.IsZero()}
	if confirmed.Done {
		confirmed.On = p.Full(p.ConfirmedOn)
	}
	steps = append(steps, confirmed)
	for _, s := range p.Shipments {
		steps = append(steps, p.shipped(s))
	}
	if len(p.Shipments) == 0 || p.Order.Status == order.PartShipped {
		steps = append(steps, Step{Name: p.Say("page.step.shipped"), On: p.Say("page.step.next")})
	}
	return append(steps, p.money()...)
}

func (p orderPage) shipped(s o2c.ShippedOn) Step {
	var pieces int64
	for _, l := range s.Shipment.Lines {
		pieces += l.Quantity
	}
	step := Step{Name: p.Say("page.step.shipped"), On: p.Full(s.On), Done: true}
	tracking := text.Plain(s.Shipment.Tracking)
	if strings.HasPrefix(tracking, "https://") { // some carriers give the address itself
		step.URL, tracking = tracking, ""
	}
	step.Note = text.Plain(p.Count("page.pieces", int(pieces)) + " " + s.Shipment.Carrier + " " + tracking)
	return step
}

// money is the order's invoices and whether all of them are settled.
func (p orderPage) money() []Step {
	var steps []Step
	settled := len(p.Invoices) > 0 && (p.Order.Status == order.Shipped || p.Order.Status == order.Closed)
	last := ""
	for _, i := range p.Invoices {
		d := i.Invoice
		steps = append(steps, Step{Name: p.Say("page."+d.Type, "Number", d.Number), On: p.Full(d.IssuedOn), Note: p.Amount(d.Total), URL: i.URL, Done: true})
		if d.Type == invoice.Invoices && d.Open.IsPositive() {
			settled = false
		}
		if !d.PaidOn.IsZero() {
			last = p.Full(d.PaidOn)
		}
	}
	paid := Step{Name: p.Say("page.step.paid"), On: p.Say("page.step.next"), Done: settled}
	if settled {
		paid.On = last
	}
	return append(steps, paid)
}
