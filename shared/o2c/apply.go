package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// apply gives an amount of a receipt to an invoice.
func (c *Cycle) apply(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, amount money.Amount, why string) error {
	return c.applyPart(ctx, tx, r, inv, cash.Application{Amount: amount, Why: why})
}

// give gives a receipt to invoices as it was allotted, with the discounts and
// differences that settle them.
func (c *Cycle) give(ctx context.Context, tx *Tx, r *cash.Receipt, a cash.Allotment, why string) error {
	for _, p := range a.Parts {
		if err := money.Same(p.Item.Open, p.Amount); err != nil {
			return fault.By("/amount", err, "apply it in the invoice's currency")
		}
	}
	for _, given := range allotted(r.Data(), a) {
		inv, err := get[invoice.Invoice](ctx, tx, given.InvoiceID)
		if err != nil {
			return err
		}
		given.Why = why
		if err := c.applyPart(ctx, tx, r, inv, given); err != nil {
			return err
		}
	}
	if a.Kept && a.Rest.Currency == r.Unapplied().Currency {
		return c.bookRest(tx, r, cash.Booking{Role: ledger.Differences, Amount: a.Rest, Why: "over by no more than the tolerance"})
	}
	return nil
}

// allotted are the applications of an allotment, which may be in the currency in
// which the payer sent the money.
func allotted(r cash.ReceiptData, a cash.Allotment) []cash.Application {
	if len(a.Parts) > 0 && a.Parts[0].Amount.Currency != r.Amount.Currency {
		return exchanged(r, a)
	}
	given := make([]cash.Application, len(a.Parts))
	for i, p := range a.Parts {
		given[i] = cash.Application{InvoiceID: p.Item.ID, Amount: p.Amount, Discount: p.Discount, Difference: p.Difference, Charge: p.Charge}
	}
	return given
}

// applyPrincipal applies money to the invoice itself: both move, credit comes
// free, the books follow, and whoever waits for it is told. A payment page that
// asks for more than is open now is closed.
func (c *Cycle) applyPrincipal(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, a cash.Application) error {
	d := inv.Data()
	if err := money.Same(a.Amount, r.Unapplied()); err != nil {
		return fault.By("/amount", err, "apply it in the receipt's currency")
	}
	a.InvoiceID, a.Number, a.On = d.ID, d.Number, c.today(tx.At())
	a, err := c.valued(ctx, tx, r.Data(), d, a)
	if err != nil {
		return err
	}
	if !a.Discount.IsZero() {
		a.DiscountTax = d.DiscountTax(a.Discount)
		inv.TakeDiscount(a.Discount)
	}
	if a, err = r.Apply(a); err != nil {
		return fault.By("/amount", err, "apply at most what is left")
	}
	verb := "pay"
	if ofItsNotes(d, r.ID()) {
		verb = "credit"
	}
	if err := inv.Settle(verb, a.Settles(), a.On); err != nil {
		return fault.By("/amount", err, "apply at most what is open")
	}
	if r.Data().CustomerID == "" {
		r.Belongs(d.CustomerID)
	}
	if err := errors.Join(
		tx.Save(r, Fact{Type: "receipt.applied", Data: a}),
		tx.Save(inv, Fact{Type: "invoice." + inv.Status(), Data: map[string]any{"invoice": inv.Data().Number, "receipt": r.ID(), "amount": a.Settles(), "open": inv.Open(), "paid_on": inv.Data().PaidOn}}),
		c.post(tx, r.ID()+"/"+strconv.Itoa(a.N), "Payment of "+d.Number, r.Data().ValueOn, c.legs(r.ID(), d, a)...),
		c.moveOpen(ctx, tx, d, d.Releases(a.Settles()).Neg(), d.Open, d.Open.Minus(a.Settles())), c.paid(ctx, tx, r.Data(), d, a.Amount, 1),
		c.closeCheckout(ctx, tx, d.ID),
	); err != nil {
		return err
	}
	if len(d.Instalments) > 0 && inv.Open().IsPositive() { // the next one climbs the ladder anew
		if err := c.planNext(ctx, tx, inv); err != nil {
			return err
		}
	}
	if inv.Open().IsZero() {
		unhangOpen(tx, d)
		if err := errors.Join(c.depositPaid(ctx, tx, inv.Data()), c.closeOrder(ctx, tx, inv.Data())); err != nil {
			return err
		}
	}
	return errors.Join(
		c.refreshCard(tx, "invoice", KeyOf(inv)),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		c.caseEases(ctx, tx, r, inv, a),
		c.publish(tx, KeyOf(inv)),
	)
}

