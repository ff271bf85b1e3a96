package shop

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
)

// bigOrder is what the product reads of BigCommerce's V2 order, with what the
// platform keeps apart in its place (bigAPI.whole;
// https://developer.bigcommerce.com/docs/rest-management/orders).
type bigOrder struct {
	ID             Text         `json:"id"`
	StatusID       Text         `json:"status_id"`
	Status         Text         `json:"status"`
	Deleted        bool         `json:"is_deleted"`
	Currency       Text         `json:"default_currency_code"` // which the customer pays in
	Displayed      Text         `json:"currency_code"`         // which the shop showed
	TaxIncluded    bool         `json:"is_tax_inclusive_pricing"`
	Total          Text         `json:"total_inc_tax"`
	Discount       Text         `json:"discount_amount"`
	Coupons        Text         `json:"coupon_discount"`
	ShippingEx     Text         `json:"shipping_cost_ex_tax"`
	ShippingInc    Text         `json:"shipping_cost_inc_tax"`
	HandlingEx     Text         `json:"handling_cost_ex_tax"`
	HandlingInc    Text         `json:"handling_cost_inc_tax"`
	WrappingEx     Text         `json:"wrapping_cost_ex_tax"`
	WrappingInc    Text         `json:"wrapping_cost_inc_tax"`
	Method         Text         `json:"payment_method"`
	PaymentStatus  Text         `json:"payment_status"`
	Transaction    Text         `json:"payment_provider_id"`
	RefundedAmount Text         `json:"refunded_amount"`
	ItemsShipped   Text         `json:"items_shipped"`
	CustomerID     Text         `json:"customer_id"`
	Message        Text         `json:"customer_message"`
	Locale         Text         `json:"customer_locale"`
	CreatedAt      Text         `json:"date_created"`
	UpdatedAt      Text         `json:"date_modified"`
	ShippedAt      Text         `json:"date_shipped"`
	Billing        bigAddress   `json:"billing_address"`
	Products       []bigLine    `json:"products"`
	Shipping       []bigAddress `json:"shipping_addresses"`
	Fees           []bigFee     `json:"fees"`
	Taxes          []bigTax     `json:"taxes"`
	Shipments      []bigParcel  `json:"shipments"`
	Refunds        []bigBack    `json:"refunds"`
}

var bigOrders = formOf[bigOrder]()

type bigAddress struct {
	FirstName Text       `json:"first_name"`
	LastName  Text       `json:"last_name"`
	Company   Text       `json:"company"`
	Street1   Text       `json:"street_1"`
	Street2   Text       `json:"street_2"`
	City      Text       `json:"city"`
	Zip       Text       `json:"zip"`
	Country   Text       `json:"country_iso2"`
	Phone     Text       `json:"phone"`
	Email     Text       `json:"email"`
	Method    Text       `json:"shipping_method"`
	Fields    []bigField `json:"form_fields"`
}

type bigField struct {
	Name  Text `json:"name"`
	Value Text `json:"value"`
}

func (a bigAddress) person() Text { return a.FirstName + " " + a.LastName }

// bigLine is a product of an order. Its totals are before discounts.
type bigLine struct {
	ID        Text      `json:"id"`
	SKU       Text      `json:"sku"`
	Name      Text      `json:"name"`
	Quantity  Text      `json:"quantity"`
	Shipped   Text      `json:"quantity_shipped"`
	Refunded  Text      `json:"quantity_refunded"`
	TotalEx   Text      `json:"total_ex_tax"`
	TotalInc  Text      `json:"total_inc_tax"`
	Discounts []bigMove `json:"applied_discounts"`
}

type bigMove struct {
	Amount Text `json:"amount"`
}

type bigFee struct {
	ID   Text `json:"id"`
	Name Text `json:"display_name_customer"`
	Ex   Text `json:"cost_ex_tax"`
	Inc  Text `json:"cost_inc_tax"`
}

// bigTax is one tax on one line (…/taxes?details=true).
type bigTax struct {
	Rate   Text `json:"rate"` // percent
	Amount Text `json:"line_amount"`
	LineID Text `json:"order_product_id"`
	Kind   Text `json:"line_item_type"` // item, shipping, handling, wrapping
}

func (in bigOrder) order() (order.Incoming, error) {
	var f figures
	currency := strings.ToUpper(first(in.Currency, in.Displayed))
	var extra attributes
	for _, a := range append(slices.Clone(in.Billing.Fields), in.addressee().Fields...) {
		extra.take(a.Name, a.Value)
	}
	total := f.decimal("/total_inc_tax", in.Total).Sub(in.unshippedWorth())
	out := order.Incoming{
		ExternalID: first(in.ID), Number: first(in.ID), Buyer: in.buyer(extra), Currency: currency, PricesIncludeTax: in.TaxIncluded,
		Lines: in.lines(&f), Total: f.amount("/total_inc_tax", Text(total.String()), currency),
		PlacedAt: when(in.CreatedAt), UpdatedAt: when(Text(first(in.UpdatedAt, in.CreatedAt))),
		Note: note(string(in.Message)), PONumber: extra.reference(""), Test: in.Method == "Test Payment Gateway",
	}
	if took := f.amount("/total_inc_tax", in.Total, currency); in.paid() && took.IsPositive() {
		// What a gift certificate or store credit covers came in when it was sold or
		// given; the gateway's payout shows the difference.
		out.PaidAtShop = &order.Payment{Gateway: cmp.Or(gateway(in.Method), "other"), Reference: shorten(first(in.Transaction, in.ID), nameMax), Amount: *took}
	}
	out.Parcels, out.Refunds = in.parcels(out.UpdatedAt), in.refunds(currency, out.UpdatedAt)
	return out, f.finish(out.Lines)
}

