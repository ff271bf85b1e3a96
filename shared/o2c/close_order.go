package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// closeOrder ends an order when all of it was shipped and every invoice of it
// is settled.
func (c *Cycle) closeOrder(ctx context.Context, tx *Tx, paid invoice.Data) error {
	if paid.Collective() {
		return c.spreadLater(tx, paid, "settled")
	}
	return c.closeOrderOf(ctx, tx, paid.OrderID, paid)
}

func (c *Cycle) closeOrderOf(ctx context.Context, tx *Tx, orderID string, paid invoice.Data) error {
	o, err := find[order.Order](ctx, tx, orderID)
	if err != nil || o == nil || o.Status() != order.Shipped {
		return err
	}
	for _, id := range o.Data().Invoices {
		if id == paid.ID {
			continue
		}
		other, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		if !ended(other) {
			return nil
		}
	}
	if err := o.Close(); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(o, Fact{Type: "order.closed", Data: map[string]string{"invoice": paid.Number}}), c.strand(ctx, tx, o))
}

// ended reports whether nothing of an invoice is waited for any more.
func ended(inv *invoice.Invoice) bool {
	return slices.Contains([]string{invoice.Paid, invoice.Credited, invoice.WrittenOff, invoice.Void}, inv.Status())
}
