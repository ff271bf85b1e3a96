package o2c

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// ReceiptID is the id of money by its source: every message about one payment
// names the same receipt.
func ReceiptID(source, ref string) string { return Name("r", source, ref) }

// HandlePayment acts on one message of a payment provider, once.
func (c *Cycle) HandlePayment(ctx context.Context, at time.Time, seen string, ev PaymentEvent) error {
	s := Stamp{At: at, Actor: "stripe", Cause: seen}
	var err error
	switch ev := ev.(type) {
	case MoneyIn:
		err = c.moneyIn(ctx, s, ev)
	case MoneyPending:
		err = c.moneyPending(ctx, s, ev)
	case MoneyFailed:
		err = c.moneyFailed(ctx, s, ev)
	case MoneyBack:
		err = c.moneyBack(ctx, s, ev)
	case Chargeback:
		err = c.chargeback(ctx, s, ev)
	case PayoutPaid:
		err = c.payoutPaid(ctx, s, ev)
	case PageExpired:
		err = c.pageExpired(ctx, s, ev)
	}
	if errors.Is(err, ErrSeen) {
		return nil
	}
	return err
}

// begin stamps the change and makes the message count once.
func begin(tx *Tx, s Stamp) {
	tx.By(s)
	if s.Cause != "" {
		tx.Once(s.Cause)
	}
}

// once runs a change for a message that counts once.
func (c *Cycle) once(ctx context.Context, s Stamp, change func(context.Context, *Tx) error) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		begin(tx, s)
		return change(ctx, tx)
	})
}

// moneyIn books a payment: Dr clearing, Cr unapplied, and from there to the
// invoice. What is more than the invoice has open stays with the receipt and
// asks a person.
func (c *Cycle) moneyIn(ctx context.Context, s Stamp, ev MoneyIn) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		id := ReceiptID(ev.Gateway, ev.Ref)
		if known, err := find[cash.Receipt](ctx, tx, id); err != nil || known != nil {
			return err
		}
		r, err := cash.NewReceipt(cash.ReceiptData{
			ID: id, Source: ev.Gateway, Account: ledger.Gateway(ev.Gateway), Ref: ev.Ref, Amount: ev.Amount,
			Payer: ev.Payer, Method: ev.Method, ValueOn: c.today(ev.At), TakenAt: ev.At, ReceivedAt: tx.At(),
		})
		if err != nil {
			return fault.Bad("/amount", err.Error(), "look at the payment at the provider")
		}
		return c.receive(ctx, tx, r, ev.InvoiceID, "the payment page was made for this invoice")
	})
}

