package order

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Shipping is what leaves of one line.
type Shipping struct {
	N        int   `json:"n"` // the order's line
	Quantity int64 `json:"quantity"`
}

// Plan resolves what a channel says has left to lines of the order, in the
// order's own sequence; nothing said means all that is left. Services are never
// shipped. What is said of a line twice is added up, and what names several
// lines, as an SKU may, fills the first of them first; what is more than was
// ordered comes after that, as far as the tolerance goes.
func (o *Order) Plan(said []ShippedLine, t Tolerance) ([]Shipping, error) {
	left, gone, over := make([]int64, len(o.data.Lines)), make([]int64, len(o.data.Lines)), make([]int64, len(o.data.Lines))
	for i, l := range o.data.Lines {
		if !l.Service {
			left[i] = l.Left()
			over[i] = max(0, t.most(l.Quantity)-max(l.Shipped, l.Quantity))
		}
	}
	if len(said) == 0 {
		copy(gone, left)
	}
	for _, s := range said {
		if err := o.allot(s, left, over, gone); err != nil {
			return nil, err
		}
	}
	plan := o.planned(gone)
	if len(plan) == 0 && (o.goodsLeft() > 0 || o.data.Status != Confirmed) { // services alone: nothing to carry, all to invoice
		return nil, fault.Breaks("ship.nothing", "nothing of order {number} is left to ship", "number", o.data.Number)
	}
	return plan, nil
}

// allot moves what is said of one line, or of several that it names alike, from
// what is left to what is gone, and what is more from what may leave above it.
func (o *Order) allot(s ShippedLine, left, over, gone []int64) error {
	named := o.named(s)
	var free, more, whole int64
	for _, i := range named {
		free, more, whole = free+left[i], more+over[i], whole+o.data.Lines[i].Quantity
	}
	if len(named) == 0 {
		return fault.Breaks("order.no_line", `order {number} has no line "{id}" (SKU "{sku}")`, "number", o.data.Number, "id", s.ExternalID, "sku", s.SKU)
	}
	if s.Quantity <= 0 || s.Quantity > free+more {
		return fault.Breaks("ship.units", `{n} of "{name}" cannot be shipped; {left} of {whole} are left{more}`, "n", s.Quantity, "name", o.data.Lines[named[0]].Name, "left", free, "whole", whole, "more", upTo(more))
	}
	rest := s.Quantity
	for _, from := range [][]int64{left, over} {
		for _, i := range named {
			units := min(rest, from[i])
			from[i], gone[i], rest = from[i]-units, gone[i]+units, rest-units
		}
	}
	return nil
}

// named are the places of the lines that a channel means.
func (o *Order) named(s ShippedLine) []int {
	var named []int
	for i, l := range o.data.Lines {
		if l.Service || (s.N != 0 && l.N != s.N) || (s.ExternalID != "" && l.ExternalID != s.ExternalID) || (s.SKU != "" && l.SKU != s.SKU) {
			continue
		}
		named = append(named, i)
	}
	return named
}

// planned is a quantity for each line that has one.
func (o *Order) planned(units []int64) []Shipping {
	var plan []Shipping
	for i, n := range units {
		if n > 0 {
			plan = append(plan, Shipping{N: o.data.Lines[i].N, Quantity: n})
		}
	}
	return plan
}

// upTo is how much more than was ordered may leave, for a refusal.
func upTo(more int64) string {
	if more == 0 {
		return ""
	}
	return fmt.Sprintf(", and %d more are tolerated", more)
}

func (o *Order) goodsLeft() int64 {
	var left int64
	for _, l := range o.data.Lines {
		if !l.Service {
			left += l.Left()
		}
	}
	return left
}

// Billing is what one shipment makes invoiceable.
type Billing struct {
	Lines    []BilledLine
	Rounding money.Amount // the remainder that the last part-invoice takes (BT-114)
	Last     bool         // nothing is left to invoice afterwards
	Cut      bool         // within the tolerance: a rest does not come
}

// BilledLine is the part of a line that is invoiced.
type BilledLine struct {
	Line     Line
	Quantity int64
	Net      money.Amount
}

// Pack records that the next parcel is ready to leave; the first time stands.
func (o *Order) Pack(at time.Time) error {
	switch {
	case o.data.Status != Confirmed && o.data.Status != PartShipped:
		return fault.Breaks("ship.status", "order {number} is {status}; only what is confirmed is packed", "number", o.data.Number, "status", o.data.Status)
	case len(o.data.Holds) > 0:
		return fault.Breaks("ship.held", "order {number} is on hold: {holds}", "number", o.data.Number, "holds", strings.Join(o.data.Holds, ", "))
	case o.data.PackedAt.IsZero():
		o.data.PackedAt = at
	}
	return nil
}

