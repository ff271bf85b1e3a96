package o2c

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// CreditRequest asks for a credit note.
type CreditRequest struct {
	InvoiceID string
	Key       string           // names the note: asked for again under it, there is still one; "" names none
	Lines     []invoice.Taking // none: all that was not credited yet
	Total     *money.Amount    // with tax, of what was given back already; prevails within a minor unit per line
	Reason    string           // for the trail
}

// NoteID is the id of a credit note: by its name, or by its place.
func NoteID(inv invoice.Data, key string) string {
	if key == "" {
		key = strconv.Itoa(len(inv.Notes) + 1)
	}
	return Name("i", "credit", inv.ID, key)
}

// onAccountID is the id of what a credit note left to the customer, because it
// found nothing open.
func onAccountID(noteID string) string { return ReceiptID(sourceNote, noteID) }

// sourceNote is the source of money that a credit note left to a customer.
const sourceNote = "credit_note"

// ofItsNotes reports whether a receipt is what one of the invoice's own credit
// notes left to the customer.
func ofItsNotes(inv invoice.Data, receiptID string) bool {
	return slices.ContainsFunc(inv.Notes, func(n invoice.Note) bool { return onAccountID(n.ID) == receiptID })
}

// IssueCreditNote takes an invoice back, or a part of it: the only way in which
// an issued invoice is corrected. The note settles what is open; what was paid
// already becomes the customer's money on account. Asked for all of an invoice
// of which nothing is left, it gives the note that took the last of it.
func (c *Cycle) IssueCreditNote(ctx context.Context, s Stamp, r CreditRequest) (invoice.Data, error) {
	var issued invoice.Data
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		if err := tx.Fetch(ctx, Key{Kind: "invoice", ID: r.InvoiceID}, Key{Kind: "checkout", ID: r.InvoiceID}); err != nil {
			return err
		}
		note, err := c.credit(ctx, tx, r)
		if err == nil {
			issued = note.Data()
		}
		return err
	})
	return issued, err
}

// credit issues a credit note, or finds the one that was issued before.
func (c *Cycle) credit(ctx context.Context, tx *Tx, r CreditRequest) (*invoice.Invoice, error) {
	inv, err := get[invoice.Invoice](ctx, tx, r.InvoiceID)
	if err != nil {
		return nil, err
	}
	d := inv.Data()
	if r.Key != "" {
		if known, err := find[invoice.Invoice](ctx, tx, NoteID(d, r.Key)); err != nil || known != nil {
			return known, err
		}
	}
	if len(r.Lines) == 0 && d.Exhausted() {
		return get[invoice.Invoice](ctx, tx, d.Notes[len(d.Notes)-1].ID)
	}
	if inv.IsCreditNote() || d.Number == "" {
		return nil, fault.New(fault.Refused, "This cannot be credited", "only an issued invoice can", "cancel the order instead, or leave it").Keyed("credit.not_issued")
	}
	if o, err := c.secured(ctx, tx, d); err != nil || o != nil {
		return nil, cmp.Or(err, error(fault.New(fault.Refused, "A deposit is not credited by itself", "invoice {number} secures an order", "cancel the order, or credit the invoice of what was delivered").Keyed("credit.deposit").With("number", d.Number)))
	}
	note, taken, err := inv.CreditNote(NoteID(d, r.Key), r.Lines, tx.At())
	if err != nil {
		return nil, fault.By("/lines", err, "credit at most what is left of the invoice")
	}
	if r.Total != nil {
		note.Prevail(*r.Total)
	}
	return note, c.issueNote(ctx, tx, inv, note, taken, r.Reason)
}

// issueNote gives a drafted note its number and lets it count.
func (c *Cycle) issueNote(ctx context.Context, tx *Tx, inv, note *invoice.Invoice, taken []invoice.Taken, why string) error {
	series, err := c.numberNote(ctx, tx, note)
	if err != nil {
		return err
	}
	settled, err := inv.Credit(note.Data(), taken)
	if err != nil {
		return refused(err)
	}
	if total := note.Data().Total; total.IsPositive() {
		if err := note.Settle("pay", total, note.Data().IssuedOn); err != nil {
			return refused(err)
		}
	}
	d, fact := note.Data(), "invoice.part_credited"
	if inv.Status() == invoice.Credited {
		fact = "invoice.credited"
	}
	if err := errors.Join(
		tx.Save(note, Fact{Type: "credit_note.issued", Data: d}), tx.Save(series),
		tx.Save(inv, Fact{Type: fact, Data: map[string]any{"invoice": inv.Data().Number, "credit_note": d.Number, "amount": d.Total, "settled": settled, "open": inv.Open(), "reason": why}}),
	); err != nil {
		return err
	}
	if err := c.bookNote(ctx, tx, d, inv.Data(), settled); err != nil {
		return err
	}
	return c.afterNote(ctx, tx, d, inv)
}

