package o2c

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// spaceRefund is the space of the ids by which a bank line names a refund.
const spaceRefund = "refund"

// linkRefund hangs a refund under its receipt, and under the next payment file.
const linkRefund = "refund"

func nextFileKey() Key { return Key{Kind: "paymentfile", ID: "next"} }

// RefundAsk is a refund as a person or a program asks for it.
type RefundAsk struct {
	ReceiptID string
	Amount    *money.Amount // nil: all that has no home
	Name      string        // "": the payer
	IBAN      string        // "": the account that the money came from
	Reason    string
}

// AskRefund gives money that has no home back: what came through our payment
// page at the gateway, what came by transfer by one, and what a credit note left
// the way its invoice was paid, or by a transfer to the account that is named. To
// where it came from it is approved at once; to another account a second person
// looks at it, because that is how refunds are stolen.
func (c *Cycle) AskRefund(ctx context.Context, s Stamp, ask RefundAsk) (cash.RefundData, error) {
	var out cash.RefundData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		r, err := get[cash.Receipt](ctx, tx, ask.ReceiptID)
		if err != nil {
			return err
		}
		d := r.Data()
		amount := d.Unapplied
		if ask.Amount != nil {
			amount = *ask.Amount
		}
		if money.Same(amount, d.Unapplied) != nil || amount.Cmp(d.Unapplied) > 0 {
			return fault.Bad("/amount", "{amount} is more than the {left} that has no home", "take money out of its invoice first, or refund less").Keyed("refund.above").With("amount", amount, "left", d.Unapplied)
		}
		var parts []givenBack
		if d.Source == sourceNote && ask.IBAN == "" && amount.IsPositive() {
			if parts, err = c.overCharges(ctx, tx, r, amount); err != nil {
				return err
			}
		}
		if len(parts) == 0 {
			out, err = c.stageRefund(ctx, tx, ask, r, amount)
			return err
		}
		for i, p := range parts {
			made, err := c.stageRefund(ctx, tx, ask, p.receipt, p.amount)
			if err != nil {
				return err
			}
			if i == 0 {
				out = made
			}
		}
		c.hangUnapplied(tx, r)
		return nil
	})
	return out, err
}

// stageRefund asks for a refund of a receipt, and approves it if nobody else has to.
func (c *Cycle) stageRefund(ctx context.Context, tx *Tx, ask RefundAsk, r *cash.Receipt, amount money.Amount) (cash.RefundData, error) {
	d := r.Data()
	gateway := RefundableAt(d)
	switch {
	case gateway == "" && d.Source != "bank" && d.Source != sourceNote:
		return cash.RefundData{}, fault.Bad("/receipt", "the money came through {source}", "refund it there: it goes back the way it came").Keyed("refund.there").With("source", d.Source)
	case gateway != "" && ask.IBAN != "":
		return cash.RefundData{}, fault.Bad("/iban", "the money came through {gateway} and goes back the way it came", "leave the account out").Keyed("refund.gateway").With("gateway", gateway)
	}
	earlier, err := tx.Links(ctx, KeyOf(r), linkRefund)
	if err != nil {
		return cash.RefundData{}, err
	}
	iban := cash.Squash(cmp.Or(ask.IBAN, d.IBAN))
	build, pointer := cash.NewRefund, "/iban"
	if gateway != "" {
		build, pointer = cash.NewGatewayRefund, "/amount"
	}
	f, err := build(cash.RefundData{
		ID: Name("rf", d.ID, strconv.Itoa(len(earlier)+1)), ReceiptID: d.ID, CustomerID: d.CustomerID, Amount: amount, Name: cmp.Or(ask.Name, d.Payer),
		IBAN: iban, Gateway: gateway, Elsewhere: iban != cash.Squash(d.IBAN), Reason: ask.Reason, AskedBy: tx.stamp.Actor, AskedAt: tx.At(),
	})
	if err != nil {
		return cash.RefundData{}, fault.By(pointer, err, "mend it and ask again")
	}
	if err := c.onlyOne(ctx, tx, earlier); err != nil {
		return cash.RefundData{}, err
	}
	tx.Link(Link{Parent: KeyOf(r), Name: linkRefund, Sort: fmt.Sprintf("%03d", len(earlier)+1), To: KeyOf(f)})
	if gateway == "" {
		tx.Name(Alias{Space: spaceRefund, Value: f.Data().EndToEnd}, KeyOf(f))
	}
	if err := tx.Save(f, Fact{Type: "refund.asked", Data: f.Data()}); err != nil {
		return cash.RefundData{}, err
	}
	if !f.Data().Elsewhere || c.Policy.Approval.Solo {
		err = c.approveRefund(ctx, tx, f, tx.stamp.Actor)
	} else {
		err = errors.Join(tx.Save(r), c.showCard(tx, "cash", KeyOf(r)))
	}
	return f.Data(), err
}

