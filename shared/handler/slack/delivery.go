package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
)

func (d desk) openFixAddress(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	back, err := o2c.Read[delivery.Delivery](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.FixAddress(about(p, r), back.Data()))
}

// fixAddress mends the customer's address and sends there what did not arrive.
func (d desk) fixAddress(ctx context.Context, p press) (chat.Errors, error) {
	p.Stamp.Once = o2c.Name("form", p.ViewID)
	err := d.Cycle.Resend(ctx, p.Stamp, o2c.Redeliver{DeliveryID: p.Place.ID, Address: p.Fields[chat.FieldEmail], By: p.Who})
	return nil, once(err)
}

func (d desk) resend(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.Resend(ctx, p.Stamp, o2c.Redeliver{DeliveryID: r.ID, By: p.Who})
}

func (d desk) sendPDF(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.Resend(ctx, p.Stamp, o2c.Redeliver{DeliveryID: r.ID, ByMail: true, By: p.Who})
}

func (d desk) posted(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.Post(ctx, p.Stamp, r.ID)
}
