package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// apply gives an amount of a receipt to an invoice: both move, credit comes
// free, the books follow, and whoever waits for it is told. A payment page that
// asks for more than is open now is closed.
func (c *Cycle) apply(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, amount money.Amount, why string) error {
	d := inv.Data()
	if err := money.Same(amount, r.Unapplied(), d.Open); err != nil {
		return fault.Bad("/amount", err.Error(), "apply it to an invoice in its currency")
	}
	if d.Rate != nil {
		return c.inBooks("invoice "+d.Number, d.Currency)
	}
	a, err := r.Apply(d.ID, d.Number, amount, c.today(tx.At()), why)
	if err != nil {
		return fault.Bad("/amount", err.Error(), "apply at most what is left")
	}
	verb := "pay"
	if ofItsNotes(d, r.ID()) {
		verb = "credit"
	}
	if err := inv.Settle(verb, amount, c.today(tx.At())); err != nil {
		return fault.Bad("/amount", err.Error(), "apply at most what is open")
	}
	if r.Data().CustomerID == "" {
		r.Belongs(d.CustomerID)
	}
	if err := errors.Join(
		tx.Save(r, Fact{Type: "receipt.applied", Data: a}),
		tx.Save(inv, Fact{Type: "invoice." + inv.Status(), Data: map[string]any{"receipt": r.ID(), "amount": amount, "open": inv.Open(), "paid_on": inv.Data().PaidOn}}),
		c.post(tx, r.ID()+"/"+strconv.Itoa(a.N), "Payment of "+d.Number, r.Data().ValueOn, ledger.Applied(r.ID(), d.ID, amount)...),
		c.moveOpen(ctx, tx, d, d.Releases(amount).Neg()), c.paid(ctx, tx, r.Data(), d, amount, 1),
		c.closeCheckout(ctx, tx, d.ID),
	); err != nil {
		return err
	}
	if inv.Open().IsZero() {
		tx.Unlink(openLink(d))
		if err := errors.Join(c.depositPaid(ctx, tx, inv.Data()), c.closeOrder(ctx, tx, inv.Data())); err != nil {
			return err
		}
	}
	return errors.Join(
		c.refreshCard(tx, "invoice", KeyOf(inv)),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		c.publish(tx, KeyOf(inv)),
	)
}

// moveOpen changes what a customer has open of an invoice, by an amount in the
// currency of the books.
func (c *Cycle) moveOpen(ctx context.Context, tx *Tx, inv invoice.Data, by money.Amount) error {
	if err := tx.Gather(ctx, Wanted{
		Documents: []Key{{Kind: "customer", ID: inv.CustomerID}},
		Counters:  []Key{exposureKey(inv.CustomerID), payerKey(inv.CustomerID)},
	}); err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, inv.CustomerID)
	if err != nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	x.move(tx, moved{open: by.Minor, due: inv.DueOn}, false)
	return nil
}

// closeOrder ends an order when all of it was shipped and every invoice of it
// is settled.
func (c *Cycle) closeOrder(ctx context.Context, tx *Tx, paid invoice.Data) error {
	o, err := find[order.Order](ctx, tx, paid.OrderID)
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
		if !slices.Contains([]string{invoice.Paid, invoice.Credited, invoice.WrittenOff, invoice.Void}, other.Status()) {
			return nil
		}
	}
	if err := o.Close(); err != nil {
		return refused(err)
	}
	return errors.Join(tx.Save(o, Fact{Type: "order.closed", Data: map[string]string{"invoice": paid.Number}}), c.strand(ctx, tx, o))
}

// applyShopMoney gives what the shop's gateway took to the order's invoices, and
// what their credit notes left to the customer: what was credited on one of them
// and given back out of another's payment.
func (c *Cycle) applyShopMoney(ctx context.Context, tx *Tx, o *order.Order) error {
	receipts, err := c.shopReceipts(ctx, tx, o)
	if err != nil || len(receipts) == 0 {
		return err
	}
	onAccount, err := c.notesMoney(ctx, tx, o)
	if err != nil {
		return err
	}
	receipts = append(receipts, onAccount...)
	for _, id := range o.Data().Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		for _, r := range receipts {
			amount := money.Min(r.Unapplied(), inv.Open())
			if !amount.IsPositive() {
				continue
			}
			if err := c.apply(ctx, tx, r, inv, amount, "paid at the shop with order "+o.Data().Number); err != nil {
				return err
			}
		}
	}
	return nil
}