// bigOffline are the methods whose money comes beside any gateway, or not at all.
var bigOffline = []string{"", "bank deposit", "cash on delivery", "cash", "check", "cheque", "manual", "money order", "pay in store", "purchase order", "account"}

func (in bigOrder) byGateway() bool {
	return !slices.Contains(bigOffline, strings.ToLower(strings.TrimSpace(string(in.Method))))
}

// paid reports whether a gateway has the money; an authorised card is none yet.
func (in bigOrder) paid() bool {
	return in.byGateway() && slices.Contains([]Text{"captured", "paid", "partially refunded", "refunded"}, in.PaymentStatus)
}

// addressee is where the first parcel goes.
func (in bigOrder) addressee() bigAddress {
	if len(in.Shipping) == 0 {
		return bigAddress{}
	}
	return in.Shipping[0]
}

func (in bigOrder) buyer(extra attributes) order.Buyer {
	b, s := in.Billing, in.addressee()
	out := order.Buyer{
		Name: name(b.person(), s.person()), Company: name(b.Company), Email: email(b.Email, s.Email), Phone: name(b.Phone, s.Phone),
		Language: language(Text(cmp.Or(string(in.Locale), extra.language))), VATID: extra.vat, KVK: extra.kvk, Reference: extra.ref,
		Address: address(b.Street1, b.Street2, b.Zip, b.City, b.Country), ShipTo: address(s.Street1, s.Street2, s.Zip, s.City, s.Country),
	}
	if id := first(in.CustomerID); id != "0" { // 0 is a guest
		out.ExternalID = id
	}
	return out
}

// lines are the products as they are to be delivered, then what else is charged.
// A discount that no line carries is one of the whole order.
func (in bigOrder) lines(f *figures) []order.IncomingLine {
	var out []order.IncomingLine
	unsaid := loose(in.Discount).Add(loose(in.Coupons))
	for i, l := range in.Products {
		at := fmt.Sprintf("/products/%d", i)
		ordered, amount, discount := in.read(f, at, l)
		unsaid = unsaid.Sub(discount)
		quantity := ordered
		if !in.emptied() {
			quantity -= in.unshipped(l)
		}
		if quantity <= 0 && f.problem == nil {
			continue // taken off the order since
		}
		out = append(out, spread(order.IncomingLine{
			ExternalID: first(l.ID), SKU: name(l.SKU), Name: name(l.Name, l.SKU, "-"), Quantity: quantity,
			UnitPrice: share(amount, quantity, ordered), Discount: share(discount, quantity, ordered), TaxRate: in.rate(l.TotalEx, l.TotalInc, "item", l.ID),
		}))
	}
	method := in.addressee().Method
	for _, s := range []struct{ id, name, ex, inc, kind Text }{
		{"shipping", Text(name(method, "Shipping")), in.ShippingEx, in.ShippingInc, "shipping"},
		{"handling", "Handling", in.HandlingEx, in.HandlingInc, "handling"},
		{"wrapping", "Gift wrapping", in.WrappingEx, in.WrappingInc, "wrapping"},
	} {
		out = in.service(out, s.id, s.name, s.ex, s.inc, s.kind)
	}
	for _, fee := range in.Fees {
		out = in.service(out, "fee-"+fee.ID, Text(name(fee.Name, "Fee")), fee.Ex, fee.Inc, "fee")
	}
	if unsaid.IsPositive() {
		out = append(out, order.IncomingLine{ExternalID: "discount", Name: "Discount", Quantity: 1, UnitPrice: unsaid.Neg(), Overall: true, Untaxed: true, Service: true})
	}
	return out
}

// read gives what was ordered of a line, what that comes to, with tax or not as
// the shop's prices are, and what is taken off.
func (in bigOrder) read(f *figures, at string, l bigLine) (quantity int64, amount, discount decimal.Decimal) {
	quantity = f.whole(at+"/quantity", l.Quantity)
	amount = f.decimal(at+"/total", in.priced(l.TotalEx, l.TotalInc))
	for _, d := range l.Discounts {
		discount = discount.Add(loose(d.Amount))
	}
	return quantity, amount, decimal.Max(decimal.Zero, decimal.Min(discount, amount))
}

// loose is an amount that costs no order when it cannot be read: the order's
// total says then that something is missing.
func loose(t Text) decimal.Decimal { return (&figures{}).optional("", t) }

// priced is the amount in whose terms the shop's prices are.
func (in bigOrder) priced(ex, inc Text) Text {
	if in.TaxIncluded {
		return inc
	}
	return ex
}

// service adds what is charged beside products, if anything is.
func (in bigOrder) service(to []order.IncomingLine, id, said, ex, inc, kind Text) []order.IncomingLine {
	price := loose(in.priced(ex, inc))
	if !price.IsPositive() {
		return to
	}
	return append(to, order.IncomingLine{ExternalID: string(id), Name: string(said), Quantity: 1, UnitPrice: price, TaxRate: in.rate(ex, inc, kind, ""), Service: true})
}

// rate is the percentage at which a line was taxed: that of the order's taxes,
// else the plainest that gives the tax to the cent.
func (in bigOrder) rate(ex, inc, kind, lineID Text) decimal.Decimal {
	net, gross := loose(ex), loose(inc)
	if gross.Equal(net) && !net.IsZero() {
		return decimal.Zero
	}
	sum, known := decimal.Zero, false
	for _, t := range in.Taxes {
		if t.Kind != kind || (kind == "item" && first(t.LineID) != first(lineID)) || (!net.IsZero() && loose(t.Amount).IsZero()) {
			continue
		}
		if known && kind != "item" {
			continue // of several parcels, each with its own shipping
		}
		sum, known = sum.Add(loose(t.Rate)), true
	}
	if known {
		return sum
	}
	return plainest(net, gross.Sub(net))
}
