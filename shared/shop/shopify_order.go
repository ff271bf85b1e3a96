package shop

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// shopifyOrder is what the product reads of Shopify's order.
type shopifyOrder struct {
	ID                Text               `json:"id"`
	OrderID           Text               `json:"order_id"`               // only parcels and refunds have one
	Status            Text               `json:"status"`                 // of a draft
	Checkout          Text               `json:"abandoned_checkout_url"` // of a checkout
	Name              Text               `json:"name"`
	OrderNumber       Text               `json:"order_number"`
	Email             Text               `json:"email"`
	ContactEmail      Text               `json:"contact_email"`
	Phone             Text               `json:"phone"`
	Currency          Text               `json:"currency"`
	TaxesIncluded     bool               `json:"taxes_included"`
	TotalPrice        Text               `json:"total_price"`
	CurrentTotalPrice Text               `json:"current_total_price"`
	TotalOutstanding  Text               `json:"total_outstanding"`
	FinancialStatus   Text               `json:"financial_status"`
	GatewayNames      []Text             `json:"payment_gateway_names"`
	Gateway           Text               `json:"gateway"`
	Reference         Text               `json:"reference"`
	PONumber          Text               `json:"po_number"`
	Note              Text               `json:"note"`
	NoteAttributes    []shopifyPair      `json:"note_attributes"`
	Locale            Text               `json:"customer_locale"`
	Test              bool               `json:"test"`
	CreatedAt         Text               `json:"created_at"`
	ProcessedAt       Text               `json:"processed_at"`
	UpdatedAt         Text               `json:"updated_at"`
	CancelledAt       Text               `json:"cancelled_at"`
	Company           *struct{ ID Text } `json:"company"` // of Shopify's B2B
	Customer          shopifyCustomer    `json:"customer"`
	Billing           shopifyAddress     `json:"billing_address"`
	Shipping          *shopifyAddress    `json:"shipping_address"`
	Lines             []shopifyLine      `json:"line_items"`
	ShippingLines     []shopifyShipping  `json:"shipping_lines"`
	Parcels           []shopifyParcel    `json:"fulfillments"`
	Refunds           []shopifyBack      `json:"refunds"`
}

var shopifyOrders = formOf[shopifyOrder]()

type shopifyPair struct {
	Name  Text `json:"name"`
	Value Text `json:"value"`
}

type shopifyCustomer struct {
	ID        Text           `json:"id"`
	FirstName Text           `json:"first_name"`
	LastName  Text           `json:"last_name"`
	Email     Text           `json:"email"`
	Phone     Text           `json:"phone"`
	Default   shopifyAddress `json:"default_address"`
}

type shopifyAddress struct {
	Name     Text `json:"name"`
	Company  Text `json:"company"`
	Address1 Text `json:"address1"`
	Address2 Text `json:"address2"`
	Zip      Text `json:"zip"`
	City     Text `json:"city"`
	Country  Text `json:"country_code"`
	Phone    Text `json:"phone"`
}

func (a shopifyAddress) party() party.Address {
	return address(a.Address1, a.Address2, a.Zip, a.City, a.Country)
}

func (in shopifyOrder) order() (order.Incoming, error) {
	var f figures
	var extra attributes
	for _, a := range in.NoteAttributes {
		extra.take(a.Name, a.Value)
	}
	now := in.current()
	total := in.TotalPrice
	if now && in.CurrentTotalPrice != "" && in.fewer() {
		total = Text(f.decimal("/total_price", in.CurrentTotalPrice).Add(in.returnedWorth()).String())
	}
	currency := strings.ToUpper(string(in.Currency))
	out := order.Incoming{
		ExternalID: first(in.ID), Number: strings.TrimPrefix(name(in.Name, in.OrderNumber), "#"), Buyer: in.buyer(extra), Currency: currency,
		PricesIncludeTax: in.TaxesIncluded, Lines: in.lines(&f, now), Total: f.amount("/total_price", total, currency),
		PlacedAt: when(Text(first(in.ProcessedAt, in.CreatedAt))), UpdatedAt: when(Text(first(in.UpdatedAt, in.CreatedAt))),
		Test: in.Test, Note: note(string(in.Note)), PONumber: extra.reference(in.PONumber),
	}
	out.PaidAtShop = in.payment(&f, currency)
	out.Parcels, out.Refunds = in.parcels(), in.refunds(currency)
	return out, f.finish(out.Lines)
}

