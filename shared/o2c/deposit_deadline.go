package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// planDeposit plans the steps of a deposit that is to be paid until a day: a
// reminder before it, and the order's end on the working morning after it.
func (c *Cycle) planDeposit(inv *invoice.Invoice, until calendar.Date) {
	d := inv.Data()
	remind := c.Policy.Days.Next(until.AddDays(-c.Policy.Deposit.RemindDays))
	if n := c.Policy.Deposit.RemindDays; n > 0 && remind.After(d.IssuedOn) && remind.Before(until) && len(d.Dunning.Sent) == 0 {
		inv.Plan(invoice.DepositReminder, remind, remind.At(letterHour, 0, c.Policy.Zone))
		return
	}
	c.planDepositEnd(inv, until)
}

func (c *Cycle) planDepositEnd(inv *invoice.Invoice, until calendar.Date) {
	end := c.Policy.Days.Next(until.AddDays(1))
	inv.Plan(invoice.DepositEnd, end, end.At(letterHour, 0, c.Policy.Zone))
}

// runDeposits takes the due steps of deposits that were not paid, each in a
// commit of its own. In safe mode no letter goes out, and no order ends, by itself.
func (c *Cycle) runDeposits(ctx context.Context, at time.Time, safe bool) (taken int, err error) {
	page, err := c.Store.List(ctx, Query{Queue: invoice.DepositQueue, Until: at})
	if err != nil {
		return 0, err
	}
	var failed failures
	for _, s := range page.Items {
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			return c.depositStep(ctx, tx, s.Key.ID, safe)
		})
		if failed.note(err); err == nil {
			taken++
		}
	}
	return taken, failed.err()
}

func (c *Cycle) depositStep(ctx context.Context, tx *Tx, id string, safe bool) error {
	inv, err := get[invoice.Invoice](ctx, tx, id)
	if err != nil {
		return err
	}
	d := inv.Data()
	if queue, due := inv.Due(); queue != invoice.DepositQueue || due.IsZero() || due.After(tx.At()) {
		return nil // another tick was faster
	}
	today := c.today(tx.At())
	rest, err := c.ownedUp(ctx, tx, inv)
	if err != nil {
		return err
	}
	if !rest.IsPositive() { // a debit under way is waited for
		tomorrow := c.Policy.Days.Next(today.AddDays(1))
		inv.Plan(d.Dunning.NextStep, d.Dunning.NextOn, tomorrow.At(letterHour, 0, c.Policy.Zone))
		return tx.Save(inv)
	}
	o, err := c.secured(ctx, tx, d)
	if err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, d.CustomerID)
	if err != nil {
		return err
	}
	if d.Dunning.NextStep == invoice.DepositReminder {
		inv.Remind(invoice.DepositReminder, today, calendar.Date{})
		c.planDepositEnd(inv, d.DueOn)
		if safe {
			kept := AwaitingData{ID: d.ID, Template: LetterDepositReminder, CustomerID: d.CustomerID, InvoiceID: d.ID, Number: d.Number, Amount: d.Open}
			return errors.Join(tx.Save(inv), c.keepBack(ctx, tx, kept))
		}
		return errors.Join(
			tx.Save(inv, Fact{Type: "deposit.reminded", Data: map[string]any{"number": d.Number, "open": d.Open}}),
			c.mailDeposit(tx, inv, cust, LetterDepositReminder),
		)
	}
	return c.depositEnds(ctx, tx, inv, o, cust, safe)
}

// depositEnds does what the policy says of an order whose deposit did not come
// in time. Of an order of which a part has left, a person decides.
func (c *Cycle) depositEnds(ctx context.Context, tx *Tx, inv *invoice.Invoice, o *order.Order, cust *party.Customer, safe bool) error {
	d := inv.Data()
	inv.Plan("", calendar.Date{}, time.Time{})
	if err := tx.Save(inv, Fact{Type: "deposit.overdue", Data: map[string]any{"number": d.Number, "open": d.Open}}); err != nil || o == nil {
		return err
	}
	about := Notice{Key: "deposit_missing", Number: o.Data().Number, Name: o.Data().CustomerName, Amount: d.Total, ID: d.Number, Until: d.DueOn}
	if safe || c.Policy.Deposit.Then != DepositCancel || !order.Life.Can(o.Status(), "cancel") {
		return c.tell(tx, KeyOf(o), about)
	}
	if err := c.cancel(ctx, tx, o, "the deposit did not come in time"); err != nil {
		return err
	}
	if cust.Email() != "" {
		if err := c.mailOrder(tx, o, cust, LetterDepositLapsed); err != nil {
			return err
		}
	}
	about.Key = "deposit_ended"
	return c.tell(tx, KeyOf(o), about)
}

// mailDeposit asks for a letter about an unpaid deposit.
func (c *Cycle) mailDeposit(tx *Tx, inv *invoice.Invoice, cust *party.Customer, template string) error {
	if cust.Email() == "" {
		return nil
	}
	return tx.ask(doLetter, KeyOf(inv), letterArgs{Template: template, To: cust.Email(), Language: cust.Data().Language, Deposit: inv.ID()})
}
