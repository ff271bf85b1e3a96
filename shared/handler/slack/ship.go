package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

func (d desk) openMarkShipped(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.MarkShipped(about(p, r), o.Data()))
}

// markShipped records what the form says has left. The form's id names the shipment, so that a form that Slack submits
// twice ships once.
func (d desk) markShipped(ctx context.Context, p press) (chat.Errors, error) {
	o, err := o2c.Read[order.Order](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	most := func(l order.Line) int64 { return d.Cycle.MayLeave(o.Data(), l) }
	left, wrong := d.voice.Marked(p.Fields, o.Data(), most)
	if len(wrong) > 0 {
		return wrong, nil
	}
	left.ExternalID, left.At = "slack:"+p.ViewID, p.Stamp.At
	_, err = d.Cycle.Ship(ctx, p.Stamp, p.Place.ID, left)
	return nil, err
}

func (d desk) openDelivered(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	shipments, err := d.Cycle.ShipmentsOf(ctx, o.Data())
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Arrival(about(p, r), o.Data(), shipments, d.today()))
}

// delivered keeps a colleague's word that a parcel arrived, as proof.
func (d desk) delivered(ctx context.Context, p press) (chat.Errors, error) {
	shipment, name, at, wrong := d.voice.ArrivedOn(p.Fields, p.Stamp.At)
	if len(wrong) > 0 {
		return wrong, nil
	}
	_, err := d.Cycle.Deliver(ctx, p.Stamp, o2c.Arrived{ShipmentID: shipment, OrderID: p.Place.ID, At: at, Name: name, Evidence: "said by " + p.Who.Name})
	return nil, err
}
