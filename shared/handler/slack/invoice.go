package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// retry issues a draft again, after its customer was completed.
func (d desk) retry(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.RetryDraft(ctx, p.Stamp, r.ID)
}

func (d desk) openComplete(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.CompleteCustomer(about(p, r), inv.Data()))
}

// complete writes down what the draft's customer lacked, and issues the draft.
func (d desk) complete(ctx context.Context, p press) (chat.Errors, error) {
	change, wrong := d.voice.Completed(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	if _, err := d.Cycle.AmendCustomer(ctx, p.Stamp, inv.Data().CustomerID, change); err != nil {
		return nil, err
	}
	return nil, d.Cycle.RetryDraft(ctx, p.Stamp, p.Place.ID)
}

// copyLink shows the customer's link to whoever pressed, alone. The function has no key to derive it with; it is the one
// that the pressed card opens.
func (d desk) copyLink(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	if !strings.HasPrefix(p.Link, d.Cycle.Policy.URL(o2c.LinkInvoice, "")) {
		return fault.Missing("pay link", inv.Number())
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.PayLink(inv.Number(), p.Link))
}
