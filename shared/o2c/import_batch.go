package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/party"
)

// BatchMax is how many documents of a batch one request releases or takes back.
const BatchMax = 200

// BatchStep is what one request did to a batch; with Next not empty there is more.
type BatchStep struct {
	Done int
	Kept []BatchKept // what could not be taken back
	Next string      // where to go on
}

// BatchKept is a document that stays because something has happened to it.
type BatchKept struct {
	Number string
	Why    string
}

// ReleaseBatch lets letters about the invoices go out that an import brought: the
// customer's link is made, and the next reminder is planned.
func (c *Cycle) ReleaseBatch(ctx context.Context, s Stamp, job, after string) (BatchStep, error) {
	return c.eachOfBatch(ctx, s, job, linkHeld, after, func(ctx context.Context, tx *Tx, l Link) (string, error) {
		inv, err := get[invoice.Invoice](ctx, tx, l.To.ID)
		if err != nil {
			return "", err
		}
		tx.Unlink(l)
		if !inv.Data().BroughtForward() || inv.Status() == invoice.Void {
			return "", nil
		}
		inv.Released()
		inv.LinkedUnder(c.Links.Newest())
		if err := errors.Join(c.grant(tx, invoiceScope(inv.Data())), c.grant(tx, StatementScope(inv.Data().CustomerID, inv.Data().Buyer.Email)), c.planNext(ctx, tx, inv)); err != nil {
			return "", err
		}
		return "", tx.Save(inv, Fact{Type: "invoice.released", Data: map[string]string{"batch": job}})
	})
}

// UndoBatch takes back what an import brought forward, but for what something has
// happened to since: a payment, a credit note, a letter, a promise.
func (c *Cycle) UndoBatch(ctx context.Context, s Stamp, job, after string) (BatchStep, error) {
	return c.eachOfBatch(ctx, s, job, linkBatch, after, func(ctx context.Context, tx *Tx, l Link) (string, error) {
		why, err := c.unbring(ctx, tx, job, l.To)
		if err != nil || why != "" {
			return why, err
		}
		for _, gone := range batchLinks(job, l.Sort, l.To, l.To.Kind == "invoice") {
			tx.Unlink(gone)
		}
		return "", nil
	})
}

// eachOfBatch goes through what hangs under an import, each in a commit of its
// own, so that what is stopped in the middle can be gone on with.
func (c *Cycle) eachOfBatch(ctx context.Context, s Stamp, job, name, after string, do func(context.Context, *Tx, Link) (string, error)) (BatchStep, error) {
	step := BatchStep{Kept: []BatchKept{}}
	j, err := Read[Job](ctx, c, job)
	if err != nil {
		return step, err
	}
	if k := j.data.Kind; k != ImportOpenItems && k != ImportBalances {
		return step, fault.New(fault.Refused, "This import cannot be taken back or released", "it holds "+k, "amend or delete what it brought one by one")
	}
	links, err := c.Store.Links(ctx, KeyOf(j), name)
	if err != nil {
		return step, err
	}
	for _, l := range links {
		if l.Sort <= after && after != "" {
			continue
		}
		if step.Done+len(step.Kept) == BatchMax {
			return step, nil
		}
		var why string
		if err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(s)
			var err error
			why, err = do(ctx, tx, l)
			return err
		}); err != nil {
			return step, err
		}
		if step.Next = l.Sort; why != "" {
			step.Kept = append(step.Kept, BatchKept{l.Sort, why})
			continue
		}
		step.Done++
	}
	step.Next = ""
	return step, nil
}

// unbring takes back one document of a batch, or says why it stays.
func (c *Cycle) unbring(ctx context.Context, tx *Tx, job string, of Key) (string, error) {
	switch of.Kind {
	case "invoice":
		inv, err := get[invoice.Invoice](ctx, tx, of.ID)
		if err != nil {
			return "", err
		}
		return c.withdrawInvoice(ctx, tx, job, inv)
	case "receipt":
		r, err := get[cash.Receipt](ctx, tx, of.ID)
		if err != nil {
			return "", err
		}
		return c.withdrawCredit(ctx, tx, r)
	}
	b, err := get[broughtBalance](ctx, tx, of.ID)
	if err != nil || b.data.Undone {
		return "", err
	}
	return "", c.withdrawBalance(tx, b)
}

func (c *Cycle) withdrawInvoice(ctx context.Context, tx *Tx, job string, inv *invoice.Invoice) (string, error) {
	d := inv.Data()
	if d.Status == invoice.Void {
		return "", nil
	}
	if err := inv.Withdraw(); err != nil {
		return err.Error(), nil //nolint:nilerr // it stays, and that is told
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return "", err
	}
	for _, l := range append(amountLinks(d), openLink(d)) {
		tx.Unlink(l)
	}
	return "", errors.Join(
		tx.Save(inv, Fact{Type: "invoice.withdrawn", Data: map[string]any{"batch": job, "open": inv.Open()}}),
		c.post(tx, d.ID+"/"+job+"/undone", "Taken back: invoice "+d.Number+" to "+d.Buyer.Name, calendar.Date{}, ledger.BroughtForward(d.ID, d.Open.Neg())...),
		c.moveOpen(ctx, tx, d, d.Open.Neg(), d.Open, d.Open.Zero()), c.bring(ctx, tx, cust.ID(), d.Open.Neg()),
	)
}

func (c *Cycle) withdrawCredit(ctx context.Context, tx *Tx, r *cash.Receipt) (string, error) {
	d := r.Data()
	if back, _ := withdrawn(r); back {
		return "", nil
	}
	if d.Unapplied != d.Amount {
		return "a part of credit " + d.Ref + " was used", nil
	}
	if err := c.bookRest(tx, r, cash.Booking{Role: ledger.Opening, Amount: d.Amount, Why: "taken back: credit " + d.Ref}); err != nil {
		return "", err
	}
	c.hangUnapplied(tx, r)
	return "", c.bring(ctx, tx, d.CustomerID, d.Amount)
}
