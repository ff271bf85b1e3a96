package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// Shortage is what a colleague decides on units of a line that wait for stock.
type Shortage struct {
	OrderID string
	Line    int    // 1, 2, 3 …
	Units   int64  // 0: all that wait
	SKU     string // of the substitute
	By      Person
}

// LetWait records that a short order waits for its stock.
func (c *Cycle) LetWait(ctx context.Context, s Stamp, orderID string, by Person) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		o, err := get[order.Order](ctx, tx, orderID)
		if err != nil {
			return err
		}
		if !o.Short() {
			return noShortage(o.Data())
		}
		o.LetWait("slack:"+by.ID, tx.At())
		return errors.Join(
			tx.Save(o, Fact{Type: "order.waits", Data: map[string]string{"by": o.Data().WaitsBy}}),
			c.refreshCard(tx, "stock", KeyOf(o)),
		)
	})
}

func noShortage(d order.Data) error {
	return fault.New(fault.Refused, "Nothing of order {number} waits for stock any more", "it arrived, or the order was changed", "look at the order as it is now").Keyed("stock.nothing").With("number", d.Number)
}

// shortage reads the order that a decision is about, and counts all units that
// wait when none are said.
func (c *Cycle) shortage(ctx context.Context, tx *Tx, d *Shortage) (*order.Order, order.Line, error) {
	o, err := get[order.Order](ctx, tx, d.OrderID)
	if err != nil {
		return nil, order.Line{}, err
	}
	lines := o.Data().Lines
	if d.Line < 1 || d.Line > len(lines) {
		return nil, order.Line{}, fault.Bad("/missing", "the order has no such line", "choose one of its lines").Keyed("stock.line")
	}
	l := lines[d.Line-1]
	if l.Waiting == 0 {
		return nil, l, noShortage(o.Data())
	}
	if d.Units == 0 {
		d.Units = l.Waiting
	}
	if d.Units < 0 || d.Units > l.Waiting {
		return nil, l, fault.Bad("/units", "not as many wait for stock", "write a whole number, at most what is missing").Keyed("stock.units")
	}
	return o, l, nil
}

// CancelWaiting takes units that wait for stock off an order: what the order is
// worth and what credit counts become less, its customer gets a new
// confirmation. An order of which nothing else is left ends.
func (c *Cycle) CancelWaiting(ctx context.Context, s Stamp, d Shortage) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		d := d
		o, l, err := c.shortage(ctx, tx, &d)
		if err != nil {
			return err
		}
		why := "cannot be delivered: " + l.Name
		if d.Units == goodsLeft(o.Data()) {
			if o.Begun() {
				err = c.cut(ctx, tx, o, why)
			} else {
				err = c.cancel(ctx, tx, o, why)
			}
			return errors.Join(err, c.refreshCard(tx, "stock", KeyOf(o)))
		}
		if err := c.leaveLine(ctx, tx, o, l, d.Units); err != nil {
			return err
		}
		less, freed, err := o.CutLine(d.Line, d.Units)
		if err != nil {
			return refused(err)
		}
		fact := Fact{Type: "order.line_cancelled", Data: map[string]any{"line": d.Line, "sku": l.SKU, "units": d.Units, "less": less, "by": "slack:" + d.By.ID}}
		if err := tx.Save(o, fact); err != nil {
			return err
		}
		if freed.IsPositive() {
			if err := c.uncommit(ctx, tx, o.Data().CustomerID, freed); err != nil {
				return err
			}
		}
		return c.shortageDecided(ctx, tx, o)
	})
}

// goodsLeft is how many units of an order are still to be shipped.
func goodsLeft(d order.Data) int64 {
	var left int64
	for _, l := range d.Lines {
		if !l.Service {
			left += l.Left()
		}
	}
	return left
}

// leaveLine gives up the places in line for units of an order's line.
func (c *Cycle) leaveLine(ctx context.Context, tx *Tx, o *order.Order, l order.Line, units int64) error {
	return c.shift(ctx, tx, o, "stock.released", []fulfilment.Move{{SKU: l.SKU, Backordered: -units}})
}

// Substitute sends another product instead of units that wait for stock, at the
// price of those. It is reserved at once, as far as it is there.
func (c *Cycle) Substitute(ctx context.Context, s Stamp, d Shortage) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		d := d
		o, l, err := c.shortage(ctx, tx, &d)
		if err != nil {
			return err
		}
		p, err := find[fulfilment.Product](ctx, tx, d.SKU)
		if err != nil {
			return err
		}
		if p == nil || d.SKU == l.SKU {
			return fault.Bad("/sku", "there is no other product {sku}", "write the SKU of a product").Keyed("stock.sku").With("sku", d.SKU)
		}
		cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
		if err != nil {
			return err
		}
		rate, err := c.rateFor(tx, p.Data().VATClass, cust.Data(), o.Data().ShipTo, false)
		if err != nil {
			return err
		}
		if l.TaxRate.IsPositive() && !rate.Percent.Equal(l.TaxRate) {
			return fault.Bad("/sku", "{sku} is taxed at {percent} percent, the line at {other}", "cancel the line and take a new order").Keyed("stock.tax").With("sku", d.SKU, "percent", rate.Percent, "other", l.TaxRate)
		}
		if err := c.leaveLine(ctx, tx, o, l, d.Units); err != nil {
			return err
		}
		if err := o.Substitute(d.Line, d.Units, d.SKU, p.Data().Name); err != nil {
			return refused(err)
		}
		fact := Fact{Type: "order.substituted", Data: map[string]any{"line": d.Line, "sku": l.SKU, "units": d.Units, "by_sku": d.SKU, "by": "slack:" + d.By.ID}}
		if err := errors.Join(tx.Save(o, fact), c.reserve(ctx, tx, o), tx.Save(o)); err != nil {
			return err
		}
		return c.shortageDecided(ctx, tx, o)
	})
}

// shortageDecided tells the customer and the team how the order is now.
func (c *Cycle) shortageDecided(ctx context.Context, tx *Tx, o *order.Order) error {
	if err := c.refreshCard(tx, "stock", KeyOf(o)); err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
	if err != nil || cust.Email() == "" {
		return err
	}
	return c.mailOrder(tx, o, cust, "confirmation")
}