// onlyOne refuses a second question while the first waits.
func (c *Cycle) onlyOne(ctx context.Context, tx *Tx, earlier []Link) error {
	for _, l := range earlier {
		f, err := get[cash.Refund](ctx, tx, l.To.ID)
		if err != nil {
			return err
		}
		if d := f.Data(); d.Status == cash.RefundAsked {
			return fault.New(fault.Refused, "A refund waits already", "that of {amount} to {iban} is to be decided", "approve or refuse it first").Keyed("refund.waits").With("amount", d.Amount, "iban", d.IBAN)
		}
	}
	return nil
}

// approveRefund books the refund, and lets it wait for the next payment file or
// has the gateway make it.
func (c *Cycle) approveRefund(ctx context.Context, tx *Tx, f *cash.Refund, by string) error {
	if err := f.Move("approve", by); err != nil {
		return refused(err)
	}
	d := f.Data()
	r, err := get[cash.Receipt](ctx, tx, d.ReceiptID)
	if err != nil {
		return err
	}
	take := r.Refund
	if d.Gateway != "" {
		take = func(amount money.Amount) error { return r.Promise(cash.Promise{RefundID: d.ID, Amount: amount}) }
	}
	if err := take(d.Amount); err != nil {
		return fault.By("/amount", err, "refuse the refund and ask for what is left")
	}
	c.hangUnapplied(tx, r)
	if err := tx.Save(f, Fact{Type: "refund.approved", Data: d}); err != nil {
		return err
	}
	if d.Gateway != "" {
		if err := tx.ask(doRefund, KeyOf(f), nil); err != nil {
			return err
		}
	} else {
		tx.Link(Link{Parent: nextFileKey(), Name: linkRefund, Sort: tx.At().UTC().Format("20060102T150405"), To: KeyOf(f)})
	}
	return errors.Join(
		tx.Save(r, Fact{Type: "receipt.refunded", Data: map[string]any{"amount": d.Amount, "refund": d.ID}}),
		c.post(tx, d.ID, "Refund to "+d.Name, c.today(tx.At()), ledger.RefundApproved(d.ReceiptID, d.ID, d.Amount)...),
		c.refreshCard(tx, "cash", KeyOf(r)),
	)
}

// DecideRefund is the second person's word on a refund to another account.
func (c *Cycle) DecideRefund(ctx context.Context, s Stamp, id string, approve bool) (cash.RefundData, error) {
	var out cash.RefundData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		f, err := get[cash.Refund](ctx, tx, id)
		if err != nil {
			return err
		}
		d := f.Data()
		switch {
		case d.Status != cash.RefundAsked:
			return fault.New(fault.Refused, "The refund was decided before", "it is {status}", "look at its card").Keyed("refund.decided").With("status", d.Status)
		case approve && d.AskedBy == s.Actor:
			return fault.New(fault.Forbidden, "A second person has to look at this refund", "you asked for it, and it goes to another account than the money came from", "let a colleague approve it").Keyed("refund.second")
		case approve:
			err = c.approveRefund(ctx, tx, f, s.Actor)
		default:
			if err = f.Move("refuse", s.Actor); err == nil {
				err = errors.Join(tx.Save(f, Fact{Type: "refund.refused", Data: f.Data()}), c.refreshCard(tx, "cash", Key{Kind: "receipt", ID: d.ReceiptID}))
			}
		}
		out = f.Data()
		return err
	})
	return out, err
}

// RefundsMax is how many refunds one payment file takes: each is a document of
// its commit.
const RefundsMax = 40

