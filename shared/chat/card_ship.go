package chat

import (
	"slices"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// ship asks to mark an order as shipped, because its channel does not tell us, and then follows its parcels until they
// have arrived.
func (v Voice) ship(c o2c.ShipCard) Message {
	about := []any{"order", orderNumber(c.Order), "customer", named(c.Order.CustomerName), "amount", c.Order.Total}
	key := "ship.done."
	switch {
	case shipping(c.Order):
		key = "ship.asks."
	case len(c.Shipments) == 0:
		key = "ship.ended."
	}
	sentence := v.Say(key+"text", about...)
	return message(sentence,
		header(v.Say(key+"title", about...)),
		some(listed(v, toShip(c.Order), listMax, v.leaving)),
		fields(v.shipTo(c.Order), v.expected(c.Order)),
		some(listed(v, c.Shipments, listMax, v.parcel)),
		v.shipButtons(c))
}

// shipping reports whether anything of the order may still leave.
func shipping(o order.Data) bool {
	return slices.Contains([]string{order.Confirmed, order.PartShipped}, o.Status) && len(toShip(o)) > 0
}

// toShip is what of an order has to leave.
func toShip(o order.Data) []order.Line {
	if !slices.Contains([]string{order.Confirmed, order.PartShipped}, o.Status) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(o.Lines), func(l order.Line) bool { return l.Service || l.Left() == 0 })
}

func (v Voice) leaving(l order.Line) markup {
	line := v.mark("goods", "quantity", l.Left(), "name", named(l.Name))
	if short := l.Backordered(); short > 0 {
		line = join(" · ", line, v.mark("ship.short", "n", short))
	}
	return line
}

func (v Voice) shipTo(o order.Data) markup {
	if !shipping(o) || o.ShipTo.City == "" {
		return ""
	}
	return v.mark("ship.to", "street", named(o.ShipTo.Street), "place", named(o.ShipTo.PostalCode+" "+o.ShipTo.City))
}

func (v Voice) expected(o order.Data) markup {
	if !shipping(o) || o.DeliverOn.IsZero() {
		return ""
	}
	return v.mark("ship.by", "date", o.DeliverOn)
}

// parcel is one shipment on its way, or with the proof that it arrived.
func (v Voice) parcel(s fulfilment.ShipmentData) markup {
	var pieces int64
	for _, l := range s.Lines {
		pieces += l.Quantity
	}
	line := v.mark("ship.parcel", "n", s.N, "time", s.ShippedAt, "pieces", pieces)
	if by := clean(s.Carrier + " " + s.Tracking); by != "" {
		line = join(" · ", line, v.mark("ship.by_carrier", "carrier", by))
	}
	if s.Delivery == nil {
		return line
	}
	if s.Delivery.Name == "" {
		return join(" · ", line, v.mark("ship.delivered", "time", s.Delivery.At))
	}
	return join(" · ", line, v.mark("ship.delivered_to", "time", s.Delivery.At, "name", named(s.Delivery.Name)))
}

func (v Voice) shipButtons(c o2c.ShipCard) slack.Block {
	ref := Ref{ID: c.Order.ID}.String()
	var buttons []*slack.ButtonBlockElement
	if shipping(c.Order) && len(c.Order.Holds) == 0 {
		buttons = append(buttons, primary(button(ActShipMark, v.Say("button.mark_shipped"), ref)))
	}
	if len(undelivered(c.Shipments)) > 0 {
		buttons = append(buttons, button(ActShipDelivered, v.Say("button.delivered"), ref))
	}
	if c.SlipURL != "" && len(c.SlipURL) <= urlMax {
		buttons = append(buttons, button(ActShipSlip, v.Say("button.slip"), "").WithURL(c.SlipURL))
	}
	return actions(buttons...)
}

func undelivered(all []fulfilment.ShipmentData) []fulfilment.ShipmentData {
	return slices.DeleteFunc(slices.Clone(all), func(s fulfilment.ShipmentData) bool { return s.Delivery != nil })
}
