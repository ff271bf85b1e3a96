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

// changeOrder acts on a later telling of an order that is known. What is older
// than the known state changes nothing, but for the money that it tells of:
// shops stamp to the second, and what was paid stays paid.
func (c *Cycle) changeOrder(ctx context.Context, tx *Tx, m order.Message, o *order.Order) error {
	before := o.Data()
	cust, err := get[party.Customer](ctx, tx, before.CustomerID)
	if err != nil {
		return err
	}
	if m.Order, err = c.fill(ctx, tx, m.Order, cust.Data()); err != nil {
		return err
	}
	next, err := order.Take(m.Order, order.Intake{ID: before.ID, Source: before.Source, CustomerID: before.CustomerID, TermsDays: before.TermsDays, TermsKind: before.TermsKind, Parts: before.Instalments, Rate: before.Rate, Terms: before.Terms, At: before.ReceivedAt})
	var odd *order.Inconsistent
	if err != nil && !errors.As(err, &odd) {
		return fault.By("/total", err, "mend the order and send it again")
	}
	told := next.Data()
	m.Order.PaidAtShop = told.PaidAtShop
	if err := c.paidLater(ctx, tx, m, o); err != nil || !o.Newer(told, m.Verb) {
		return err
	}
	return c.amend(ctx, tx, amendment{message: m, next: told, odd: odd, changes: o.Changes(told)}, o)
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
		if err := c.confirmPaid(ctx, tx, o); err != nil {
			return err
		}
	}
	if err := c.applyShopMoney(ctx, tx, o); err != nil {
		return err
	}
	return errors.Join(c.payBack(ctx, tx, o), c.strand(ctx, tx, o))
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

// CancelOrder withdraws an order as far as it can be: stock and credit of what
// was not shipped come free. Of an order that has left as a whole only its
// invoices can be taken back, by a credit note.
func (c *Cycle) CancelOrder(ctx context.Context, s Stamp, orderID, reason string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		o, err := get[order.Order](ctx, tx, orderID)
		if err != nil || o.Status() == order.Cancelled {
			return err
		}
		if o.Status() == order.Declined || o.Gone() {
			return fault.New(fault.Refused, "Order {number} cannot be cancelled any more", "it is {status}", "make a credit note of its invoice when the goods come back").Keyed("order.cancel").With("number", o.Data().Number, "status", o.Status())
		}
		return c.withdrawAs(ctx, tx, o, reason)
	})
}

// withdraw is what a cancellation in the shop makes of an order, by what has
// left of it: nothing, and it is cancelled; a part, and the rest is not shipped;
// all, and its invoices are credited. A cancellation that is told again changes
// nothing.
func (c *Cycle) withdraw(ctx context.Context, tx *Tx, o *order.Order) error {
	return c.withdrawAs(ctx, tx, o, "cancelled in the shop")
}

func (c *Cycle) withdrawAs(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	before, gone := o.Data(), o.Gone()
	o.Withdraw()
	switch {
	case order.Life.Can(o.Status(), "cancel"):
		return c.cancel(ctx, tx, o, reason)
	case order.Life.Can(o.Status(), "cut"):
		return c.cut(ctx, tx, o, reason)
	case !gone || before.TakenBack:
		return tx.Save(o) // it ended before
	}
	o.TakeBack()
	d := o.Data()
	fact, said := "order.cancelled_late", Notice{Key: "cancelled_late", Number: d.Number, Name: d.CustomerName, Why: reason}
	if reason == refundedWhole {
		fact, said = "order.refunded_whole", Notice{Key: "refunded_whole", Number: d.Number, Name: d.CustomerName}
	}
	return errors.Join(
		tx.Save(o, Fact{Type: fact, Data: map[string]string{"status": d.Status, "reason": reason}}),
		c.tell(tx, KeyOf(o), said),
		c.settleLater(tx, o),
	)
}

func (c *Cycle) cancel(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	if err := c.letOff(ctx, tx, o, o.Cancel); err != nil {
		return err
	}
	fact := Fact{Type: "order.cancelled", Data: map[string]string{"order": o.Data().Number, "external_id": o.Data().ExternalID, "reason": reason}}
	if err := errors.Join(tx.Save(o, fact), c.publish(tx, KeyOf(o)), c.strand(ctx, tx, o), c.endBills(ctx, tx, o, reason)); err != nil {
		return err
	}
	return c.voidRequest(ctx, tx, o, reason)
}

// voidRequest ends what credit was asked or decided of an order.
func (c *Cycle) voidRequest(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	req, err := find[credit.Request](ctx, tx, o.ID())
	if err != nil || req == nil || !credit.Life.Can(req.Data().Status, "void") {
		return err
	}
	if err := req.Void(tx.At()); err != nil {
		return refused(err)
	}
	if err := tx.Save(req, Fact{Type: "credit.voided", Data: map[string]string{"reason": reason}}); err != nil {
		return err
	}
	return c.refreshCard(tx, "credit", KeyOf(req))
}

// cut ends an order of which a part was shipped: the stock and the credit of the
// rest come free, what left stays invoiced.
func (c *Cycle) cut(ctx context.Context, tx *Tx, o *order.Order, reason string) error {
	if err := c.letOff(ctx, tx, o, o.Cut); err != nil {
		return err
	}
	d := o.Data()
	if err := errors.Join(
		tx.Save(o, Fact{Type: "order.cut", Data: map[string]string{"reason": reason}}),
		c.endBills(ctx, tx, o, reason),
		c.tell(tx, KeyOf(o), Notice{Key: "rest_cancelled", Number: d.Number, Name: d.CustomerName, Why: reason}),
	); err != nil {
		return err
	}
	return errors.Join(c.closeIfPaid(ctx, tx, o), c.settleLater(tx, o))
}

// closeIfPaid closes an order that ended with its last invoice paid already.
func (c *Cycle) closeIfPaid(ctx context.Context, tx *Tx, o *order.Order) error {
	bills := o.Data().Invoices
	if o.Status() != order.Shipped || len(bills) == 0 {
		return nil
	}
	last, err := get[invoice.Invoice](ctx, tx, bills[len(bills)-1])
	if err != nil || last.Status() == invoice.Draft || last.Open().IsPositive() {
		return err // its payment closes the order
	}
	return c.closeOrderOf(ctx, tx, o.ID(), last.Data())
}

// letOff ends an order by its verb and gives back what it held: stock and credit.
func (c *Cycle) letOff(ctx context.Context, tx *Tx, o *order.Order, end func() error) error {
	before := o.Data()
	if err := c.release(ctx, tx, o); err != nil {
		return err
	}
	if err := end(); err != nil {
		return refused(err)
	}
	if !before.Committed.IsPositive() {
		return nil
	}
	return c.uncommit(ctx, tx, before.CustomerID, before.InBooks(before.Committed))
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
