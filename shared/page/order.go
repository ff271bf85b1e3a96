package page

import (
	"slices"
	"strconv"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/text"
)

// SaidText is a key of page.error, for the page of an order: no text, or too
// much of it.
const SaidText = "text"

// orderPage is the page of an order.
type orderPage struct {
	frame
	o2c.OrderPageView
}

// Order renders the page of an order.
func (p *Pages) Order(v o2c.OrderPageView, at Visit) []byte {
	o := orderPage{frame: p.frame(at, v.Tongue, v.Seller), OrderPageView: v}
	o.title = o.Say("page.order", "Number", text.Plain(v.Order.Number))
	if slices.Contains([]string{SaidText, SaidRefused}, at.Said) {
		o.at, o.problem = at.Said, o.Say("page.error."+at.Said)
	}
	return o.document(
		note(o.ended()), note(o.waiting()), note(o.unpaid()), note(o.backordered()),
		h.Ol(h.Class("steps"), g.Map(o.steps(), step.item)),
		o.agreed(),
		h.Section(h.H2(h.ID("lines"), o.said("page.ordered")), o.lines()),
		o.correct(),
	)
}

// lines is what was ordered, and what of it stands out.
func (p orderPage) lines() g.Node {
	sums := g.Group{}
	if !p.Order.Rounding.IsZero() {
		sums = append(sums, sum(2, p.Say("pdf.rounding"), p.amount(p.Order.Rounding)))
	}
	for _, t := range p.Order.Taxes {
		sums = append(sums, sum(2, p.Say("pdf.tax", "Rate", p.Percent(t.Rate.String()), "Base", p.amount(t.Base)), p.amount(t.Tax)))
	}
	return wide(h.Aria("labelledby", "lines"), []string{p.Say("pdf.description"), p.Say("pdf.quantity"), p.Say("pdf.amount")},
		g.Map(p.Order.Lines, func(l order.Line) g.Node {
			name := g.Group{g.Text(text.Plain(l.Name))}
			for _, said := range p.odd(l) {
				name = append(name, h.Br(), h.Span(h.Class("hint"), g.Text(said)))
			}
			return row(name, cell(strconv.FormatInt(l.Quantity, 10)), cell(p.amount(l.Net)))
		}),
		append(sums, total(2, p.Say("pdf.total"), p.amount(p.Order.Total))))
}

// odd is what of a line is not as ordered.
func (p orderPage) odd(l order.Line) []string {
	var all []string
	for _, part := range []struct {
		key   string
		units int64
	}{{"page.line.backordered", l.Backordered()}, {"page.line.cut", l.Cut}, {"page.line.returned", l.Returned}} {
		if part.units > 0 && !l.Service && p.ended() == "" {
			all = append(all, p.Say(part.key, "N", part.units))
		}
	}
	return all
}

// agreed is what was agreed beside the goods.
func (p orderPage) agreed() g.Node {
	var rows g.Group
	add := func(key, value string) {
		if value != "" {
			rows = append(rows, h.Dt(p.said(key)), h.Dd(g.Text(value)))
		}
	}
	if p.ended() != "" {
		return nil
	}
	if !p.Order.DeliverOn.IsZero() && len(p.Shipments) == 0 {
		add("mail.pair.delivery", p.near(p.Order.DeliverOn))
	}
	if a := p.Order.ShipTo; a.City != "" {
		add("page.ship_to", line(a))
	}
	switch {
	case p.Prepaid:
		add("mail.pair.payment", p.Say("mail.pay.done"))
	case p.Order.TermsDays == 0:
		add("mail.pair.payment", p.Say("mail.pay.at_once"))
	default:
		add("mail.pair.payment", p.Count("mail.pay.terms", p.Order.TermsDays))
	}
	return h.Section(h.Dl(rows))
}

// correct is the form for what the customer wants otherwise, and what was
// written so far.
func (p orderPage) correct() g.Node {
	var wrote g.Group
	for _, c := range p.Corrections {
		wrote = append(wrote, h.P(h.Class("note"), p.said("page.correct.wrote", "Date", p.full(c.On)), h.Br(), g.Text("“"+text.Plain(c.Text)+"”")))
	}
	if len(p.Corrections) >= order.CorrectionsMax {
		return h.Section(h.H2(h.ID("correct"), p.said("page.correct")), wrote)
	}
	wrong := p.at == SaidText
	return h.Section(h.Aria("labelledby", "correct"), h.H2(h.ID("correct"), p.said("page.correct")), wrote,
		h.Form(h.Method("post"), h.Action(p.action("correct")),
			h.Label(h.For("text"), p.said("page.correct.label")),
			h.P(h.Class("hint"), h.ID("text-hint"), p.said("page.correct.hint")),
			g.If(wrong, h.P(h.Class("wrong"), h.ID("text-wrong"), g.Text(p.problem))),
			h.Textarea(h.ID("text"), h.Name("text"), h.Rows("4"), h.MaxLength(strconv.Itoa(order.CorrectionLength)), h.Required(),
				h.Aria("describedby", "text-hint"+map[bool]string{true: " text-wrong"}[wrong]), g.If(wrong, h.Aria("invalid", "true"))),
			h.Button(h.Type("submit"), h.Class("second"), p.said("page.correct.button"))))
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

// backordered is the sentence of an order of which something is not in stock.
func (p orderPage) backordered() string {
	short := slices.ContainsFunc(p.Order.Lines, func(l order.Line) bool { return l.Backordered() > 0 })
	if !short || p.ended() != "" || p.ConfirmedOn.IsZero() {
		return ""
	}
	return p.Say("page.step.backordered")
}

// parcels is how the goods left and what became of them, the next one included.
// Packed is said of what somebody said so of.
func (p orderPage) parcels() []step {
	var steps []step
	for _, s := range p.Shipments {
		if !s.PackedOn.IsZero() {
			steps = append(steps, step{name: p.Say("page.step.packed"), on: p.full(s.PackedOn), done: true})
		}
		steps = append(steps, p.shipped(s))
		if d := s.Shipment.Delivery; d != nil {
			by := ""
			if d.Name != "" {
				by = p.Say("page.step.taken_by", "Name", text.Plain(d.Name))
			}
			steps = append(steps, step{name: p.Say("page.step.delivered"), on: p.full(s.DeliveredOn), note: by, done: true})
		}
	}
	if len(p.Shipments) > 0 && p.Order.Status != order.PartShipped {
		return steps
	}
	if !p.PackedOn.IsZero() {
		steps = append(steps, step{name: p.Say("page.step.packed"), on: p.full(p.PackedOn), done: true})
	}
	return append(steps, p.toCome("shipped"))
}

func pieces(s o2c.ShippedOn) int {
	var n int64
	for _, l := range s.Shipment.Lines {
		n += l.Quantity
	}
	return int(n)
}

// toCome is a step that nobody has taken yet.
func (p orderPage) toCome(name string) step {
	return step{name: p.Say("page.step." + name), on: p.Say("page.step.next")}
}

func (p orderPage) shipped(s o2c.ShippedOn) step {
	it := step{name: p.Say("page.step.shipped"), on: p.full(s.On), done: true, url: s.Shipment.TrackingURL(p.Language())}
	tracking := s.Shipment.Tracking
	if strings.HasPrefix(tracking, "https://") { // some carriers give the address itself
		tracking = ""
	}
	it.note = p.Count("page.pieces", pieces(s))
	if by := text.Plain(strings.TrimSpace(s.Shipment.Carrier + " " + tracking)); by != "" {
		it.note += " · " + by
	}
	if it.url != "" {
		it.label = p.Say("mail.button.track")
	}
	return it
}
