package o2c

import (
	"context"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// changeOrder acts on a message about an order that is known. What is older
// than the known state changes nothing.
func (c *Cycle) changeOrder(ctx context.Context, tx *Tx, m order.Message, o *order.Order) error {
	if m.Verb == order.Cancel {
		if order.Life.Can(o.Status(), "cancel") {
			return c.cancel(ctx, tx, o, "cancelled in the shop")
		}
		return c.cancelledLate(tx, o)
	}
	if !o.Newer(m.Order) {
		return nil
	}
	before := o.Data()
	next, err := order.Take(m.Order, order.Intake{ID: before.ID, Source: before.Source, CustomerID: before.CustomerID, TermsDays: before.TermsDays, At: before.ReceivedAt})
	if next == nil {
		return fault.Bad("/lines", err.Error(), "mend the order and send it again")
	}
	if m.Order.PaidAtShop != nil && before.PaidAtShop == nil && before.Status != order.Cancelled {
		return c.paidLater(ctx, tx, o, *m.Order.PaidAtShop, m.Order)
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
// order was placed. An order that waited for credit needs none any more.
func (c *Cycle) paidLater(ctx context.Context, tx *Tx, o *order.Order, p order.Payment, in order.Incoming) error {
	if p.Amount.Currency != o.Data().Currency {
		return fault.Bad("/paid_at_shop", "the payment is in "+p.Amount.Currency+", the order in "+o.Data().Currency, "look at the shop")
	}
	var cust party.Customer
	if err := tx.Get(ctx, o.Data().CustomerID, &cust); err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	freed := o.PayAtShop(p, in.UpdatedAt)
	if freed.IsPositive() {
		x.move(tx, 0, -freed.Minor, false)
	}
	if err := tx.Save(o, Fact{Type: "order.paid_at_shop", Data: p}); err != nil {
		return err
	}
	if err := c.takeShopMoney(tx, o); err != nil {
		return err
	}
	if o.Status() == order.Received && o.Held(order.CreditHold) && !o.Held(order.ExceptionHold) && o.Prepaid() {
		var req credit.Request
		if err := tx.Get(ctx, o.ID(), &req); err != nil {
			return err
		}
		if err := req.Approve("policy", tx.At(), credit.Conditions{}, "paid at the shop"); err != nil {
			return refused(err)
		}
		if err := tx.Save(&req, Fact{Type: "credit.approved", Data: req.Data()}); err != nil {
			return err
		}
		if err := c.confirm(ctx, tx, o, &cust, x, false); err != nil {
			return err
		}
		return c.showCard(tx, "credit", KeyOf(&req))
	}
	return c.applyShopMoney(ctx, tx, o)
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
	before := o.Data()
	if err := o.Cancel(); err != nil {
		return refused(err)
	}
	c.release(tx, before)
	if before.Committed.IsPositive() {
		if err := c.uncommit(ctx, tx, before.CustomerID, before.Committed); err != nil {
			return err
		}
	}
	if err := tx.Save(o, Fact{Type: "order.cancelled", Data: map[string]string{"reason": reason}}); err != nil {
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
	x.move(tx, 0, -amount.Minor, false)
	return nil
}