// receive books money that came in and applies it to the invoice it names. Money
// in another currency than the invoice asks a person.
func (c *Cycle) receive(ctx context.Context, tx *Tx, r *cash.Receipt, invoiceID, why string) error {
	d := r.Data()
	if err := errors.Join(
		tx.Save(r, Fact{Type: "receipt.received", Data: d}),
		c.post(tx, d.ID, "Received from "+payer(d), d.ValueOn, ledger.Received(d.Account, d.Amount, d.ID)...),
	); err != nil {
		return err
	}
	inv, err := find[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	if inv != nil {
		if err := c.settleCheckout(ctx, tx, inv.ID(), d); err != nil {
			return err
		}
		if inv.Collectable() && money.Same(d.Amount, inv.Open()) == nil {
			if err := c.apply(ctx, tx, r, inv, money.Min(r.Unapplied(), inv.Open()), why); err != nil {
				return err
			}
		}
		r.Belongs(inv.Data().CustomerID)
	}
	if r.Unapplied().IsPositive() {
		return c.showCard(tx, "cash", KeyOf(r))
	}
	return nil
}

func payer(d cash.ReceiptData) string {
	if d.Payer != "" {
		return d.Payer
	}
	return d.Source
}

// settleCheckout takes a payment off what is under way for an invoice, and
// forgets the page that brought it.
func (c *Cycle) settleCheckout(ctx context.Context, tx *Tx, invoiceID string, d cash.ReceiptData) error {
	k, err := find[checkout](ctx, tx, invoiceID)
	if err != nil || k == nil {
		return err
	}
	if known := k.settled(d.Ref); !known && d.Account == ledger.Gateway(d.Source) {
		k.paid(d.Amount)
	}
	return tx.Save(k)
}

// moneyPending remembers that a payment is under way, so that the page says so
// and asks only for the rest. What cannot be a part of the invoice is left until
// the money is there, when a person is asked.
func (c *Cycle) moneyPending(ctx context.Context, s Stamp, ev MoneyPending) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		if known, err := find[cash.Receipt](ctx, tx, ReceiptID(ev.Gateway, ev.Ref)); err != nil || known != nil {
			return err // it has settled already
		}
		inv, err := find[invoice.Invoice](ctx, tx, ev.InvoiceID)
		if err != nil || inv == nil {
			return err
		}
		if ev.Amount.Currency != inv.Data().Currency {
			return errors.Join(tx.Save(inv, Fact{Type: "payment.pending", Data: ev}), c.tell(tx, KeyOf(inv), "A payment in another currency", ev.Amount.String()+" is under way for invoice "+inv.Number()+", which is in "+inv.Data().Currency+". It cannot settle it."))
		}
		k, err := c.checkoutOf(ctx, tx, ev.InvoiceID)
		if err != nil {
			return err
		}
		known := k.settled(ev.Ref)
		k.data.Pending = append(k.data.Pending, Pending{Ref: ev.Ref, Amount: ev.Amount, Method: ev.Method, Since: ev.At})
		if err := tx.Save(k, Fact{Type: "payment.pending", Data: ev}); err != nil || known {
			return err
		}
		k.paid(ev.Amount)
		return c.closeCheckout(ctx, tx, inv.ID())
	})
}

// moneyFailed forgets a payment that came to nothing; one that had counted is
// taken back, and the invoice is open again. A failure from before the money was
// taken is an earlier attempt of the same payment.
func (c *Cycle) moneyFailed(ctx context.Context, s Stamp, ev MoneyFailed) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		r, err := find[cash.Receipt](ctx, tx, ReceiptID(ev.Gateway, ev.Ref))
		if err != nil {
			return err
		}
		if r != nil && !ev.At.After(r.Data().TakenAt) {
			return nil
		}
		if r != nil {
			return c.takeBack(ctx, tx, r, r.Data().Amount, "the debit failed: "+ev.Reason)
		}
		k, err := find[checkout](ctx, tx, ev.InvoiceID)
		if err != nil || k == nil {
			return err
		}
		k.settled(ev.Ref)
		if err := tx.Save(k, Fact{Type: "payment.failed", Data: ev}); err != nil {
			return err
		}
		return c.tell(tx, Key{Kind: "invoice", ID: ev.InvoiceID}, "A payment failed", "The provider says: "+ev.Reason+". The invoice is open as before.")
	})
}

// moneyBack books what was given back of a payment so far.
func (c *Cycle) moneyBack(ctx context.Context, s Stamp, ev MoneyBack) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		r, err := receiptOf(ctx, tx, ev.Gateway, ev.Ref)
		if err != nil {
			return err
		}
		if err := inCurrency(r, ev.Total); err != nil {
			return err
		}
		r.GiveBack(ev.Total)
		return c.takeBack(ctx, tx, r, r.Gone(), "given back at the provider")
	})
}

// receiptOf finds the payment that a refund or chargeback is about; a message
// that is ahead of its payment has to come again.
func receiptOf(ctx context.Context, tx *Tx, gateway, ref string) (*cash.Receipt, error) {
	r, err := find[cash.Receipt](ctx, tx, ReceiptID(gateway, ref))
	if err == nil && r == nil {
		err = fault.New(fault.Unavailable, "The message is ahead of its payment", "payment "+ref+" is not known yet", "send it again later")
	}
	return r, err
}

