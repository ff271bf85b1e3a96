package o2c

import (
	"context"
	"errors"
	"fmt"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// RefundableAt is the gateway at which we can give a receipt's money back: the
// one that took it on our payment page. What came through a shop is refunded
// there, since the shop would not hear of it.
func RefundableAt(d cash.ReceiptData) string {
	if d.Source == cash.Stripe && d.Method != "shop" {
		return d.Source
	}
	return ""
}

// performRefund asks the gateway for the refund, once: its answer may be lost
// after the money left, so that every attempt but the first looks for it before
// it asks again.
func performRefund(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	f, err := Read[cash.Refund](ctx, o.Cycle, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	d := f.Data()
	if d.Status != cash.RefundApproved {
		return nil, nil // its message was here before
	}
	r, err := Read[cash.Receipt](ctx, o.Cycle, d.ReceiptID)
	if err != nil {
		return nil, err
	}
	ask := RefundRequest{IdempotencyKey: fmt.Sprintf("duly-refund-%s-%d", d.ID, d.Spent+1), Payment: r.Data().Ref, RefundID: d.ID, Amount: d.Amount}
	var made RefundMade
	var found bool
	if e.Attempts > 1 {
		if made, found, err = o.Cycle.Pay.FindRefund(ctx, ask); err != nil {
			return nil, err
		}
	}
	if !found {
		made, err = o.Cycle.Pay.Refund(ctx, ask)
	}
	if errors.Is(err, ErrKeySpent) {
		err = errors.Join(err, o.Cycle.spendRefundKey(ctx, Stamp{At: o.Now(), Actor: "system:outbox"}, d.ID))
	}
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, tx *Tx) error {
		f, err := get[cash.Refund](ctx, tx, d.ID)
		if err != nil {
			return err
		}
		return o.Cycle.advanceRefund(tx, f, made)
	}, nil
}

// advanceRefund records how a refund stands at the gateway. What is said of one
// that is decided already is old.
func (c *Cycle) advanceRefund(tx *Tx, f *cash.Refund, made RefundMade) error {
	moved := f.Move("send", "") == nil
	f.Named(made.Ref)
	if made.Done && f.Move("pay", "") == nil {
		f.PaidOut(c.today(tx.At()))
		moved = true
	}
	if !moved {
		return nil
	}
	return errors.Join(
		tx.Save(f, Fact{Type: "refund." + f.Data().Status, Data: f.Data()}),
		c.refreshCard(tx, "cash", Key{Kind: "receipt", ID: f.Data().ReceiptID}),
	)
}

// spendRefundKey has the next attempt ask under another key.
func (c *Cycle) spendRefundKey(ctx context.Context, s Stamp, id string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		f, err := get[cash.Refund](ctx, tx, id)
		if err != nil {
			return err
		}
		f.Spend()
		return tx.Save(f)
	})
}

// refundGaveUp: the gateway will not make it. The money has no home again and
// asks for one.
func refundGaveUp(ctx context.Context, o *Outbox, tx *Tx, e Effect) error {
	f, err := get[cash.Refund](ctx, tx, e.Subject.ID)
	if err != nil || f.Move("drop", "") != nil {
		return err
	}
	r, err := get[cash.Receipt](ctx, tx, f.Data().ReceiptID)
	if err != nil {
		return err
	}
	return errors.Join(o.Cycle.withdrawRefund(tx, r, f), tx.Save(r), o.Cycle.showCard(tx, "cash", KeyOf(r)))
}

// withdrawRefund books back what of a refund never left.
func (c *Cycle) withdrawRefund(tx *Tx, r *cash.Receipt, f *cash.Refund) error {
	if err := tx.Save(f, Fact{Type: "refund.failed", Data: f.Data()}); err != nil {
		return err
	}
	back := r.Withdraw(f.ID())
	if back.IsZero() {
		return nil
	}
	r.Release()
	c.hangUnapplied(tx, r)
	return c.post(tx, f.ID()+"/withdrawn", "Refund to "+f.Data().Name+" not made", c.today(tx.At()), reversed(ledger.RefundApproved(r.ID(), f.ID(), back))...)
}

// keepPromises books what left through the gateway to the refunds that were
// promised, and gives what left beside them.
func (c *Cycle) keepPromises(tx *Tx, r *cash.Receipt, left money.Amount) (money.Amount, error) {
	done := r.Fulfil(left)
	if len(done) == 0 {
		return left, nil
	}
	d := r.Data()
	var legs []ledger.Leg
	took := left.Zero()
	for _, p := range done {
		took = took.Plus(p.Amount)
		legs = append(legs, ledger.RefundLeft(d.Account, p.RefundID, p.Amount)...)
	}
	return left.Minus(took), errors.Join(
		tx.Save(r, Fact{Type: "receipt.paid_back", Data: map[string]any{"amount": took, "why": "refunds of ours"}}),
		c.post(tx, fmt.Sprintf("%s/gone/%d", d.ID, r.Move()), "Refunded to "+payer(d), c.today(tx.At()), legs...),
		c.refreshCard(tx, "cash", KeyOf(r)),
	)
}

// refundTold hears how a refund of ours stands.
func (c *Cycle) refundTold(ctx context.Context, s Stamp, ev RefundTold) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		f, err := find[cash.Refund](ctx, tx, ev.Ours)
		if err != nil || f == nil || f.Data().Gateway != ev.Gateway || f.Data().ReceiptID != ReceiptID(ev.Gateway, ev.Ref) {
			return err // somebody else's word in the metadata
		}
		return c.advanceRefund(tx, f, RefundMade{Ref: ev.ID, Done: ev.Done})
	})
}

// refundLost records that a refund of ours came to nothing; what had left comes
// again by settleReversals.
func (c *Cycle) refundLost(ctx context.Context, tx *Tx, r *cash.Receipt, ours string) error {
	if ours == "" {
		return nil
	}
	f, err := find[cash.Refund](ctx, tx, ours)
	if err != nil || f == nil || f.Data().ReceiptID != r.ID() {
		return err
	}
	if f.Move("fail", "") != nil && f.Move("drop", "") != nil {
		return nil
	}
	return c.withdrawRefund(tx, r, f)
}
