package o2c

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// moneyBack books what was given back of a payment so far.
func (c *Cycle) moneyBack(ctx context.Context, s Stamp, ev MoneyBack) error {
	return c.reverse(ctx, s, ev.Gateway, ev.Ref, ev.Total, func(ctx context.Context, tx *Tx, r *cash.Receipt) error {
		r.GiveBack(ev.Total, ev.At)
		return c.settleReversals(ctx, tx, r, "given back at the provider")
	})
}

// refundFailed takes a refund back that did not arrive: the customer has not got
// it, so the invoice that it had opened is settled again.
func (c *Cycle) refundFailed(ctx context.Context, s Stamp, ev RefundFailed) error {
	return c.reverse(ctx, s, ev.Gateway, ev.Ref, ev.Amount, func(ctx context.Context, tx *Tx, r *cash.Receipt) error {
		if err := c.refundLost(ctx, tx, r, ev.Ours); err != nil {
			return err
		}
		known := len(r.Data().Failures)
		r.RefundFailed(cash.FailedRefund{ID: ev.ID, Amount: ev.Amount, At: ev.At})
		if len(r.Data().Failures) == known {
			return nil
		}
		name, err := payerName(ctx, NewTx(c.Store), r.Data())
		if err != nil {
			return err
		}
		return errors.Join(
			tx.Save(r, Fact{Type: "refund.failed", Data: ev}),
			c.settleReversals(ctx, tx, r, "the refund did not arrive"),
			c.tell(tx, KeyOf(r), Notice{Key: "refund_failed", Name: name, Amount: ev.Amount}),
		)
	})
}

// reverse runs a change of a payment that a message is about. A message that is
// ahead of its payment has to come again.
func (c *Cycle) reverse(ctx context.Context, s Stamp, gateway, ref string, amount money.Amount, change func(context.Context, *Tx, *cash.Receipt) error) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		r, err := find[cash.Receipt](ctx, tx, ReceiptID(gateway, ref))
		if err == nil && r == nil {
			err = fault.New(fault.Unavailable, "The message is ahead of its payment", "payment "+ref+" is not known yet", "send it again later")
		}
		if err != nil {
			return err
		}
		if err := money.Same(r.Data().Amount, amount); err != nil {
			return fault.By("/amount", err, "look at the payment at the provider")
		}
		return change(ctx, tx, r)
	})
}

// settleReversals books what a receipt lacks to agree with its provider: money
// that is held, that left, or that came again. Nothing is booked twice, as each
// booking is the difference to what was booked before.
func (c *Cycle) settleReversals(ctx context.Context, tx *Tx, r *cash.Receipt, why string) error {
	left, held := r.Owing()
	if err := c.hold(tx, r, held); err != nil {
		return err
	}
	if left.IsPositive() {
		var err error
		if left, err = c.keepPromises(tx, r, left); err != nil {
			return err
		}
	}
	if left.IsPositive() {
		return c.takeBack(ctx, tx, r, left, why)
	}
	if left.IsNegative() {
		return c.bringBack(ctx, tx, r, left.Neg(), why)
	}
	return tx.Save(r)
}

// hold books what a network withdraws while a chargeback is open, or lets go.
func (c *Cycle) hold(tx *Tx, r *cash.Receipt, held money.Amount) error {
	if held.IsZero() {
		return nil
	}
	r.Hold(held)
	d := r.Data()
	id, text := fmt.Sprintf("%s/held/%d", d.ID, r.Move()), "Chargeback of "+payer(d)+" withdrawn"
	if held.IsNegative() {
		text = "Chargeback of " + payer(d) + " decided"
	}
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.held", Data: map[string]any{"amount": held}}),
		c.post(tx, id, text, c.today(tx.At()), ledger.Withheld(d.Account, held, d.ID)...),
	)
}