// takeBack pays back until total of the receipt has left: first what has no
// home, then out of its applications, the last first, whose invoices open again.
func (c *Cycle) takeBack(ctx context.Context, tx *Tx, r *cash.Receipt, total money.Amount, why string) error {
	amount := total.Minus(r.Data().Refunded)
	if !amount.IsPositive() {
		return nil
	}
	var undone []cash.Application // the last that was undone first: it is the one to settle in part
	for n := len(r.Data().Applications); n > 0 && r.Unapplied().Cmp(amount) < 0; n-- {
		if r.Data().Applications[n-1].Undone {
			continue
		}
		a, err := c.undo(ctx, tx, r, n)
		if err != nil {
			return err
		}
		undone = slices.Insert(undone, 0, a)
	}
	if err := r.Refund(amount); err != nil {
		return fault.Bad("/amount", err.Error(), "look at the payment at the provider")
	}
	d := r.Data()
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.paid_back", Data: map[string]any{"amount": amount, "why": why}}),
		c.post(tx, fmt.Sprintf("%s/back/%d", d.ID, d.Refunded.Minor), "Paid back to "+payer(d), c.today(tx.At()), ledger.PaidBack(d.Account, amount, d.ID)...),
		c.tell(tx, KeyOf(r), "Money went back", amount.String()+" of "+payer(d)+" went back: "+why+"."),
		c.reapply(ctx, tx, r, undone),
		c.askAbout(tx, r, len(undone) > 0),
	)
}

// askAbout shows what is left of a receipt: to be asked anew when applications
// were undone, else on the card that stands.
func (c *Cycle) askAbout(tx *Tx, r *cash.Receipt, anew bool) error {
	if anew && r.Unapplied().IsPositive() && !r.Data().Kept {
		return c.showCard(tx, "cash", KeyOf(r))
	}
	return c.refreshCard(tx, "cash", KeyOf(r))
}

// inCurrency refuses a message about a payment that is in another currency.
func inCurrency(r *cash.Receipt, amount money.Amount) error {
	if err := money.Same(r.Data().Amount, amount); err != nil {
		return fault.Bad("/amount", err.Error(), "look at the payment at the provider")
	}
	return nil
}

// reapply gives what is left of a receipt back to the invoices that it had
// settled until now; what a person took back before stays as the person left it.
func (c *Cycle) reapply(ctx context.Context, tx *Tx, r *cash.Receipt, undone []cash.Application) error {
	for _, a := range undone {
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return err
		}
		if amount := money.Min(r.Unapplied(), inv.Open()); amount.IsPositive() {
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

// chargeback tells the team; a lost one takes the money back. The messages about
// one come in any order and more than once.
func (c *Cycle) chargeback(ctx context.Context, s Stamp, ev Chargeback) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		r, err := receiptOf(ctx, tx, ev.Gateway, ev.Ref)
		if err != nil {
			return err
		}
		if err := inCurrency(r, ev.Amount); err != nil {
			return err
		}
		before := r.Data()
		before.Chargebacks = slices.Clone(before.Chargebacks)
		if !r.ChargeBack(cash.Chargeback{ID: ev.ID, Amount: ev.Amount, Status: ev.Status}) {
			return nil
		}
		if err := c.disputed(ctx, tx, before, r.Data()); err != nil {
			return err
		}
		if ev.Status == "lost" {
			return errors.Join(tx.Save(r, Fact{Type: "chargeback.lost", Data: ev}), c.takeBack(ctx, tx, r, r.Gone(), "the chargeback was lost"))
		}
		if err := tx.Save(r, Fact{Type: "chargeback." + ev.Status, Data: ev}); err != nil {
			return err
		}
		return c.tell(tx, KeyOf(r), "Chargeback "+ev.Status, fmt.Sprintf("%s of %s (%s); evidence until %s.", ev.Amount, payer(r.Data()), ev.Reason, ev.DueAt.In(c.Policy.Zone).Format(time.DateOnly)))
	})
}

func (c *Cycle) pageExpired(ctx context.Context, s Stamp, ev PageExpired) error {
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		k, err := find[checkout](ctx, tx, ev.InvoiceID)
		if err != nil || k == nil || k.data.SessionID != ev.SessionID {
			return err
		}
		k.data.SessionID, k.data.URL = "", ""
		return tx.Save(k)
	})
}
