package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
)

// A letter with legal effect names the sum that is owed, and one with a wrong sum
// is void: it waits while we hold money of the customer that nobody has given a
// home, or while a payment is being confirmed.

// Held is money of a customer that has no home yet.
type Held struct {
	ReceiptID string
	Amount    money.Amount
}

// heldOf is a customer's money without a home.
func (c *Cycle) heldOf(ctx context.Context, tx *Tx, customerID string) ([]Held, error) {
	receipts, err := tx.Links(ctx, Key{Kind: "customer", ID: customerID}, linkUnapplied)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, len(receipts))
	for i, l := range receipts {
		keys[i] = l.To
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	var all []Held
	for _, l := range receipts {
		r, err := find[cash.Receipt](ctx, tx, l.To.ID)
		if err != nil {
			return nil, err
		}
		if r != nil && r.Unapplied().IsPositive() {
			all = append(all, Held{ReceiptID: r.ID(), Amount: r.Unapplied()})
		}
	}
	return all, nil
}

// sumsOf adds held money up, by currency.
func sumsOf(all []Held) []money.Amount {
	var sums []money.Amount
	for _, h := range all {
		sums = addTo(sums, h.Amount)
	}
	return sums
}

// unsettled says why no letter with legal effect may name the sums of a
// customer's invoices now; nil when it may.
func (c *Cycle) unsettled(ctx context.Context, tx *Tx, customerID string, invoiceIDs ...string) (error, error) {
	held, err := c.heldOf(ctx, tx, customerID)
	if err != nil {
		return nil, err
	}
	if len(held) > 0 {
		return fault.New(fault.Refused, "No formal letter may go out now", "we hold {amount} of the customer that has no home, so that its sum would be wrong", "apply the money or pay it back first").Keyed("letter.held").With("amount", sumsOf(held)[0]), nil
	}
	for _, id := range invoiceIDs {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return nil, err
		}
		underWay, err := c.confirming(ctx, tx, inv)
		if err != nil {
			return nil, err
		}
		if underWay.IsPositive() {
			return fault.New(fault.Refused, "No formal letter may go out now", "a payment of invoice {number} is being confirmed", "wait until it has arrived or failed").Keyed("letter.paying").With("number", inv.Number()), nil
		}
	}
	return nil, nil
}

// askHome makes money that was kept as the customer's credit a question again,
// when a letter waits for its home.
func (c *Cycle) askHome(ctx context.Context, tx *Tx, doubts []string, held []Held) error {
	if !slices.Contains(doubts, DoubtHeld) {
		return nil
	}
	for _, h := range held {
		r, err := get[cash.Receipt](ctx, tx, h.ReceiptID)
		if err != nil {
			return err
		}
		if !r.Data().Kept {
			continue
		}
		r.Release()
		if err := errors.Join(tx.Save(r, Fact{Type: "receipt.asked_again", Data: map[string]string{"why": "a formal letter waits for it"}}), c.showCard(tx, "cash", KeyOf(r))); err != nil {
			return err
		}
	}
	return nil
}

// waits reports whether a step has to wait because its letter would name a wrong
// sum.
func (f *dunningFile) waits(a owed, step dunning.Step) bool {
	return step.Legal() && (len(f.held) > 0 || a.underWay)
}

// unsend takes a letter back that must not be sent any more: the files and the
// ladder stand as if it had not been asked for, and the step comes up again.
func (c *Cycle) unsend(ctx context.Context, tx *Tx, customerID string, args noticeArgs, why error) error {
	f, err := c.fileOf(ctx, tx, customerID)
	if err != nil {
		return err
	}
	fact := Fact{Type: "letter.withdrawn", Data: map[string]any{"kind": args.Kind, "ref": args.Ref, "why": fault.Of(why).Error()}}
	for _, id := range args.Invoices {
		file, err := get[recovery.File](ctx, tx, id)
		if err != nil {
			return err
		}
		if file.Withdraw(args.Ref) {
			if err := tx.Save(file, fact); err != nil {
				return err
			}
		}
	}
	var numbers []string
	last := calendar.Date{}
	today := c.today(tx.At())
	for _, a := range f.open {
		if slices.Contains(args.Invoices, a.inv.ID()) {
			numbers = append(numbers, a.inv.Number())
			if args.Step != "" && a.inv.Unremind(args.Step, args.On) {
				c.plan(a.inv, f.ladder, a.amount, today)
				if err := tx.Save(a.inv, fact); err != nil {
					return err
				}
			}
		}
		for _, s := range a.inv.Data().Dunning.Sent {
			if step, ok := c.Policy.Rung(s.Step); ok && !s.Skipped && !step.Calls() && s.On.After(last) {
				last = s.On
			}
		}
	}
	if args.Step != "" {
		f.k.data.LastLetter = last
	}
	return errors.Join(tx.Save(f.k), c.caseSays(tx, customerID, CaseLine{What: LineWithdrawn, Code: args.Step, Numbers: numbers}))
}
