package o2c

import (
	"context"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
)

// AskWriteOff asks to give up what an invoice has open. Another person decides;
// where the rule of two is off, who asks and may decide has decided.
func (c *Cycle) AskWriteOff(ctx context.Context, s Stamp, invoiceID, reason string, who Person) error {
	if len(reason) < reasonMin {
		return fault.Bad("/reason", "it says nothing", "write why nobody will pay").Keyed("writeoff.reason")
	}
	return c.changeFile(ctx, s, invoiceID, func(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		if f.Data().WriteOff.Status == recovery.WrittenOff && !inv.Open().IsPositive() {
			return Fact{}, fault.New(fault.Refused, "Invoice {number} was written off by {name} already. Nothing changed.", "", "").Keyed("writeoff.done").With("number", inv.Number(), "name", c.Policy.NameOf(f.Data().WriteOff.By))
		}
		if !inv.Collectable() {
			return Fact{}, fault.New(fault.Refused, "There is nothing to write off", "invoice {number} has nothing open", "").Keyed("writeoff.nothing").With("number", inv.Number())
		}
		if f.Data().Out() {
			return Fact{}, fault.New(fault.Refused, "Invoice {number} is with {agency}", "an agency collects it", "recall it or record the agency's result first").Keyed("writeoff.agency").With("number", inv.Number(), "agency", f.Data().HandOver.Agency.Name)
		}
		if err := f.Ask(reason, s.Actor, tx.At()); err != nil {
			return Fact{}, refused(err)
		}
		fact := Fact{Type: "write_off.asked", Data: map[string]any{"reason": reason, "open": inv.Open()}}
		if !c.Policy.Approval.Solo || !who.Decides() {
			return fact, nil
		}
		return fact, c.writeOff(ctx, tx, inv, f, s.Actor)
	})
}

// DecideWriteOff answers who asked: by somebody else who may.
func (c *Cycle) DecideWriteOff(ctx context.Context, s Stamp, invoiceID string, granted bool, who Person) error {
	return c.changeFile(ctx, s, invoiceID, func(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File) (Fact, error) {
		w := f.Data().WriteOff
		switch {
		case w.Status == recovery.WrittenOff || w.Status == recovery.Refused:
			return Fact{}, fault.New(fault.Refused, "{name} has decided already ({verdict}). Nothing changed.", "", "").Keyed("writeoff.decided").With("name", c.Policy.NameOf(w.By), "verdict", w.Status)
		case !who.Decides():
			return Fact{}, fault.New(fault.Forbidden, "Only approvers write off", "you are {role}", "ask an approver").Keyed("writeoff.role").With("role", string(who.Role))
		case !granted:
			return Fact{Type: "write_off.refused", Data: w}, f.Decide("refuse", s.Actor, inv.Open().Zero(), tx.At())
		case w.AskedBy == s.Actor && !c.Policy.Approval.Solo:
			return Fact{}, fault.New(fault.Forbidden, "Two people write off", "you asked for it yourself", "ask another approver").Keyed("writeoff.second")
		}
		return Fact{Type: "write_off.granted", Data: w}, c.writeOff(ctx, tx, inv, f, s.Actor)
	})
}

// writeOff gives up what is open: Dr bad debts and the VAT that comes back one
// day, Cr receivable. The claim on the customer stays.
func (c *Cycle) writeOff(ctx context.Context, tx *Tx, inv *invoice.Invoice, f *recovery.File, by string) error {
	before := inv.Data()
	lost := before.Lost()
	amount, err := inv.WriteOff()
	if err != nil {
		return refused(err)
	}
	d := inv.Data()
	if err := f.Decide("write_off", by, amount, tx.At()); err != nil {
		return refused(err)
	}
	tax, booked := d.TaxOn(lost.Plus(amount)).Minus(d.TaxOn(lost)), before.Releases(amount)
	unhangOpen(tx, d)
	return errors.Join(
		c.awaitRelief(f, d),
		tx.Save(inv, Fact{Type: "invoice.written_off", Data: map[string]any{"amount": amount, "tax": tax, "reason": f.Data().WriteOff.Reason, "open": inv.Open()}}),
		c.post(tx, entryName(tx, d.ID, "off", lost), "Invoice "+d.Number+" written off", c.today(tx.At()), ledger.WrittenOff(d.ID, booked, d.InBooks(tax))...),
		c.moveOpen(ctx, tx, d, booked.Neg(), before.Open, d.Open), c.closeCheckout(ctx, tx, d.ID), c.closeOrder(ctx, tx, d),
		c.refreshCard(tx, "invoice", KeyOf(inv)), c.refreshCard(tx, "overdue", Key{Kind: "customer", ID: d.CustomerID}), c.publish(tx, KeyOf(inv)),
	)
}

// reinstate opens a part of an invoice again that was given up, because money
// comes for it: the entries are reversed, today.
func (c *Cycle) reinstate(ctx context.Context, tx *Tx, inv *invoice.Invoice, amount money.Amount) error {
	lost, wasOpen := inv.Data().Lost(), inv.Open().IsPositive()
	if err := inv.Reinstate(amount); err != nil {
		return refused(err)
	}
	d := inv.Data()
	tax, booked := d.TaxOn(lost).Minus(d.TaxOn(d.Lost())), d.Releases(amount)
	if !wasOpen {
		hangOpen(tx, d)
	}
	f, err := c.filed(ctx, tx, inv)
	if err != nil {
		return err
	}
	if f != nil {
		f.Came(amount)
		if err := tx.Save(f); err != nil {
			return err
		}
	}
	return errors.Join(
		tx.Save(inv, Fact{Type: "invoice.reinstated", Data: map[string]any{"amount": amount, "open": inv.Open()}}),
		c.post(tx, entryName(tx, d.ID, "back", lost), "Invoice "+d.Number+" is paid after it was written off", c.today(tx.At()), ledger.WrittenOff(d.ID, booked.Neg(), d.InBooks(tax).Neg())...),
		c.moveOpen(ctx, tx, d, booked, d.Open.Minus(amount), d.Open),
	)
}

// entryName names a booking about an invoice that may happen more than once.
func entryName(tx *Tx, invoiceID, what string, before money.Amount) string {
	return fmt.Sprintf("%s/%s/%d/%s", invoiceID, what, before.Minor, tx.At().UTC().Format(time.RFC3339Nano))
}
