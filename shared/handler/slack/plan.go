package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// planStarts is in how many days the form proposes the first instalment.
const planStarts = 7

func (d desk) openPlan(ctx context.Context, p press) error {
	c, r, open, err := d.owing(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Plan(about(p, r), c.Name, open, d.Cycle.Policy.Days.Next(d.today().AddDays(planStarts))))
}

// plan agrees to a payment plan, or proposes it to those who may.
func (d desk) plan(ctx context.Context, p press) (chat.Errors, error) {
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, p.Fields[chat.FieldInvoice])
	if err != nil {
		return nil, err
	}
	if inv.Data().CustomerID != p.Place.ID {
		return nil, fault.Missing("invoice", p.Fields[chat.FieldInvoice])
	}
	parts, first, wrong := d.voice.Planned(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	_, err = d.Cycle.AskPlan(ctx, p.Stamp, o2c.PlanInput{
		InvoiceID: inv.ID(), Parts: parts, First: first, Text: p.Fields[chat.FieldNote], By: p.Stamp.Actor, Agreed: p.Who.Decides(),
	})
	return nil, err
}

func (d desk) approvePlan(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.DecidePlan(ctx, p.Stamp, o2c.PlanChange{PlanID: r.ID})
	return err
}

// openOnPlan opens a form about the plan that a button refers to.
func (d desk) openOnPlan(ctx context.Context, p press, form func(chat.Meta, string, dunning.PlanData) chat.Modal) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	plan, err := o2c.Read[dunning.Plan](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, d.Cycle, plan.Data().InvoiceID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, form(about(p, r), inv.Data().Buyer.Name, plan.Data()))
}

func (d desk) openEditPlan(ctx context.Context, p press) error {
	return d.openOnPlan(ctx, p, d.voice.EditPlan)
}

func (d desk) editPlan(ctx context.Context, p press) (chat.Errors, error) {
	parts, first, wrong := d.voice.Planned(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	_, err := d.Cycle.DecidePlan(ctx, p.Stamp, o2c.PlanChange{PlanID: p.Place.ID, Parts: parts, First: first})
	return nil, err
}

func (d desk) openDeclinePlan(ctx context.Context, p press) error {
	return d.openOnPlan(ctx, p, d.voice.DeclinePlan)
}

func (d desk) declinePlan(ctx context.Context, p press) (chat.Errors, error) {
	_, err := d.Cycle.DecidePlan(ctx, p.Stamp, o2c.PlanChange{PlanID: p.Place.ID, Decline: true, Answer: p.Fields[chat.FieldReason]})
	return nil, err
}
