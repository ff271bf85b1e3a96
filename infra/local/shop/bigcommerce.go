package shop

import (
	"cmp"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/signature"
)

// BigCommerce is a shop on BigCommerce. Its webhooks carry ids alone; the things
// themselves stand in its REST API, V2 and V3
// (developer.bigcommerce.com/docs/rest-management/orders).
type BigCommerce struct {
	Hash   string // of the store
	Secret string // client secret of the API account that made the webhooks
}

// The scopes that the product understands, and the two that subscribe to them.
const (
	BigCreated  = "store/order/created"
	BigUpdated  = "store/order/updated"
	BigRefunded = "store/order/refund/created"
	BigShipped  = "store/shipment/created"

	BigOrders    = "store/order/*"
	BigShipments = "store/shipment/*"
)

// BigHook is the subscription by which a notice is sent; "" for another body.
func BigHook(body []byte) string {
	var in struct {
		Scope string `json:"scope"`
	}
	_ = json.Unmarshal(body, &in) // no notice, no scope
	for _, hook := range []string{BigOrders, BigShipments} {
		if strings.HasPrefix(in.Scope, strings.TrimSuffix(hook, "*")) {
			return hook
		}
	}
	return ""
}

// Notice says that something of o changed; "" is BigUpdated.
func (s BigCommerce) Notice(scope string, o Order, at time.Time) (Message, error) {
	scope = cmp.Or(scope, BigUpdated)
	data := fields{"type", "order", "id", s.orderID(o)}
	switch scope {
	case BigShipped:
		data = fields{"type", "shipment", "id", s.parcelID(o, len(o.Fulfilments)-1), "orderId", s.orderID(o)}
	case BigRefunded:
		data = append(data, "refund", fields{"refund_id", s.parcelID(o, len(o.Refunds)-1)})
	}
	return s.sign(fields{"scope", scope, "store_id", "1025646", "data", data,
		"hash", token(40, scope, o.Number, at.String()), "created_at", at.Unix(), "producer", "stores/" + s.Hash}, at)
}

func (s BigCommerce) sign(body fields, at time.Time) (Message, error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return Message{}, err
	}
	header, err := signature.Sign(signature.BigCommerce, uuid("notice", string(raw)), raw, at, s.Secret)
	if err != nil {
		return Message{}, err
	}
	header.Set("Content-Type", "application/json")
	return Message{Header: header, Body: raw}, nil
}

// orderID is the order's number, too.
func (s BigCommerce) orderID(o Order) int64 {
	n, err := strconv.ParseInt(digitsOf(o.Number), 10, 64)
	if err != nil {
		return number(1e6, s.Hash, o.Number)
	}
	return n
}

func (s BigCommerce) parcelID(o Order, i int) int64 { return s.orderID(o)*10 + int64(i) + 1 }
func (s BigCommerce) lineID(o Order, i int) int64   { return s.orderID(o)*100 + int64(i) + 1 }

// status is BigCommerce's number of the order's status, and its name.
func (s BigCommerce) status(o Order) (int, string) {
	switch {
	case !o.CancelledAt.IsZero():
		return 5, "Cancelled"
	case o.financialStatus() == "refunded":
		return 4, "Refunded"
	case len(o.Refunds) > 0:
		return 14, "Partially Refunded"
	case o.fulfilmentStatus() == "fulfilled":
		return 2, "Shipped"
	case o.fulfilmentStatus() == "partial":
		return 3, "Partially Shipped"
	case o.paid() || o.Gateway == "invoice" || o.Gateway == "manual":
		return 11, "Awaiting Fulfillment"
	}
	return 7, "Awaiting Payment"
}

// method is the name of the payment method, and what became of the payment.
func (s BigCommerce) method(o Order) (name, status string) {
	names := map[string]string{"": "Bank Deposit", "bacs": "Bank Deposit", "manual": "Manual", "invoice": "Purchase Order", "paypal": "PayPal", "mollie": "Mollie - iDEAL", "stripe": "Stripe"}
	if name = cmp.Or(names[o.Gateway], o.Gateway); o.Test {
		name = "Test Payment Gateway"
	}
	switch o.financialStatus() {
	case "paid":
		return name, "captured"
	case "authorized", "refunded":
		return name, o.financialStatus()
	case "partially_refunded":
		return name, "partially refunded"
	}
	return name, ""
}

// four writes minor units with the four decimals that BigCommerce has.
func four(minor int64, code string) string {
	return decimal.New(minor, -digits(code)).StringFixed(4)
}

