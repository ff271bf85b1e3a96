package slack

import (
	"context"
	"errors"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// goods reads the order whose card was pressed.
func (d desk) goods(ctx context.Context, p press) (order.Data, chat.Meta, error) {
	r, err := ref(p)
	if err != nil {
		return order.Data{}, chat.Meta{}, err
	}
	o, err := o2c.Read[order.Order](ctx, d.Cycle, r.ID)
	if err != nil {
		return order.Data{}, chat.Meta{}, err
	}
	return o.Data(), about(p, r), nil
}

func (d desk) openShipPart(ctx context.Context, p press) error {
	o, about, err := d.goods(ctx, p)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.ShipPart(about, o))
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

func (d desk) waitForStock(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.LetWait(ctx, p.Stamp, r.ID, p.Who)
}

// firstShort is the first line that waits for stock; whoever comes too late is told that none does any more.
func (d desk) firstShort(o order.Data) (order.Line, error) {
	for _, l := range o.Lines {
		if l.Backordered() > 0 {
			return l, nil
		}
	}
	return order.Line{}, chat.Told(d.voice.NothingMissing(o))
}

func (d desk) openSubstitute(ctx context.Context, p press) error {
	o, about, err := d.goods(ctx, p)
	if err != nil {
		return err
	}
	l, err := d.firstShort(o)
	if err != nil {
		return err
	}
	product, err := o2c.Read[fulfilment.Product](ctx, d.Cycle, l.SKU)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	proposed := ""
	if err == nil {
		proposed = product.Data().Substitute
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Substitute(about, o, proposed))
}

func (d desk) substitute(ctx context.Context, p press) (chat.Errors, error) {
	return d.decideShortage(ctx, p, d.Cycle.Substitute)
}

func (d desk) openCancelLine(ctx context.Context, p press) error {
	o, about, err := d.goods(ctx, p)
	if err != nil {
		return err
	}
	if _, err := d.firstShort(o); err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.CancelLine(about, o))
}

func (d desk) cancelLine(ctx context.Context, p press) (chat.Errors, error) {
	return d.decideShortage(ctx, p, d.Cycle.CancelWaiting)
}

// once takes what was done before for done.
func once(err error) error {
	if errors.Is(err, o2c.ErrSeen) {
		return nil
	}
	return err
}

// decideShortage reads a form about missing units and acts on it, once however often Slack submits it.
func (d desk) decideShortage(ctx context.Context, p press, act func(context.Context, o2c.Stamp, o2c.Shortage) error) (chat.Errors, error) {
	said, wrong := d.voice.Missing(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	said.OrderID, said.By = p.Place.ID, p.Who
	p.Stamp.Once = o2c.Name("form", p.ViewID)
	return nil, once(act(ctx, p.Stamp, said))
}

func (d desk) seeAlert(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.SeeAlert(ctx, p.Stamp, r.ID, p.Who)
	return err
}

func (d desk) openReceive(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	a, err := o2c.Read[o2c.Alert](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	sku := a.Data().SKU
	product, err := o2c.Read[fulfilment.Product](ctx, d.Cycle, sku)
	if err != nil {
		return err
	}
	shelves, err := d.Cycle.Shelves(ctx, sku)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.Receive(about(p, r), product.Data().Name, sku, shelves[0].Backordered))
}

// receive books goods in, once however often Slack submits the form.
func (d desk) receive(ctx context.Context, p press) (chat.Errors, error) {
	units, note, wrong := d.voice.Received(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	a, err := o2c.Read[o2c.Alert](ctx, d.Cycle, p.Place.ID)
	if err != nil {
		return nil, err
	}
	p.Stamp.Once = o2c.Name("form", p.ViewID)
	_, err = d.Cycle.ReceiveGoods(ctx, p.Stamp, o2c.Goods{SKU: a.Data().SKU, Units: units, Reason: note})
	return nil, once(err)
}
