package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// CreditNoteID is the id of the credit note over the whole of an invoice; there
// is at most one.
func CreditNoteID(invoiceID string) string { return Name("i", "credit", invoiceID) }

// onAccountID is the id of what a credit note over a paid invoice left to the
// customer.
func onAccountID(invoiceID string) string {
	return ReceiptID("credit_note", CreditNoteID(invoiceID))
}

// IssueCreditNote takes a whole invoice back, the only way in which an issued
// invoice is corrected: the note settles what is open, and what was paid
// already becomes the customer's money on account. A second call gives the same
// note. Why is for the trail.
func (c *Cycle) IssueCreditNote(ctx context.Context, s Stamp, invoiceID, why string) (invoice.Data, error) {
	var issued invoice.Data
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		id := CreditNoteID(invoiceID)
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: invoiceID}, Key{Kind: "invoice", ID: id}, Key{Kind: "checkout", ID: invoiceID}); err != nil {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
		if err != nil {
			return err
		}
		note, err := find[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		if note == nil {
			note, err = c.creditNote(ctx, tx, inv, why)
		}
		if err == nil {
			issued = note.Data()
		}
		return err
	})
	return issued, err
}

func (c *Cycle) creditNote(ctx context.Context, tx *Tx, inv *invoice.Invoice, why string) (*invoice.Invoice, error) {
	if inv.IsCreditNote() || inv.Status() == invoice.Draft {
		return nil, fault.New(fault.Refused, "This cannot be credited", "only an issued invoice can", "cancel the order instead, or leave it")
	}
	note, series, err := c.numberNote(ctx, tx, inv.Data())
	if err != nil {
		return nil, err
	}
	settled, err := inv.Credit()
	if err != nil {
		return nil, refused(err)
	}
	d, on := note.Data(), note.Data().IssuedOn
	if d.Total.IsPositive() {
		if err := note.Settle("pay", d.Total, on); err != nil {
			return nil, refused(err)
		}
	}
	d = note.Data()
	if err := errors.Join(
		tx.Save(note, Fact{Type: "credit_note.issued", Data: d}), tx.Save(series),
		tx.Save(inv, Fact{Type: "invoice.credited", Data: map[string]any{"credit_note": d.Number, "settled": settled, "reason": why}}),
	); err != nil {
		return nil, err
	}
	if err := c.bookNote(ctx, tx, d, inv.Data(), settled); err != nil {
		return nil, err
	}
	return note, c.afterNote(ctx, tx, d, inv)
}

// numberNote drafts the note over all lines of an invoice and gives it the next
// number of the credit notes' own series.
func (c *Cycle) numberNote(ctx context.Context, tx *Tx, of invoice.Data) (*invoice.Invoice, *invoice.Series, error) {
	taxable := make([]statute.Taxable, len(of.Lines))
	for i, l := range of.Lines {
		taxable[i] = statute.Taxable{Net: l.Net, Category: l.Category, Rate: l.TaxRate}
	}
	note := invoice.NewDraft(invoice.Data{
		ID: CreditNoteID(of.ID), Type: invoice.CreditNotes, Refers: of.Number, OrderID: of.OrderID, OrderNo: of.OrderNo, ShipmentID: of.ShipmentID,
		CustomerID: of.CustomerID, Buyer: of.Buyer, Currency: of.Currency, Lines: of.Lines, Rounding: of.Rounding, SuppliedOn: of.SuppliedOn, CreatedAt: tx.At(),
	}, taxable)
	if missing := note.Prepare(c.Policy.Seller); len(missing) > 0 {
		return nil, nil, fault.New(fault.Incomplete, "The credit note cannot be issued", "it lacks "+missing[0], "complete it first")
	}
	today := c.today(tx.At())
	fresh := invoice.SeriesFor(invoice.CreditNotes, today)
	series, err := find[invoice.Series](ctx, tx, fresh.ID())
	if err != nil {
		return nil, nil, err
	}
	if series == nil {
		series = fresh
	}
	number, on := series.Draw(today)
	return note, series, note.Issue(series.ID(), number, on)
}

