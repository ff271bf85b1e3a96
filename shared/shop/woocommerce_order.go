package shop

import (
	"fmt"
	"html"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
)

// wooOrder is what the product reads of WooCommerce's order.
type wooOrder struct {
	ID            Text       `json:"id"`
	Number        Text       `json:"number"`
	OrderKey      Text       `json:"order_key"`
	Status        Text       `json:"status"`
	Currency      Text       `json:"currency"`
	Total         Text       `json:"total"`
	CustomerID    Text       `json:"customer_id"`
	CustomerNote  Text       `json:"customer_note"`
	Method        Text       `json:"payment_method"`
	TransactionID Text       `json:"transaction_id"`
	CreatedAt     Text       `json:"date_created_gmt"`
	UpdatedAt     Text       `json:"date_modified_gmt"`
	PaidAt        Text       `json:"date_paid_gmt"`
	CompletedAt   Text       `json:"date_completed_gmt"`
	Created       Text       `json:"date_created"` // by the shop's own clock, for senders that say no more
	Modified      Text       `json:"date_modified"`
	Paid          Text       `json:"date_paid"`
	Billing       wooAddress `json:"billing"`
	Shipping      wooAddress `json:"shipping"`
	Meta          []wooMeta  `json:"meta_data"`
	Lines         []wooLine  `json:"line_items"`
	ShippingLines []wooLine  `json:"shipping_lines"`
	FeeLines      []wooLine  `json:"fee_lines"`
	TaxLines      []wooRate  `json:"tax_lines"`
	Refunds       []wooBack  `json:"refunds"`
}

var wooOrders = formOf[wooOrder]()

// wooBack is a refund as its order lists it: an amount below zero. What it was
// for stands in the shop's API alone.
type wooBack struct {
	ID     Text `json:"id"`
	Reason Text `json:"reason"`
	Total  Text `json:"total"`
}

type wooAddress struct {
	FirstName Text `json:"first_name"`
	LastName  Text `json:"last_name"`
	Company   Text `json:"company"`
	Address1  Text `json:"address_1"`
	Address2  Text `json:"address_2"`
	Postcode  Text `json:"postcode"`
	City      Text `json:"city"`
	Country   Text `json:"country"`
	Email     Text `json:"email"`
	Phone     Text `json:"phone"`
}

type wooMeta struct {
	Key   Text `json:"key"`
	Value Text `json:"value"` // anything at all: what is no text is nobody's number
}

// wooLine is a product, a shipping method or a fee. Its amounts are of the whole
// line and without tax, whatever the shop shows its customers.
type wooLine struct {
	ID          Text     `json:"id"`
	Name        Text     `json:"name"`
	MethodTitle Text     `json:"method_title"`
	SKU         Text     `json:"sku"`
	Quantity    Text     `json:"quantity"`
	Subtotal    Text     `json:"subtotal"` // before coupons
	Total       Text     `json:"total"`
	TotalTax    Text     `json:"total_tax"`
	Taxes       []wooTax `json:"taxes"`
}

type wooTax struct {
	RateID Text `json:"id"`
	Total  Text `json:"total"`
}

type wooRate struct {
	RateID  Text `json:"rate_id"`
	Percent Text `json:"rate_percent"`
}

func (in wooOrder) order() (order.Incoming, error) {
	var f figures
	currency := strings.ToUpper(string(in.Currency))
	var extra attributes
	for _, m := range in.Meta {
		extra.take(m.Key, m.Value)
	}
	out := order.Incoming{
		ExternalID: first(in.ID), Number: name(in.Number, in.ID), Buyer: in.buyer(extra), Currency: currency, Lines: in.lines(&f),
		Total: f.amount("/total", in.Total, currency), PlacedAt: when(Text(first(in.CreatedAt, in.Created))), UpdatedAt: when(Text(first(in.UpdatedAt, in.Modified, in.CreatedAt, in.Created))),
		Note: note(string(in.CustomerNote)), PONumber: extra.reference(""),
	}
	if at := when(Text(first(in.PaidAt, in.Paid))); in.byGateway() && !at.IsZero() && out.Total.IsPositive() {
		// WooCommerce says when, never how much: it was what the order came to then.
		out.PaidAtShop = &order.Payment{Gateway: gateway(in.Method), Reference: shorten(first(in.TransactionID, in.ID), nameMax), Amount: *out.Total, At: at}
	}
	for _, r := range in.Refunds { // one that cannot be read costs no order
		var own figures
		if back := *own.amount("", r.Total, currency); !back.IsZero() && own.problem == nil {
			out.Refunds = append(out.Refunds, order.IncomingRefund{ExternalID: first(r.ID), Amount: back.Abs(), Reason: note(string(r.Reason)), At: out.UpdatedAt})
		}
	}
	return out, f.finish(out.Lines)
}

// byGateway reports whether a gateway takes the money. At the others a date of
// payment proves nothing: WooCommerce sets it when somebody moves the order on,
// a parcel to be paid at the door included. Their money is booked when the
// bank's line comes.
func (in wooOrder) byGateway() bool {
	return !slices.Contains([]Text{"", "bacs", "cheque", "cod", "invoice", "cash", "other"}, in.Method)
}