// FileRefunds puts the refunds that wait into a payment file for the bank.
func (c *Cycle) FileRefunds(ctx context.Context, s Stamp) (cash.PaymentFileData, error) {
	var out cash.PaymentFileData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		waiting, err := tx.Links(ctx, nextFileKey(), linkRefund)
		if err != nil {
			return err
		}
		if len(waiting) == 0 {
			return fault.New(fault.Refused, "There is nothing to pay", "no approved refund waits for a payment file", "approve a refund first").Keyed("refund.none")
		}
		waiting = waiting[:min(len(waiting), RefundsMax)]
		ours, err := c.seller(ctx, tx, s.At)
		if err != nil {
			return err
		}
		d := cash.PaymentFileData{ID: Name("pf", waiting[0].To.ID), CreatedAt: s.At, On: c.today(s.At), Name: ours.Name, IBAN: ours.IBAN, BIC: ours.BIC}
		for _, l := range waiting {
			tx.Unlink(l)
			f, err := get[cash.Refund](ctx, tx, l.To.ID)
			if err != nil {
				return err
			}
			if f.Move("file", "") != nil {
				continue // it was paid by hand meanwhile
			}
			f.PutIn(d.ID)
			d.Refunds = append(d.Refunds, f.Data())
			if err := tx.Save(f, Fact{Type: "refund.filed", Data: map[string]string{"file": d.ID}}); err != nil {
				return err
			}
		}
		if len(d.Refunds) == 0 {
			return fault.New(fault.Refused, "There is nothing to pay", "what waited was paid already", "look at the bank's statement").Keyed("refund.paid")
		}
		file := cash.NewPaymentFile(d)
		out = file.Data()
		return tx.Save(file, Fact{Type: "payment_file.made", Data: map[string]any{"total": out.Total, "refunds": len(out.Refunds)}})
	})
	return out, err
}

// landRefund books the bank line of a refund, or its return, and gives the
// refund's key if it was one.
func (c *Cycle) landRefund(ctx context.Context, tx *Tx, e cash.Entry) (Key, error) {
	if e.EndToEnd == "" {
		return Key{}, nil
	}
	keys, err := tx.Resolve(ctx, Alias{Space: spaceRefund, Value: e.EndToEnd})
	if err != nil || keys[0].IsZero() {
		return Key{}, err
	}
	f, err := get[cash.Refund](ctx, tx, keys[0].ID)
	if err != nil || f.Data().Amount != e.Amount.Abs() {
		return Key{}, err
	}
	if e.Amount.IsNegative() {
		if f.Move("pay", "") != nil {
			return Key{}, nil // paid a second time: money to be explained
		}
		f.PaidOut(e.ValueOn)
		return KeyOf(f), errors.Join(
			tx.Save(f, Fact{Type: "refund.paid", Data: f.Data()}),
			c.post(tx, Name("be", e.Key), "Refund to "+f.Data().Name, e.ValueOn, ledger.RefundPaid(f.ID(), f.Data().Amount)...),
			c.refreshCard(tx, "cash", Key{Kind: "receipt", ID: f.Data().ReceiptID}),
		)
	}
	return c.refundReturned(ctx, tx, f, e)
}

// refundReturned takes back a refund that did not arrive: the money has no home
// again, and the team is asked anew.
func (c *Cycle) refundReturned(ctx context.Context, tx *Tx, f *cash.Refund, e cash.Entry) (Key, error) {
	if f.Move("fail", "") != nil {
		return Key{}, nil
	}
	d := f.Data()
	r, err := get[cash.Receipt](ctx, tx, d.ReceiptID)
	if err != nil {
		return Key{}, err
	}
	r.Unrefund(d.Amount)
	r.Release()
	c.hangUnapplied(tx, r)
	return KeyOf(f), errors.Join(
		tx.Save(f, Fact{Type: "refund.failed", Data: d}),
		tx.Save(r, Fact{Type: "receipt.regained", Data: map[string]any{"amount": d.Amount, "why": "the refund came back", "refund": d.ID}}),
		c.post(tx, Name("be", e.Key), "Refund to "+d.Name+" came back", e.ValueOn, ledger.RefundReturned(d.ReceiptID, d.Amount)...),
		c.tell(tx, KeyOf(r), Notice{Key: "refund_back", Amount: d.Amount, Name: d.Name, ID: d.IBAN}),
		c.showCard(tx, "cash", KeyOf(r)),
	)
}

// RefundsOf are the refunds of a receipt, the oldest first.
func (c *Cycle) RefundsOf(ctx context.Context, receiptID string) ([]cash.RefundData, error) {
	tx := NewTx(c.Store)
	links, err := tx.Links(ctx, Key{Kind: "receipt", ID: receiptID}, linkRefund)
	if err != nil {
		return nil, err
	}
	var all []cash.RefundData
	for _, l := range links {
		f, err := get[cash.Refund](ctx, tx, l.To.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, f.Data())
	}
	return all, nil
}
