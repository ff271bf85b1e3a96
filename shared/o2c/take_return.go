package o2c

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// ReturnRequest says that goods of an order came back.
type ReturnRequest struct {
	OrderID string
	Key     string              // names the return: told again under it, there is still one; "" names none
	Lines   []order.ShippedLine // none: all that left and did not come back
	Restock bool                // they go back on the shelf
	Keep    bool                // credit nothing: a replacement follows, or the price stays due
	Reason  string
}

// TakeReturn records goods that came back, puts them on the shelf when they may
// be sold again, and credits exactly what of them was invoiced and is not
// credited yet, all in one commit.
func (c *Cycle) TakeReturn(ctx context.Context, s Stamp, r ReturnRequest) (fulfilment.ReturnData, error) {
	var back fulfilment.ReturnData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		o, err := get[order.Order](ctx, tx, r.OrderID)
		if err != nil {
			return err
		}
		id := returnID(o, r.Key)
		if known, err := find[fulfilment.Return](ctx, tx, id); err != nil || known != nil {
			if known != nil {
				back = known.Data()
			}
			return err
		}
		plan, err := o.PlanReturn(r.Lines)
		if err != nil {
			return fault.By("/lines", err, "name what the customer has of the order")
		}
		var numbers []string
		if !r.Keep {
			if numbers, err = c.creditReturn(ctx, tx, o, plan, r); err != nil {
				return err
			}
			if o, err = get[order.Order](ctx, tx, r.OrderID); err != nil { // a note may have closed it
				return err
			}
		}
		back, err = c.putBack(ctx, tx, o, id, plan, numbers, r)
		return err
	})
	return back, err
}

// ReturnOfInvoice credits lines of an invoice whose goods came back.
func (c *Cycle) ReturnOfInvoice(ctx context.Context, s Stamp, r CreditRequest, restock bool) (fulfilment.ReturnData, error) {
	var back fulfilment.ReturnData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		note, err := c.credit(ctx, tx, r)
		if err != nil {
			return err
		}
		orderID, err := onlyOrder(note.Data())
		if err != nil {
			return err
		}
		o, err := get[order.Order](ctx, tx, orderID)
		if err != nil {
			return err
		}
		id := returnID(o, note.ID())
		if known, err := find[fulfilment.Return](ctx, tx, id); err != nil || known != nil {
			return err
		}
		var said []order.ShippedLine
		for _, l := range note.Data().Lines {
			if l.OrderLine > 0 && !o.Data().Lines[l.OrderLine-1].Service {
				said = append(said, order.ShippedLine{N: l.OrderLine, Quantity: l.Quantity})
			}
		}
		plan, err := o.PlanReturn(said)
		if err != nil || len(said) == 0 {
			return fault.Bad("/lines", "nothing of it is with the customer", "credit it without goods that come back").Keyed("return.nothing")
		}
		back, err = c.putBack(ctx, tx, o, id, plan, []string{note.Number()}, ReturnRequest{Restock: restock, Reason: r.Reason})
		return err
	})
	return back, err
}

// onlyOrder is the order that the lines of a credit note are of.
func onlyOrder(note invoice.Data) (string, error) {
	orderID := note.OrderID
	for i, l := range note.Lines {
		of := note.OrderOf(l)
		if i > 0 && of != orderID {
			return "", fault.Bad("/lines", "they are of several orders", "take back one order's goods at a time").Keyed("return.orders")
		}
		orderID = of
	}
	return orderID, nil
}

func returnID(o *order.Order, key string) string {
	if key == "" {
		key = fmt.Sprint(len(o.Data().Returns) + 1)
	}
	return Name("ret", o.ID(), key)
}

