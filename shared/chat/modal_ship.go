package chat

import (
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// unitLinesMax is how many lines a form asks about; a longer document is for the API.
const unitLinesMax = 40

// units asks for a quantity of a line.
func (v Voice) units(n int, label markup, proposed string) *slack.InputBlock {
	field := FieldLine + strconv.Itoa(n)
	input := slack.NewPlainTextInputBlockElement(nil, field).WithMaxLength(placeholderMax)
	if proposed != "" {
		input = input.WithInitialValue(proposed)
	}
	return slack.NewInputBlock(field, plain(string(label), inputLabelMax), nil, input).WithOptional(true)
}

// typedUnits reads a quantity; nothing typed is none.
func (v Voice) typedUnits(f Fields, n int, most int64, errs Errors) int64 {
	field := FieldLine + strconv.Itoa(n)
	typed := f[field]
	if typed == "" {
		return 0
	}
	units, err := strconv.ParseInt(typed, 10, 64)
	if err != nil || units < 0 || units > most {
		errs[field] = v.Say("error.units", "most", most)
		return 0
	}
	return units
}

// MarkShipped is the form that says what of an order has left, and by whom.
func (v Voice) MarkShipped(about Meta, o order.Data) Modal {
	all := []slack.Block{section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total))}
	lines := toShip(o)
	for _, l := range lines[:min(len(lines), unitLinesMax)] {
		all = append(all, v.units(l.N, markup(v.Say("ship.units", "name", named(l.Name), "left", l.Left())), strconv.FormatInt(l.Left()-l.Backordered(), 10)))
	}
	if len(lines) > unitLinesMax {
		all = append(all, notes(v.mark("ship.more", "n", len(lines)-unitLinesMax)))
	}
	return v.form(ActShipMark, "modal.mark_shipped", "button.mark_shipped", about,
		append(all, v.carriers(), v.line(FieldTracking, true, "hint.tracking"), notes(v.mark("modal.mark_shipped.what")))...)
}

// carriers offers those whose parcels can be followed.
func (v Voice) carriers() *slack.InputBlock {
	var options []*slack.OptionBlockObject
	for _, c := range fulfilment.Carriers() {
		options = append(options, slack.NewOptionBlockObject(c.Code, plain(c.Name, optionTextMax), nil))
	}
	options = append(options, slack.NewOptionBlockObject("other", plain(v.Say("ship.other"), optionTextMax), nil))
	return v.input(FieldCarrier, true, slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldCarrier, options...))
}

// Marked reads the form. A form without a quantity says nothing, and is asked again.
func (v Voice) Marked(f Fields, o order.Data, most func(order.Line) int64) (order.IncomingShipment, Errors) {
	errs := Errors{}
	s := order.IncomingShipment{Carrier: f[FieldCarrier], Tracking: clean(f[FieldTracking])}
	if s.Carrier == "other" {
		s.Carrier = ""
	}
	lines := toShip(o)
	lines = lines[:min(len(lines), unitLinesMax)]
	for _, l := range lines {
		if units := v.typedUnits(f, l.N, most(l), errs); units > 0 {
			s.Lines = append(s.Lines, order.ShippedLine{N: l.N, Quantity: units})
		}
	}
	if len(s.Lines) == 0 && len(errs) == 0 && len(lines) > 0 {
		errs[FieldLine+strconv.Itoa(lines[0].N)] = v.Say("error.no_units")
	}
	return s, errs
}

// Arrival is the form that records that a parcel arrived.
func (v Voice) Arrival(about Meta, o order.Data, shipments []fulfilment.ShipmentData, today calendar.Date) Modal {
	var options []*slack.OptionBlockObject
	for _, s := range undelivered(shipments) {
		if len(options) < optionsMax {
			options = append(options, slack.NewOptionBlockObject(s.ID, plain(v.Say("ship.option", "n", s.N, "time", s.ShippedAt, "carrier", clean(s.Carrier+" "+s.Tracking)), optionTextMax), nil))
		}
	}
	which := slack.NewOptionsSelectBlockElement(slack.OptTypeStatic, nil, FieldShipment, options...)
	if len(options) > 0 {
		which.InitialOption = options[0]
	}
	return v.form(ActShipDelivered, "modal.delivered", "button.record", about,
		section(v.mark("modal.order", "order", orderNumber(o), "customer", named(o.CustomerName), "amount", o.Total)),
		v.input(FieldShipment, false, which),
		v.day(FieldDelivered, today),
		v.line(FieldName, true, "hint.taken_by"))
}

// ArrivedOn reads the form: which parcel, who took it, and when; noon of a day that is over, now of today.
func (v Voice) ArrivedOn(f Fields, now time.Time) (shipmentID, name string, at time.Time, errs Errors) {
	errs = Errors{}
	on := v.date(f, FieldDelivered, errs)
	if len(errs) > 0 {
		return "", "", at, errs
	}
	today := calendar.On(now, v.zone)
	switch {
	case on.After(today):
		errs[FieldDelivered] = v.Say("error.future")
	case on == today:
		at = now
	default:
		at = on.At(12, 0, v.zone)
	}
	return f[FieldShipment], strings.TrimSpace(clean(f[FieldName])), at, errs
}
