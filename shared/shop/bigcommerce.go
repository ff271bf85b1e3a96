package shop

import (
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
)

// bigNotice is what BigCommerce posts: that something changed, and its id
// (https://developer.bigcommerce.com/docs/integrations/webhooks/events).
type bigNotice struct {
	Scope Text `json:"scope"` // "store/order/updated"
	Data  struct {
		Type     Text   `json:"type"`
		ID       Text   `json:"id"`
		OrderID  Text   `json:"orderId"`  // of a parcel
		OrderID2 Text   `json:"order_id"` // of a payment
		Product  bigSKU `json:"inventory"`
	} `json:"data"`
}

var bigNotices = formOf[bigNotice]()

type bigSKU struct {
	ProductID Text `json:"product_id"`
}

// translateBigCommerce reads a notice, which asks to look, or what was found
// there: an order with its parts, or a product (bigAPI.Read).
func translateBigCommerce(topic string, body []byte) (order.Message, error) {
	in, err := bigNotices.read(body)
	if err != nil {
		return order.Message{}, err
	}
	switch {
	case in.Scope != "":
		return in.message(body)
	case strings.HasPrefix(topic, "store/product/"):
		return bigLevels(topic, body)
	case !strings.HasPrefix(topic, "store/order/"):
		return order.Message{}, unreadable("shop.body", "it is neither a notice nor an order", "look whether the shop is on BigCommerce")
	}
	return bigWhole(topic, body)
}

// message is what a notice asks for. A parcel and a payment are read with their
// order.
func (n bigNotice) message(body []byte) (order.Message, error) {
	topic := shorten(string(n.Scope), 100)
	family := strings.Split(topic, "/")
	if len(family) < 3 || family[0] != "store" {
		return order.Message{}, unreadable("shop.topic", "topic {topic} is not known", "subscribe this endpoint to orders and shipments alone", "topic", topic)
	}
	id := ""
	switch family[1] {
	case "order":
		id = "orders/" + first(n.Data.OrderID, n.Data.OrderID2, n.Data.ID)
	case "shipment":
		id = "orders/" + first(n.Data.OrderID, n.Data.OrderID2)
	case "product", "sku":
		if family[2] != "inventory" { // prices and names are kept here
			return nothingToDo(topic, body)
		}
		id = "products/" + first(n.Data.Product.ProductID, n.Data.ID)
	default:
		return nothingToDo(topic, body)
	}
	if _, number, _ := strings.Cut(id, "/"); number == "" || strings.Trim(number, "0123456789") != "" {
		return order.Message{}, unreadable("shop.body", "its notice {topic} names nothing", "look at the body in the shop", "topic", topic)
	}
	return order.Message{Verb: order.Look, Topic: topic, About: id}, nil
}

// BigCommerce's statuses of an order
// (https://developer.bigcommerce.com/docs/rest-management/orders/order-status).
const (
	bigIncomplete     = "0"
	bigPending        = "1"
	bigShipped        = "2"
	bigPartlyShipped  = "3"
	bigRefunded       = "4"
	bigCancelled      = "5"
	bigDeclined       = "6"
	bigCompleted      = "10"
	bigPartlyRefunded = "14"
)

func bigWhole(topic string, body []byte) (order.Message, error) {
	in, err := bigOrders.read(body)
	if err != nil {
		return order.Message{}, err
	}
	switch {
	case in.ID == "" || in.StatusID == "":
		return order.Message{}, swapped(topic, "not an order")
	case in.Deleted && !in.over():
		return order.Message{}, unreadable("shop.gone", "the shop archived order {number}, which is {state}", "cancel it here, unless it is to be delivered all the same", "number", first(in.ID), "state", name(in.Status))
	}
	m := order.Message{Verb: in.verb(), Topic: topic}
	m.Order, err = in.order()
	if m.Verb == order.Refund && len(m.Order.Refunds) == 0 && in.StatusID == bigRefunded {
		m.Order.Refunds = []order.IncomingRefund{{At: m.Order.UpdatedAt}} // somebody set the status: all of it
	}
	return m, err
}

// over reports whether nothing is to be done for the order any more.
func (in bigOrder) over() bool {
	switch in.StatusID {
	case bigIncomplete, bigShipped, bigRefunded, bigCancelled, bigDeclined, bigCompleted:
		return true
	}
	return false
}

// verb is what the order's status asks for.
func (in bigOrder) verb() order.Verb {
	switch in.StatusID {
	case bigIncomplete:
		return order.Unknown // no order, or none as yet
	case bigPending:
		if in.byGateway() {
			return order.Unknown // the customer is still at the gateway and may never pay
		}
	case bigCancelled, bigDeclined:
		return order.Cancel
	case bigRefunded, bigPartlyRefunded:
		if in.emptied() {
			return order.Cancel
		}
		return order.Refund
	case bigShipped, bigCompleted:
		return order.Fulfil
	}
	if in.emptied() {
		return order.Cancel
	}
	return order.Update
}

// bigProduct is a product of the catalogue with what can be sold of it, or of each
// of its variants
// (https://developer.bigcommerce.com/docs/rest-catalog/products#get-a-product).
type bigProduct struct {
	bigItem
	Tracking  Text      `json:"inventory_tracking"` // none, product, variant
	UpdatedAt Text      `json:"date_modified"`
	Variants  []bigItem `json:"variants"`
}

type bigItem struct {
	ID    Text `json:"id"`
	SKU   Text `json:"sku"`
	Level Text `json:"inventory_level"`
}

var bigProducts = formOf[bigProduct]()

func bigLevels(topic string, body []byte) (order.Message, error) {
	in, err := bigProducts.read(body)
	if err != nil {
		return order.Message{}, err
	}
	items := []bigItem{in.bigItem}
	switch in.Tracking {
	case "variant":
		items = in.Variants
	case "product":
	default:
		items = nil
	}
	m := order.Message{Verb: order.Stock, Topic: topic}
	var f figures
	for _, it := range items {
		if units := f.units("/inventory_level", it.Level); units != nil && name(it.SKU) != "" && len(m.Levels) < order.LinesMax {
			m.Levels = append(m.Levels, order.Level{ItemID: first(it.ID), SKU: name(it.SKU), Available: units, At: when(in.UpdatedAt)})
		}
	}
	return m, f.problem
}

// share is a part of an amount, by units.
func share(amount decimal.Decimal, units, of int64) decimal.Decimal {
	if units == of || of == 0 {
		return amount
	}
	return amount.Mul(decimal.NewFromInt(units)).DivRound(decimal.NewFromInt(of), 4)
}