// applicationLegs books an application in the currency of the books.
func applicationLegs(receiptID string, a cash.Application) []ledger.Leg {
	legs := ledger.Applied(receiptID, a.InvoiceID, a.Amount)
	if !a.Discount.IsZero() {
		legs = append(legs, ledger.Discounted(a.InvoiceID, a.Discount, a.DiscountTax)...)
	}
	if !a.Difference.IsZero() {
		legs = append(legs, ledger.GivenUp(ledger.Differences, a.InvoiceID, a.Difference)...)
	}
	if !a.Charge.IsZero() {
		legs = append(legs, ledger.GivenUp(ledger.Charges, a.InvoiceID, a.Charge)...)
	}
	return legs
}

// bookRest gives money that is no customer's to an account of the books.
func (c *Cycle) bookRest(tx *Tx, r *cash.Receipt, b cash.Booking) error {
	b.On = c.today(tx.At())
	b, err := r.Book(b)
	if err != nil {
		return fault.By("/amount", err, "book at most what is left")
	}
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.booked", Data: b}),
		c.post(tx, fmt.Sprintf("%s/book/%d", r.ID(), b.N), b.Why+" ("+payer(r.Data())+")", r.Data().ValueOn, ledger.Assigned(b.Role, r.ID(), b.Amount)...),
	)
}

// moveOpen changes what a customer has open of an invoice, by an amount in the
// currency of the books: so much of it was open, and so much is now.
func (c *Cycle) moveOpen(ctx context.Context, tx *Tx, inv invoice.Data, by, was, is money.Amount) error {
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
	x.move(tx, moved{open: by.Minor, dues: duesMoved(inv, was, is)}, false)
	return nil
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

// ApplyReceipt gives an amount of a receipt to an invoice, as a colleague says;
// no amount means as much as fits, with the discount of its day of value.
func (c *Cycle) ApplyReceipt(ctx context.Context, s Stamp, receiptID, invoiceID string, amount money.Amount, why string) (cash.ReceiptData, error) {
	return c.assign(ctx, s, receiptID, []string{invoiceID}, why, func(r *cash.Receipt, items []cash.OpenItem) cash.Allotment {
		if amount.IsZero() {
			return c.Policy.Cash.Allot(r.Unapplied(), foreignAccount(r.Data().IBAN), items)
		}
		return cash.Allotment{Parts: []cash.Part{{Item: items[0], Amount: amount}}}
	})
}

// MatchReceipt gives a receipt to the invoices of a proposal, as a colleague
// chose, the first first.
func (c *Cycle) MatchReceipt(ctx context.Context, s Stamp, receiptID string, invoiceIDs []string, why string) (cash.ReceiptData, error) {
	return c.assign(ctx, s, receiptID, invoiceIDs, why, func(r *cash.Receipt, items []cash.OpenItem) cash.Allotment {
		return c.Policy.Cash.Allot(r.Unapplied(), foreignAccount(r.Data().IBAN), items)
	})
}

// assign is a person's choice for a receipt, from which it is learnt who pays
// under its account and name.
func (c *Cycle) assign(ctx context.Context, s Stamp, receiptID string, invoiceIDs []string, why string, allot func(*cash.Receipt, []cash.OpenItem) cash.Allotment) (cash.ReceiptData, error) {
	var after cash.ReceiptData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		keys := []Key{{Kind: "receipt", ID: receiptID}}
		for _, id := range invoiceIDs {
			keys = append(keys, Key{Kind: "invoice", ID: id})
		}
		if err := tx.Fetch(ctx, keys...); err != nil {
			return err
		}
		r, err := get[cash.Receipt](ctx, tx, receiptID)
		if err != nil {
			return err
		}
		var items []cash.OpenItem
		for _, id := range invoiceIDs {
			inv, err := get[invoice.Invoice](ctx, tx, id)
			if err != nil {
				return err
			}
			d := inv.Data()
			owed, err := c.owed(ctx, tx, inv, r.Data().ValueOn)
			if err != nil {
				return err
			}
			if !owed.IsPositive() {
				return fault.Bad("/invoice", "nothing is open of invoice {number}", "choose another, or keep the money as the customer's credit").Keyed("invoice.nothing_open").With("number", d.Number)
			}
			item := c.openItem(d, r.Data().ValueOn)
			if owed != d.Open { // its claim is raised, or it was written off
				item.Open = owed
			}
			items = append(items, item)
		}
		if !r.Unapplied().IsPositive() {
			return fault.Bad("/amount", "nothing is left of the receipt", "look at what it was applied to").Keyed("receipt.empty")
		}
		before := len(r.Data().Applications)
		if money.Same(r.Unapplied(), items[0].Open) != nil {
			err = c.giveAbroad(ctx, tx, r, items, why)
		} else {
			err = c.give(ctx, tx, r, allot(r, items), why)
		}
		if err != nil {
			return err
		}
		taught, err := c.teach(ctx, tx, r.Data(), items[0].CustomerID)
		if err != nil {
			return err
		}
		if taught {
			r.Taught(before + 1)
		}
		c.hangUnapplied(tx, r)
		after = r.Data()
		return c.refreshCard(tx, "cash", KeyOf(r))
	})
	return after, err
}