// numberNote gives a drafted note the next number of the credit notes' own
// series.
func (c *Cycle) numberNote(ctx context.Context, tx *Tx, note *invoice.Invoice) (*invoice.Series, error) {
	series, err := c.seriesFor(ctx, tx, invoice.CreditNotes)
	if err != nil {
		return nil, err
	}
	ours, err := c.seller(ctx, tx, tx.At())
	if err != nil {
		return nil, err
	}
	if missing := note.Prepare(ours, series.Dated(c.today(tx.At()))); len(missing) > 0 {
		return nil, fault.New(fault.Incomplete, "The credit note cannot be issued", "it lacks {missing}", "complete it first").Keyed("credit.lacks").With("missing", missing[0])
	}
	number, on := series.Draw(c.today(tx.At()))
	return series, note.Issue(series.ID(), number, on)
}

// bookNote books the note in reverse of an invoice, assigns it to what was open
// of the invoice, and keeps the rest as the customer's money.
func (c *Cycle) bookNote(ctx context.Context, tx *Tx, note, inv invoice.Data, settled money.Amount) error {
	if note.Total.IsZero() {
		return nil
	}
	var today calendar.Date
	text := narrative("Credit note "+note.Number+" on "+inv.Number, note)
	rest := note.Total.Minus(settled)
	released := inv.InBooks(inv.Open.Plus(settled)).Minus(inv.InBooks(inv.Open))
	b := note.Books()
	rounding := released.Plus(inv.InBooks(rest)).Minus(b.Net).Minus(b.Tax)
	legs := ledger.Issued(note.ID, b.Net.Neg(), b.Tax.Neg(), rounding.Neg())
	if inv.Advance != nil {
		legs = ledger.Advanced(note.ID, inv.ID, b.Net.Neg(), b.Tax.Neg(), rounding.Neg())
	}
	if err := c.post(tx, note.ID, text, today, taxedIn(note, legs)...); err != nil {
		return err
	}
	if settled.IsPositive() {
		if err := errors.Join(
			c.post(tx, note.ID+"/invoice", text, today, ledger.Credited(note.ID, inv.ID, released)...),
			c.moveOpen(ctx, tx, inv, released.Neg(), inv.Open.Plus(settled), inv.Open),
		); err != nil {
			return err
		}
	}
	if !rest.IsPositive() {
		return nil
	}
	r, err := cash.NewReceipt(cash.ReceiptData{
		ID: onAccountID(note.ID), Source: sourceNote, Account: ledger.Bank, Ref: note.Number, Amount: rest, Payer: inv.Buyer.Name,
		Text: text, Method: "credit_note", ValueOn: note.IssuedOn, ReceivedAt: tx.At(),
	})
	if err != nil {
		return refused(err)
	}
	r.Keep(inv.CustomerID) // nothing to find out: we know whose it is
	c.hangRest(tx, r)
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.received", Data: r.Data()}),
		c.post(tx, r.ID(), text+", paid before", today, ledger.CreditOnAccount(note.ID, r.ID(), inv.InBooks(rest))...),
	)
}

// afterNote is all that follows: the note's name, link and mail, an end to
// letters and payment pages about the invoice, and the order's close.
func (c *Cycle) afterNote(ctx context.Context, tx *Tx, note invoice.Data, inv *invoice.Invoice) error {
	d, key := inv.Data(), Key{Kind: "invoice", ID: note.ID}
	tx.Name(Alias{Space: spaceInvoice, Value: note.Number}, key)
	if len(c.Links) > 0 { // else its mail grants the link: not every function has the keys
		if err := c.grant(tx, invoiceScope(note)); err != nil {
			return err
		}
	}
	if err := c.closeCheckout(ctx, tx, d.ID); err != nil {
		return err
	}
	if d.Open.IsZero() {
		unhangOpen(tx, d)
		if err := c.closeOrder(ctx, tx, d); err != nil {
			return err
		}
	}
	cust, err := get[party.Customer](ctx, tx, note.CustomerID)
	if err != nil {
		return err
	}
	if err := c.dispatchDocument(tx, cust, note); err != nil {
		return err
	}
	return errors.Join(
		c.refreshCard(tx, "invoice", KeyOf(inv)),
		c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}),
		c.publish(tx, KeyOf(inv)),
	)
}

// creditAgain settles an invoice that was credited after it was paid, and whose
// payment went back since: what its notes had left to the customer is what went
// back. Without it a returned purchase would be dunned.
func (c *Cycle) creditAgain(ctx context.Context, tx *Tx, undone *cash.Receipt, inv *invoice.Invoice) error {
	if ofItsNotes(inv.Data(), undone.ID()) {
		return nil
	}
	for _, n := range inv.Data().Notes {
		r, err := find[cash.Receipt](ctx, tx, onAccountID(n.ID))
		if err != nil {
			return err
		}
		if r == nil || !inv.Collectable() || !r.Unapplied().IsPositive() {
			continue
		}
		if err := c.apply(ctx, tx, r, inv, money.Min(r.Unapplied(), inv.Open()), "credited by "+r.Data().Ref); err != nil {
			return err
		}
		if !inv.Collectable() {
			inv.Plan("", calendar.Date{}, time.Time{})
		}
		if err := c.refreshCard(tx, "cash", KeyOf(r)); err != nil {
			return err
		}
	}
	return nil
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

// creditsMax is how many invoices one commit credits at the most: each takes up
// to 25 of the hundred operations that a transaction may have.
const creditsMax = 3
