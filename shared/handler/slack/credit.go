package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
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
	return d.current(ctx, p, a.OrderID, err)
}

// current draws the card anew for whoever pressed one that is out of date (row 22).
func (d desk) current(ctx context.Context, p press, orderID string, err error) error {
	if fault.Is(err, fault.Stale) {
		if failed := d.Cycle.RedrawCredit(ctx, p.Stamp, orderID); failed != nil {
			d.log(ctx, "a card could not be drawn anew", failed)
		}
	}
	return err
}

// undo takes an answer back, while that is possible.
func (d desk) undo(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.UndoCredit(ctx, p.Stamp, o2c.CreditAnswer{OrderID: r.ID, By: p.Who})
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
	_, at, err := d.exposed(ctx, view.Order)
	if err != nil {
		return nil, err
	}
	conditions, wrong := d.voice.Approval(p.Fields, *view.Credit, at.Limit, d.today())
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.decide(ctx, p, o2c.CreditAnswer{
		OrderID: p.Place.ID, Version: p.Place.Version, Verdict: credit.Approve, Conditions: conditions, Reason: p.Fields[chat.FieldReason],
	})
}

// exposed reads an order's customer and what they have at stake.
func (d desk) exposed(ctx context.Context, o order.Data) (party.Data, o2c.Exposure, error) {
	cust, err := o2c.Read[party.Customer](ctx, d.Cycle, o.CustomerID)
	if err != nil {
		return party.Data{}, o2c.Exposure{}, err
	}
	at, err := d.Cycle.Exposures(ctx, d.Now(), cust.Data())
	if err != nil {
		return party.Data{}, o2c.Exposure{}, err
	}
	return cust.Data(), at[0], nil
}

func (d desk) openReject(ctx context.Context, p press) error {
	view, r, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	mailed, err := d.preview(ctx, view.Order)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Reject(about(p, r), view.Order, view.Credit.Amount, mailed))
}

// preview is what the customer will read of a refusal, in their language.
func (d desk) preview(ctx context.Context, o order.Data) (chat.Mailed, error) {
	cust, err := o2c.Read[party.Customer](ctx, d.Cycle, o.CustomerID)
	if err != nil || cust.Email() == "" {
		return chat.Mailed{}, err
	}
	view := o2c.LetterView{
		Seller: d.Cycle.Policy.Seller, Customer: o.CustomerName, Language: cust.Data().Language, Today: d.today(), OrderNumber: o.Number, Amount: o.Total,
	}
	view.Greet(cust.Data().Kind, cust.Email(), cust.Email())
	subject, text, _, err := document.Papers{}.Letter(o2c.LetterDeclined, view.Language, view)
	return chat.Mailed{Language: view.Language, At: d.Now().Add(credit.UndoTime), Text: subject + "\n\n" + text}, err
}

func (d desk) reject(ctx context.Context, p press) (chat.Errors, error) {
	reason, keep, wrong := d.voice.Refused(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	return nil, d.decide(ctx, p, o2c.CreditAnswer{OrderID: p.Place.ID, Version: p.Place.Version, Verdict: credit.Decline, Reason: reason, KeepStock: keep})
}

// askedMax bounds how many approvers one press reaches.
const askedMax = 3

// ask tells the approvers, each alone, that somebody waits for them.
func (d desk) ask(ctx context.Context, p press) error {
	view, _, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	asked, err := d.deciders(ctx, p.User)
	if err != nil {
		return err
	}
	for _, who := range asked {
		if err := d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, who.ID, d.voice.Asked(p.Who, view.Order)); err != nil {
			return err
		}
	}
	return d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, p.User, d.voice.AskedDone(asked))
}

// deciders are the approvers who are here today but for the asker, or the admins of a house that has none.
func (d desk) deciders(ctx context.Context, asker string) ([]o2c.Person, error) {
	team, err := d.Cycle.Team(ctx, d.Now())
	for _, role := range []o2c.Role{o2c.Approver, o2c.Admin} {
		var some []o2c.Person
		for _, who := range team {
			if who.Role == role && who.ID != asker && len(some) < askedMax {
				some = append(some, who)
			}
		}
		if len(some) > 0 {
			return some, err
		}
	}
	return nil, err
}

// askSales puts a question to who looks after the customer, in the card's thread.
func (d desk) askSales(ctx context.Context, p press) error {
	view, _, err := d.question(ctx, p)
	if err != nil {
		return err
	}
	names, err := d.Cycle.AskSales(ctx, p.Stamp, o2c.CreditAnswer{OrderID: view.Order.ID, By: p.Who})
	if err != nil {
		return err
	}
	return d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, p.User, d.voice.SalesAsked(names))
}

// snoozeCredit keeps the reminders about a question quiet for four hours.
func (d desk) snoozeCredit(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	until, err := d.Cycle.SnoozeCredit(ctx, p.Stamp, o2c.CreditAnswer{OrderID: r.ID, By: p.Who})
	if err != nil {
		return err
	}
	return d.Cycle.Whisper(ctx, p.Stamp, p.Place.Channel, p.User, d.voice.SnoozeDone(until))
}

// openCustomer shows what is known of the order's customer.
func (d desk) openCustomer(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	cust, at, err := d.exposed(ctx, o.Data())
	if err != nil {
		return err
	}
	open, err := d.Cycle.OpenOf(ctx, cust.ID)
	if err != nil {
		return err
	}
	owner := cust.Owner
	if owner != "" {
		owner = d.Cycle.Policy.NameOf(owner)
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Customer(cust, owner, at, open))
}
