package o2c

import (
	"context"
	"encoding/json"
	"errors"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// Goods are units that came in.
type Goods struct {
	SKU    string
	Units  int64
	Reason string // a delivery note, a colleague's word
}

// GoodsMax bounds what is received at once.
const GoodsMax = 1_000_000_000

// ReceiveGoods puts units on a product's shelf. Orders that wait for them get
// theirs, in the order of what was promised; a product that was not kept in
// stock is from now on.
func (c *Cycle) ReceiveGoods(ctx context.Context, s Stamp, g Goods) (fulfilment.ProductData, error) {
	var after fulfilment.ProductData
	if g.Units < 1 || g.Units > GoodsMax {
		return after, fault.Bad("/quantity", "a quantity that cannot come in", "write a whole number from 1 up").Keyed("stock.quantity")
	}
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := get[fulfilment.Product](ctx, tx, g.SKU)
		if err != nil {
			return err
		}
		after = p.Data()
		shelf, err := tx.Counter(ctx, stockKey(g.SKU))
		if err != nil {
			return err
		}
		shelves := c.shelve(tx)
		if !shelf.Exists {
			return shelves.open(ctx, p, g.Units, g.Reason)
		}
		if err := shelves.move(ctx, fulfilment.Move{SKU: g.SKU, OnHand: g.Units}); err != nil {
			return err
		}
		return shelves.done(p, "stock.received", g.Reason)
	})
	return after, err
}

// performWatch looks after shelves that a commit has changed: those that fell
// to their reorder point are reported, and what has free units again is given to
// the orders that wait for it.
func performWatch(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args watchArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The shelves cannot be looked after", err)
	}
	for _, low := range args.Low {
		if err := o.Cycle.reportLow(ctx, Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name}, low); err != nil {
			return nil, err
		}
	}
	for _, sku := range args.High {
		if err := o.Cycle.closeAlert(ctx, Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name}, sku); err != nil {
			return nil, err
		}
	}
	for _, sku := range args.Arrived {
		if err := o.Cycle.serve(ctx, Stamp{At: o.Now(), Actor: "system:outbox", Cause: e.Name}, sku); err != nil {
			return nil, err
		}
	}
	return nil, nil
}

// serve gives the free units of an SKU to the orders that wait for it, each in a
// commit of its own, those first whose customers were promised the earliest. It
// ends when nothing is free or nobody waits, so that any number of them at once
// come to the same.
func (c *Cycle) serve(ctx context.Context, s Stamp, sku string) error {
	line, err := c.Store.Links(ctx, stockKey(sku), linkWaiting)
	if err != nil {
		return err
	}
	for _, place := range line {
		more, err := c.serveOne(ctx, s, sku, place)
		if err != nil || !more {
			return err
		}
	}
	return nil
}

// serveOne gives one order what it waits for, as far as that is free; more says
// whether something is left for the next.
func (c *Cycle) serveOne(ctx context.Context, stamp Stamp, sku string, place Link) (more bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(stamp)
		if err := tx.Gather(ctx, Wanted{Documents: []Key{place.To}, Counters: []Key{stockKey(sku)}}); err != nil {
			return err
		}
		o, err := get[order.Order](ctx, tx, place.To.ID)
		if err != nil {
			return err
		}
		shelf, err := tx.Counter(ctx, stockKey(sku))
		if err != nil {
			return err
		}
		free, wants := shelf.Values[fulfilment.Available], o.WaitingFor(sku)
		units := min(free, wants)
		if more = free > units; units <= 0 {
			return nil // somebody was faster
		}
		s := c.shelveFor(tx, o)
		o.Receive(sku, units)
		if err := s.move(ctx, fulfilment.Move{SKU: sku, Reserved: units, Backordered: -units}); err != nil {
			return err
		}
		if units == wants {
			tx.Unlink(place)
		}
		if err := s.done(o, "stock.reserved", "stock arrived"); err != nil {
			return err
		}
		if o.Short() {
			return c.refreshCard(tx, "stock", KeyOf(o))
		}
		return errors.Join(
			c.refreshCard(tx, "stock", KeyOf(o)),
			tx.ask(doReply, KeyOf(o), replyArgs{Purpose: "stock", Case: &CaseLine{What: LineInStock, Numbers: []string{o.Data().Number}}}),
		)
	})
	return more, err
}
