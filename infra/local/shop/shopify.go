package shop

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"duly/shared/signature"
)

// Shopify is a shop on Shopify. Bodies have the fields of the Admin REST order,
// version 2025-04 (shopify.dev/docs/api/webhooks).
type Shopify struct {
	Domain string // "voorbeeld.myshopify.com"
	Secret string // of the app that the webhook belongs to
	Zone   *time.Location
}

// The topics that the product understands.
const (
	OrdersCreate     = "orders/create"
	OrdersUpdated    = "orders/updated"
	OrdersPaid       = "orders/paid"
	OrdersCancelled  = "orders/cancelled"
	OrdersFulfilled  = "orders/fulfilled"
	FulfilmentCreate = "fulfillments/create"
	RefundsCreate    = "refunds/create"
)

const shopifyVersion = "2025-04"

// Order is a message of one of the orders/… topics about o as it is at that
// instant, which becomes its updated_at.
func (s Shopify) Order(topic string, o Order, at time.Time) (Message, error) {
	return s.message(topic, o, at, func() fields { return s.order(o, at) })
}

// Fulfilment is the fulfillments/create message about the last parcel of o.
func (s Shopify) Fulfilment(o Order, at time.Time) (Message, error) {
	if len(o.Fulfilments) == 0 {
		return Message{}, fmt.Errorf("send the parcel of order %s — it has none — add it to Fulfilments first", o.Number)
	}
	return s.message(FulfilmentCreate, o, at, func() fields { return s.fulfilment(o, len(o.Fulfilments)-1) })
}

// Refund is the refunds/create message about a refund of amountMinor without
// goods coming back.
func (s Shopify) Refund(o Order, amountMinor int64, note string, at time.Time) (Message, error) {
	r := Refund{AmountMinor: amountMinor, Note: note, At: at}
	return s.message(RefundsCreate, o, at, func() fields { return s.refund(o, r) })
}

// Refunded is the refunds/create message about the last of o's refunds.
func (s Shopify) Refunded(o Order, at time.Time) (Message, error) {
	if len(o.Refunds) == 0 {
		return Message{}, fmt.Errorf("send the refund of order %s — it has none — add it to Refunds first", o.Number)
	}
	return s.message(RefundsCreate, o, at, func() fields { return s.refund(o, o.Refunds[len(o.Refunds)-1]) })
}

func (s Shopify) refund(o Order, r Refund) fields {
	order, id, amount := s.orderID(o), s.id("refund", o.Number, r.At.String()), o.amount(r)
	adjustments := []any{}
	if len(r.Lines) == 0 {
		adjustments = append(adjustments, fields{
			"id", s.id("adjustment", o.Number, r.At.String()), "order_id", order, "refund_id", id,
			"amount", "-" + major(amount, o.Currency), "tax_amount", major(0, o.Currency), "kind", "refund_discrepancy",
			"reason", "Refund discrepancy", "amount_set", s.set(-amount, o.Currency), "tax_amount_set", s.set(0, o.Currency),
		})
	}
	moves := []any{}
	if o.paid() {
		moves = append(moves, s.moneyBack(o, r, amount))
	}
	return fields{
		"id", id, "order_id", order, "created_at", s.time(r.At), "note", orNull(r.Note), "user_id", nil,
		"processed_at", s.time(r.At), "duties", []any{}, "total_duties_set", s.set(0, o.Currency), "return", nil,
		"refund_shipping_lines", []any{}, "admin_graphql_api_id", gid("Refund", id), "refund_line_items", s.refundLines(o, r),
		"transactions", moves, "order_adjustments", adjustments,
	}
}

func (s Shopify) moneyBack(o Order, r Refund, amount int64) fields {
	order := s.orderID(o)
	return fields{
		"id", s.id("transaction", o.Number, r.At.String()), "order_id", order, "kind", "refund", "gateway", s.gateway(o),
		"status", "success", "message", "Refunded", "created_at", s.time(r.At), "test", o.Test, "authorization", nil,
		"location_id", nil, "user_id", nil, "parent_id", s.id("transaction", o.Number), "processed_at", s.time(r.At),
		"device_id", nil, "error_code", nil, "source_name", "web", "amount", major(amount, o.Currency),
		"currency", o.Currency, "payment_id", "#" + digitsOf(o.Number) + ".2",
		"total_unsettled_set", s.set(0, o.Currency), "manual_payment_gateway", s.gateway(o) == "manual",
	}
}