// parcels are those that left, as each of their own messages tells it. One that
// cannot be read costs no order: its message will say so.
func (in shopifyOrder) parcels() []order.IncomingShipment {
	var all []order.IncomingShipment
	for _, p := range in.Parcels {
		var own figures
		if parcel := p.parcel(&own, ""); p.gone() && own.problem == nil {
			all = append(all, parcel)
		}
	}
	return all
}

// refunds likewise.
func (in shopifyOrder) refunds(currency string) []order.IncomingRefund {
	var all []order.IncomingRefund
	for _, r := range in.Refunds {
		var own figures
		if refund := r.refund(&own, "", currency); r.ID != "" && own.problem == nil {
			all = append(all, refund)
		}
	}
	return all
}

// payment is what came in at the shop. A paid order of a gateway that a
// colleague settles by hand counts too: in Shopify that is an act of its own.
func (in shopifyOrder) payment(f *figures, currency string) *order.Payment {
	if !in.paid() && in.FinancialStatus != "partially_paid" {
		return nil
	}
	took := *f.amount("/total_price", in.TotalPrice, currency)
	if left := *f.amount("/total_outstanding", Text(cmp.Or(string(in.TotalOutstanding), "0")), currency); left.IsPositive() {
		took = took.Minus(left)
	}
	if !took.IsPositive() {
		return nil // a free order
	}
	return &order.Payment{
		Gateway:   cmp.Or(gateway(append(in.GatewayNames, in.Gateway)...), "other"),
		Reference: shorten(first(in.Reference, in.ID), nameMax), Amount: took,
	}
}

// current reports whether the order's current quantities tell what is to be
// delivered, with what came back of it. A cancelled order has none left: there
// the quantities that were ordered do.
func (in shopifyOrder) current() bool {
	return slices.ContainsFunc(in.Lines, func(l shopifyLine) bool {
		return (l.CurrentQuantity != "" && l.CurrentQuantity != "0") || in.returned(l.ID) > 0
	})
}

// fewer reports whether anything was taken off the order before it left: then
// its current total counts, not the one it was placed with.
func (in shopifyOrder) fewer() bool {
	return slices.ContainsFunc(in.Lines, func(l shopifyLine) bool {
		var own figures
		return l.CurrentQuantity != "" && own.whole("", l.CurrentQuantity)+in.returned(l.ID) < own.whole("", l.Quantity)
	})
}

// emptied reports whether everything was taken off the order before it left:
// nothing is to be delivered, whether the shop calls that cancelled or not.
func (in shopifyOrder) emptied() bool {
	return len(in.Lines) > 0 && !in.current() && slices.ContainsFunc(in.Lines, func(l shopifyLine) bool { return l.CurrentQuantity == "0" && l.Quantity != "0" })
}

func (in shopifyOrder) buyer(extra attributes) order.Buyer {
	c := in.Customer
	b := order.Buyer{
		ExternalID: first(c.ID), Name: name(c.FirstName+" "+c.LastName, in.Billing.Name, c.Default.Name), Company: name(in.Billing.Company, c.Default.Company),
		Email: email(in.Email, in.ContactEmail, c.Email), Phone: name(in.Phone, c.Phone, in.Billing.Phone),
		Language: language(Text(cmp.Or(string(in.Locale), extra.language))), VATID: extra.vat, KVK: extra.kvk, Reference: extra.ref, Address: in.Billing.party(),
	}
	if b.Address == (party.Address{}) {
		b.Address = c.Default.party()
	}
	if in.Shipping != nil {
		b.ShipTo = in.Shipping.party()
	}
	if in.Company != nil && in.Company.ID != "" {
		b.Kind = party.Company // Shopify's B2B: the merchant entered it as a company
	}
	return b
}

