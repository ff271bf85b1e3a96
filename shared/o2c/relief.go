package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
	"duly/shared/o2c/statute"
)

// awaitRelief sets the day from which the VAT of an unpaid invoice comes back, or
// that it never does. What is a task or claimed already stays.
func (c *Cycle) awaitRelief(f *recovery.File, d invoice.Data) error {
	status := f.Data().Relief.Status
	if status == recovery.ReliefDue || status == recovery.ReliefClaimed {
		return nil
	}
	law, ok := statute.LawOf(c.Policy.Country)
	if !ok || law.Relief == nil || !d.Tax.IsPositive() || law.Relief.WrittenOff && !d.Lost().IsPositive() {
		return c.noRelief(f)
	}
	on, ok := law.Relief.On(d.DueOn, f.Data().Bankrupt())
	if !ok {
		return c.noRelief(f)
	}
	return f.AwaitRelief(on, on.Start(c.Policy.Zone), law.Relief.Rule)
}

func (c *Cycle) noRelief(f *recovery.File) error {
	if f.Data().Relief.Status == recovery.ReliefNotEver {
		return nil
	}
	if f.Data().Relief.Status == recovery.ReliefRepaid {
		return nil
	}
	return f.MoveRelief("drop")
}

// unpaid is what nobody has paid of an invoice: open, or given up.
func unpaid(d invoice.Data) money.Amount { return d.Open.Plus(d.Lost()) }

// reliefDue makes the VAT of an invoice a task on the day when the law gives it
// back: not before, since it would be refused, and not later, since a claim in
// another period may be (article 29(2) Wet OB).
func (c *Cycle) reliefDue(ctx context.Context, at time.Time, id string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:claims"})
		f, err := get[recovery.File](ctx, tx, id)
		if err != nil || f.Data().Relief.Status != recovery.ReliefWaits || at.Before(f.Data().Relief.At) {
			return err
		}
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		fact := Fact{Type: "relief.due", Data: map[string]any{"period": c.Policy.Recovery.vatPeriod(f.Data().Relief.On), "tax": inv.Data().TaxOn(unpaid(inv.Data()))}}
		if unpaid(inv.Data()).IsPositive() {
			err = f.ReliefFalls(c.Policy.Recovery.vatPeriod(f.Data().Relief.On))
		} else {
			fact.Type, err = "relief.dropped", f.MoveRelief("drop")
		}
		if err != nil {
			return refused(err)
		}
		return errors.Join(tx.Save(f, fact), c.showCard(tx, "claim", KeyOf(inv)))
	})
}

// ClaimRelief books the VAT that goes into the return: Dr VAT, Cr VAT on bad
// debts.
func (c *Cycle) ClaimRelief(ctx context.Context, s Stamp, invoiceID string) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		r := f.Data().Relief
		if r.Status == recovery.ReliefClaimed {
			return Fact{}, fault.New(fault.Refused, "The VAT was reclaimed already, in the return of {period}. Nothing changed.", "", "").Keyed("relief.done").With("period", r.Period)
		}
		if r.Status == recovery.ReliefWaits {
			return Fact{}, fault.New(fault.Refused, "The VAT does not come back yet", "the law gives it back on {date} ({rule})", "wait for that day, or record the bankruptcy").Keyed("relief.early").With("date", r.On, "rule", r.Rule)
		}
		tax := inv.Data().TaxOn(unpaid(inv.Data()))
		if err := f.ClaimRelief(tax, s.Actor); err != nil {
			return Fact{}, refused(err)
		}
		return Fact{Type: "relief.claimed", Data: map[string]any{"period": r.Period, "tax": tax}},
			c.post(tx, entryName(tx, inv.ID(), "relief", tax), "Bad-debt VAT relief of "+inv.Number(), c.today(tx.At()), ledger.Relieved(inv.ID(), inv.Data().InBooks(tax))...)
	})
}

// followRelief keeps the VAT in step with what is unpaid: what is paid after the
// relief is due again, what comes open again waits for its day.
func (c *Cycle) followRelief(tx *Tx, inv *invoice.Invoice, f *recovery.File) error {
	d, r := inv.Data(), f.Data().Relief
	left := d.TaxOn(unpaid(d))
	switch {
	case r.Status == recovery.ReliefClaimed && r.Tax.Cmp(left) > 0:
		back := r.Tax.Minus(left)
		if err := f.RepayRelief(back); err != nil {
			return refused(err)
		}
		return errors.Join(
			c.post(tx, entryName(tx, inv.ID(), "repaid", r.Tax), "VAT of "+d.Number+" is due again: the customer paid", c.today(tx.At()), ledger.Relieved(d.ID, d.InBooks(back).Neg())...),
			tx.Save(f, Fact{Type: "relief.repaid", Data: map[string]any{"tax": back, "left": f.Data().Relief.Tax}}))
	case (r.Status == recovery.ReliefDue || r.Status == recovery.ReliefWaits) && !unpaid(d).IsPositive():
		return f.MoveRelief("drop")
	case (r.Status == recovery.ReliefNotEver || r.Status == recovery.ReliefRepaid) && unpaid(d).IsPositive():
		return c.awaitRelief(f, d)
	}
	return nil
}
