package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

func (d desk) openShipPart(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.ShipPart(about(p, r), o.Data()))
}

// shipPart records that what was reserved has left. The form's id names the shipment, so that a form that Slack submits
// twice ships once.
func (d desk) shipPart(ctx context.Context, p press) (chat.Errors, error) {
	o, err := o2c.Read[order.Order](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	left := d.voice.Shipped(p.Fields, o.Data())
	left.ExternalID, left.At = "slack:"+p.ViewID, p.Stamp.At
	_, err = d.Cycle.Ship(ctx, p.Stamp, p.Place.ID, left)
	return nil, err
}