// shopifyLine is a product of an order or of a parcel.
type shopifyLine struct {
	ID              Text                `json:"id"`
	SKU             Text                `json:"sku"`
	Name            Text                `json:"name"`
	Title           Text                `json:"title"`
	Quantity        Text                `json:"quantity"`
	CurrentQuantity Text                `json:"current_quantity"`
	Price           Text                `json:"price"`
	TotalDiscount   Text                `json:"total_discount"`
	Discounts       []shopifyAllocation `json:"discount_allocations"`
	Taxes           []shopifyTax        `json:"tax_lines"`
}

type shopifyAllocation struct {
	Amount Text `json:"amount"`
}

type shopifyTax struct {
	Rate  Text `json:"rate"` // a fraction: 0.21
	Price Text `json:"price"`
}

type shopifyShipping struct {
	ID        Text                `json:"id"`
	Title     Text                `json:"title"`
	Price     Text                `json:"price"`
	Removed   bool                `json:"is_removed"`
	Discounts []shopifyAllocation `json:"discount_allocations"`
	Taxes     []shopifyTax        `json:"tax_lines"`
}

func (in shopifyOrder) lines(f *figures, now bool) []order.IncomingLine {
	var out []order.IncomingLine
	for i, l := range in.Lines {
		at := "/line_items/" + strconv.Itoa(i)
		ordered := f.whole(at+"/quantity", l.Quantity)
		quantity := ordered
		if now && l.CurrentQuantity != "" {
			quantity = min(ordered, f.whole(at+"/current_quantity", l.CurrentQuantity)+in.returned(l.ID))
		}
		if quantity == 0 && f.problem == nil {
			continue // taken off the order since
		}
		discount := allocated(f, at, l.Discounts)
		if len(l.Discounts) == 0 {
			discount = f.optional(at+"/total_discount", l.TotalDiscount)
		}
		if quantity != ordered && ordered > 0 {
			discount = discount.Mul(decimal.NewFromInt(quantity)).DivRound(decimal.NewFromInt(ordered), 4)
		}
		out = append(out, order.IncomingLine{
			ExternalID: first(l.ID), SKU: name(l.SKU), Name: name(l.Name, l.Title, l.SKU, "-"), Quantity: quantity,
			UnitPrice: f.decimal(at+"/price", l.Price), Discount: discount, TaxRate: percentOf(f, at, l.Taxes),
		})
	}
	for i, l := range in.ShippingLines {
		at := "/shipping_lines/" + strconv.Itoa(i)
		price := f.optional(at+"/price", l.Price)
		if l.Removed || price.IsZero() {
			continue
		}
		out = append(out, order.IncomingLine{
			ExternalID: first(l.ID), Name: name(l.Title, "Shipping"), Quantity: 1, UnitPrice: price,
			Discount: allocated(f, at, l.Discounts), TaxRate: percentOf(f, at, l.Taxes), Service: true,
		})
	}
	return out
}

func allocated(f *figures, at string, parts []shopifyAllocation) decimal.Decimal {
	sum := decimal.Zero
	for i, p := range parts {
		sum = sum.Add(f.optional(at+"/discount_allocations/"+strconv.Itoa(i)+"/amount", p.Amount))
	}
	return sum
}

// percentOf adds up the rates at which tax was really charged: a line that is
// exempt keeps its tax lines, at a price of nothing.
func percentOf(f *figures, at string, taxes []shopifyTax) decimal.Decimal {
	sum := decimal.Zero
	for i, t := range taxes {
		at := at + "/tax_lines/" + strconv.Itoa(i)
		if t.Price == "" || !f.optional(at+"/price", t.Price).IsZero() {
			sum = sum.Add(f.optional(at+"/rate", t.Rate))
		}
	}
	return sum.Shift(2)
}