// ApplyReceipt gives an amount of a receipt to an invoice, as a colleague says.
func (c *Cycle) ApplyReceipt(ctx context.Context, s Stamp, receiptID, invoiceID string, amount money.Amount, why string) (cash.ReceiptData, error) {
	var after cash.ReceiptData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if err := tx.Fetch(ctx, Key{Kind: "receipt", ID: receiptID}, Key{Kind: "invoice", ID: invoiceID}); err != nil {
			return err
		}
		r, err := get[cash.Receipt](ctx, tx, receiptID)
		if err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		if err := money.Same(r.Data().Amount, inv.Data().Total); err != nil {
			return fault.Bad("/invoice", err.Error(), "apply it to an invoice in its currency")
		}
		part := amount
		if part.IsZero() {
			part = money.Min(r.Unapplied(), inv.Open())
		}
		if err := c.apply(ctx, tx, r, inv, part, why); err != nil {
			return err
		}
		after = r.Data()
		return c.refreshCard(tx, "cash", KeyOf(r))
	})
	return after, err
}

// UndoApplication takes an application back: the invoice is open again, with
// all that hangs on it, and the team is asked where the money belongs.
func (c *Cycle) UndoApplication(ctx context.Context, s Stamp, receiptID string, n int) (cash.ReceiptData, error) {
	var after cash.ReceiptData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		r, err := get[cash.Receipt](ctx, tx, receiptID)
		if err != nil {
			return err
		}
		a, err := c.undo(ctx, tx, r, n)
		if err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		r.Release()
		after = r.Data()
		return errors.Join(c.creditAgain(ctx, tx, r, inv), c.showCard(tx, "cash", KeyOf(r)))
	})
	return after, err
}

func (c *Cycle) undo(ctx context.Context, tx *Tx, r *cash.Receipt, n int) (cash.Application, error) {
	a, err := r.Undo(n)
	if err != nil {
		return a, refused(err)
	}
	inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
	if err != nil {
		return a, err
	}
	wasSettled := inv.Open().IsZero()
	if err := inv.Reopen(a.Amount); err != nil {
		return a, refused(err)
	}
	d := inv.Data()
	if wasSettled {
		tx.Link(openLink(d))
		c.planNext(inv, lastLetter(d))
		if err := c.depositBack(ctx, tx, inv); err != nil {
			return a, err
		}
	}
	return a, errors.Join(
		tx.Save(r, Fact{Type: "receipt.unapplied", Data: a}),
		tx.Save(inv, Fact{Type: "invoice.reopened", Data: map[string]any{"receipt": r.ID(), "amount": a.Amount, "open": inv.Open()}}),
		c.post(tx, fmt.Sprintf("%s/%d/undo", r.ID(), a.N), "Payment of "+d.Number+" taken back", c.today(tx.At()), ledger.Applied(r.ID(), d.ID, a.Amount.Neg())...),
		c.moveOpen(ctx, tx, d, d.Releases(a.Amount)), c.paid(ctx, tx, r.Data(), d, a.Amount, -1),
		c.refreshCard(tx, "invoice", KeyOf(inv)),
	)
}

// KeepOnAccount says whose money it is and keeps it as the customer's credit.
func (c *Cycle) KeepOnAccount(ctx context.Context, s Stamp, receiptID, customerID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		r, err := get[cash.Receipt](ctx, tx, receiptID)
		if err != nil {
			return err
		}
		owner := cmp.Or(customerID, r.Data().CustomerID)
		if owner == "" {
			return fault.Bad("/customer_id", "nobody knows whose money it is", "match it to an invoice, or name the customer")
		}
		if _, err := get[party.Customer](ctx, tx, owner); err != nil {
			return err
		}
		r.Keep(owner)
		return errors.Join(tx.Save(r, Fact{Type: "receipt.kept", Data: map[string]string{"customer": owner}}), c.refreshCard(tx, "cash", KeyOf(r)))
	})
}
