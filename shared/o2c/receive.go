package o2c

import (
	"context"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
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
	case RefundFailed:
		err = c.refundFailed(ctx, s, ev)
	case RefundTold:
		err = c.refundTold(ctx, s, ev)
	case Chargeback:
		err = c.chargeback(ctx, s, ev)
	case PayoutPaid:
		err = c.payoutPaid(ctx, s, ev)
	case PayoutFailed:
		err = c.payoutFailed(ctx, s, ev)
	case PageExpired:
		err = c.pageExpired(ctx, s, ev)
	case MethodKept:
		err = c.methodKept(ctx, s, ev)
	case MethodTold:
		err = c.methodTold(ctx, s, ev)
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
			return fault.By("/amount", err, "look at the payment at the provider")
		}
		if ev.Try != "" {
			return errors.Join(c.receive(ctx, tx, r, ev.InvoiceID, "it was collected for this invoice"), c.chargeTaken(ctx, tx, ev.InvoiceID, ev.Try, ev.Ref))
		}
		return c.receive(ctx, tx, r, ev.InvoiceID, "the payment page was made for this invoice")
	})
}

// takeIn books money that came in: Dr the account, Cr unapplied.
func (c *Cycle) takeIn(tx *Tx, r *cash.Receipt) error {
	d := r.Data()
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.received", Data: d}),
		c.post(tx, d.ID, "Received from "+payer(d), d.ValueOn, ledger.Received(d.Account, d.Amount, d.ID)...),
	)
}

// receive books money that came in and applies it to the invoice it names. Money
// in another currency than the invoice asks a person.
func (c *Cycle) receive(ctx context.Context, tx *Tx, r *cash.Receipt, invoiceID, why string) error {
	if err := c.takeIn(tx, r); err != nil {
		return err
	}
	d := r.Data()
	inv, err := find[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return err
	}
	if inv != nil {
		if err := c.settleCheckout(ctx, tx, inv.ID(), d); err != nil {
			return err
		}
		owed, err := c.owed(ctx, tx, inv, d.ValueOn)
		if err != nil {
			return err
		}
		if owed != inv.Open() && owed.IsPositive() && inv.Data().Rate == nil && money.Same(d.Amount, owed) == nil { // of a claim, or written off
			if err := c.apply(ctx, tx, r, inv, money.Min(r.Unapplied(), owed), why); err != nil {
				return err
			}
		} else if inv.Collectable() && money.Same(d.Amount, inv.Open()) == nil && c.hasRate(ctx, tx, d) {
			item := c.openItem(inv.Data(), d.ValueOn)
			if err := c.give(ctx, tx, r, c.Policy.Cash.Strict().Allot(r.Unapplied(), false, []cash.OpenItem{item}), why); err != nil {
				return err
			}
		}
		r.Belongs(inv.Data().CustomerID)
	}
	if inv == nil {
		if several, err := c.receiveBasket(ctx, tx, r, invoiceID); err != nil || several {
			return err
		}
	}
	return c.askWhere(tx, r)
}

// askWhere asks a person where the rest of a receipt belongs, and hangs it under
// its customer meanwhile.
func (c *Cycle) askWhere(tx *Tx, r *cash.Receipt) error {
	c.hangUnapplied(tx, r)
	if r.Unapplied().IsPositive() {
		return c.showCard(tx, "cash", KeyOf(r))
	}
	return nil
}

// linkUnapplied is the name of the links from a customer to its receipts with
// money that has no home.
const linkUnapplied = "unapplied"

// hangUnapplied keeps a receipt among its customer's unapplied money while there
// is some.
func (c *Cycle) hangUnapplied(tx *Tx, r *cash.Receipt) {
	d := r.Data()
	if d.CustomerID == "" {
		return
	}
	l := Link{Parent: Key{Kind: "customer", ID: d.CustomerID}, Name: linkUnapplied, To: KeyOf(r)}
	switch {
	case d.Unapplied.IsPositive():
		tx.Link(l)
	case tx.Version(r) > 0: // it may have had some
		tx.Unlink(l)
	}
}

func payer(d cash.ReceiptData) string {
	if d.Payer != "" {
		return d.Payer
	}
	return d.Source
}

// payerName is who paid as people know it: what the bank says, else the customer
// whose invoice it was for, else the provider.
func payerName(ctx context.Context, tx *Tx, d cash.ReceiptData) (string, error) {
	if d.Payer != "" {
		return d.Payer, nil
	}
	if d.CustomerID != "" {
		cust, err := find[party.Customer](ctx, tx, d.CustomerID)
		if err != nil {
			return "", err
		}
		if cust != nil {
			return cust.Data().Name, nil
		}
	}
	return strings.ToUpper(d.Source[:min(1, len(d.Source))]) + strings.ReplaceAll(d.Source[min(1, len(d.Source)):], "_", " "), nil
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
		if err != nil {
			return err
		}
		if inv == nil {
			return c.basketPending(ctx, tx, ev.InvoiceID, ev.Ref, ev.Method, ev.At, "payment.pending", ev)
		}
		if ev.Amount.Currency != inv.Data().Currency {
			return errors.Join(tx.Save(inv, Fact{Type: "payment.pending", Data: ev}), c.tell(tx, KeyOf(inv), Notice{Key: "other_currency", Amount: ev.Amount, Number: inv.Number(), ID: inv.Data().Currency}))
		}
		if over, err := c.tryIsOver(ctx, tx, ev); err != nil || over {
			return err
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
	ev.Reason = strings.TrimRight(ev.Reason, ". ") // it becomes a part of sentences
	return c.once(ctx, s, func(ctx context.Context, tx *Tx) error {
		r, err := find[cash.Receipt](ctx, tx, ReceiptID(ev.Gateway, ev.Ref))
		if err != nil {
			return err
		}
		if r != nil && !ev.At.After(r.Data().TakenAt) {
			return nil
		}
		if r != nil {
			paid := r.Data().Applications
			r.Bounce()
			if err := c.settleReversals(ctx, tx, r, "the debit failed: "+ev.Reason); err != nil {
				return err
			}
			if ours, err := c.chargeFailed(ctx, tx, ev); err != nil || ours {
				return err
			}
			return c.mailFailed(ctx, tx, paid)
		}
		k, err := find[checkout](ctx, tx, ev.InvoiceID)
		if err != nil {
			return err
		}
		if ev.Try != "" {
			if k != nil && k.settled(ev.Ref) {
				err = tx.Save(k)
			}
			_, failed := c.chargeFailed(ctx, tx, ev)
			return errors.Join(err, failed)
		}
		if k == nil {
			return c.basketPending(ctx, tx, ev.InvoiceID, ev.Ref, "", ev.At, "payment.failed", ev)
		}
		wasUnderWay := k.settled(ev.Ref)
		if err := tx.Save(k, Fact{Type: "payment.failed", Data: ev}); err != nil {
			return err
		}
		if wasUnderWay { // else the customer saw it fail on the payment page
			if err := c.mailFailed(ctx, tx, []cash.Application{{InvoiceID: ev.InvoiceID}}); err != nil {
				return err
			}
		}
		why := ev.Reason
		if ev.Decline.Why != "" { // ours has words in each language, the provider's is English
			why = "charge." + ev.Decline.Why
		}
		return c.tellOnce(ctx, tx, Name("failed", ev.Gateway, ev.Ref), Key{Kind: "invoice", ID: ev.InvoiceID}, Notice{Key: "payment_failed", Why: why})
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
