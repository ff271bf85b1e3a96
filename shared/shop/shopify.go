package shop

import (
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/order"
)

// shopifyTopics is what each topic's body is
// (https://shopify.dev/docs/api/webhooks, REST payloads).
var shopifyTopics = map[string]func(topic string, body []byte) (order.Message, error){
	"orders/create":              shopifyChange,
	"orders/updated":             shopifyChange,
	"orders/edited":              nothingToDo, // a diff; orders/updated carries the order
	"orders/paid":                shopifyChange,
	"orders/cancelled":           shopifyChange,
	"orders/fulfilled":           shopifyChange,
	"orders/partially_fulfilled": shopifyChange,
	"orders/delete":              nothingToDo, // possible after a cancellation only
	"fulfillments/create":        shopifyFulfilment,
	"fulfillments/update":        shopifyFulfilment,
	"refunds/create":             shopifyRefund,
	"inventory_levels/update":    shopifyLevel,
	"products/create":            shopifyItems,
	"products/update":            shopifyItems,
}

// shopifyFamilies are topics that a shop may have subscribed us to and that ask
// for nothing.
var shopifyFamilies = []string{
	"app", "carts", "checkouts", "collections", "customers", "draft_orders", "fulfillment_events", "fulfillment_orders", "inventory_items",
	"inventory_levels", "locations", "order_transactions", "products", "shop", "themes", "transactions", "variants",
}

func translateShopify(topic string, body []byte) (order.Message, error) {
	if translate, ok := shopifyTopics[topic]; ok {
		return translate(topic, body)
	}
	if family, _, _ := strings.Cut(topic, "/"); slices.Contains(shopifyFamilies, family) {
		return nothingToDo(topic, body)
	}
	return order.Message{}, unreadable("shop.topic", "topic {topic} is not known", "subscribe this endpoint to orders and fulfillments alone", "topic", shorten(topic, 60))
}

// anything is a message of which nothing is read: it must only be sound.
var anything = formOf[struct{}]()

// nothingToDo is a message that is understood and asks for nothing.
func nothingToDo(topic string, body []byte) (order.Message, error) {
	_, err := anything.read(body)
	return order.Message{Verb: order.Unknown, Topic: topic}, err
}

// shopifyChange is any message whose body is the order as it is now. The signed
// body decides what happened; the topic must only fit it.
func shopifyChange(topic string, body []byte) (order.Message, error) {
	in, err := shopifyOrders.read(body)
	if err != nil {
		return order.Message{}, err
	}
	if !in.isOrder() {
		return order.Message{}, swapped(topic, "not an order")
	}
	cancelled := !when(in.CancelledAt).IsZero()
	switch {
	case topic == "orders/cancelled" && !cancelled:
		return order.Message{}, swapped(topic, "an order that is not cancelled")
	case topic == "orders/paid" && !in.paid():
		return order.Message{}, swapped(topic, "an order with payment status "+shorten(string(in.FinancialStatus), 30))
	}
	m := order.Message{Verb: order.Update, Topic: topic}
	switch {
	case cancelled || in.emptied():
		m.Verb = order.Cancel
	case topic == "orders/create":
		m.Verb = order.Create
	case topic == "orders/paid":
		m.Verb = order.Paid
	}
	m.Order, err = in.order()
	return m, err
}

// isOrder tells an order from what else Shopify signs: parcels and refunds name
// theirs, drafts have a status, checkouts the address at which they were left.
func (in shopifyOrder) isOrder() bool {
	return in.OrderID == "" && (in.FinancialStatus != "" || len(in.Lines) > 0 && in.Status == "" && in.Checkout == "")
}

// paid reports whether all of the money came in, some of which may have gone
// back since.
func (in shopifyOrder) paid() bool {
	return slices.Contains([]Text{"paid", "partially_refunded", "refunded"}, in.FinancialStatus)
}

// shopifyParcel is a fulfilment.
type shopifyParcel struct {
	ID              Text          `json:"id"`
	OrderID         Text          `json:"order_id"`
	Status          Text          `json:"status"`
	FinancialStatus Text          `json:"financial_status"` // only orders have one
	Company         Text          `json:"tracking_company"`
	Number          Text          `json:"tracking_number"`
	Numbers         []Text        `json:"tracking_numbers"`
	URL             Text          `json:"tracking_url"`
	ShipmentStatus  Text          `json:"shipment_status"` // of the carrier: in_transit, out_for_delivery, delivered, failure, …
	CreatedAt       Text          `json:"created_at"`
	UpdatedAt       Text          `json:"updated_at"`
	Lines           []shopifyLine `json:"line_items"`
}

var shopifyParcels = formOf[shopifyParcel]()

func shopifyFulfilment(topic string, body []byte) (order.Message, error) {
	in, err := shopifyParcels.read(body)
	if err != nil {
		return order.Message{}, err
	}
	if in.OrderID == "" || in.ID == "" || in.FinancialStatus != "" || len(in.Lines) == 0 {
		return order.Message{}, swapped(topic, "not a parcel")
	}
	m := order.Message{Verb: order.Unknown, Topic: topic, Order: order.Incoming{ExternalID: first(in.OrderID)}}
	var f figures
	switch {
	case in.gone():
		m.Verb, m.Order.Parcels = order.Fulfil, []order.IncomingShipment{in.parcel(&f, "")}
	case in.Status == "cancelled":
		return m, unreadable("shop.parcel", "the shop cancelled a parcel of order {number}", "credit what did not leave, if its invoice is out", "number", first(in.OrderID))
	} // else pending, open, error, failure: nothing has left
	return m, f.problem
}

// gone reports whether the parcel has left.
func (in shopifyParcel) gone() bool {
	return in.Status == "success" && in.ID != "" && len(in.Lines) > 0
}

func (in shopifyParcel) parcel(f *figures, at string) order.IncomingShipment {
	out := order.IncomingShipment{
		ExternalID: first(in.ID), Carrier: name(in.Company), Tracking: name(append([]Text{in.Number}, in.Numbers...)...), Link: trimmed(in.URL), At: when(in.CreatedAt),
	}
	if in.ShipmentStatus == "delivered" {
		out.Delivered = &order.IncomingDelivery{At: when(in.UpdatedAt), Evidence: "Shopify: shipment_status delivered"}
	}
	for i, l := range in.Lines {
		said := order.ShippedLine{ExternalID: first(l.ID), Quantity: f.whole(fmt.Sprintf("%s/line_items/%d/quantity", at, i), l.Quantity)}
		if said.ExternalID == "" {
			said.SKU = name(l.SKU)
		}
		out.Lines = append(out.Lines, said)
	}
	return out
}
