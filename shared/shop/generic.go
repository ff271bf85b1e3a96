package shop

import (
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c/order"
)

// envelope is the generic scheme's body. Everything in it is signed, the type
// with it.
type envelope struct {
	Type      string       `json:"type"`
	Timestamp Text         `json:"timestamp"`
	Data      GenericOrder `json:"data"`
}

var envelopes = formOf[envelope]()

// genericVerbs are the types that interfaces.md pins.
var genericVerbs = map[string]order.Verb{
	"order.created":   order.Create,
	"order.updated":   order.Update,
	"order.cancelled": order.Cancel,
	"order.paid":      order.Paid,
	"order.fulfilled": order.Fulfil,
	"order.refunded":  order.Refund,
}

func translateGeneric(_ string, body []byte) (order.Message, error) {
	in, err := envelopes.read(body)
	if err != nil {
		return order.Message{}, err
	}
	if in.Type == genericStock {
		return genericLevel(in, body)
	}
	verb, ok := genericVerbs[in.Type]
	if !ok {
		return order.Message{}, unreadable("shop.topic", "type {topic} is not known", "send one of the types order.created, order.updated, order.cancelled, order.paid, order.fulfilled, order.refunded, stock.updated", "topic", strconv.Quote(shorten(in.Type, 60)))
	}
	m := order.Message{Verb: verb, Topic: in.Type}
	in.Data.moved(verb)
	if m.Order, err = in.Data.incoming(); err != nil {
		return m, err
	}
	if m.Order.UpdatedAt.IsZero() {
		m.Order.UpdatedAt = stamp(in.Timestamp)
	}
	switch {
	case verb == order.Fulfil:
		err = in.Data.shipment(&m.Order)
	case verb == order.Refund && len(m.Order.Refunds) == 0:
		m.Order.Refunds = []order.IncomingRefund{{At: m.Order.UpdatedAt}} // all of it
	case verb == order.Paid && m.Order.PaidAtShop == nil && (m.Order.Total == nil || m.Order.Total.IsPositive()):
		m.Order.PaidAtShop = &order.Payment{Gateway: "other", Reference: m.Order.ExternalID} // all of it
	}
	return m, err
}

// moved reads a parcel or a refund that is told as POST /v1/orders/{id} takes
// one: its lines have no prices, as they are the goods that moved.
func (in *GenericOrder) moved(verb order.Verb) {
	if verb != order.Fulfil && verb != order.Refund || in.Shipment != nil || in.Refund != nil {
		return
	}
	var goods []GenericShipped
	for _, l := range in.Lines {
		if l.UnitPrice != nil {
			goods = nil
			break
		}
		goods = append(goods, GenericShipped{SKU: l.SKU, ExternalID: l.ExternalID, Quantity: l.Quantity})
	}
	if len(goods) > 0 {
		in.Lines = nil
	}
	switch {
	case verb == order.Fulfil:
		in.Shipment = &GenericShipment{Lines: goods, Carrier: in.Carrier, Tracking: in.Tracking}
	case len(goods) > 0:
		in.Refund = &GenericRefund{Lines: goods}
	}
}

// stamp reads the envelope's timestamp: RFC 3339, or seconds since 1970.
func stamp(t Text) time.Time {
	if seconds, err := strconv.ParseInt(string(t), 10, 64); err == nil && seconds > 0 && seconds < 1<<40 {
		return time.Unix(seconds, 0).UTC()
	}
	return when(t)
}

var genericOrders = formOf[GenericOrder]()

// trimmed is an id or code as it is meant.
func trimmed(t Text) string { return shorten(strings.TrimSpace(string(t)), nameMax) }