// order is the V2 order, with links to what is kept apart.
func (s BigCommerce) order(o Order, at time.Time) fields {
	t, code, id := o.sums(), o.Currency, s.orderID(o)
	status, name := s.status(o)
	method, paid := s.method(o)
	shipped, items, gone := "", int64(0), int64(0)
	for _, l := range o.Lines {
		items, gone = items+l.Quantity, gone+o.shipped(l.SKU)
	}
	if n := len(o.Fulfilments); n > 0 {
		shipped = mailTime(o.Fulfilments[n-1].At)
	}
	var back int64
	for _, r := range o.Refunds {
		back += o.amount(r)
	}
	goodsEx, goodsTax := t.gross, int64(0)
	for _, p := range t.lines {
		goodsTax += taxOf(p.gross, p.rate, o.PricesIncludeTax)
	}
	if o.PricesIncludeTax {
		goodsEx -= goodsTax
	}
	shipping := t.shipping.net(o.PricesIncludeTax)
	f := fields{"id", id, "customer_id", o.Customer.ID, "date_created", mailTime(o.PlacedAt), "date_modified", mailTime(at), "date_shipped", shipped,
		"status_id", status, "status", name, "subtotal_ex_tax", four(goodsEx, code), "subtotal_inc_tax", four(goodsEx+goodsTax, code), "subtotal_tax", four(goodsTax, code),
		"base_shipping_cost", four(t.shipping.gross, code), "shipping_cost_ex_tax", four(shipping, code), "shipping_cost_inc_tax", four(shipping+t.shippingTax, code),
		"shipping_cost_tax", four(t.shippingTax, code)}
	for _, extra := range []string{"handling", "wrapping"} {
		f = append(f, "base_"+extra+"_cost", "0.0000", extra+"_cost_ex_tax", "0.0000", extra+"_cost_inc_tax", "0.0000", extra+"_cost_tax", "0.0000")
	}
	return append(f, "total_ex_tax", four(t.total-t.tax, code), "total_inc_tax", four(t.total, code), "total_tax", four(t.tax, code), "is_tax_inclusive_pricing", o.PricesIncludeTax,
		"items_total", items, "items_shipped", gone, "payment_method", method, "payment_provider_id", o.Reference, "payment_status", paid, "refunded_amount", four(back, code),
		"store_credit_amount", "0.0000", "gift_certificate_amount", "0.0000", "currency_code", code, "currency_exchange_rate", "1.0000000000",
		"default_currency_code", code, "staff_notes", "", "customer_message", o.Note, "discount_amount", "0.0000", "coupon_discount", four(t.discount, code),
		"shipping_address_count", 1, "is_deleted", false, "cart_id", uuid("cart", o.Number), "billing_address", s.address(o, o.Customer.Address), "order_source", "www", "channel_id", 1,
		"products", s.link(id, "products"), "shipping_addresses", s.link(id, "shippingaddresses"), "coupons", s.link(id, "coupons"), "fees", []any{},
		"external_id", nil, "tax_provider_id", "BasicTaxProvider", "store_default_currency_code", code, "custom_status", name,
		"customer_locale", strings.ToLower(strings.Split(cmp.Or(o.Customer.Locale, "nl-NL"), "-")[0]))
}

func (s BigCommerce) link(id int64, what string) fields {
	resource := "/orders/" + strconv.FormatInt(id, 10) + "/" + what
	return fields{"url", "https://api.bigcommerce.com/stores/" + s.Hash + "/v2" + resource, "resource", resource}
}

// mailTime is RFC 2822's, in UTC.
func mailTime(t time.Time) string { return t.UTC().Format(time.RFC1123Z) }

// address carries what checkout fields of the shop's own ask for.
func (s BigCommerce) address(o Order, a Address) fields {
	first, last := names(o.Customer.Name)
	own := []any{}
	for _, f := range o.attributes() {
		own = append(own, fields{"name", f.Name, "value", f.Value})
	}
	if o.PONumber != "" {
		own = append(own, fields{"name", "PO number", "value", o.PONumber})
	}
	return fields{"first_name", first, "last_name", last, "company", o.Customer.Company, "street_1", a.Street, "street_2", a.Extra, "city", a.City, "state", "",
		"zip", a.PostalCode, "country", countryName(a.country()), "country_iso2", a.country(), "phone", o.Customer.Phone, "email", o.Customer.Email, "form_fields", own}
}
