package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// disputed reads the dispute that an id names, and who its customer is.
func (d desk) disputed(ctx context.Context, id string) (dunning.DisputeData, string, error) {
	dispute, err := o2c.Read[dunning.Dispute](ctx, d.Cycle, id)
	if err != nil {
		return dunning.DisputeData{}, "", err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, dispute.Data().InvoiceID)
	if err != nil {
		return dunning.DisputeData{}, "", err
	}
	return dispute.Data(), inv.Data().Buyer.Name, nil
}

// openOn opens a form about the dispute that a button refers to. One that is decided says so when it is submitted.
func (d desk) openOn(ctx context.Context, p press, form func(chat.Meta, string, dunning.DisputeData) chat.Modal) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	dispute, customer, err := d.disputed(ctx, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, form(about(p, r), customer, dispute))
}

func (d desk) openAcceptDispute(ctx context.Context, p press) error {
	return d.openOn(ctx, p, d.voice.AcceptDispute)
}

func (d desk) acceptDispute(ctx context.Context, p press) (chat.Errors, error) {
	dispute, _, err := d.disputed(ctx, p.Place.ID)
	if err != nil {
		return nil, err
	}
	part, wrong := d.voice.Accepted(p.Fields, dispute)
	if len(wrong) > 0 {
		return wrong, nil
	}
	_, err = d.Cycle.AcceptDispute(ctx, p.Stamp, dispute.ID, part, p.Fields[chat.FieldNote])
	return nil, err
}

func (d desk) openRejectDispute(ctx context.Context, p press) error {
	return d.openOn(ctx, p, d.voice.RejectDispute)
}

func (d desk) rejectDispute(ctx context.Context, p press) (chat.Errors, error) {
	_, err := d.Cycle.RejectDispute(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldReason])
	return nil, err
}

func (d desk) openAskDispute(ctx context.Context, p press) error {
	return d.openOn(ctx, p, d.voice.AskAboutDispute)
}

func (d desk) askDispute(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.Cycle.AskAboutDispute(ctx, p.Stamp, p.Place.ID, p.Fields[chat.FieldNote])
}

func (d desk) takeDispute(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.TakeDispute(ctx, p.Stamp, r.ID, p.Who)
}

func (d desk) openDispute(ctx context.Context, p press) error {
	c, r, open, err := d.owing(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Dispute(about(p, r), c.Name, open))
}

// dispute writes down what a customer said is wrong with one of its own invoices.
func (d desk) dispute(ctx context.Context, p press) (chat.Errors, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Fields[chat.FieldInvoice])
	if err != nil {
		return nil, err
	}
	if inv.Data().CustomerID != p.Place.ID {
		return nil, fault.Missing("invoice", p.Fields[chat.FieldInvoice])
	}
	in, wrong := d.voice.Disputed(p.Fields, inv.Data().Currency)
	if len(wrong) > 0 {
		return wrong, nil
	}
	in.By = p.Stamp.Actor
	_, err = d.Cycle.OpenDispute(ctx, p.Stamp, in)
	return nil, err
}
