package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// RaiseClaim makes the costs and the interest of an invoice count from today on:
// payments go to them first. A formal letter does so by itself.
func (c *Cycle) RaiseClaim(ctx context.Context, s Stamp, invoiceID string) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		today := c.today(tx.At())
		if !inv.Overdue(today) {
			return Fact{}, fault.New(fault.Refused, "There is no claim yet", "invoice {number} is not overdue", "wait until it is").Keyed("claim.early").With("number", inv.Number())
		}
		f.Raise(today)
		return Fact{Type: "claim.raised", Data: map[string]any{"on": f.Data().RaisedOn}}, nil
	})
}

// Forgive gives the interest or the costs of an invoice up, for now and later.
// It is a choice with a name and a reason, never a side effect of a payment:
// what payments had gone to it goes to the invoice instead.
func (c *Cycle) Forgive(ctx context.Context, s Stamp, invoiceID, part, reason string) error {
	if len(reason) < reasonMin {
		return fault.Bad("/reason", "it says nothing", "write why in a sentence").Keyed("reason.empty")
	}
	return c.changeFile(ctx, s, invoiceID, func(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		receipts, on, err := c.paidOf(ctx, tx, inv.Data(), part)
		if err != nil {
			return Fact{}, err
		}
		before, err := c.claimIn(ctx, tx, inv.Data(), f, latestDay(c.today(tx.At()), inv.Data().DueOn))
		if err != nil {
			return Fact{}, err
		}
		rule := "forgiven by " + c.Policy.NameOf(s.Actor) + ": " + reason
		if err := f.Forgive(statute.Forgiven{On: on, Part: part, Rule: rule}); err != nil {
			return Fact{}, refused(err)
		}
		if err := errors.Join(tx.Save(f), tx.Save(inv)); err != nil { // so that what follows works on these
			return Fact{}, err
		}
		for _, r := range receipts {
			if err := c.setOffAgain(ctx, tx, r, inv); err != nil {
				return Fact{}, err
			}
		}
		return Fact{Type: "claim.forgiven", Data: map[string]any{"part": part, "interest": before.Interest, "costs": before.Costs, "by": s.Actor, "reason": reason}}, nil
	})
}

// reasonMin is the least that a reason says, in bytes.
const reasonMin = 3

func latestDay(a, b calendar.Date) calendar.Date {
	if b.After(a) {
		return b
	}
	return a
}

// paidOf are the receipts that paid a part of an invoice's claim, and the day of
// the first of them; today when none has.
func (c *Cycle) paidOf(ctx context.Context, tx *Tx, d invoice.Data, part string) (receipts []*cash.Receipt, on calendar.Date, err error) {
	on = latestDay(c.today(tx.At()), d.DueOn)
	keys, err := c.receiptsOf(ctx, tx, d)
	if err != nil {
		return nil, on, err
	}
	for _, k := range keys {
		r, err := get[cash.Receipt](ctx, tx, k.ID)
		if err != nil {
			return nil, on, err
		}
		paid := slices.ContainsFunc(r.Data().Applications, func(a cash.Application) bool {
			return a.InvoiceID == d.ID && a.Part == part && !a.Undone
		})
		if !paid {
			continue
		}
		receipts = append(receipts, r)
		if r.Data().ValueOn.Before(on) {
			on = r.Data().ValueOn
		}
	}
	return receipts, on, nil
}

// setOffAgain divides a payment anew over an invoice and its claim.
func (c *Cycle) setOffAgain(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice) error {
	whole, _ := settled(r.Data(), inv.Data())
	for _, a := range slices.Clone(r.Data().Applications) {
		if a.InvoiceID == inv.ID() && a.Part == "" && !a.Undone {
			if _, err := c.undo(ctx, tx, r, a.N); err != nil {
				return err
			}
		}
	}
	if err := c.undoClaim(tx, r, inv); err != nil {
		return err
	}
	owed, err := c.owed(ctx, tx, inv, r.Data().ValueOn)
	if err != nil {
		return err
	}
	if amount := money.Min(whole, owed); amount.IsPositive() {
		err = c.apply(ctx, tx, r, inv, amount, "set off anew: a part of the claim was forgiven")
	}
	if err == nil && r.Unapplied().IsPositive() {
		err = c.showCard(tx, "cash", KeyOf(r))
	}
	return err
}

// RecordStep writes down what an agency or a court did. A bankruptcy gives the
// VAT back at once; an agency's result ends its hand-over.
func (c *Cycle) RecordStep(ctx context.Context, s Stamp, invoiceID string, step recovery.Step, result *recovery.Result) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		if step.On.IsZero() {
			step.On = c.today(tx.At())
		}
		if step.On.After(c.today(tx.At())) {
			return Fact{}, fault.Bad("/on", "{date} is still to come", "write the day on which it happened").Keyed("day.future").With("date", step.On)
		}
		zero := inv.Open().Zero()
		if step.Costs.Currency == "" {
			step.Costs = zero
		}
		if step.Awarded.Currency == "" {
			step.Awarded = zero
		}
		if err := money.Same(zero, step.Costs, step.Awarded); err != nil || step.Costs.IsNegative() || step.Awarded.IsNegative() {
			return Fact{}, fault.Bad("/costs", "it is no amount of {currency}", "write what it cost").Keyed("claim.costs").With("currency", zero.Currency)
		}
		step.By = s.Actor
		if err := f.Record(step); err != nil {
			return Fact{}, fault.By("/kind", err, "choose one of them")
		}
		var err error
		switch {
		case step.Kind == recovery.StepBankruptcy:
			err = c.awaitRelief(f, inv.Data())
		case step.Kind == recovery.StepResult && result != nil:
			err = errors.Join(f.Told(*result, s.Actor, tx.At()), c.unpauseAgency(tx, inv))
		}
		if err != nil {
			return Fact{}, refused(err)
		}
		return Fact{Type: "recovery." + step.Kind, Data: step}, nil
	})
}

// acknowledged writes down that the debtor owned up to the debt, which starts its
// limitation again (article 3:318 BW).
func (c *Cycle) acknowledged(ctx context.Context, tx *Tx, inv *invoice.Invoice, how string) error {
	if inv.Data().Advance != nil {
		return nil
	}
	f, err := c.file(ctx, tx, inv)
	if err != nil {
		return err
	}
	if !f.Interrupt(statute.Interruption{On: c.today(tx.At()), Kind: statute.ByAcknowledgement, Note: how}) {
		return nil
	}
	return tx.Save(f, Fact{Type: "limitation.interrupted", Data: map[string]string{"kind": statute.ByAcknowledgement, "how": how}})
}
