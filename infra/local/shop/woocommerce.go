package shop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/signature"
)

// WooCommerce is a shop on WooCommerce. Bodies are those of its REST API v3
// (woocommerce.github.io/woocommerce-rest-api-docs), spelled as PHP does.
type WooCommerce struct {
	Site      string // "https://voorbeeld.example/"
	Secret    string // of the webhook
	WebhookID int    // 0 means 12
	Zone      *time.Location
}

// The topics that the product understands.
const (
	WooCreated  = "order.created"
	WooUpdated  = "order.updated"
	WooDeleted  = "order.deleted"
	WooRestored = "order.restored"
)

// Order is a message of one of the order.… topics about o as it is at that
// instant, which becomes its date_modified.
func (s WooCommerce) Order(topic string, o Order, at time.Time) (Message, error) {
	raw, err := o.encode(func() fields {
		if topic == WooDeleted {
			return fields{"id", s.orderID(o)} // all that WooCommerce sends
		}
		return s.order(o, at)
	})
	if err != nil {
		return Message{}, err
	}
	raw = phpEncoded(raw)
	header, err := signature.Sign(signature.WooCommerce, "", raw, at, s.Secret)
	if err != nil {
		return Message{}, err
	}
	resource, event, _ := strings.Cut(topic, ".")
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "WooCommerce/9.8.5 Hookshot (WordPress/6.8.1)")
	header.Set("X-WC-Webhook-Source", s.Site)
	header.Set("X-WC-Webhook-Topic", topic)
	header.Set("X-WC-Webhook-Resource", resource)
	header.Set("X-WC-Webhook-Event", event)
	header.Set("X-WC-Webhook-ID", strconv.Itoa(s.webhookID()))
	header.Set("X-WC-Delivery-ID", token(32, "delivery", topic, string(raw), at.String()))
	return Message{Header: header, Body: raw}, nil
}

// Ping is what WooCommerce posts when a webhook is saved: form-encoded and
// unsigned.
func (s WooCommerce) Ping() Message {
	header := http.Header{}
	header.Set("Content-Type", "application/x-www-form-urlencoded")
	header.Set("User-Agent", "WooCommerce/9.8.5 Hookshot (WordPress/6.8.1)")
	return Message{Header: header, Body: []byte("webhook_id=" + strconv.Itoa(s.webhookID()))}
}

func (s WooCommerce) webhookID() int {
	if s.WebhookID == 0 {
		return 12
	}
	return s.WebhookID
}

// orderID: posts of all kinds share one sequence, so ids differ from numbers.
func (s WooCommerce) orderID(o Order) int64 {
	n, err := strconv.ParseInt(digitsOf(o.Number), 10, 64)
	if err != nil {
		return number(1e6, s.Site, o.Number)
	}
	return n
}

func (s WooCommerce) status(o Order) string {
	switch {
	case !o.CancelledAt.IsZero():
		return "cancelled"
	case o.financialStatus() == "refunded":
		return "refunded"
	case o.fulfilmentStatus() == "fulfilled":
		return "completed"
	case o.paid() || o.Gateway == "invoice" || o.Gateway == "cod":
		return "processing" // gateways that are settled later let the order go on
	}
	return "on-hold"
}

// gateway is WooCommerce's id of the payment method and its title.
func (s WooCommerce) gateway(o Order) (id, title string) {
	titles := map[string]string{"bacs": "Bankoverschrijving", "invoice": "Op rekening", "cod": "Rembours",
		"mollie_wc_gateway_ideal": "iDEAL | Wero", "mollie_wc_gateway_creditcard": "Creditcard", "ppcp-gateway": "PayPal",
		"klarna_payments": "Klarna"}
	id = o.Gateway
	if id == "" {
		id = "bacs"
	}
	if title = titles[id]; title == "" {
		title = id
	}
	return id, title
}

