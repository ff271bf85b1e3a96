package o2c

import (
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

func stockKey(sku string) Key { return Key{Kind: "stock", ID: sku} }

// SKUsMax is how many stock counters one commit moves at the most: each is one
// of the hundred rows that a transaction may have, and the order, its customer
// and what follows take the rest.
const SKUsMax = 40

// reserve holds stock for the lines of an order, first come first served, and
// never more than there is: what cannot be held is back-ordered, and so is
// whatever lies beyond the first SKUsMax.
func (c *Cycle) reserve(ctx context.Context, tx *Tx, o *order.Order) error {
	free := map[string]int64{}
	held := map[string]int64{}
	var skus []string // in the order of the lines
	for _, l := range o.Data().Lines {
		if l.Service || l.SKU == "" {
			continue
		}
		if _, seen := free[l.SKU]; !seen {
			stock, err := tx.Counter(ctx, stockKey(l.SKU))
			if err != nil {
				return err
			}
			if !stock.Exists {
				continue // untracked: ships freely
			}
			if free[l.SKU] = 0; len(skus) < SKUsMax {
				free[l.SKU] = stock.Values[fulfilment.Available]
				skus = append(skus, l.SKU)
			}
		}
		units := max(0, min(l.Left(), free[l.SKU]))
		free[l.SKU] -= units
		held[l.SKU] += units
		o.Reserve(l.N, units)
	}
	for _, sku := range skus {
		if held[sku] > 0 {
			tx.Adjust(Adjust{
				Key:   stockKey(sku),
				Add:   map[string]int64{fulfilment.Reserved: held[sku], fulfilment.Available: -held[sku]},
				Floor: map[string]int64{fulfilment.Available: 0},
			})
		}
	}
	return nil
}

// release gives an order's stock back.
func (c *Cycle) release(tx *Tx, o order.Data) {
	back := map[string]int64{}
	var skus []string
	for _, l := range o.Lines {
		if l.Reserved == 0 {
			continue
		}
		if back[l.SKU] == 0 {
			skus = append(skus, l.SKU)
		}
		back[l.SKU] += l.Reserved
	}
	for _, sku := range skus {
		tx.Adjust(Adjust{Key: stockKey(sku), Add: map[string]int64{fulfilment.Reserved: -back[sku], fulfilment.Available: back[sku]}})
	}
}

// takeOut books shipped units off the shelf: the reserved ones first, the rest
// from what is free, which must be there.
func (c *Cycle) takeOut(ctx context.Context, tx *Tx, o order.Data, plan []order.Shipping) error {
	type out struct{ gone, reserved int64 }
	moves := map[string]out{}
	var skus []string
	for _, s := range plan {
		l := o.Lines[s.N-1]
		stock, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return err
		}
		if l.SKU == "" || !stock.Exists {
			continue
		}
		m := moves[l.SKU]
		if m.gone == 0 {
			skus = append(skus, l.SKU)
		}
		m.gone += s.Quantity
		m.reserved += min(l.Reserved, s.Quantity)
		moves[l.SKU] = m
		if free := stock.Values[fulfilment.Available]; m.gone-m.reserved > free {
			return fault.New(fault.Held, "The shipment is larger than the stock", l.Name+" is back-ordered", "book the stock in, or ship the rest")
		}
	}
	if len(skus) > SKUsMax {
		return fault.New(fault.Held, "The shipment has too many products", fmt.Sprintf("one shipment takes at most %d that are kept in stock, this has %d", SKUsMax, len(skus)), "ship in parts")
	}
	for _, sku := range skus {
		m := moves[sku]
		tx.Adjust(Adjust{
			Key:   stockKey(sku),
			Add:   map[string]int64{fulfilment.OnHand: -m.gone, fulfilment.Reserved: -m.reserved, fulfilment.Available: m.reserved - m.gone},
			Floor: map[string]int64{fulfilment.Available: 0},
		})
	}
	return nil
}

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
		if err := c.count(ctx, tx, d.SKU, stock); err != nil {
			return err
		}
		return tx.Save(p, Fact{Type: "product.created", Data: d})
	})
	return d, err
}

// AmendProduct changes a product and, when stock is given, counts its shelf
// anew.
func (c *Cycle) AmendProduct(ctx context.Context, s Stamp, sku string, change func(*fulfilment.ProductData), stock *int64) (fulfilment.ProductData, error) {
	var after fulfilment.ProductData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var p fulfilment.Product
		if err := tx.Get(ctx, sku, &p); err != nil {
			return err
		}
		if err := p.Amend(change); err != nil {
			return unfit(err)
		}
		after = p.Data()
		if err := c.count(ctx, tx, sku, stock); err != nil {
			return err
		}
		return tx.Save(&p, Fact{Type: "product.amended", Data: map[string]any{"product": after, "stock": stock}})
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

// count sets what is on the shelf; what is held for orders stays held.
func (c *Cycle) count(ctx context.Context, tx *Tx, sku string, onHand *int64) error {
	if onHand == nil {
		return nil
	}
	stock, err := tx.Counter(ctx, stockKey(sku))
	if err != nil {
		return err
	}
	a := Adjust{Key: stockKey(sku), Absent: []string{fulfilment.OnHand}, Set: map[string]int64{fulfilment.OnHand: *onHand, fulfilment.Reserved: 0, fulfilment.Available: *onHand}}
	if stock.Exists {
		held := stock.Values[fulfilment.Reserved]
		if *onHand < held {
			return fault.Bad("/stock", "orders hold more than that", "cancel or ship orders first")
		}
		a.Absent, a.Expect = nil, stock.Values
		a.Set = map[string]int64{fulfilment.OnHand: *onHand, fulfilment.Available: *onHand - held}
	}
	tx.Adjust(a)
	return nil
}