// Ship moves the shipped quantities and says what may be invoiced: the shipped
// units, the services with the next shipment, and on the last one the
// remainder to the order's total. A shipment that brings every line within the
// tolerance is the last; then what left prevails, and not the order's total.
func (o *Order) Ship(shipmentID string, plan []Shipping, t Tolerance) (Billing, error) {
	var bill Billing
	o.data.Lines = slices.Clone(o.data.Lines)
	for _, s := range plan {
		l := &o.data.Lines[s.N-1]
		from, to := l.Shipped, l.Shipped+s.Quantity
		if !t.InvoiceOver {
			from, to = min(from, l.Quantity), min(to, l.Quantity)
		}
		if to > from {
			bill.Lines = append(bill.Lines, BilledLine{Line: *l, Quantity: to - from, Net: l.NetOf(from, to)})
		}
		l.Shipped += s.Quantity
		rest := s.Quantity - min(l.Reserved, s.Quantity)
		l.Reserved -= s.Quantity - rest
		l.Waiting -= min(l.Waiting, rest)
	}
	for i := range o.data.Lines {
		l := &o.data.Lines[i]
		if l.Service && !l.Overall && l.Left() > 0 {
			bill.Lines = append(bill.Lines, BilledLine{Line: *l, Quantity: l.Quantity, Net: l.Net})
			l.Shipped = l.Quantity
		}
	}
	if bill.Last = o.enough(t); bill.Last && o.goodsLeft() > 0 {
		bill.Cut = true
		o.giveUpRest()
	}
	bill.Lines = append(bill.Lines, o.billOverall(bill.Last)...)
	verb := "ship_part"
	if bill.Last {
		verb = "ship"
	}
	if err := o.step(verb); err != nil {
		return Billing{}, err
	}
	o.data.Shipments, o.data.PackedAt = append(o.data.Shipments, shipmentID), time.Time{}
	if o.data.BilledAhead != "" {
		return Billing{Last: bill.Last, Cut: bill.Cut}, nil
	}
	total := o.data.Total.Zero()
	if len(bill.Lines) > 0 {
		total = bill.Total()
	}
	bill.Rounding = total.Zero()
	if bill.Last && o.exact(t) {
		bill.Rounding = o.data.Total.Minus(o.data.Invoiced).Minus(total)
	}
	o.data.Invoiced = o.data.Invoiced.Plus(total).Plus(bill.Rounding)
	return bill, nil
}

// enough reports whether what left of every line completes it.
func (o *Order) enough(t Tolerance) bool {
	return !slices.ContainsFunc(o.data.Lines, func(l Line) bool { return !l.Service && l.Shipped+l.Cut < t.enough(l.Quantity) })
}

// exact reports whether what is invoiced is what was ordered.
func (o *Order) exact(t Tolerance) bool {
	return !slices.ContainsFunc(o.data.Lines, func(l Line) bool {
		return l.Shipped < l.Quantity || l.Shipped > l.Quantity && t.InvoiceOver
	})
}

// GiveUp lets go of what credit still counts of a rest that will never be
// invoiced.
func (o *Order) GiveUp() {
	if rest := o.data.Total.Minus(o.data.Invoiced); rest.IsPositive() {
		o.data.Committed = o.data.Committed.Minus(money.Min(rest, o.data.Committed))
	}
}

// Total is what the lines come to, tax included and without the rounding.
func (b Billing) Total() money.Amount {
	net, tax := statute.Totals(statute.Breakdown(b.Taxable()))
	return net.Plus(tax)
}

// Taxable is the bill as the VAT breakdown wants it.
func (b Billing) Taxable() []statute.Taxable {
	rows := make([]statute.Taxable, len(b.Lines))
	for i, l := range b.Lines {
		rows[i] = statute.Taxable{Net: l.Net, Category: l.Line.Category, Rate: l.Line.TaxRate}
	}
	return rows
}

// Drafted records an invoice of the order.
func (o *Order) Drafted(invoiceID string) {
	if !slices.Contains(o.data.Invoices, invoiceID) { // a collective invoice takes several deliveries of an order
		o.data.Invoices = append(slices.Clone(o.data.Invoices), invoiceID)
	}
}

// Rebill puts another invoice in the place of one that it was taken out of.
func (o *Order) Rebill(was, is string) {
	o.data.Invoices = slices.Clone(o.data.Invoices)
	for i, id := range o.data.Invoices {
		if id == was {
			o.data.Invoices[i] = is
		}
	}
	o.data.Invoices = slices.Compact(o.data.Invoices)
}

// Bill moves an issued amount out of what counts as confirmed and not yet
// invoiced. It returns what credit lets go of.
func (o *Order) Bill(total money.Amount) (released money.Amount) {
	released = money.Min(total, o.data.Committed)
	o.data.Committed = o.data.Committed.Minus(released)
	return released
}
