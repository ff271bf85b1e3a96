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
)

// kindRefund is what a bank line is called that gave a customer's money back. It is no row of cash/kinds.json: the money
// comes out of one receipt, not out of an account.
const kindRefund = "refund"

// Repayment is a customer's money that a bank line may have given back: what a credit note left, or what was kept.
type Repayment struct {
	ReceiptID string
	Number    string // of the credit note; else the payer of the money
	Left      money.Amount
	Score     int // of 100
	Why       string
}

// The points of the signs that a line gave a customer's money back. Together with the exact amount either of the first two
// is enough to book it without a person.
const (
	repaidNamed   = 60 // the line names the credit note, or the invoice that it corrects
	repaidAccount = 50 // it went to an account that the customer has paid from
	repaidName    = 30 // or to the customer's name
	repaidExact   = 40
	repaidSure    = 90
)

// repayments lists whose money a line that left the bank may have given back, the best first.
func (c *Cycle) repayments(ctx context.Context, tx *Tx, e cash.Entry) ([]Repayment, error) {
	var all []Repayment
	add := func(key Key, points int, why string) error {
		r, err := find[cash.Receipt](ctx, tx, key.ID)
		if err != nil || r == nil {
			return err
		}
		d := r.Data()
		if money.Same(d.Unapplied, e.Amount) != nil || d.Unapplied.Cmp(e.Amount.Abs()) < 0 || d.Source != "bank" && d.Source != sourceNote ||
			slices.ContainsFunc(all, func(known Repayment) bool { return known.ReceiptID == d.ID }) {
			return nil
		}
		p := Repayment{ReceiptID: d.ID, Number: payer(d), Left: d.Unapplied, Score: points, Why: why}
		if d.Source == sourceNote {
			p.Number = d.Ref
		}
		if points < repaidAccount {
			whence, err := c.cameFrom(ctx, tx, d, e.IBAN)
			if err != nil {
				return err
			}
			if whence {
				p.Score, p.Why = repaidAccount, "it went to the account that the money came from"
			}
		}
		if d.Unapplied == e.Amount.Abs() {
			p.Score, p.Why = p.Score+repaidExact, p.Why+"; the amount is exactly what is left of "+p.Number
		}
		all = append(all, p)
		return nil
	}
	if err := errors.Join(c.repaidByNumber(ctx, tx, e, add), c.repaidByPayee(ctx, tx, e, add)); err != nil {
		return nil, err
	}
	slices.SortStableFunc(all, func(x, y Repayment) int { return cmp.Compare(y.Score, x.Score) })
	return all[:min(len(all), candidatesMax)], nil
}

// repaidByNumber adds the credit notes that a line names, and those of the invoices that it names.
func (c *Cycle) repaidByNumber(ctx context.Context, tx *Tx, e cash.Entry, add func(Key, int, string) error) error {
	text := e.Reference + " " + e.Text + " " + e.EndToEnd
	names := c.said(cash.ReceiptData{Reference: e.Reference, Text: text})
	for _, number := range numbersUnder(c.Policy.Numbers.Prefix(invoice.CreditNotes), text, nil) {
		names = append(names, Alias{Space: spaceInvoice, Value: number})
	}
	if len(names) == 0 {
		return nil
	}
	keys, err := tx.Resolve(ctx, names...)
	if err != nil {
		return err
	}
	for i, key := range keys {
		if key.IsZero() {
			continue
		}
		inv, err := get[invoice.Invoice](ctx, tx, key.ID)
		if err != nil {
			return err
		}
		notes := []string{inv.ID()}
		for _, n := range inv.Data().Notes {
			notes = append(notes, n.ID)
		}
		for _, id := range notes {
			if err := add(Key{Kind: "receipt", ID: onAccountID(id)}, repaidNamed, "the transfer names "+names[i].Value); err != nil {
				return err
			}
		}
	}
	return nil
}

