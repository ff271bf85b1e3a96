package shop

import (
	"encoding/json"
	"strings"
)

func (s WooCommerce) lines(o Order, t sums) []any {
	out := []any{}
	for i, l := range o.Lines {
		p, code := t.lines[i], o.Currency
		full := p
		full.discount = 0
		full.tax = taxOf(p.gross, p.rate, o.PricesIncludeTax)
		net, fullNet := p.net(o.PricesIncludeTax), full.net(o.PricesIncludeTax)
		out = append(out, fields{
			"id", s.orderID(o)*10 + int64(i), "name", l.Name, "product_id", 1 + number(99_999, "product", l.SKU), "variation_id", 0,
			"quantity", l.Quantity, "tax_class", taxClass(p), "subtotal", major(fullNet, code), "subtotal_tax", major(full.tax, code),
			"total", major(net, code), "total_tax", major(p.tax, code),
			"taxes", []any{fields{"id", rateID(p), "total", major(p.tax, code), "subtotal", major(full.tax, code)}},
			"meta_data", []any{}, "sku", l.SKU, "global_unique_id", "", "price", decimalPrice(net, l.Quantity, code),
			"image", fields{"id", "", "src", ""}, "parent_name", nil,
		})
	}
	return out
}

// taxClass is "" for the standard rate.
func taxClass(p priced) string {
	switch {
	case p.rate.IsZero():
		return "zero-rate"
	case p.rate.IntPart() < 15:
		return "reduced-rate"
	}
	return ""
}

// rateID is the shop's number of a tax rate.
func rateID(p priced) int64 { return 1 + p.rate.IntPart() }

func (s WooCommerce) taxLines(o Order, t sums) []any {
	out := []any{}
	country := o.Customer.shippedTo().country()
	for i, r := range t.byRate() {
		rate := strings.TrimSuffix(r.rate.String(), ".0")
		out = append(out, fields{
			"id", s.orderID(o)*10 + 500 + int64(i), "rate_code", country + "-BTW-" + rate, "rate_id", rateID(priced{rate: r.rate}),
			"label", rate + "% btw", "compound", false, "tax_total", major(r.lines, o.Currency),
			"shipping_tax_total", major(r.shipping, o.Currency), "rate_percent", r.rate.IntPart(), "meta_data", []any{},
		})
	}
	return out
}

func (s WooCommerce) shippingLines(o Order, t sums) []any {
	title := o.Shipping.Title
	if title == "" {
		title = "PostNL"
	}
	p := t.shipping
	taxes := []any{}
	if p.tax > 0 {
		taxes = append(taxes, fields{"id", rateID(p), "total", major(p.tax, o.Currency), "subtotal", ""})
	}
	return []any{fields{"id", s.orderID(o)*10 + 700, "method_title", title, "method_id", "flat_rate", "instance_id", "1",
		"total", major(p.net(o.PricesIncludeTax), o.Currency), "total_tax", major(p.tax, o.Currency), "taxes", taxes,
		"tax_status", "taxable", "meta_data", []any{}}}
}

func (s WooCommerce) coupons(o Order, t sums) []any {
	if o.DiscountMinor == 0 {
		return []any{}
	}
	return []any{fields{"id", s.orderID(o)*10 + 800, "code", strings.ToLower(o.DiscountCode),
		"discount", major(s.discountNet(o, t), o.Currency), "discount_tax", major(s.discountTax(o, t), o.Currency),
		"meta_data", []any{}, "discount_type", "fixed_cart", "nominal_amount", json.Number(major(t.discount, o.Currency)), "free_shipping", false}}
}

// discountTax is the tax that the discount saved.
func (s WooCommerce) discountTax(o Order, t sums) (tax int64) {
	for _, p := range t.lines {
		tax += taxOf(p.gross, p.rate, o.PricesIncludeTax) - p.tax
	}
	return tax
}

// discountNet is the discount without tax.
func (s WooCommerce) discountNet(o Order, t sums) int64 {
	if o.PricesIncludeTax {
		return t.discount - s.discountTax(o, t)
	}
	return t.discount
}