// bookNote books the note in reverse of an invoice, assigns it to what was open
// of the invoice, and keeps the rest as the customer's money.
func (c *Cycle) bookNote(ctx context.Context, tx *Tx, note, inv invoice.Data, settled money.Amount) error {
	if note.Total.IsZero() {
		return nil
	}
	var today calendar.Date
	text := "Credit note " + note.Number + " on " + inv.Number
	if err := c.post(tx, note.ID, text, today, ledger.Issued(note.ID, note.Net.Neg(), note.Tax.Neg(), note.Rounding.Neg())...); err != nil {
		return err
	}
	if settled.IsPositive() {
		if err := errors.Join(
			c.post(tx, note.ID+"/invoice", text, today, ledger.Credited(note.ID, inv.ID, settled)...),
			c.moveOpen(ctx, tx, inv.CustomerID, -settled.Minor),
		); err != nil {
			return err
		}
	}
	rest := note.Total.Minus(settled)
	if !rest.IsPositive() {
		return nil
	}
	r, err := cash.NewReceipt(cash.ReceiptData{
		ID: onAccountID(inv.ID), Source: "credit_note", Account: ledger.Bank, Ref: note.Number, Amount: rest, Payer: inv.Buyer.Name,
		Text: text, Method: "credit_note", ValueOn: note.IssuedOn, ReceivedAt: tx.At(),
	})
	if err != nil {
		return refused(err)
	}
	r.Keep(inv.CustomerID) // nothing to find out: we know whose it is
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.received", Data: r.Data()}),
		c.post(tx, r.ID(), text+", paid before", today, ledger.CreditOnAccount(note.ID, r.ID(), rest)...),
	)
}

// afterNote is all that follows: the note's name, link and mail, an end to
// letters and payment pages about the invoice, and the order's close.
func (c *Cycle) afterNote(ctx context.Context, tx *Tx, note invoice.Data, inv *invoice.Invoice) error {
	d, key := inv.Data(), Key{Kind: "invoice", ID: note.ID}
	tx.Name(Alias{Space: spaceInvoice, Value: note.Number}, key)
	if err := c.grant(tx, invoiceScope(note)); err != nil {
		return err
	}
	tx.Unlink(openLink(d))
	if err := errors.Join(c.closeCheckout(ctx, tx, d.ID), c.closeOrder(ctx, tx, d)); err != nil {
		return err
	}
	if note.Buyer.Email != "" {
		if err := tx.ask(doInvoice, key, nil); err != nil {
			return err
		}
	}
	return errors.Join(
		c.refreshCard(tx, "invoice", KeyOf(inv)),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		c.publish(tx, KeyOf(inv)),
	)
}

// creditAgain settles an invoice that was credited after it was paid, and whose
// payment went back since: what the note had left to the customer is what went
// back. Without it a returned purchase would be dunned.
func (c *Cycle) creditAgain(ctx context.Context, tx *Tx, undone *cash.Receipt, inv *invoice.Invoice) error {
	if undone.ID() == onAccountID(inv.ID()) || !inv.Collectable() {
		return nil
	}
	r, err := find[cash.Receipt](ctx, tx, onAccountID(inv.ID()))
	if err != nil || r == nil || !r.Unapplied().IsPositive() {
		return err
	}
	if err := c.apply(ctx, tx, r, inv, money.Min(r.Unapplied(), inv.Open()), "credited by "+r.Data().Ref); err != nil {
		return err
	}
	if !inv.Collectable() {
		inv.Plan("", calendar.Date{}, time.Time{})
	}
	return c.refreshCard(tx, "cash", KeyOf(r))
}

// closeCheckout ends the payment page of an invoice that nobody may pay now.
func (c *Cycle) closeCheckout(ctx context.Context, tx *Tx, invoiceID string) error {
	k, err := find[checkout](ctx, tx, invoiceID)
	if err != nil || k == nil || k.data.SessionID == "" {
		return err
	}
	session := k.data.SessionID
	k.data.SessionID, k.data.URL = "", ""
	return errors.Join(tx.Save(k), tx.ask(doExpire, Key{Kind: "invoice", ID: invoiceID}, map[string]string{"session": session}))
}