// repaidByPayee adds the money without a home of the customers who have the account or the name that a line paid to.
func (c *Cycle) repaidByPayee(ctx context.Context, tx *Tx, e cash.Entry, add func(Key, int, string) error) error {
	for _, by := range []struct {
		key    Key
		points int
		why    string
		ok     bool
	}{
		{accountKey(e.IBAN), repaidAccount, "this customer has paid from the account before", e.IBAN != ""},
		{nameKey(cash.PlainName(e.Name)), repaidName, "this customer has paid under the name before", cash.PlainName(e.Name) != ""},
	} {
		if !by.ok {
			continue
		}
		customers, err := tx.Links(ctx, by.key, linkRemitter)
		if err != nil {
			return err
		}
		for _, customer := range customers[:min(len(customers), askedMax)] {
			for _, name := range []string{linkCredited, linkUnapplied} {
				receipts, err := tx.Links(ctx, customer.To, name)
				if err != nil {
					return err
				}
				for _, l := range receipts[:min(len(receipts), askedMax)] {
					if err := add(l.To, by.points, by.why); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// linkCredited hangs what a credit note left to a customer under it, for the day on which it is given back. It is no money
// that letters wait for.
const linkCredited = "credited"

// hangRest keeps a receipt where the rest of it is looked for.
func (c *Cycle) hangRest(tx *Tx, r *cash.Receipt) {
	d := r.Data()
	l := Link{Parent: Key{Kind: "customer", ID: d.CustomerID}, Name: linkCredited, To: KeyOf(r)}
	switch {
	case d.Source != sourceNote:
		c.hangUnapplied(tx, r)
	case d.Unapplied.IsPositive():
		tx.Link(l)
	default:
		tx.Unlink(l)
	}
}

// cameFrom tells whether the money of a receipt came from an account: a credit note's is what paid its invoice.
func (c *Cycle) cameFrom(ctx context.Context, tx *Tx, d cash.ReceiptData, account string) (bool, error) {
	if account = cash.Squash(account); account == "" || d.Source != sourceNote {
		return account != "" && cash.Squash(d.IBAN) == account, nil
	}
	inv, err := c.creditedBy(ctx, tx, d.Ref)
	if err != nil || inv == nil {
		return false, err
	}
	keys, err := c.receiptsOf(ctx, tx, inv.Data())
	if err != nil {
		return false, err
	}
	for _, key := range keys[:min(len(keys), askedMax)] {
		r, err := find[cash.Receipt](ctx, tx, key.ID)
		if err != nil {
			return false, err
		}
		if r != nil && cash.Squash(r.Data().IBAN) == account {
			return true, nil
		}
	}
	return false, nil
}

// landRepayment books a line that gave a customer's money back, when only one fits to the cent and more than the amount
// says so.
func (c *Cycle) landRepayment(ctx context.Context, tx *Tx, line *bankLine) (bool, error) {
	e := line.data.Entry
	if !e.Amount.IsNegative() || e.Fee || e.Reversal {
		return false, nil
	}
	all, err := c.repayments(ctx, tx, e)
	if err != nil || len(all) == 0 || all[0].Score < repaidSure || len(all) > 1 && all[1].Score >= repaidSure {
		return false, err
	}
	if _, taught, err := c.learntKind(ctx, tx, e.IBAN, e.Name, e.Amount); err != nil || taught && all[0].Score < repaidNamed+repaidExact {
		return false, err // a person said what is paid there
	}
	if err := c.post(tx, Name("be", e.Key), "Bank: "+e.Text, e.ValueOn, ledger.Unexplained(e.Amount, e.Key)...); err != nil {
		return false, err
	}
	return true, c.repaid(ctx, tx, line, all[0].ReceiptID, byHouse, all[0].Why)
}

// repaid books a line as the refund of a receipt, made by hand at the bank: it is paid already, so nobody is asked for leave.
func (c *Cycle) repaid(ctx context.Context, tx *Tx, line *bankLine, receiptID, by, why string) error {
	e := line.data.Entry
	r, err := get[cash.Receipt](ctx, tx, receiptID)
	if err != nil {
		return err
	}
	amount := e.Amount.Abs()
	if err := money.Same(amount, r.Unapplied()); err != nil {
		return fault.By("/receipt", err, "choose money of the line's currency")
	}
	if err := r.Refund(amount); err != nil {
		return fault.By("/receipt", err, "choose money of which so much is left, or take some out of its invoice first")
	}
	earlier, err := tx.Links(ctx, KeyOf(r), linkRefund)
	if err != nil {
		return err
	}
	f := cash.RefundByHand(cash.RefundData{
		ID: Name("rf", receiptID, strconv.Itoa(len(earlier)+1)), ReceiptID: receiptID, CustomerID: r.Data().CustomerID, Amount: amount,
		Name: cmp.Or(e.Name, payer(r.Data())), IBAN: e.IBAN, Reason: why, AskedBy: by, AskedAt: tx.At(), DecidedBy: by, PaidOn: e.ValueOn,
	})
	tx.Link(Link{Parent: KeyOf(r), Name: linkRefund, Sort: fmt.Sprintf("%03d", len(earlier)+1), To: KeyOf(f)})
	c.hangRest(tx, r)
	line.data.Bookings++
	line.data.Booked = &LineBooking{Kind: kindRefund, Role: ledger.Unapplied, By: by, On: c.today(tx.At()), Why: why, ReceiptID: receiptID, RefundID: f.ID()}
	line.data.Unexplained = e.Amount.Zero()
	return errors.Join(
		tx.Save(f, Fact{Type: "refund.paid", Data: f.Data()}),
		tx.Save(r, Fact{Type: "receipt.refunded", Data: map[string]any{"amount": amount, "refund": f.ID()}}),
		tx.Save(line, Fact{Type: "bank.explained", Data: map[string]any{"amount": e.Amount, "name": e.Name, "kind": kindRefund, "why": why, "receipt": receiptID}}),
		c.post(tx, fmt.Sprintf("%s/kind/%d", line.ID(), line.data.Bookings), "Refund to "+f.Data().Name, e.ValueOn, ledger.RepaidByHand(receiptID, e.Amount, e.Key)...),
		c.refreshCard(tx, "cash", KeyOf(r)),
	)
}

// unrepaid takes that back: the customer has the money on account again.
func (c *Cycle) unrepaid(ctx context.Context, tx *Tx, b LineBooking, amount money.Amount) error {
	r, err := get[cash.Receipt](ctx, tx, b.ReceiptID)
	if err != nil {
		return err
	}
	f, err := get[cash.Refund](ctx, tx, b.RefundID)
	if err != nil {
		return err
	}
	if err := f.Move("fail", ""); err != nil {
		return refused(err)
	}
	r.Unrefund(amount.Abs())
	c.hangRest(tx, r)
	return errors.Join(
		tx.Save(f, Fact{Type: "refund.failed", Data: f.Data()}),
		tx.Save(r, Fact{Type: "receipt.regained", Data: map[string]any{"amount": amount.Abs(), "why": "the bank line was something else", "refund": f.ID()}}),
		c.refreshCard(tx, "cash", KeyOf(r)),
	)
}

// RepayLine says that a bank line gave a customer's money back, by the receipt's id or the credit note's number.
func (c *Cycle) RepayLine(ctx context.Context, s Stamp, lineID, receiptOrNote, why string) (BankLineData, error) {
	var after BankLineData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		line, err := get[bankLine](ctx, tx, lineID)
		if err != nil {
			return err
		}
		if line.data.Unexplained.IsZero() {
			return errExplained()
		}
		id := receiptOrNote
		keys, err := tx.Resolve(ctx, Alias{Space: spaceInvoice, Value: receiptOrNote})
		if err != nil {
			return err
		}
		if !keys[0].IsZero() {
			id = onAccountID(keys[0].ID)
		}
		r, err := find[cash.Receipt](ctx, tx, id)
		if err != nil {
			return err
		}
		if r == nil {
			return fault.Bad("/credit_note", "nothing of a customer's money stands under {number}", "name a credit note that left money with the customer").Keyed("repaid.nothing").With("number", receiptOrNote)
		}
		if err := c.repaid(ctx, tx, line, id, s.Actor, why); err != nil {
			return err
		}
		after = line.data
		return c.refreshCard(tx, "bankline", KeyOf(line))
	})
	return after, err
}

func errExplained() error {
	return fault.New(fault.Refused, "The bank line is explained already", "somebody was faster, or it found its payout", "undo that first").Keyed("bankline.explained")
}
