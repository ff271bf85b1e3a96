package slack

import (
	"context"
	"strings"

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
