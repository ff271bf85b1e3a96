package chat

import (
	"duly/shared/o2c/order"
)

// ShipPart is the form that says that what is reserved of an order has left.
func (v Voice) ShipPart(about Meta, o order.Data) Modal {
	return v.form(ActStockShipPart, "modal.ship_part", "button.ship_part", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total)),
		section(join("\n", v.mark("modal.ship_part.lines"), listed(v, reserved(o), listMax, func(l order.Line) markup {
			return v.mark("goods", "quantity", l.Reserved, "name", named(l.Name))
		}))),
		v.line(FieldCarrier, true),
		v.line(FieldTracking, true),
		notes(v.mark("modal.ship_part.what")))
}

// Shipped reads the form: what was reserved has left.
func (v Voice) Shipped(f Fields, o order.Data) order.IncomingShipment {
	s := order.IncomingShipment{Carrier: clean(f[FieldCarrier]), Tracking: clean(f[FieldTracking])}
	for _, l := range reserved(o) {
		s.Lines = append(s.Lines, order.ShippedLine{ExternalID: l.ExternalID, SKU: l.SKU, Quantity: l.Reserved})
	}
	return s
}

func reserved(o order.Data) []order.Line {
	var lines []order.Line
	for _, l := range o.Lines {
		if l.Reserved > 0 {
			lines = append(lines, l)
		}
	}
	return lines
}
