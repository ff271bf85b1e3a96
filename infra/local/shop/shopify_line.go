package shop

import "fmt"

func (s Shopify) line(o Order, l Line, p priced, i int) fields {
	id := s.id("line", o.Number, l.SKU, fmt.Sprint(i))
	shipped, current := o.shipped(l.SKU), l.Quantity-o.refunded(l.SKU)
	if !o.CancelledAt.IsZero() {
		current = 0
	}
	status := ""
	switch {
	case shipped >= l.Quantity:
		status = "fulfilled"
	case shipped > 0:
		status = "partial"
	}
	taxes := []any{}
	if !p.rate.IsZero() {
		taxes = append(taxes, s.taxLine(o, p.rate, p.tax))
	}
	discounts := []any{}
	if p.discount > 0 {
		discounts = append(discounts, fields{"amount", major(p.discount, o.Currency), "amount_set", s.set(p.discount, o.Currency),
			"discount_application_index", 0})
	}
	return fields{
		"id", id, "admin_graphql_api_id", gid("LineItem", id), "attributed_staffs", []any{}, "current_quantity", current,
		"fulfillable_quantity", max(0, current-shipped), "fulfillment_service", "manual", "fulfillment_status", orNull(status),
		"gift_card", false, "grams", gramsOf(l), "name", l.Name, "price", major(l.UnitPriceMinor, o.Currency),
		"price_set", s.set(l.UnitPriceMinor, o.Currency), "product_exists", true, "product_id", s.id("product", l.SKU),
		"properties", []any{}, "quantity", l.Quantity, "requires_shipping", !l.Virtual, "sales_line_item_group_id", nil,
		"sku", l.SKU, "taxable", !p.rate.IsZero(), "title", l.Name,
		"total_discount", major(0, o.Currency), "total_discount_set", s.set(0, o.Currency),
		"variant_id", s.id("variant", l.SKU), "variant_inventory_management", "shopify", "variant_title", nil,
		"vendor", "Voorbeeld Groothandel", "tax_lines", taxes, "duties", []any{}, "discount_allocations", discounts,
	}
}

// gramsOf invents a weight, the same for each SKU in every message.
func gramsOf(l Line) int64 {
	if l.Virtual {
		return 0
	}
	return 50 * (1 + number(40, "weight", l.SKU))
}

func (s Shopify) shippingLines(o Order, t sums, mark string) []any {
	title, taxes := o.Shipping.Title, []any{}
	if title == "" {
		title = "PostNL"
	}
	if t.shipping.tax > 0 {
		taxes = append(taxes, s.taxLine(o, t.shipping.rate, t.shipping.tax))
	}
	price, set := major(t.shipping.gross, o.Currency), s.set(t.shipping.gross, o.Currency)
	return []any{fields{"id", s.id("shipping", mark), "carrier_identifier", nil, "code", title,
		"current_discounted_price_set", set, "discounted_price", price, "discounted_price_set", set, "is_removed", false,
		"phone", nil, "price", price, "price_set", set, "requested_fulfillment_service_id", nil, "source", "shopify",
		"title", title, "tax_lines", taxes, "discount_allocations", []any{}}}
}

// fulfilment writes parcel i of an order.
func (s Shopify) fulfilment(o Order, i int) fields {
	f, t := o.Fulfilments[i], o.sums()
	id := s.id("fulfilment", o.Number, fmt.Sprint(i))
	lines := []any{}
	for _, c := range o.contents(i) {
		for n, l := range o.Lines {
			if l.SKU != c.SKU {
				continue
			}
			item := s.line(o, l, t.lines[n], n)
			for k := 0; k < len(item); k += 2 {
				if item[k] == "quantity" { // here it is what is in the parcel
					item[k+1] = c.Quantity
				}
			}
			lines = append(lines, item)
			break
		}
	}
	urls, numbers := []string{}, []string{}
	if f.TrackingURL != "" {
		urls = append(urls, f.TrackingURL)
	}
	if f.Tracking != "" {
		numbers = append(numbers, f.Tracking)
	}
	return fields{
		"id", id, "admin_graphql_api_id", gid("Fulfillment", id), "created_at", s.time(f.At), "location_id", s.id("location"),
		"name", fmt.Sprintf("%s.%d", s.name(o), i+1), "order_id", s.orderID(o), "origin_address", fields{}, "receipt", fields{},
		"service", "manual", "shipment_status", nil, "status", "success", "tracking_company", orNull(f.Carrier),
		"tracking_number", orNull(f.Tracking), "tracking_numbers", numbers, "tracking_url", orNull(f.TrackingURL),
		"tracking_urls", urls, "updated_at", s.time(f.At), "line_items", lines,
		// Only the webhook has these: the order's addressee.
		"email", o.Customer.Email, "destination", s.address(o.Customer, o.Customer.shippedTo()),
	}
}
