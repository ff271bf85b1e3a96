package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

// openNewOrder opens the form of an order for whom the action table lets enter one.
func (d desk) openNewOrder(ctx context.Context, triggerID string, who o2c.Person) error {
	if row, _ := chat.ActionOf(chat.ActOrderNew); !row.May(who.Role, false) {
		return chat.Told(d.voice.NotAllowed(chat.ActOrderNew, who, d.Cycle.Policy.People))
	}
	return d.Views.Open(ctx, triggerID, d.voice.NewOrder())
}

func (d desk) openOrder(ctx context.Context, p press) error {
	return d.openNewOrder(ctx, p.TriggerID, p.Who)
}

// newOrder takes an order by telephone or at the counter through the door that shops use, so that it is checked like
// theirs. The form's id names it: submitted twice it is one order.
func (d desk) newOrder(ctx context.Context, p press) (chat.Errors, error) {
	in, wrong := d.voice.ReadOrder(p.Fields, d.Cycle.Policy.Currency)
	if len(wrong) > 0 {
		return wrong, nil
	}
	found, err := d.customers(ctx, p.Fields[chat.FieldCustomer])
	switch {
	case err != nil:
		return nil, err
	case len(found) == 1:
		in.Buyer = order.Buyer{CustomerID: found[0].ID, Name: found[0].Name}
	case len(found) > 1:
		return d.voice.NoCustomer(p.Fields[chat.FieldCustomer], found), nil
	case in.Buyer.Email == "":
		return d.voice.NewBuyer(p.Fields[chat.FieldCustomer]), nil
	}
	in.ExternalID, in.Number = p.ViewID, o2c.OwnNumber(d.today(), p.ViewID)
	in.PlacedAt, in.UpdatedAt = p.Stamp.At, p.Stamp.At
	taken, err := d.Cycle.HandleShop(ctx, o2c.Arrival{
		At: p.Stamp.At, Endpoint: o2c.ChannelSlack, Platform: o2c.ChannelSlack, Actor: p.Stamp.Actor, Seen: o2c.Name("seen", o2c.ChannelSlack, p.ViewID),
		Message: order.Message{Verb: order.Create, Topic: "slack", Order: in},
	})
	if err != nil {
		return d.voice.OrderErrors(err), err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, taken.OrderID)
	if err != nil {
		return nil, err
	}
	return nil, chat.Told(d.voice.OrderTaken(o.Data()))
}