// takeBack pays an amount of the receipt back: first what has no home, then out
// of its applications, the last first, whose invoices open again.
func (c *Cycle) takeBack(ctx context.Context, tx *Tx, r *cash.Receipt, amount money.Amount, why string) error {
	var undone []cash.Application // the last that was undone first: it is the one to settle in part
	for n := len(r.Data().Applications); n > 0 && r.Unapplied().Cmp(amount) < 0; n-- {
		if r.Data().Applications[n-1].Undone {
			continue
		}
		a, err := c.undo(ctx, tx, r, n)
		if err != nil {
			return err
		}
		r.Return(n)
		undone = slices.Insert(undone, 0, a)
	}
	if err := r.Leave(amount); err != nil {
		return fault.By("/amount", err, "look at the payment at the provider")
	}
	d := r.Data()
	name, err := payerName(ctx, NewTx(c.Store), d)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s/gone/%d", d.ID, r.Move())
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.paid_back", Data: map[string]any{"amount": amount, "why": why}}),
		c.post(tx, id, "Paid back to "+payer(d), c.today(tx.At()), ledger.PaidBack(d.Account, amount, d.ID)...),
		c.tell(tx, KeyOf(r), Notice{Key: "money_back", Amount: amount, Name: name, Why: why}),
		c.reapply(ctx, tx, r, undone),
		c.askAbout(tx, r, len(undone) > 0),
	)
}

// bringBack reverses a part of what had left, and settles again what it had
// opened. Both bookings are of today: a closed period stays as it is (row 64).
func (c *Cycle) bringBack(ctx context.Context, tx *Tx, r *cash.Receipt, amount money.Amount, why string) error {
	r.Regain(amount)
	d := r.Data()
	name, err := payerName(ctx, NewTx(c.Store), d)
	if err != nil {
		return err
	}
	id := fmt.Sprintf("%s/gone/%d", d.ID, r.Move())
	if err := errors.Join(
		tx.Save(r, Fact{Type: "receipt.regained", Data: map[string]any{"amount": amount, "why": why}}),
		c.post(tx, id, "Come again from "+payer(d), c.today(tx.At()), ledger.PaidBack(d.Account, amount.Neg(), d.ID)...),
		c.tell(tx, KeyOf(r), Notice{Key: "money_again", Amount: amount, Name: name, Why: why}),
	); err != nil {
		return err
	}
	var returned []cash.Application
	for _, a := range d.Applications {
		if a.Returned && !slices.ContainsFunc(returned, func(b cash.Application) bool { return b.InvoiceID == a.InvoiceID }) {
			returned = append(returned, a)
		}
	}
	return errors.Join(c.reapply(ctx, tx, r, returned), c.askAbout(tx, r, true))
}

// askAbout shows what is left of a receipt: to be asked anew when applications
// were undone, else on the card that stands.
func (c *Cycle) askAbout(tx *Tx, r *cash.Receipt, anew bool) error {
	if anew && r.Unapplied().IsPositive() && !r.Data().Kept {
		return c.showCard(tx, "cash", KeyOf(r))
	}
	return c.refreshCard(tx, "cash", KeyOf(r))
}

// reapply gives what is left of a receipt back to the invoices that it had
// settled until now; what a person took back before stays as the person left it.
func (c *Cycle) reapply(ctx context.Context, tx *Tx, r *cash.Receipt, undone []cash.Application) error {
	for _, a := range undone {
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		owed, err := c.owed(ctx, tx, inv, r.Data().ValueOn)
		if err != nil {
			return err
		}
		if money.Same(r.Unapplied(), owed) != nil {
			continue // across currencies a person says again what is left of it
		}
		if amount := money.Min(r.Unapplied(), owed); amount.IsPositive() {
			if err := c.apply(ctx, tx, r, inv, amount, "what is left of the payment"); err != nil {
				return err
			}
		}
		if err := c.creditAgain(ctx, tx, r, inv); err != nil {
			return err
		}
	}
	return nil
}

// chargeback shows the team its case; a lost one takes the money back, one that was won
// after all brings it again. The messages about one come in any order and more
// than once.
func (c *Cycle) chargeback(ctx context.Context, s Stamp, ev Chargeback) error {
	return c.reverse(ctx, s, ev.Gateway, ev.Ref, ev.Amount, func(ctx context.Context, tx *Tx, r *cash.Receipt) error {
		before := r.Data()
		if !r.ChargeBack(cash.Chargeback{ID: ev.ID, Amount: ev.Amount, Status: ev.Status, Withdrawn: ev.Withdrawn, At: ev.At}) {
			return nil
		}
		if err := errors.Join(c.disputed(ctx, tx, before, r.Data()), tx.Save(r, Fact{Type: "chargeback." + ev.Status, Data: ev}), c.keepCase(ctx, tx, ev, r), c.chargeTakenBack(ctx, tx, ev, before)); err != nil {
			return err
		}
		return c.settleReversals(ctx, tx, r, "the chargeback was "+ev.Status)
	})
}
