package chat

import (
	"strconv"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
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

// Substitute is the form that sends another product instead of what is missing; proposed is the product's own substitute.
func (v Voice) Substitute(about Meta, o order.Data, proposed string) Modal {
	return v.form(ActStockSubstitute, "modal.substitute", "button.substitute_now", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total)),
		v.missingLine(o),
		v.line(FieldUnits, true, "hint.units"),
		v.filled(FieldSKU, proposed, "hint.substitute"),
		notes(v.mark("modal.substitute.what")))
}

// CancelLine is the form that takes what is missing off an order.
func (v Voice) CancelLine(about Meta, o order.Data) Modal {
	return v.form(ActStockCancelLine, "modal.cancel_line", "button.cancel_line_now", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total)),
		v.missingLine(o),
		v.line(FieldUnits, true, "hint.units"),
		notes(v.mark("modal.cancel_line.what")))
}

// missingLine chooses one of the lines that wait for stock.
func (v Voice) missingLine(o order.Data) slack.Block {
	var options []*slack.OptionBlockObject
	for _, l := range o.Lines {
		if l.Backordered() == 0 || len(options) == optionsMax {
			continue
		}
		text := plain(v.Say("modal.missing", "name", named(l.Name), "sku", named(l.SKU), "n", l.Backordered()), optionTextMax)
		options = append(options, slack.NewOptionBlockObject(strconv.Itoa(l.N), text, nil))
	}
	choice := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldMissing, options...).WithInitialOption(options[0])
	return v.input(FieldMissing, false, choice)
}

// filled is a field of one line that is filled in already.
func (v Voice) filled(field, proposed string, hint ...any) *slack.InputBlock {
	element := slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(placeholderMax)
	if proposed != "" {
		element = element.WithInitialValue(clip(proposed, placeholderMax))
	}
	return v.input(field, false, element, hint...)
}

// Missing reads either form.
func (v Voice) Missing(f Fields) (o2c.Shortage, Errors) {
	errs := Errors{}
	d := o2c.Shortage{SKU: clean(f[FieldSKU]), Units: int64(v.whole(f, FieldUnits, order.QuantityMax, errs))}
	n, err := strconv.Atoi(f[FieldMissing])
	if err != nil {
		errs[FieldMissing] = v.Say("error.missing")
	}
	d.Line = n
	return d, errs
}

// Receive is the form that says that goods came in.
func (v Voice) Receive(about Meta, name, sku string, waiting int64) Modal {
	return v.form(ActStockReceive, "modal.receive", "button.record", about,
		section(v.mark("modal.product", "name", named(name), "sku", named(sku))),
		v.line(FieldUnits, false, "hint.receive"),
		v.line(FieldNote, true, "hint.note"),
		notes(v.mark("modal.receive.what", "n", waiting)))
}

// Received reads the form.
func (v Voice) Received(f Fields) (units int64, note string, errs Errors) {
	errs = Errors{}
	units = int64(v.whole(f, FieldUnits, o2c.GoodsMax, errs))
	if units == 0 && len(errs) == 0 {
		errs[FieldUnits] = v.Say("error.whole", "most", o2c.GoodsMax)
	}
	return units, clean(f[FieldNote]), errs
}
