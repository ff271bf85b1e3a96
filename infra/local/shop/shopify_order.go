package shop

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/shopspring/decimal"
)

// order writes o as Shopify's order object, every usual field in its place.
func (s Shopify) order(o Order, at time.Time) fields {
	t := o.sums()
	c, code := o.Customer, o.Currency
	current, outstanding := o.current().sums(), t.total
	if !o.CancelledAt.IsZero() {
		current, outstanding = sums{}, 0 // a cancelled order has nothing left in it
	}
	if o.paid() {
		outstanding = 0
	}
	status := o.financialStatus()
	if status == "pending" && !o.CancelledAt.IsZero() {
		status = "voided"
	}
	id, mark := s.orderID(o), token(32, s.Domain, "order", o.Number)
	head := fields{
		"id", id, "admin_graphql_api_id", gid("Order", id), "app_id", 580111, "browser_ip", "203.0.113.24",
		"buyer_accepts_marketing", false, "cancel_reason", orNull(o.CancelReason), "cancelled_at", s.time(o.CancelledAt),
		"cart_token", token(24, "cart", mark), "checkout_id", s.id("checkout", o.Number), "checkout_token", token(32, "checkout", mark),
		"client_details", fields{"accept_language", s.locale(c), "browser_height", nil, "browser_ip", "203.0.113.24",
			"browser_width", nil, "session_hash", nil, "user_agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"},
		"closed_at", nil, "company", nil, "confirmation_number", token(9, "confirmation", mark), "confirmed", true,
		"contact_email", orNull(c.Email), "created_at", s.time(o.PlacedAt), "currency", code,
		"current_shipping_price_set", s.set(current.shipping.gross, code),
		"current_subtotal_price", major(current.gross-current.discount, code),
		"current_subtotal_price_set", s.set(current.gross-current.discount, code),
		"current_total_additional_fees_set", nil,
		"current_total_discounts", major(current.discount, code), "current_total_discounts_set", s.set(current.discount, code),
		"current_total_duties_set", nil,
		"current_total_price", major(current.total, code), "current_total_price_set", s.set(current.total, code),
		"current_total_tax", major(current.tax, code), "current_total_tax_set", s.set(current.tax, code),
		"customer_locale", s.locale(c), "device_id", nil, "discount_codes", s.discountCodes(o), "duties_included", false,
		"email", c.Email, "estimated_taxes", false, "financial_status", status, "fulfillment_status", orNull(o.fulfilmentStatus()),
		"landing_site", "/", "landing_site_ref", nil, "location_id", nil,
		"merchant_business_entity_id", token(16, s.Domain, "entity"), "merchant_of_record_app_id", nil, "name", s.name(o),
		"note", orNull(o.Note), "note_attributes", s.noteAttributes(o), "number", s.orderNumber(o), "order_number", s.orderNumber(o),
		"order_status_url", fmt.Sprintf("https://%s/%d/orders/%s/authenticate?key=%s", s.Domain, s.id("shop")%1e11, mark, token(32, "key", mark)),
		"original_total_additional_fees_set", nil, "original_total_duties_set", nil,
		"payment_gateway_names", []string{s.gateway(o)}, "phone", orNull(c.Phone), "po_number", orNull(o.PONumber),
		"presentment_currency", code, "processed_at", s.time(o.PlacedAt), "reference", orNull(o.Reference), "referring_site", nil,
		"source_identifier", nil, "source_name", "web", "source_url", nil,
	}
	return append(append(head, s.totals(o, t, outstanding, at)...), s.parts(o, t, mark)...)
}

func (s Shopify) totals(o Order, t sums, outstanding int64, at time.Time) fields {
	code := o.Currency
	var grams int64
	for _, l := range o.Lines {
		grams += l.Quantity * gramsOf(l)
	}
	return fields{
		"subtotal_price", major(t.gross-t.discount, code), "subtotal_price_set", s.set(t.gross-t.discount, code),
		"tags", "", "tax_exempt", false, "tax_lines", s.orderTax(o, t), "taxes_included", o.PricesIncludeTax, "test", o.Test,
		"token", token(32, s.Domain, "order", o.Number),
		"total_cash_rounding_payment_adjustment_set", s.set(0, code), "total_cash_rounding_refund_adjustment_set", s.set(0, code),
		"total_discounts", major(t.discount, code), "total_discounts_set", s.set(t.discount, code),
		"total_line_items_price", major(t.gross, code), "total_line_items_price_set", s.set(t.gross, code),
		"total_outstanding", major(outstanding, code),
		"total_price", major(t.total, code), "total_price_set", s.set(t.total, code),
		"total_shipping_price_set", s.set(t.shipping.gross, code),
		"total_tax", major(t.tax, code), "total_tax_set", s.set(t.tax, code),
		"total_tip_received", major(0, code), "total_weight", grams, "updated_at", s.time(at), "user_id", nil,
	}
}

