package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
)

// SaveProduct makes a product with its opening stock; no stock leaves it
// untracked.
func (c *Cycle) SaveProduct(ctx context.Context, s Stamp, d fulfilment.ProductData, stock *int64) (fulfilment.ProductData, error) {
	d.CreatedAt = s.At
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := fulfilment.NewProduct(d)
		if err != nil {
			return unfit(err)
		}
		var known fulfilment.Product
		if ok, err := tx.Find(ctx, d.SKU, &known); err != nil || ok {
			d = known.Data()
			return err
		}
		d = p.Data()
		if err := tx.Save(p, Fact{Type: "product.created", Data: d}); err != nil {
			return err
		}
		return c.count(ctx, tx, p, stock, "opening stock")
	})
	return d, err
}

// AmendProduct changes a product and, when stock is given, counts its shelf
// anew.
func (c *Cycle) AmendProduct(ctx context.Context, s Stamp, sku string, change func(*fulfilment.ProductData), stock *int64) (fulfilment.ProductData, error) {
	var after fulfilment.ProductData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		p, err := get[fulfilment.Product](ctx, tx, sku)
		if err != nil {
			return err
		}
		before := p.Data()
		if err := p.Amend(change); err != nil {
			return unfit(err)
		}
		after = p.Data()
		if err := tx.Save(p, Fact{Type: "product.amended", Data: map[string]any{"product": after, "stock": stock}}); err != nil {
			return err
		}
		if after.ReorderPoint == before.ReorderPoint {
			return c.count(ctx, tx, p, stock, "counted")
		}
		shelves := c.shelve(tx)
		if err := shelves.reorderAt(ctx, before, after); err != nil {
			return err
		}
		if stock != nil {
			return shelves.recount(ctx, p, *stock, "counted")
		}
		return shelves.follow(p)
	})
	return after, err
}

// unfit tells which field of a product cannot be.
func unfit(err error) error {
	var field *fulfilment.Unfit
	if !errors.As(err, &field) {
		return err
	}
	return fault.Bad(field.Pointer, field.Why, field.Do)
}

// count sets what is on a product's shelf, when that is said.
func (c *Cycle) count(ctx context.Context, tx *Tx, p *fulfilment.Product, onHand *int64, why string) error {
	if onHand == nil {
		return nil
	}
	return c.shelve(tx).recount(ctx, p, *onHand, why)
}

// recount sets what is on the shelf; what is held for orders stays held. Orders
// that wait get what the count found more.
func (s *shelving) recount(ctx context.Context, p *fulfilment.Product, onHand int64, why string) error {
	d := p.Data()
	shelf, err := s.tx.Counter(ctx, stockKey(d.SKU))
	if err != nil {
		return err
	}
	if !shelf.Exists {
		return s.open(ctx, p, onHand, why)
	}
	if onHand < shelf.Values[fulfilment.Reserved] {
		return fault.Bad("/stock", "orders hold more than that", "cancel or ship orders first").Keyed("stock.reserved")
	}
	if err := s.move(ctx, fulfilment.Move{SKU: d.SKU, OnHand: onHand - shelf.Values[fulfilment.OnHand]}); err != nil {
		return err
	}
	i := s.tx.adjusts(stockKey(d.SKU))
	if i < 0 {
		return nil // the count found what the books say, and nothing else changed
	}
	expect := s.tx.plan.Adjusts[i].Expect
	was := shelf.Values[fulfilment.OnHand]
	expect[fulfilment.OnHand] = was // somebody who takes or brings meanwhile makes it another count
	return s.done(p, "stock.adjusted", why)
}

// open puts the first units on a product's shelf.
func (s *shelving) open(ctx context.Context, p *fulfilment.Product, onHand int64, why string) error {
	d := p.Data()
	add := map[string]int64{
		fulfilment.OnHand: onHand, fulfilment.Available: onHand, fulfilment.Reserved: 0, fulfilment.Backordered: 0, fulfilment.Reorder: d.ReorderPoint, fulfilment.Alerts: 0,
	}
	if err := s.stage(ctx, d.SKU, add); err != nil {
		return err
	}
	s.moves = append(s.moves, fulfilment.Move{SKU: d.SKU, OnHand: onHand})
	return s.done(p, "stock.received", why)
}

// reorderAt carries a new reorder point over to the shelf; a shelf that is at it
// already is reported.
func (s *shelving) reorderAt(ctx context.Context, before, after fulfilment.ProductData) error {
	shelf, err := s.tx.Counter(ctx, stockKey(after.SKU))
	if err != nil || !shelf.Exists {
		return err
	}
	return s.stage(ctx, after.SKU, map[string]int64{fulfilment.Reorder: after.ReorderPoint - before.ReorderPoint})
}
