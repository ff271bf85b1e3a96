package order

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// LetWait records who decided that a short order waits for stock.
func (o *Order) LetWait(by string, at time.Time) { o.data.WaitsBy, o.data.WaitsAt = by, at }

// short is a line with units that wait, of which so many can be taken away.
func (o *Order) short(line int, units int64) (*Line, error) {
	if line < 1 || line > len(o.data.Lines) {
		return nil, fault.Breaks("order.line_n", "order {number} has no line {n}", "number", o.data.Number, "n", line)
	}
	o.data.Lines = slices.Clone(o.data.Lines)
	l := &o.data.Lines[line-1]
	if units < 1 || units > l.Waiting {
		return nil, fault.Breaks("stock.waiting", `{n} units of "{name}"; {left} of it wait for stock`, "n", units, "name", l.Name, "left", l.Waiting)
	}
	return l, nil
}

// CutLine takes units that wait for stock off the order: they will not come. It
// returns by how much the order is worth less, and what credit lets go of.
func (o *Order) CutLine(line int, units int64) (less, freed money.Amount, err error) {
	o.remember()
	l, err := o.short(line, units)
	if err != nil {
		return less, freed, err
	}
	l.shrink(units)
	was := o.data.Total
	o.count()
	less = was.Minus(o.data.Total)
	freed = money.Min(less, o.data.Committed)
	o.data.Committed = o.data.Committed.Minus(freed)
	return less, freed, nil
}

// shrink takes units that wait off the line; what is left of it keeps its price.
func (l *Line) shrink(units int64) {
	left := l.Quantity - units
	if l.Net = l.NetOf(0, left); left == 0 {
		l.Net = l.Net.Zero()
	}
	l.Quantity, l.Waiting = left, l.Waiting-units
}

// count adds the order up again.
func (o *Order) count() {
	var rows []statute.Taxable
	for _, l := range o.data.Lines {
		if l.Quantity > 0 {
			rows = append(rows, statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate})
		}
	}
	o.data.Taxes = statute.Breakdown(rows)
	net, tax := statute.Totals(o.data.Taxes)
	o.data.Total = net.Plus(tax).Plus(o.data.Rounding)
}

// Substitute puts another product in the place of units that wait for stock, at
// their price: the order is worth the same. The new line bears the shop's id of
// the old one, so that a parcel that the shop tells of finds it.
func (o *Order) Substitute(line int, units int64, sku, name string) error {
	o.remember()
	l, err := o.short(line, units)
	if err != nil {
		return err
	}
	instead := Line{
		N: len(o.data.Lines) + 1, ExternalID: l.ExternalID, SKU: sku, Name: name, Quantity: units, UnitPrice: l.UnitPrice,
		TaxRate: l.TaxRate, Category: l.Category, ListPrice: l.ListPrice, Charge: l.Charge, ChargeFor: l.ChargeFor, Net: l.NetOf(l.Quantity-units, l.Quantity), Instead: l.N,
	}
	l.shrink(units)
	o.data.Lines = append(o.data.Lines, instead)
	o.count()
	return nil
}

// remember keeps what the channel said of the order before it is changed here.
func (o *Order) remember() {
	if o.data.Told == "" {
		o.data.Told = o.data.telling()
	}
}

// telling names what a channel said of goods and amounts. A later message that
// says the same changes nothing of what was substituted or cut here meanwhile.
func (d Data) telling() string {
	text := make([]byte, 0, 512)
	for _, l := range d.Lines {
		text = fmt.Appendf(text, "%q %q %d %s %s %s %v\n", l.ExternalID, l.label(), l.Quantity, l.Net, l.TaxRate, l.Category, l.Service)
	}
	sum := sha256.Sum256(append(text, d.Total.String()...))
	return hex.EncodeToString(sum[:12])
}
