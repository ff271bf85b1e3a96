package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// billConfirmed invoices what is invoiced before anything leaves: what the
// approval wants paid first, or all of it, of a customer who is invoiced so.
func (c *Cycle) billConfirmed(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer) error {
	req, err := find[credit.Request](ctx, tx, o.ID())
	if err != nil {
		return err
	}
	var with credit.Conditions
	if req != nil {
		with = req.Data().Conditions
	}
	on := cust.Data().InvoiceOn
	if on == party.InvoicePrepaid && with.DepositPercent.IsZero() {
		with.PrepayAll = true
	}
	switch upfront := with.Upfront(o.Data().Total); {
	case o.Begun() && upfront.IsPositive() && on != party.InvoicePrepaid:
		return fault.Bad("/conditions", "a part of the order has left already", "approve what was added, or decline it").Keyed("order.left_already")
	case o.Begun():
		return nil // what was added is invoiced as it leaves
	case upfront.IsPositive() || on != party.InvoiceOnOrder:
		return c.askUpfront(ctx, tx, o, cust, with)
	}
	return c.billAhead(ctx, tx, o, cust)
}

// billAhead invoices all of an order as it is confirmed; its shipments make no
// invoice then.
func (c *Cycle) billAhead(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer) error {
	if o.Data().BilledAhead != "" || !o.Data().Total.IsPositive() {
		return nil
	}
	inv, err := c.draft(ctx, tx, o, cust, "", o.BillAhead())
	if err != nil {
		return err
	}
	o.Ahead(inv.ID())
	return tx.Save(o, Fact{Type: "order.billed_ahead", Data: map[string]any{"invoice": inv.ID(), "total": inv.Data().Total}})
}

// endAhead takes back what an order that ends was billed ahead for and did not
// get: a draft is dropped, the rest of an issued invoice is credited.
func (c *Cycle) endAhead(ctx context.Context, tx *Tx, o *order.Order, why string) error {
	d := o.Data()
	if d.BilledAhead == "" {
		return nil
	}
	inv, err := get[invoice.Invoice](ctx, tx, d.BilledAhead)
	if err != nil {
		return err
	}
	if inv.Status() == invoice.Draft && len(d.Shipments) == 0 {
		return c.voidDraft(tx, inv, why)
	}
	var back []invoice.Taking
	for _, l := range inv.Data().Lines {
		units, _ := inv.Data().Left(l.N)
		ordered := d.Lines[l.OrderLine-1]
		if left := min(units, ordered.Quantity-ordered.Shipped); left > 0 {
			back = append(back, invoice.Taking{N: l.N, Quantity: left})
		}
	}
	if len(back) == 0 || inv.Number() == "" {
		return nil
	}
	return c.takeBackNote(ctx, tx, inv, back, why)
}

// voidDraft drops a draft that nobody needs any more.
func (c *Cycle) voidDraft(tx *Tx, inv *invoice.Invoice, why string) error {
	if err := inv.Void(); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(inv, Fact{Type: "invoice.voided", Data: map[string]string{"reason": why}}), c.refreshCard(tx, "draft", KeyOf(inv)))
}
