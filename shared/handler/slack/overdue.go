package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// customer reads the customer whom a button refers to.
func (d desk) customer(ctx context.Context, p press) (party.Data, chat.Ref, error) {
	r, err := ref(p)
	if err != nil {
		return party.Data{}, r, err
	}
	c, err := o2c.Read[party.Customer](ctx, d.Cycle, r.ID)
	if err != nil {
		return party.Data{}, r, err
	}
	return c.Data(), r, nil
}

func (d desk) take(ctx context.Context, p press) error {
	c, _, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Cycle.TakeCase(ctx, p.Stamp, c.ID, p.Who)
}

// owing is the customer that a press is about, and what the customer has open:
// without anything there is nothing to press for.
func (d desk) owing(ctx context.Context, p press) (party.Data, chat.Ref, []invoice.Data, error) {
	c, r, err := d.customer(ctx, p)
	if err != nil {
		return c, r, nil, err
	}
	open, err := d.Cycle.OpenOf(ctx, c.ID)
	if err == nil && len(open) == 0 {
		err = chat.Told(d.voice.NothingOpen(c.Name))
	}
	return c, r, open, err
}

func (d desk) openPromise(ctx context.Context, p press) error {
	c, r, open, err := d.owing(ctx, p)
	if err != nil {
		return err
	}
	tomorrow := d.Cycle.Policy.Days.Next(d.today().AddDays(1))
	return d.Views.Open(ctx, p.TriggerID, d.voice.Promise(about(p, r), c.Name, open, tomorrow))
}

// promise records a customer's word about one of its own invoices.
func (d desk) promise(ctx context.Context, p press) (chat.Errors, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Fields[chat.FieldInvoice])
	if err != nil {
		return nil, err
	}
	if inv.Data().CustomerID != p.Place.ID {
		return nil, fault.Missing("invoice", p.Fields[chat.FieldInvoice])
	}
	promised, wrong := d.voice.Promised(p.Fields, inv.Data().Currency)
	if len(wrong) > 0 {
		return wrong, nil
	}
	promised.By = p.Stamp.Actor
	_, err = d.Cycle.RecordPromise(ctx, p.Stamp, promised)
	return nil, err
}

// restDays is how long a rest the form proposes.
const restDays = 3

func (d desk) openSnooze(ctx context.Context, p press) error {
	c, r, err := d.customer(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Snooze(about(p, r), c.Name, d.today().AddDays(restDays)))
}

func (d desk) snooze(ctx context.Context, p press) (chat.Errors, error) {
	until, wrong := d.voice.Snoozed(p.Fields, d.today())
	if len(wrong) > 0 {
		return wrong, nil
	}
	if _, err := o2c.Read[party.Customer](ctx, d.Cycle, p.Place.ID); err != nil {
		return nil, err
	}
	return nil, d.Cycle.HoldCustomer(ctx, p.Stamp, p.Place.ID, until, p.Fields[chat.FieldReason])
}
