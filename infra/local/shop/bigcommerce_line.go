package shop

import (
	"cmp"
	"encoding/json"
	"strconv"
	"time"
)

// part is a list that BigCommerce keeps apart from an order; false when there is
// no such list.
func (s BigCommerce) part(o Order, name string) ([]any, bool) {
	switch name {
	case "products":
		return s.products(o), true
	case "shipping_addresses", "shippingaddresses":
		a := append(s.address(o, o.Customer.shippedTo()), "id", s.lineID(o, 0), "order_id", s.orderID(o), "items_total", len(o.Lines), "shipping_method", cmp.Or(o.Shipping.Title, "PostNL"))
		return []any{a}, true
	case "taxes":
		return s.taxes(o), true
	case "shipments":
		return s.shipments(o), true
	case "payment_actions/refunds":
		return s.refunds(o), true
	}
	return nil, false
}

// Whole is an order with all that BigCommerce keeps apart in its place, as who
// reads it puts it together.
func (s BigCommerce) Whole(o Order, at time.Time) json.Marshaler {
	out := s.order(o, at)
	for i := 0; i < len(out); i += 2 {
		if list, ok := s.part(o, out[i].(string)); ok {
			out[i+1] = list
		}
	}
	return append(out, "taxes", s.taxes(o), "shipments", s.shipments(o), "refunds", s.refunds(o))
}

func (s BigCommerce) products(o Order) []any {
	t, code, out := o.sums(), o.Currency, []any{}
	for i, l := range o.Lines {
		p := t.lines[i]
		tax := taxOf(p.gross, p.rate, o.PricesIncludeTax)
		ex, inc := p.gross, p.gross+tax
		if o.PricesIncludeTax {
			ex, inc = p.gross-tax, p.gross
		}
		unit, unitTax := l.UnitPriceMinor, taxOf(l.UnitPriceMinor, p.rate, o.PricesIncludeTax)
		unitEx, unitInc := unit, unit+unitTax
		if o.PricesIncludeTax {
			unitEx, unitInc = unit-unitTax, unit
		}
		kind, discounts := "physical", []any{}
		if l.Virtual {
			kind = "digital"
		}
		if p.discount > 0 {
			discounts = append(discounts, fields{"id", "coupon", "amount", four(p.discount, code), "name", o.DiscountCode, "code", o.DiscountCode, "target", "order"})
		}
		out = append(out, fields{"id", s.lineID(o, i), "order_id", s.orderID(o), "product_id", 1 + number(99_999, "product", l.SKU), "name", l.Name, "sku", l.SKU, "upc", "", "type", kind,
			"base_price", four(unit, code), "price_ex_tax", four(unitEx, code), "price_inc_tax", four(unitInc, code), "price_tax", four(unitTax, code),
			"base_total", four(p.gross, code), "total_ex_tax", four(ex, code), "total_inc_tax", four(inc, code), "total_tax", four(tax, code),
			"weight", "1.0000", "quantity", l.Quantity, "is_refunded", o.refunded(l.SKU) == l.Quantity, "quantity_refunded", o.refunded(l.SKU), "refund_amount", "0.0000",
			"quantity_shipped", o.shipped(l.SKU), "parent_order_product_id", nil, "is_bundled_product", false, "applied_discounts", discounts, "product_options", []any{}, "gift_certificate_id", nil})
	}
	return out
}

func (s BigCommerce) taxes(o Order) []any {
	t, out := o.sums(), []any{}
	add := func(p priced, kind string, line any) {
		if p.tax > 0 {
			out = append(out, fields{"id", len(out) + 1, "order_id", s.orderID(o), "name", "Btw", "class", "Default Tax Class", "rate", p.rate.StringFixed(4), "priority", 0,
				"priority_amount", four(p.tax, o.Currency), "line_amount", four(p.tax, o.Currency), "order_product_id", line, "line_item_type", kind})
		}
	}
	for i, p := range t.lines {
		add(p, "item", strconv.FormatInt(s.lineID(o, i), 10))
	}
	add(t.shipping, "shipping", nil)
	return out
}

func (s BigCommerce) shipments(o Order) []any {
	out := []any{}
	for i, f := range o.Fulfilments {
		items := []any{}
		for _, l := range o.contents(i) {
			items = append(items, fields{"order_product_id", s.lineOf(o, l.SKU), "product_id", 1 + number(99_999, "product", l.SKU), "quantity", l.Quantity})
		}
		out = append(out, fields{"id", s.parcelID(o, i), "order_id", s.orderID(o), "customer_id", o.Customer.ID, "date_created", mailTime(f.At), "tracking_number", f.Tracking,
			"merchant_shipping_cost", "0.0000", "shipping_method", "", "comments", "", "shipping_provider", "", "tracking_carrier", "", "tracking_link", f.TrackingURL,
			"items", items, "shipping_provider_display_name", f.Carrier, "generated_tracking_link", ""})
	}
	return out
}

func (s BigCommerce) lineOf(o Order, sku string) int64 {
	for i, l := range o.Lines {
		if l.SKU == sku {
			return s.lineID(o, i)
		}
	}
	return 0
}

func (s BigCommerce) refunds(o Order) []any {
	out := []any{}
	for i, r := range o.Refunds {
		items := []any{}
		for _, l := range r.Lines {
			items = append(items, fields{"item_type", "PRODUCT", "item_id", s.lineOf(o, l.SKU), "quantity", l.Quantity, "requested_amount", nil})
		}
		if len(items) == 0 {
			items = append(items, fields{"item_type", "ORDER", "item_id", s.orderID(o), "quantity", nil, "requested_amount", json.Number(major(o.amount(r), o.Currency))})
		}
		out = append(out, fields{"id", s.parcelID(o, i), "order_id", s.orderID(o), "user_id", 0, "created", r.At.UTC().Format("2006-01-02T15:04:05-07:00"), "reason", r.Note,
			"total_amount", json.Number(major(o.amount(r), o.Currency)), "total_tax", 0, "uses_merchant_override_values", false, "payments", []any{}, "items", items})
	}
	return out
}