func (in wooOrder) buyer(extra attributes) order.Buyer {
	b, s := in.Billing, in.Shipping
	out := order.Buyer{
		Name: name(b.FirstName+" "+b.LastName, s.FirstName+" "+s.LastName), Company: name(b.Company), Email: email(b.Email), Phone: name(b.Phone),
		Language: language(Text(extra.language)), VATID: extra.vat, KVK: extra.kvk, Reference: extra.ref,
		Address: address(b.Address1, b.Address2, b.Postcode, b.City, b.Country),
		ShipTo:  address(s.Address1, s.Address2, s.Postcode, s.City, s.Country),
	}
	if id := first(in.CustomerID); id != "0" { // 0 is a guest
		out.ExternalID = id
	}
	return out
}

func (in wooOrder) lines(f *figures) []order.IncomingLine {
	var out []order.IncomingLine
	for i, l := range in.Lines {
		at := fmt.Sprintf("/line_items/%d", i)
		line := in.line(f, at, l)
		line.SKU, line.Name, line.Quantity = name(l.SKU), name(unescaped(l.Name), l.SKU, "-"), f.whole(at+"/quantity", l.Quantity)
		if line.Quantity == 0 && f.problem == nil {
			continue // taken off the order since
		}
		out = append(out, spread(line))
	}
	for group, lines := range [][]wooLine{in.ShippingLines, in.FeeLines} {
		for i, l := range lines {
			line := in.line(f, fmt.Sprintf("/%s/%d", []string{"shipping_lines", "fee_lines"}[group], i), l)
			line.Name, line.Quantity, line.Service = name(unescaped(l.MethodTitle), unescaped(l.Name), "-"), 1, true
			switch {
			case line.UnitPrice.IsPositive():
				out = append(out, line)
			case line.UnitPrice.IsNegative(): // how plug-ins give a discount on the whole order
				line.Overall, line.Untaxed, line.Category = true, !oneRate(l), ""
				out = append(out, line)
			}
		}
	}
	return out
}

// oneRate reports whether WooCommerce taxed a fee at one rate. Over several it
// has spread it, and so do we; what it taxes at none lowers the taxable amount
// all the same (article 79 of directive 2006/112/EC).
func oneRate(l wooLine) bool {
	n := 0
	for _, t := range l.Taxes {
		if !slices.Contains([]Text{"", "0", "0.00", "-0", "-0.00"}, t.Total) {
			n++
		}
	}
	return n == 1
}

// unescaped is a product's name as people read it: WordPress keeps it as HTML
// text, with entities.
func unescaped(t Text) Text { return Text(html.UnescapeString(string(t))) }

// line reads the amounts: UnitPrice and Discount are those of the whole line
// until they are spread over its quantity.
func (in wooOrder) line(f *figures, at string, l wooLine) order.IncomingLine {
	total := f.decimal(at+"/total", l.Total)
	full := decimal.Max(total, f.optional(at+"/subtotal", l.Subtotal)) // shipping and fees have no subtotal
	if total.IsNegative() {
		full = total
	}
	return order.IncomingLine{ExternalID: first(l.ID), UnitPrice: full, Discount: full.Sub(total), TaxRate: in.rate(f, at, l, total)}
}

// spread divides a line's amount by its quantity. The price is rounded up, and
// the difference is discount, so that the line comes to exactly its total.
func spread(l order.IncomingLine) order.IncomingLine {
	if l.Quantity <= 1 {
		return l
	}
	total, quantity := l.UnitPrice.Sub(l.Discount), decimal.NewFromInt(l.Quantity)
	l.UnitPrice = l.UnitPrice.DivRound(quantity, 10).RoundUp(8)
	l.Discount = decimal.Max(decimal.Zero, l.UnitPrice.Mul(quantity).Sub(total))
	return l
}

// rate is the percentage at which a line was taxed: the shop's rates by number,
// else the plainest that gives the tax to the cent.
func (in wooOrder) rate(f *figures, at string, l wooLine, total decimal.Decimal) decimal.Decimal {
	tax := f.optional(at+"/total_tax", l.TotalTax)
	if tax.IsZero() && !total.IsZero() {
		return decimal.Zero
	}
	sum, known := decimal.Zero, len(l.Taxes) > 0
	for i, t := range l.Taxes {
		if f.optional(fmt.Sprintf("%s/taxes/%d/total", at, i), t.Total).IsZero() && !total.IsZero() {
			continue
		}
		r := slices.IndexFunc(in.TaxLines, func(r wooRate) bool { return r.RateID == t.RateID && r.Percent != "" })
		if known = known && r >= 0; known {
			sum = sum.Add(f.optional(fmt.Sprintf("/tax_lines/%d/rate_percent", r), in.TaxLines[r].Percent))
		}
	}
	if known {
		return sum
	}
	return plainest(total, tax)
}

// plainest is the rate with the fewest decimals that gives tax on net, to the
// cent.
func plainest(net, tax decimal.Decimal) decimal.Decimal {
	if net.IsZero() {
		return decimal.Zero
	}
	rate := tax.Shift(2).DivRound(net, 6)
	for places := range int32(3) {
		if r := rate.Round(places); r.Mul(net).Shift(-2).Sub(tax).Abs().LessThanOrEqual(decimal.New(1, -2)) {
			return r
		}
	}
	return rate.Round(2)
}
