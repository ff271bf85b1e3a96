package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// chargesMax is how many payments one refund of a credit note's money may go back over: each takes a fifth of a commit.
const chargesMax = 3

// givenBack is a part of a refund, and the payment that it goes back over.
type givenBack struct {
	receipt *cash.Receipt
	amount  money.Amount
}

// overCharges lets a credit note's money go back the way it came: the payments that our page took for its invoice are taken
// off it, as far as the money reaches, the newest first, and the note pays for it instead. Nothing changes, and there are
// none, when such payments do not cover the amount: then it goes by transfer.
func (c *Cycle) overCharges(ctx context.Context, tx *Tx, note *cash.Receipt, amount money.Amount) ([]givenBack, error) {
	inv, err := c.creditedBy(ctx, tx, note.Data().Ref)
	if err != nil || inv == nil {
		return nil, err
	}
	keys, err := c.receiptsOf(ctx, tx, inv.Data())
	if err != nil {
		return nil, err
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	type charge struct {
		receipt string
		a       cash.Application
		take    money.Amount
	}
	var plan []charge
	left := amount
	for i := len(keys) - 1; i >= 0 && left.IsPositive(); i-- {
		r, err := get[cash.Receipt](ctx, tx, keys[i].ID)
		if err != nil {
			return nil, err
		}
		for _, a := range r.Data().Applications {
			if RefundableAt(r.Data()) == "" || a.Undone || a.Part != "" || a.InvoiceID != inv.ID() || a.Settles() != a.Amount || money.Same(a.Amount, left) != nil || !left.IsPositive() {
				continue
			}
			take := money.Min(left, a.Amount)
			plan, left = append(plan, charge{r.ID(), a, take}), left.Minus(take)
		}
	}
	if left.IsPositive() || len(plan) == 0 || len(plan) > chargesMax {
		return nil, nil
	}
	var parts []givenBack
	for _, p := range plan {
		r, err := c.swap(ctx, tx, p.receipt, p.a, note, p.take)
		if err != nil {
			return nil, err
		}
		parts = append(parts, givenBack{r, p.take})
	}
	return parts, nil
}

// creditedBy is the invoice that a credit note corrects; nil when it is not known any more.
func (c *Cycle) creditedBy(ctx context.Context, tx *Tx, number string) (*invoice.Invoice, error) {
	keys, err := tx.Resolve(ctx, Alias{Space: spaceInvoice, Value: number})
	if err != nil || keys[0].IsZero() {
		return nil, err
	}
	note, err := get[invoice.Invoice](ctx, tx, keys[0].ID)
	if err != nil {
		return nil, err
	}
	if keys, err = tx.Resolve(ctx, Alias{Space: spaceInvoice, Value: note.Data().Refers}); err != nil || keys[0].IsZero() {
		return nil, err
	}
	return find[invoice.Invoice](ctx, tx, keys[0].ID)
}

// swap has the note pay for a part of what a payment settled; so much of the payment has no home then.
func (c *Cycle) swap(ctx context.Context, tx *Tx, receiptID string, a cash.Application, note *cash.Receipt, take money.Amount) (*cash.Receipt, error) {
	r, err := get[cash.Receipt](ctx, tx, receiptID)
	if err != nil {
		return nil, err
	}
	if _, err := c.undo(ctx, tx, r, a.N); err != nil {
		return nil, err
	}
	r.Release()
	inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
	if err != nil {
		return nil, err
	}
	if err := c.apply(ctx, tx, note, inv, take, "credited by "+note.Data().Ref); err != nil {
		return nil, err
	}
	if rest := a.Amount.Minus(take); rest.IsPositive() {
		if err := c.apply(ctx, tx, r, inv, rest, a.Why); err != nil {
			return nil, err
		}
	}
	return r, errors.Join(tx.Save(r), c.refreshCard(tx, "cash", KeyOf(note)))
}
