package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

func (d desk) openCreditNote(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.CreditNote(about(p, r), inv.Data()))
}

// creditNote credits what the form says, and takes the goods back when they came. The form's id names the note, so that a
// form that Slack submits twice credits once.
func (d desk) creditNote(ctx context.Context, p press) (chat.Errors, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	r := o2c.CreditRequest{InvoiceID: inv.ID(), Key: "slack:" + p.ViewID, Reason: p.Fields[chat.FieldReason]}
	if inv.Data().NoteUnder(o2c.NoteID(inv.Data(), r.Key)) {
		return nil, nil
	}
	lines, goods, wrong := d.voice.Crediting(p.Fields, inv.Data())
	if len(wrong) > 0 {
		return wrong, nil
	}
	if r.Lines = lines; goods == chat.GoodsKept {
		_, err = d.Cycle.IssueCreditNote(ctx, p.Stamp, r)
		return nil, err
	}
	_, err = d.Cycle.ReturnOfInvoice(ctx, p.Stamp, r, goods == chat.GoodsBack)
	return nil, err
}
