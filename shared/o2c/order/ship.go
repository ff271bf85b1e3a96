package order

import (
	"fmt"
	"slices"

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
// lines, as an SKU may, fills the first of them first.
func (o *Order) Plan(said []ShippedLine) ([]Shipping, error) {
	left, gone := make([]int64, len(o.data.Lines)), make([]int64, len(o.data.Lines))
	for i, l := range o.data.Lines {
		if !l.Service {
			left[i] = l.Left()
		}
	}
	if len(said) == 0 {
		copy(gone, left)
	}
	for _, s := range said {
		if err := o.allot(s, left, gone); err != nil {
			return nil, err
		}
	}
	var plan []Shipping
	for i, units := range gone {
		if units > 0 {
			plan = append(plan, Shipping{N: o.data.Lines[i].N, Quantity: units})
		}
	}
	if len(plan) == 0 && (o.goodsLeft() > 0 || o.data.Status != Confirmed) { // services alone: nothing to carry, all to invoice
		return nil, fmt.Errorf("nothing of order %s is left to ship", o.data.Number)
	}
	return plan, nil
}

// allot moves what is said of one line, or of several that it names alike, from
// what is left to what is gone.
func (o *Order) allot(s ShippedLine, left, gone []int64) error {
	var named []int
	var free, whole int64
	for i, l := range o.data.Lines {
		if l.Service || (s.ExternalID != "" && l.ExternalID != s.ExternalID) || (s.SKU != "" && l.SKU != s.SKU) {
			continue
		}
		named = append(named, i)
		free, whole = free+left[i], whole+l.Quantity
	}
	if len(named) == 0 {
		return fmt.Errorf("order %s has no line %q (SKU %q)", o.data.Number, s.ExternalID, s.SKU)
	}
	if s.Quantity <= 0 || s.Quantity > free {
		return fmt.Errorf("%d of %q cannot be shipped; %d of %d are left", s.Quantity, o.data.Lines[named[0]].Name, free, whole)
	}
	rest := s.Quantity
	for _, i := range named {
		units := min(rest, left[i])
		left[i], gone[i], rest = left[i]-units, gone[i]+units, rest-units
	}
	return nil
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
}

// BilledLine is the part of a line that is invoiced.
type BilledLine struct {
	Line     Line
	Quantity int64
	Net      money.Amount
}

// Ship moves the shipped quantities and says what may be invoiced: the shipped
// units, the services with the next shipment, and on the last one the
// remainder to the order's total.
func (o *Order) Ship(shipmentID string, plan []Shipping) (Billing, error) {
	var bill Billing
	o.data.Lines = slices.Clone(o.data.Lines)
	for _, s := range plan {
		l := &o.data.Lines[s.N-1]
		bill.Lines = append(bill.Lines, BilledLine{Line: *l, Quantity: s.Quantity, Net: l.NetOf(l.Shipped, l.Shipped+s.Quantity)})
		l.Shipped += s.Quantity
		rest := s.Quantity - min(l.Reserved, s.Quantity)
		l.Reserved -= s.Quantity - rest
		l.Waiting -= min(l.Waiting, rest)
	}
	for i := range o.data.Lines {
		l := &o.data.Lines[i]
		if l.Service && l.Left() > 0 {
			bill.Lines = append(bill.Lines, BilledLine{Line: *l, Quantity: l.Quantity, Net: l.Net})
			l.Shipped = l.Quantity
		}
	}
	bill.Last = o.goodsLeft() == 0
	verb := "ship_part"
	if bill.Last {
		verb = "ship"
	}
	if err := o.step(verb); err != nil {
		return Billing{}, err
	}
	total := bill.total()
	bill.Rounding = total.Zero()
	if bill.Last {
		bill.Rounding = o.data.Total.Minus(o.data.Invoiced).Minus(total)
	}
	o.data.Invoiced = o.data.Invoiced.Plus(total).Plus(bill.Rounding)
	o.data.Shipments = append(o.data.Shipments, shipmentID)
	return bill, nil
}

func (b Billing) total() money.Amount {
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
func (o *Order) Drafted(invoiceID string) { o.data.Invoices = append(o.data.Invoices, invoiceID) }

// Bill moves an issued amount out of what counts as confirmed and not yet
// invoiced. It returns what credit lets go of.
func (o *Order) Bill(total money.Amount) (released money.Amount) {
	released = money.Min(total, o.data.Committed)
	o.data.Committed = o.data.Committed.Minus(released)
	return released
}
