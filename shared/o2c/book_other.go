package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
)

// BookOther books what is left of a receipt as what a person says it is, because it is no customer's money.
func (c *Cycle) BookOther(ctx context.Context, s Stamp, ask LineAsk) (cash.ReceiptData, error) {
	return c.onReceipt(ctx, s, ask.ID, func(ctx context.Context, tx *Tx, r *cash.Receipt) error {
		kind, ok := cash.KindOf(ask.Kind, r.Data().Amount)
		if !ok {
			return fault.Bad("/kind", `money that came in cannot be called "{kind}"`, "choose one of the list").Keyed("cash.kind").With("kind", ask.Kind)
		}
		b := cash.Booking{Role: kind.Account, Kind: kind.Name, Amount: r.Unapplied(), Why: cmp.Or(ask.Why, "not from a customer")}
		if d := r.Data(); ask.Always && d.Source == "bank" {
			var err error
			if b.Taught, err = c.teachKind(ctx, tx, d.IBAN, d.Payer, kind.Name, d.Amount); err != nil {
				return err
			}
		}
		return errors.Join(c.bookRest(tx, r, b), c.refreshCard(tx, "cash", KeyOf(r)))
	})
}

// UndoBooking takes such a booking back, and what was learnt from it; the money asks for its home again.
func (c *Cycle) UndoBooking(ctx context.Context, s Stamp, receiptID string, n int) (cash.ReceiptData, error) {
	return c.onReceipt(ctx, s, receiptID, func(_ context.Context, tx *Tx, r *cash.Receipt) error {
		b, err := r.Unbook(n)
		if err != nil {
			return refused(err)
		}
		if d := r.Data(); b.Taught {
			c.unteachKind(tx, d.IBAN, d.Payer, b.Kind, d.Amount)
		}
		r.Release()
		return errors.Join(
			tx.Save(r, Fact{Type: "receipt.unbooked", Data: b}),
			c.post(tx, fmt.Sprintf("%s/book/%d/undo", r.ID(), b.N), b.Why+" taken back", c.today(tx.At()), reversed(ledger.Assigned(b.Role, r.ID(), b.Amount))...),
			c.showCard(tx, "cash", KeyOf(r)),
		)
	})
}

// onReceipt changes one receipt, and keeps it among its customer's unapplied money while it has some.
func (c *Cycle) onReceipt(ctx context.Context, s Stamp, id string, change func(context.Context, *Tx, *cash.Receipt) error) (cash.ReceiptData, error) {
	var after cash.ReceiptData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		r, err := get[cash.Receipt](ctx, tx, id)
		if err != nil {
			return err
		}
		if err := change(ctx, tx, r); err != nil {
			return err
		}
		c.hangUnapplied(tx, r)
		after = r.Data()
		return nil
	})
	return after, err
}