// UndoApplication takes an application back: the invoice is open again, with
// all that hangs on it, and the team is asked where the money belongs.
func (c *Cycle) UndoApplication(ctx context.Context, s Stamp, receiptID string, n int) (cash.ReceiptData, error) {
	return c.onReceipt(ctx, s, receiptID, func(ctx context.Context, tx *Tx, r *cash.Receipt) error {
		a, err := c.undo(ctx, tx, r, n)
		if err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		r.Release()
		return errors.Join(c.creditAgain(ctx, tx, r, inv), c.showCard(tx, "cash", KeyOf(r)))
	})
}

func (c *Cycle) undo(ctx context.Context, tx *Tx, r *cash.Receipt, n int) (cash.Application, error) {
	if part, err := c.undoPart(ctx, tx, r, n); err != nil || part.N > 0 {
		return part, err
	}
	a, err := r.Undo(n)
	if err != nil {
		return a, refused(err)
	}
	inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
	if err != nil {
		return a, err
	}
	if err := c.undoClaim(tx, r, inv); err != nil {
		return a, err
	}
	wasSettled := inv.Open().IsZero()
	inv.TakeDiscount(a.Discount.Neg())
	if err := inv.Reopen(a.Settles()); err != nil {
		return a, refused(err)
	}
	d := inv.Data()
	if len(d.Instalments) > 0 && !wasSettled {
		if err := c.planNext(ctx, tx, inv); err != nil {
			return a, err
		}
	}
	if wasSettled {
		hangOpen(tx, d)
		if err := errors.Join(c.planNext(ctx, tx, inv), c.depositBack(ctx, tx, inv)); err != nil {
			return a, err
		}
	}
	if a.Taught {
		if err := c.unteach(ctx, tx, r.Data(), d.CustomerID); err != nil {
			return a, err
		}
	}
	return a, errors.Join(
		tx.Save(r, Fact{Type: "receipt.unapplied", Data: a}),
		tx.Save(inv, Fact{Type: "invoice.reopened", Data: map[string]any{"receipt": r.ID(), "amount": a.Settles(), "open": inv.Open()}}),
		c.post(tx, fmt.Sprintf("%s/%d/undo", r.ID(), a.N), "Payment of "+d.Number+" taken back", c.today(tx.At()), reversed(c.legs(r.ID(), d, a))...),
		c.moveOpen(ctx, tx, d, d.Releases(a.Settles()), d.Open.Minus(a.Settles()), d.Open), c.paid(ctx, tx, r.Data(), d, a.Amount, -1),
		c.afterMoney(ctx, tx, inv, inv.Open(), a.Amount.Neg(), c.today(tx.At())),
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
			return fault.Bad("/customer_id", "nobody knows whose money it is", "match it to an invoice, or name the customer").Keyed("receipt.nobody")
		}
		if _, err := get[party.Customer](ctx, tx, owner); err != nil {
			return err
		}
		r.Keep(owner)
		if _, err := c.teach(ctx, tx, r.Data(), owner); err != nil {
			return err
		}
		c.hangUnapplied(tx, r)
		return errors.Join(tx.Save(r, Fact{Type: "receipt.kept", Data: map[string]string{"customer": owner}}), c.refreshCard(tx, "cash", KeyOf(r)))
	})
}