// refundLines are the goods of a refund: Shopify restocks what never left as
// "cancel", what came back as "return".
func (s Shopify) refundLines(o Order, r Refund) []any {
	restock, out, t := "return", []any{}, o.sums()
	if r.Unshipped {
		restock = "cancel"
	}
	for _, f := range r.Lines {
		for i, l := range o.Lines {
			if l.SKU != f.SKU {
				continue
			}
			subtotal, tax := o.worth(f)
			out = append(out, fields{
				"id", s.id("refund_line", o.Number, r.At.String(), f.SKU), "line_item_id", s.id("line", o.Number, l.SKU, fmt.Sprint(i)),
				"location_id", s.id("location"), "quantity", f.Quantity, "restock_type", restock, "subtotal", major(subtotal, o.Currency),
				"subtotal_set", s.set(subtotal, o.Currency), "total_tax", major(tax, o.Currency), "total_tax_set", s.set(tax, o.Currency),
				"line_item", s.line(o, l, t.lines[i], i),
			})
		}
	}
	return out
}

// message encodes and signs a body about o.
func (s Shopify) message(topic string, o Order, at time.Time, body func() fields) (Message, error) {
	raw, err := o.encode(body)
	if err != nil {
		return Message{}, err
	}
	header, err := signature.Sign(signature.Shopify, "", raw, at, s.Secret)
	if err != nil {
		return Message{}, err
	}
	header.Set("Content-Type", "application/json")
	header.Set("Accept", "*/*")
	header.Set("User-Agent", "Shopify-Captain-Hook")
	header.Set("X-Shopify-Topic", topic)
	header.Set("X-Shopify-Shop-Domain", s.Domain)
	header.Set("X-Shopify-API-Version", shopifyVersion)
	header.Set("X-Shopify-Order-Id", fmt.Sprint(s.orderID(o)))
	header.Set("X-Shopify-Test", fmt.Sprint(o.Test))
	header.Set("X-Shopify-Triggered-At", at.UTC().Format("2006-01-02T15:04:05.000000000Z"))
	header.Set("X-Shopify-Webhook-Id", uuid("delivery", topic, string(raw)))
	header.Set("X-Shopify-Event-Id", uuid("event", topic, string(raw)))
	return Message{Header: header, Body: raw}, nil
}

// id is larger than 2^53, as Shopify's own samples are: a reader that takes it
// for a float64 gets another order.
func (s Shopify) id(words ...string) int64 {
	return 500_000_000_000_000_000 + number(400_000_000_000_000_000, append([]string{s.Domain}, words...)...)
}

func (s Shopify) orderID(o Order) int64 { return s.id("order", o.Number) }

func gid(kind string, id int64) string { return fmt.Sprintf("gid://shopify/%s/%d", kind, id) }

func (s Shopify) time(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	if s.Zone != nil {
		t = t.In(s.Zone)
	}
	return t.Format("2006-01-02T15:04:05-07:00")
}

// set is an amount in the shop's currency and in the customer's, here the same.
func (s Shopify) set(minor int64, code string) fields {
	amount := fields{"amount", major(minor, code), "currency_code", code}
	return fields{"shop_money", amount, "presentment_money", amount}
}

func (s Shopify) gateway(o Order) string {
	if o.Gateway == "" {
		return "manual"
	}
	return o.Gateway
}

// name is what people call the order: #1001, or the shop's own prefix.
func (s Shopify) name(o Order) string {
	if o.Number == digitsOf(o.Number) {
		return "#" + o.Number
	}
	return o.Number
}

// digitsOf are the digits at the end of an order number with a prefix.
func digitsOf(number string) string {
	return number[strings.LastIndexFunc(number, func(r rune) bool { return r < '0' || r > '9' })+1:]
}

func (s Shopify) orderNumber(o Order) json.Number {
	n := strings.TrimLeft(digitsOf(o.Number), "0")
	if n == "" {
		return "0"
	}
	return json.Number(n)
}