func (s WooCommerce) order(o Order, at time.Time) fields {
	t := o.sums()
	code, c, id := o.Currency, o.Customer, s.orderID(o)
	method, title := s.gateway(o)
	var paid, completed time.Time
	if o.paid() {
		paid = o.PlacedAt
	}
	if n := len(o.Fulfilments); n > 0 && o.fulfilmentStatus() == "fulfilled" {
		completed = o.Fulfilments[n-1].At
	}
	return fields{
		"id", id, "parent_id", 0, "status", s.status(o), "currency", code, "version", "9.8.5", "prices_include_tax", o.PricesIncludeTax,
		"date_created", s.local(o.PlacedAt), "date_modified", s.local(at),
		"discount_total", major(s.discountNet(o, t), code), "discount_tax", major(s.discountTax(o, t), code),
		"shipping_total", major(t.shipping.net(o.PricesIncludeTax), code), "shipping_tax", major(t.shippingTax, code),
		"cart_tax", major(t.tax-t.shippingTax, code), "total", major(t.total, code), "total_tax", major(t.tax, code),
		"customer_id", c.ID, "order_key", "wc_order_" + token(13, s.Site, o.Number),
		"billing", s.billing(c), "shipping", s.shippingAddress(c),
		"payment_method", method, "payment_method_title", title, "transaction_id", o.Reference,
		"customer_ip_address", "203.0.113.24", "customer_user_agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
		"created_via", "checkout", "customer_note", o.Note,
		"date_completed", s.local(completed), "date_paid", s.local(paid), "cart_hash", token(32, "cart", s.Site, o.Number),
		"number", o.Number, "meta_data", s.meta(o), "line_items", s.lines(o, t), "tax_lines", s.taxLines(o, t),
		"shipping_lines", s.shippingLines(o, t), "fee_lines", []any{}, "coupon_lines", s.coupons(o, t), "refunds", s.refunds(o),
		"payment_url", fmt.Sprintf("%scheckout/order-pay/%d/?pay_for_order=true&key=wc_order_%s", s.Site, id, token(13, s.Site, o.Number)),
		"is_editable", s.status(o) == "on-hold", "needs_payment", false, "needs_processing", true,
		"date_created_gmt", gmt(o.PlacedAt), "date_modified_gmt", gmt(at), "date_completed_gmt", gmt(completed), "date_paid_gmt", gmt(paid),
		"currency_symbol", map[string]string{"EUR": "€", "USD": "$", "GBP": "£"}[code],
		"_links", fields{"self", []any{fields{"href", fmt.Sprintf("%swp-json/wc/v3/orders/%d", s.Site, id)}},
			"collection", []any{fields{"href", s.Site + "wp-json/wc/v3/orders"}}},
	}
}

// refunds are listed by what they come to, below zero; what they were for stands
// in the REST API alone.
func (s WooCommerce) refunds(o Order) []any {
	out := []any{}
	for i, r := range o.Refunds {
		out = append(out, fields{"id", s.orderID(o)*100 + int64(i), "reason", r.Note, "total", "-" + major(o.amount(r), o.Currency)})
	}
	return out
}

// local is a time in the site's zone, written without its offset; gmt likewise
// in UTC.
func (s WooCommerce) local(t time.Time) any {
	if s.Zone != nil {
		t = t.In(s.Zone)
	}
	return plainTime(t)
}

func gmt(t time.Time) any { return plainTime(t.UTC()) }

func plainTime(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Format("2006-01-02T15:04:05")
}

func (s WooCommerce) billing(c Customer) fields {
	return append(s.address(c, c.Address), "email", c.Email, "phone", c.Phone)
}

func (s WooCommerce) shippingAddress(c Customer) fields {
	return append(s.address(c, c.shippedTo()), "phone", c.Phone)
}

func (s WooCommerce) address(c Customer, a Address) fields {
	first, last := names(c.Name)
	return fields{"first_name", first, "last_name", last, "company", c.Company, "address_1", a.Street, "address_2", a.Extra,
		"city", a.City, "state", "", "postcode", a.PostalCode, "country", a.country()}
}

// meta is where plug-ins keep what WooCommerce has no field for; the VAT
// number's key is that of the usual EU VAT plug-ins.
func (s WooCommerce) meta(o Order) []any {
	out := []any{fields{"id", s.metaID(o, 0), "key", "_wc_order_attribution_source_type", "value", "typein"}}
	for i, a := range o.attributes() {
		key := a.Name
		if key == "vat_number" || key == "kvk_number" {
			key = "_billing_" + key
		}
		out = append(out, fields{"id", s.metaID(o, i+1), "key", key, "value", a.Value})
	}
	if o.PONumber != "" {
		out = append(out, fields{"id", s.metaID(o, 90), "key", "_purchase_order_number", "value", o.PONumber})
	}
	return out
}

func (s WooCommerce) metaID(o Order, i int) int64 { return s.orderID(o)*100 + int64(i) }

// decimalPrice is a unit price, which WooCommerce alone sends as a number and
// with all its decimals.
func decimalPrice(minor int64, quantity int64, code string) json.Number {
	price := decimal.New(minor, -digits(code)).DivRound(decimal.NewFromInt(max(quantity, 1)), 6)
	return json.Number(price.String())
}
