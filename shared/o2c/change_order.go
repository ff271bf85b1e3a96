package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// changeOrder acts on a message about an order that is known. What is older
// than the known state changes nothing, but for the money that it tells of:
// shops stamp to the second, and what was paid stays paid.
func (c *Cycle) changeOrder(ctx context.Context, tx *Tx, m order.Message, o *order.Order) error {
	before := o.Data()
	if err := c.paidLater(ctx, tx, m, o); err != nil {
		return err
	}
	if m.Verb == order.Cancel {
		switch {
		case order.Life.Can(o.Status(), "cancel"):
			return c.cancel(ctx, tx, o, "cancelled in the shop")
		case order.Life.Can(o.Status(), "cut"):
			return c.cut(ctx, tx, o, "cancelled in the shop")
		}
		return c.cancelledLate(tx, o)
	}
	if !o.Newer(m.Order) {
		return nil
	}
	next, err := order.Take(m.Order, order.Intake{ID: before.ID, Source: before.Source, CustomerID: before.CustomerID, TermsDays: before.TermsDays, At: before.ReceivedAt})
	if next == nil {
		return fault.Bad("/lines", err.Error(), "mend the order and send it again")
	}
	o.Seen(m.Order.UpdatedAt)
	if err := tx.Save(o, Fact{Type: "order.updated", Data: map[string]any{"topic": m.Topic, "total": next.Data().Total}}); err != nil {
		return err
	}
	if sameGoods(before, next.Data()) {
		return nil
	}
	return c.tell(tx, KeyOf(o), "An order was changed in the shop", "Order "+before.Number+" of "+before.CustomerName+" was "+before.Total.String()+" and is "+next.Data().Total.String()+" in the shop now. Duly keeps what was accepted; cancel and order anew to change it.")
}

// cancelledLate tells the team of a cancellation that came after the goods had
// left. An order that ended without them has nothing to take back.
func (c *Cycle) cancelledLate(tx *Tx, o *order.Order) error {
	d := o.Data()
	if d.Status == order.Cancelled || d.Status == order.Declined {
		return nil
	}
	if err := tx.Save(o, Fact{Type: "order.cancelled_late", Data: map[string]string{"status": d.Status}}); err != nil {
		return err
	}
	return c.tell(tx, KeyOf(o), "An order was cancelled too late", "Order "+d.Number+" of "+d.CustomerName+" is "+d.Status+"; what was shipped stays invoiced until it is credited.")
}

// paidLater books the money of an order that the shop's gateway took after the
// order was placed. An order that waited for credit needs none any more; of one
// that has ended, the team is asked what to do with it.
func (c *Cycle) paidLater(ctx context.Context, tx *Tx, m order.Message, o *order.Order) error {
	p := m.Order.PaidAtShop
	if p == nil {
		return nil
	}
	more := o.MoreAtShop(*p)
	if !more.IsPositive() {
		return nil
	}
	if err := c.takeShopMoney(ctx, tx, o, *p, more); err != nil {
		return err
	}
	if err := tx.Save(o, Fact{Type: "order.paid_at_shop", Data: p}); err != nil {
		return err
	}
	if m.Verb != order.Cancel && o.Status() == order.Received && o.Held(order.CreditHold) && !o.Held(order.ExceptionHold) && o.Prepaid() {
		return c.confirmPaid(ctx, tx, o)
	}
	return errors.Join(c.applyShopMoney(ctx, tx, o), c.strand(ctx, tx, o))
}

// confirmPaid accepts an order that waited for credit and was paid meanwhile.
func (c *Cycle) confirmPaid(ctx context.Context, tx *Tx, o *order.Order) error {
	cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
	if err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	req, err := get[credit.Request](ctx, tx, o.ID())
	if err != nil {
		return err
	}
	if err := req.Approve("policy", tx.At(), credit.Conditions{}, "paid at the shop"); err != nil {
		return refused(err)
	}
	if err := tx.Save(req, Fact{Type: "credit.approved", Data: req.Data()}); err != nil {
		return err
	}
	return errors.Join(c.confirm(ctx, tx, o, cust, x, false), c.showCard(tx, "credit", KeyOf(req)))
}

func sameGoods(a, b order.Data) bool {
	if a.Total != b.Total || len(a.Lines) != len(b.Lines) {
		return false
	}
	for i := range a.Lines {
		if a.Lines[i].SKU != b.Lines[i].SKU || a.Lines[i].Quantity != b.Lines[i].Quantity || a.Lines[i].Net != b.Lines[i].Net {
			return false
		}
	}
	return true
}

// CancelOrder withdraws an order of which nothing was shipped: stock and credit
// come free.
func (c *Cycle) CancelOrder(ctx context.Context, s Stamp, orderID, reason string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		var o order.Order
		if err := tx.Get(ctx, orderID, &o); err != nil {
			return err
		}
		if o.Status() == order.Cancelled {
			return nil
		}
		return c.cancel(ctx, tx, &o, reason)
	})
}

func (c *Cycle) cancel(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	if err := c.letOff(ctx, tx, o, o.Cancel); err != nil {
		return err
	}
	if err := errors.Join(tx.Save(o, Fact{Type: "order.cancelled", Data: map[string]string{"reason": reason}}), c.strand(ctx, tx, o)); err != nil {
		return err
	}
	var req credit.Request
	asked, err := tx.Find(ctx, o.ID(), &req)
	if err != nil || !asked || !credit.Life.Can(req.Data().Status, "void") {
		return err
	}
	if err := req.Void(tx.At()); err != nil {
		return refused(err)
	}
	if err := tx.Save(&req, Fact{Type: "credit.voided", Data: map[string]string{"reason": reason}}); err != nil {
		return err
	}
	return c.refreshCard(tx, "credit", KeyOf(&req))
}

// cut ends an order of which a part was shipped: the stock and the credit of the
// rest come free, what left stays invoiced.
func (c *Cycle) cut(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	if err := c.letOff(ctx, tx, o, o.Cut); err != nil {
		return err
	}
	d := o.Data()
	last, err := get[invoice.Invoice](ctx, tx, d.Invoices[len(d.Invoices)-1])
	if err != nil {
		return err
	}
	if err := errors.Join(
		tx.Save(o, Fact{Type: "order.cut", Data: map[string]string{"reason": reason}}),
		c.tell(tx, KeyOf(o), "The rest of an order was cancelled", "Order "+d.Number+" of "+d.CustomerName+" was cancelled in the shop after a part of it had left. The rest will not be shipped; what was shipped stays invoiced until it is credited."),
	); err != nil {
		return err
	}
	if last.Status() == invoice.Draft || last.Open().IsPositive() {
		return nil // its payment closes the order
	}
	return c.closeOrder(ctx, tx, last.Data())
}

// letOff ends an order by its verb and gives back what it held: stock and credit.
func (c *Cycle) letOff(ctx context.Context, tx *Tx, o *order.Order, end func() error) error {
	before := o.Data()
	if err := end(); err != nil {
		return refused(err)
	}
	c.release(tx, before)
	if !before.Committed.IsPositive() {
		return nil
	}
	return c.uncommit(ctx, tx, before.CustomerID, before.Committed)
}

// uncommit lets an amount go that counted as confirmed and not yet invoiced.
func (c *Cycle) uncommit(ctx context.Context, tx *Tx, customerID string, amount money.Amount) error {
	var cust party.Customer
	if err := tx.Get(ctx, customerID, &cust); err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	x.move(tx, moved{confirmed: -amount.Minor}, false)
	return nil
}