func (s Shopify) parts(o Order, t sums, mark string) fields {
	parcels := []any{}
	for i := range o.Fulfilments {
		parcels = append(parcels, s.fulfilment(o, i))
	}
	refunds := []any{}
	for _, r := range o.Refunds {
		refunds = append(refunds, s.refund(o, r))
	}
	lines := []any{}
	for i, l := range o.Lines {
		lines = append(lines, s.line(o, l, t.lines[i], i))
	}
	return fields{
		"billing_address", s.address(o.Customer, o.Customer.Address), "customer", s.customer(o),
		"discount_applications", s.discountApplications(o), "fulfillments", parcels, "line_items", lines,
		"payment_terms", s.paymentTerms(o, t), "refunds", refunds,
		"shipping_address", s.address(o.Customer, o.Customer.shippedTo()),
		"shipping_lines", s.shippingLines(o, t, mark), "returns", []any{}, "line_item_groups", []any{},
	}
}

func (s Shopify) locale(c Customer) string {
	if c.Locale == "" {
		return "nl-NL"
	}
	return c.Locale
}

func (s Shopify) noteAttributes(o Order) []any {
	out := []any{}
	for _, a := range o.attributes() {
		out = append(out, fields{"name", a.Name, "value", a.Value})
	}
	return out
}

func (s Shopify) discountCodes(o Order) []any {
	if o.DiscountMinor == 0 {
		return []any{}
	}
	return []any{fields{"code", o.DiscountCode, "amount", major(o.DiscountMinor, o.Currency), "type", "fixed_amount"}}
}

func (s Shopify) discountApplications(o Order) []any {
	if o.DiscountMinor == 0 {
		return []any{}
	}
	return []any{fields{"target_type", "line_item", "type", "discount_code", "value", major(o.DiscountMinor, o.Currency),
		"value_type", "fixed_amount", "allocation_method", "across", "target_selection", "all", "code", o.DiscountCode}}
}

// orderTax is one tax line per rate, shipping's tax included.
func (s Shopify) orderTax(o Order, t sums) []any {
	out := []any{}
	for _, r := range t.byRate() {
		if !r.rate.IsZero() {
			out = append(out, s.taxLine(o, r.rate, r.lines+r.shipping))
		}
	}
	return out
}

func (s Shopify) taxLine(o Order, rate decimal.Decimal, minor int64) fields {
	return fields{"price", major(minor, o.Currency), "rate", json.Number(rate.Shift(-2).String()),
		"title", o.Customer.shippedTo().country() + " VAT", "price_set", s.set(minor, o.Currency), "channel_liable", false}
}

func (s Shopify) address(c Customer, a Address) fields {
	first, last := names(c.Name)
	return fields{"first_name", first, "address1", a.Street, "phone", orNull(c.Phone), "city", a.City, "zip", a.PostalCode,
		"province", nil, "country", countryName(a.country()), "last_name", last, "address2", orNull(a.Extra),
		"company", orNull(c.Company), "latitude", nil, "longitude", nil, "name", c.Name,
		"country_code", a.country(), "province_code", nil}
}

func (s Shopify) customer(o Order) any {
	c := o.Customer
	if c.ID == 0 && c.Email == "" {
		return nil // an order without any customer, as a point of sale makes them
	}
	id := c.ID
	if id == 0 {
		id = s.id("customer", c.Email)
	}
	first, last := names(c.Name)
	address := append(fields{"id", s.id("address", c.Email), "customer_id", id}, s.address(c, c.Address)...)
	return fields{"id", id, "created_at", s.time(o.PlacedAt), "updated_at", s.time(o.PlacedAt), "first_name", first, "last_name", last,
		"state", "disabled", "note", nil, "verified_email", true, "multipass_identifier", nil, "tax_exempt", false,
		"email", c.Email, "phone", orNull(c.Phone), "currency", o.Currency, "tax_exemptions", []any{},
		"admin_graphql_api_id", gid("Customer", id),
		"default_address", append(address, "country_name", countryName(c.Address.country()), "default", true)}
}

func (s Shopify) paymentTerms(o Order, t sums) any {
	if o.TermsDays == 0 {
		return nil
	}
	id, placed := s.id("terms", o.Number), s.time(o.PlacedAt)
	return fields{"id", id, "created_at", placed, "due_in_days", o.TermsDays, "payment_schedules", []any{fields{
		"id", id + 1, "amount", major(t.total, o.Currency), "currency", o.Currency, "issued_at", placed,
		"due_at", s.time(o.PlacedAt.AddDate(0, 0, o.TermsDays)), "completed_at", nil, "created_at", placed, "updated_at", placed}},
		"payment_terms_name", fmt.Sprintf("Net %d", o.TermsDays), "payment_terms_type", "net", "updated_at", placed}
}
