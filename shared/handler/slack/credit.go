package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
)

// approve is the one-press answer; role, version and headroom are looked at in its transaction.
func (d desk) approve(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.decide(ctx, p, o2c.CreditAnswer{OrderID: r.ID, Version: r.Version, Verdict: credit.Approve})
}

func (d desk) decide(ctx context.Context, p press, a o2c.CreditAnswer) error {
	a.By = p.Who
	_, err := d.Cycle.DecideCredit(ctx, p.Stamp, a)
	return err
}

func (d desk) openApproveWith(ctx context.Context, p press) error {
	view, r, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.ApproveWith(about(p, r), view.Order, *view.Credit))
}

// question reads the order and the question that is open about it; one that was answered opens no form.
func (d desk) question(ctx context.Context, p press) (o2c.OrderView, chat.Ref, error) {
	r, err := ref(p)
	if err != nil {
		return o2c.OrderView{}, r, err
	}
	view, err := d.Cycle.OrderWithCredit(ctx, r.ID)
	if err != nil {
		return view, r, err
	}
	switch c := view.Credit; {
	case c == nil:
		return view, r, fault.Missing("credit request", r.ID)
	case c.Status != credit.Pending:
		return view, r, &credit.Answered{By: c.DecidedBy, At: c.DecidedAt, Status: c.Status}
	}
	return view, r, nil
}

func (d desk) approveWith(ctx context.Context, p press) (chat.Errors, error) {
	view, err := d.Cycle.OrderWithCredit(ctx, p.Place.ID)
	if err != nil {
		return nil, err
	}
	if view.Credit == nil {
		return nil, fault.Missing("credit request", p.Place.ID)
	}
	conditions, wrong := d.voice.Approval(p.Fields, *view.Credit)
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.decide(ctx, p, o2c.CreditAnswer{
		OrderID: p.Place.ID, Version: p.Place.Version, Verdict: credit.Approve, Conditions: conditions, Reason: p.Fields[chat.FieldReason],
	})
}

func (d desk) openReject(ctx context.Context, p press) error {
	view, r, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Reject(about(p, r), view.Order, view.Credit.Amount))
}

func (d desk) reject(ctx context.Context, p press) (chat.Errors, error) {
	return nil, d.decide(ctx, p, o2c.CreditAnswer{OrderID: p.Place.ID, Version: p.Place.Version, Verdict: credit.Decline, Reason: p.Fields[chat.FieldReason]})
}

// askedMax bounds how many approvers one press reaches.
const askedMax = 3

// ask tells the approvers, each alone, that somebody waits for them.
func (d desk) ask(ctx context.Context, p press) error {
	view, _, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	asked := d.deciders(p.User)
	for _, who := range asked {
		if err := d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, who.ID, d.voice.Asked(p.Who, view.Order)); err != nil {
			return err
		}
	}
	return d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, p.User, d.voice.AskedDone(asked))
}

// deciders are the approvers but for the asker, or the admins of a house that has none.
func (d desk) deciders(asker string) []o2c.Person {
	for _, role := range []o2c.Role{o2c.Approver, o2c.Admin} {
		var some []o2c.Person
		for _, who := range d.Cycle.Policy.People {
			if who.Role == role && who.ID != asker && len(some) < askedMax {
				some = append(some, who)
			}
		}
		if len(some) > 0 {
			return some
		}
	}
	return nil
}
