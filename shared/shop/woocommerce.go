package shop

import (
	"slices"
	"strings"

	"duly/shared/o2c/order"
)

// translateWooCommerce reads the order of WooCommerce's REST API v3, which all
// its order topics carry
// (https://woocommerce.github.io/woocommerce-rest-api-docs/#order-properties).
func translateWooCommerce(topic string, body []byte) (order.Message, error) {
	resource, event, _ := strings.Cut(topic, ".")
	if topic == "product.created" || topic == "product.updated" {
		return wooLevel(topic, body)
	}
	if resource == "product" || resource == "customer" || resource == "coupon" || resource == "action" {
		return nothingToDo(topic, body)
	}
	in, err := wooOrders.read(body)
	if err != nil {
		return order.Message{}, err
	}
	isOrder := in.OrderKey != "" && in.Status != "" || in.Total != "" && len(in.Lines) > 0
	switch {
	case resource != "order" || !slices.Contains([]string{"created", "updated", "deleted", "restored"}, event):
		return order.Message{}, unreadable("shop.topic", "topic {topic} is not known", "subscribe this endpoint to orders alone", "topic", shorten(topic, 60))
	case event == "deleted" && isOrder:
		return order.Message{}, swapped(topic, "an order that is there")
	case event == "deleted":
		return order.Message{}, unreadable("shop.gone", "the shop deleted order {number} and says no more than that", "cancel it here, unless it is to be delivered all the same", "number", first(in.ID))
	case !isOrder:
		return order.Message{}, swapped(topic, "not an order")
	}
	m := order.Message{Verb: in.verb(event), Topic: topic}
	m.Order, err = in.order()
	switch {
	case m.Verb == order.Fulfil:
		// The shop says that all has left, without a parcel; once is enough.
		m.Order.Parcels = []order.IncomingShipment{{ExternalID: "completed", At: when(in.CompletedAt)}}
	case m.Verb == order.Refund && len(m.Order.Refunds) == 0:
		m.Order.Refunds = []order.IncomingRefund{{At: m.Order.UpdatedAt}} // somebody set the status: all of it
	}
	return m, err
}

// verb is what the order's status asks for
// (https://woocommerce.com/document/managing-orders/order-statuses/).
func (in wooOrder) verb(event string) order.Verb {
	switch in.Status {
	case "cancelled", "trash":
		return order.Cancel
	case "refunded":
		return order.Refund
	case "completed":
		return order.Fulfil
	case "failed", "checkout-draft", "auto-draft":
		return order.Unknown // no order, or none any more
	case "pending":
		if in.byGateway() {
			return order.Unknown // the customer is still at the gateway and may never pay
		}
	}
	if event == "created" {
		return order.Create
	}
	return order.Update
}