// putBack stages goods that came back: the return, the order, the shelf.
func (c *Cycle) putBack(ctx context.Context, tx *Tx, o *order.Order, id string, plan []order.Shipping, numbers []string, r ReturnRequest) (fulfilment.ReturnData, error) {
	back := fulfilment.NewReturn(fulfilment.ReturnData{
		ID: id, OrderID: o.ID(), Lines: carried(o.Data(), plan), Restocked: r.Restock, CreditNotes: numbers, Reason: r.Reason, ReturnedAt: tx.At(),
	})
	o.CameBack(id, plan)
	if r.Restock {
		if err := c.restock(ctx, tx, o, back.Data().Lines); err != nil {
			return back.Data(), err
		}
	}
	return back.Data(), errors.Join(
		tx.Save(back, Fact{Type: "goods.returned", Data: back.Data()}),
		tx.Save(o, Fact{Type: "order.returned", Data: map[string]any{"return": id, "lines": plan}}),
		c.publish(tx, KeyOf(back)),
	)
}

// restock puts goods that came back on the shelf, and so to whoever waits for
// them; what has no stock is not counted.
func (c *Cycle) restock(ctx context.Context, tx *Tx, o *order.Order, lines []fulfilment.Carried) error {
	var all tally
	for _, l := range lines {
		if l.SKU == "" {
			continue
		}
		shelf, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return err
		}
		if shelf.Exists {
			all.add(fulfilment.Move{SKU: l.SKU, OnHand: l.Quantity})
		}
	}
	return c.shift(ctx, tx, o, "stock.received", all.moves)
}

// creditReturn credits goods that came back on the invoices that they stand on,
// the oldest first, and as far as they are not credited yet.
func (c *Cycle) creditReturn(ctx context.Context, tx *Tx, o *order.Order, plan []order.Shipping, r ReturnRequest) ([]string, error) {
	rest := map[int]int64{}
	for _, s := range plan {
		rest[s.N] = s.Quantity
	}
	var numbers []string
	for _, id := range o.Data().Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return nil, err
		}
		if inv.Collecting() && len(owedBack(inv.Data(), o.ID(), maps.Clone(rest))) > 0 {
			if id, err = c.ownBill(ctx, tx, o.ID(), id); err != nil {
				return nil, err
			}
			if inv, err = get[invoice.Invoice](ctx, tx, id); err != nil {
				return nil, err
			}
		}
		asked := owedBack(inv.Data(), o.ID(), rest)
		if len(asked) == 0 {
			continue
		}
		if inv.Status() == invoice.Draft { // the goods came back before their invoice was issued
			if err := c.issue(ctx, tx, id); err != nil {
				return nil, err
			}
			if inv, err = get[invoice.Invoice](ctx, tx, id); err != nil {
				return nil, err
			}
		}
		switch {
		case inv.Status() == invoice.Draft:
			return nil, fault.New(fault.Refused, "The return cannot be credited yet", "an invoice of order {number} is not issued", "complete what it lacks first").Keyed("return.draft").With("number", o.Data().Number)
		case inv.Status() == invoice.WrittenOff:
			continue
		case len(numbers) == creditsMax:
			return nil, fault.Bad("/lines", "they stand on more than {n} invoices", "send the return in parts").Keyed("return.parts").With("n", creditsMax)
		}
		note, err := c.credit(ctx, tx, CreditRequest{InvoiceID: id, Lines: asked, Reason: r.Reason})
		if err != nil {
			return nil, err
		}
		numbers = append(numbers, note.Number())
	}
	return numbers, nil
}

// owedBack is what an invoice can credit of goods that came back; it is taken
// off the rest.
func owedBack(d invoice.Data, orderID string, rest map[int]int64) []invoice.Taking {
	var asked []invoice.Taking
	for _, l := range d.Lines {
		units, net := d.Left(l.N)
		units = min(units, rest[l.OrderLine])
		if d.OrderOf(l) != orderID || units <= 0 || net.IsZero() && !l.Net.IsZero() || slices.ContainsFunc(asked, func(t invoice.Taking) bool { return t.N == l.N }) {
			continue
		}
		rest[l.OrderLine] -= units
		asked = append(asked, invoice.Taking{N: l.N, Quantity: units})
	}
	return asked
}
