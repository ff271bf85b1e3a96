package shop

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// GenericOrder is the order of the generic shop scheme and of POST /v1/orders.
// It is read tolerantly: ids and percents may be numbers, unknown fields are
// ignored, and of a field with an unexpected type only money, quantities and
// rates are missed.
type GenericOrder struct {
	ID               Text             `json:"id,omitempty"`          // the sender's own; stands in for external_id
	ExternalID       Text             `json:"external_id,omitempty"` // identifies the order at its sender, for ever
	Number           Text             `json:"number,omitempty"`      // what people call it; external_id when left out
	Currency         Text             `json:"currency,omitempty"`    // ISO 4217; that of the amounts when left out
	PricesIncludeTax bool             `json:"prices_include_tax,omitempty"`
	Total            *GenericMoney    `json:"total,omitempty"`       // prevails over the lines' sum within a cent per line
	CustomerID       Text             `json:"customer_id,omitempty"` // ours; or
	Customer         GenericCustomer  `json:"customer,omitzero"`
	ShipTo           *GenericAddress  `json:"ship_to,omitempty"` // the customer's address when left out
	Lines            []GenericLine    `json:"lines"`
	Shipping         *GenericShipping `json:"shipping,omitempty"`
	Allowances       []GenericOverall `json:"allowances,omitempty"` // discounts on the whole order
	Charges          []GenericOverall `json:"charges,omitempty"`    // surcharges on the whole order
	PlacedAt         Text             `json:"placed_at,omitempty"`  // RFC 3339
	UpdatedAt        Text             `json:"updated_at,omitempty"` // RFC 3339; the newest prevails
	PaidAtShop       *GenericPayment  `json:"paid_at_shop,omitempty"`
	Payment          *GenericPayment  `json:"payment,omitempty"` // the same under another name
	PONumber         Text             `json:"po_number,omitempty"`
	Test             bool             `json:"test,omitempty"` // answered, and never an order
	Note             Text             `json:"note,omitempty"`
	Shipment         *GenericShipment `json:"shipment,omitempty"` // of order.fulfilled; left out, all has left, or the lines without a price
	Carrier          Text             `json:"carrier,omitempty"`  // of it then
	Tracking         Text             `json:"tracking,omitempty"`
	Refund           *GenericRefund   `json:"refund,omitempty"`   // of order.refunded; left out, all was given back, or
	Refunded         *GenericMoney    `json:"refunded,omitempty"` // what was given back so far

	Tolerance   *GenericTolerance `json:"tolerance,omitempty"`   // of its deliveries; the house's when left out
	Instalments []calendar.Share  `json:"instalments,omitempty"` // due dates of its invoices; the customer's terms when left out
	DeliverOn   Text              `json:"deliver_on,omitempty"`  // 2026-12-04, as promised; the house's estimate when left out
}

// GenericRefund is one refund.
type GenericRefund struct {
	ExternalID Text             `json:"external_id,omitempty"`
	Amount     *GenericMoney    `json:"amount,omitempty"` // money that moved; all of the order's when left out
	Lines      []GenericShipped `json:"lines,omitempty"`  // goods that came back
	Reason     Text             `json:"reason,omitempty"`
	RefundedAt Text             `json:"refunded_at,omitempty"`
}

// GenericMoney is an amount in minor units of its currency.
type GenericMoney struct {
	Amount   Text `json:"amount"`
	Currency Text `json:"currency,omitempty"` // the order's when left out; no other is taken
}

// GenericCustomer is who ordered. A kind that is declared prevails; without one
// a VAT or KVK number makes a company, and anybody else is a consumer.
type GenericCustomer struct {
	ExternalID Text             `json:"external_id,omitempty"`
	Name       Text             `json:"name"`
	Contact    Text             `json:"contact,omitempty"` // the person, when name is the company
	Company    Text             `json:"company,omitempty"`
	Email      Text             `json:"email,omitempty"`
	Emails     []Text           `json:"emails,omitempty"` // as /v1/customers spells it; the first one counts
	Phone      Text             `json:"phone,omitempty"`
	Language   Text             `json:"language,omitempty"` // en, nl, de, fr
	Kind       Text             `json:"kind,omitempty"`     // consumer, sole_trader, company, association, foundation, public_body
	VATID      Text             `json:"vat_id,omitempty"`
	KVK        Text             `json:"kvk,omitempty"`
	Reference  Text             `json:"buyer_reference,omitempty"` // BT-10, such as a Leitweg-ID
	Address    GenericAddress   `json:"address,omitzero"`
	Addresses  []GenericAddress `json:"addresses,omitempty"` // likewise
	ShipTo     *GenericAddress  `json:"ship_to,omitempty"`
}

// GenericAddress is a postal address.
type GenericAddress struct {
	Street     Text `json:"street,omitempty"` // with house number
	PostalCode Text `json:"postal_code,omitempty"`
	City       Text `json:"city,omitempty"`
	Country    Text `json:"country,omitempty"` // ISO 3166-1 alpha-2
}

func (a GenericAddress) party() party.Address {
	return address(a.Street, "", a.PostalCode, a.City, a.Country)
}

// GenericLine is one line.
type GenericLine struct {
	ExternalID Text          `json:"external_id,omitempty"`
	SKU        Text          `json:"sku,omitempty"`
	Name       Text          `json:"name,omitempty"`
	Quantity   Text          `json:"quantity"`
	UnitPrice  *GenericMoney `json:"unit_price"`         // with tax or not as prices_include_tax says
	Discount   *GenericMoney `json:"discount,omitempty"` // of the whole line, in the terms of its price
	Charge     *GenericMoney `json:"charge,omitempty"`   // likewise, beside its price
	ChargeFor  Text          `json:"charge_for,omitempty"`
	// TaxRate is in percent, "21". A line without one, and without a category,
	// says nothing about tax: it gets its product's rate, else the domestic
	// standard rate.
	TaxRate     Text `json:"tax_rate,omitempty"`
	TaxCategory Text `json:"tax_category,omitempty"` // UNCL 5305: S, Z, E, AE, K, G
	Service     bool `json:"service,omitempty"`      // nothing leaves the warehouse for it
}

// GenericShipping is what delivery costs: a service line in short.
type GenericShipping struct {
	Name    Text          `json:"name,omitempty"`
	Price   *GenericMoney `json:"price"`
	TaxRate Text          `json:"tax_rate,omitempty"`
}

// GenericPayment is money that the shop's own gateway took.
type GenericPayment struct {
	Gateway   Text          `json:"gateway"` // shopify_payments, mollie, paypal, klarna, …; pin and cash at the counter
	Reference Text          `json:"reference,omitempty"`
	Amount    *GenericMoney `json:"amount,omitempty"` // the order's total when left out
}

// GenericShipment is what left; no lines mean all that was left.
type GenericShipment struct {
	ExternalID Text             `json:"external_id,omitempty"`
	Lines      []GenericShipped `json:"lines,omitempty"`
	Carrier    Text             `json:"carrier,omitempty"`
	Tracking   Text             `json:"tracking,omitempty"`
	Link       Text             `json:"tracking_url,omitempty"`
	ShippedAt  Text             `json:"shipped_at,omitempty"`
	Delivered  Text             `json:"delivered_at,omitempty"` // the carrier says so
	TakenBy    Text             `json:"delivered_to,omitempty"`
}

// GenericTolerance is how far a delivery may be from the order, in percent of
// each line's quantity; what is left out is 100.
type GenericTolerance struct {
	CloseAt     Text `json:"close_at,omitempty"`     // from here on the order is complete
	AcceptUpTo  Text `json:"accept_up_to,omitempty"` // so much may leave
	InvoiceOver bool `json:"invoice_over,omitempty"`
}

// tolerance reads a tolerance that makes sense.
func (g *GenericTolerance) tolerance(f *figures) *order.Tolerance {
	if g == nil {
		return nil
	}
	t := order.Exactly()
	t.InvoiceOver = g.InvoiceOver
	if g.CloseAt != "" {
		t.CloseAt = f.decimal("/tolerance/close_at", g.CloseAt)
	}
	if g.AcceptUpTo != "" {
		t.AcceptUpTo = f.decimal("/tolerance/accept_up_to", g.AcceptUpTo)
	}
	if err := t.Check(); err != nil {
		f.refuse("/tolerance", err.Error(), `write {"close_at": "90", "accept_up_to": "110"}`)
	}
	return &t
}

// GenericShipped names a line by its SKU or its external id.
type GenericShipped struct {
	SKU        Text `json:"sku,omitempty"`
	ExternalID Text `json:"external_id,omitempty"`
	Quantity   Text `json:"quantity"`
}

func (in GenericOrder) incoming() (order.Incoming, error) {
	var f figures
	currency := strings.ToUpper(trimmed(in.currency()))
	out := order.Incoming{
		ExternalID: trimmed(Text(first(in.ExternalID, in.ID, in.Number))), Number: name(in.Number), Buyer: in.buyer(), Currency: currency,
		PricesIncludeTax: in.PricesIncludeTax, Lines: in.lines(&f, currency), PlacedAt: when(in.PlacedAt), UpdatedAt: when(in.UpdatedAt),
		Test: in.Test, Note: note(string(in.Note)), PONumber: name(in.PONumber), Tolerance: in.Tolerance.tolerance(&f), DeliverOn: f.day("/deliver_on", in.DeliverOn),
	}
	if err := calendar.CheckShares(in.Instalments); err != nil {
		f.refuse("/instalments", err.Error(), `write [{"percent": 30, "days": 0}, {"percent": 70, "days": 30}]`)
	}
	out.Instalments = in.Instalments
	if in.Total != nil {
		total := f.minor("/total", in.Total, currency)
		out.Total = &total
	}
	if p := cmp.Or(in.PaidAtShop, in.Payment); p != nil {
		out.PaidAtShop = p.payment(&f, out)
	}
	in.refunds(&f, &out)
	return out, f.finish(out.Lines)
}

// currency is the order's, else that of its amounts.
func (in GenericOrder) currency() Text {
	said := []Text{in.Currency}
	if in.Total != nil {
		said = append(said, in.Total.Currency)
	}
	for _, l := range in.Lines {
		if l.UnitPrice != nil {
			said = append(said, l.UnitPrice.Currency)
		}
	}
	return Text(first(said...))
}

// payment is what the shop's gateway took; without an amount that is all of the
// order, and a free order needs none.
func (p GenericPayment) payment(f *figures, in order.Incoming) *order.Payment {
	out := &order.Payment{Gateway: cmp.Or(gateway(p.Gateway), "other"), Reference: trimmed(Text(first(p.Reference, Text(in.ExternalID))))}
	switch {
	case p.Amount != nil:
		out.Amount = f.minor("/paid_at_shop/amount", p.Amount, cmp.Or(in.Currency, strings.ToUpper(trimmed(p.Amount.Currency))))
	case in.Total != nil:
		out.Amount = *in.Total
	default:
		return out
	}
	if !out.Amount.IsPositive() {
		return nil
	}
	return out
}

// refunds reads the refund that the message is about, or how much was given
// back so far.
func (in GenericOrder) refunds(f *figures, out *order.Incoming) {
	var back order.IncomingRefund
	switch r := in.Refund; {
	case r != nil:
		back = order.IncomingRefund{ExternalID: trimmed(r.ExternalID), Reason: note(string(r.Reason)), At: when(r.RefundedAt)}
		if r.Amount != nil {
			back.Amount = f.minor("/refund/amount", r.Amount, cmp.Or(out.Currency, strings.ToUpper(trimmed(r.Amount.Currency))))
		}
		for i, l := range r.Lines {
			back.Lines = append(back.Lines, order.RefundedLine{
				ExternalID: trimmed(l.ExternalID), SKU: name(l.SKU), Quantity: f.whole(fmt.Sprintf("/refund/lines/%d/quantity", i), l.Quantity),
			})
		}
		if back.ExternalID == "" && (len(back.Lines) > 0 || !back.At.IsZero()) { // one of several: told apart by what it says
			back.ExternalID = fmt.Sprintf("%s/%v/%s", back.Amount, back.Lines, back.At.Format("20060102T150405"))
		}
	case in.Refunded != nil:
		back.Amount = f.minor("/refunded", in.Refunded, cmp.Or(out.Currency, strings.ToUpper(trimmed(in.Refunded.Currency))))
	default:
		return
	}
	out.Refunds = []order.IncomingRefund{back}
}

func (in GenericOrder) buyer() order.Buyer {
	c := in.Customer
	b := order.Buyer{
		ExternalID: trimmed(c.ExternalID), CustomerID: trimmed(in.CustomerID), Name: name(c.Contact, c.Name), Company: name(c.Company),
		Email: email(append([]Text{c.Email}, c.Emails...)...), Phone: name(c.Phone), Language: language(c.Language), Kind: kind(c.Kind), VATID: name(c.VATID), KVK: name(c.KVK), Reference: name(c.Reference),
		Address: c.Address.party(),
	}
	if c.Address == (GenericAddress{}) && len(c.Addresses) > 0 {
		b.Address = c.Addresses[0].party()
	}
	if b.Company == "" && c.Contact != "" {
		b.Company = name(c.Name)
	}
	if to := cmp.Or(in.ShipTo, c.ShipTo); to != nil {
		b.ShipTo = to.party()
	}
	return b
}

func (in GenericOrder) lines(f *figures, currency string) []order.IncomingLine {
	var out []order.IncomingLine
	for i, l := range in.Lines {
		at := fmt.Sprintf("/lines/%d", i)
		line := order.IncomingLine{
			ExternalID: trimmed(l.ExternalID), SKU: name(l.SKU), Name: name(l.Name, l.SKU, "-"), Quantity: f.whole(at+"/quantity", l.Quantity),
			Unpriced: l.UnitPrice == nil && l.SKU != "", Service: l.Service,
		}
		if !line.Unpriced {
			line.UnitPrice = f.minor(at+"/unit_price", l.UnitPrice, currency).Decimal()
		}
		if l.Discount != nil {
			line.Discount = f.minor(at+"/discount", l.Discount, currency).Decimal()
		}
		if l.Charge != nil {
			line.Charge, line.ChargeFor = f.minor(at+"/charge", l.Charge, currency).Decimal(), name(l.ChargeFor)
		}
		line.TaxRate, line.Category = f.tax(at, l.TaxRate, l.TaxCategory)
		line.Untaxed = l.TaxRate == "" && l.TaxCategory == ""
		out = append(out, line)
	}
	if s := in.Shipping; s != nil {
		line := order.IncomingLine{Name: name(s.Name, "Shipping"), Quantity: 1, UnitPrice: f.minor("/shipping/price", s.Price, currency).Decimal(), Service: true}
		line.TaxRate, line.Category = f.tax("/shipping", s.TaxRate, "")
		line.Untaxed = s.TaxRate == ""
		if !line.UnitPrice.IsZero() {
			out = append(out, line)
		}
	}
	for i, o := range in.Allowances {
		out = append(out, o.line(f, fmt.Sprintf("/allowances/%d", i), currency, -1))
	}
	for i, o := range in.Charges {
		out = append(out, o.line(f, fmt.Sprintf("/charges/%d", i), currency, 1))
	}
	return out
}

// categories are the tax categories of EN 16931 that an order may name.
var categories = []statute.Category{statute.Standard, statute.ZeroRated, statute.Exempt, statute.ReverseCharge, statute.IntraEU, statute.Export, statute.NotSubject}

// tax reads rate and category. A rate that is given decides between standard
// and zero-rated; a line that says nothing keeps no category.
func (f *figures) tax(at string, rate, category Text) (decimal.Decimal, statute.Category) {
	percent := f.optional(at+"/tax_rate", rate)
	c := statute.Category(strings.ToUpper(trimmed(category)))
	switch {
	case c != "" && !slices.Contains(categories, c):
		f.refuse(at+"/tax_category", fmt.Sprintf("category %q is not known", c), fmt.Sprintf("write one of %v", categories))
	case c != "" && (c == statute.Standard) == percent.IsZero():
		f.refuse(at+"/tax_rate", fmt.Sprintf("category %s does not go with %s percent", c, percent), "S has a rate, the others have none")
	case c == "" && rate != "" && percent.IsZero():
		c = statute.ZeroRated
	case c == "" && percent.IsPositive():
		c = statute.Standard
	}
	return percent, c
}

// minor is money in minor units that must be there.
func (f *figures) minor(at string, m *GenericMoney, currency string) money.Amount {
	switch {
	case m == nil:
		f.refuse(at, "the amount is missing", `write it as {"amount": 1250, "currency": "EUR"}`)
		return money.Of(0, currency)
	case m.Currency != "" && !strings.EqualFold(trimmed(m.Currency), currency):
		f.refuse(at+"/currency", fmt.Sprintf("an amount in %s in an order in %s", trimmed(m.Currency), currency), "send one order per currency")
	}
	d := f.decimal(at+"/amount", m.Amount)
	if !d.IsInteger() {
		f.refuse(at+"/amount", d.String()+" is not a whole number of minor units", `write 12.50 as {"amount": 1250, "currency": "EUR"}`)
		return money.Of(0, currency)
	}
	return money.Of(d.IntPart(), currency)
}

// shipment puts on the order what left; nothing said is all that is left.
func (in GenericOrder) shipment(to *order.Incoming) error {
	var f figures
	said := in.Shipment
	if said == nil {
		said = &GenericShipment{}
	}
	out := order.IncomingShipment{ExternalID: trimmed(said.ExternalID), Carrier: name(said.Carrier), Tracking: name(said.Tracking), Link: trimmed(said.Link), At: when(said.ShippedAt)}
	if said.Delivered != "" {
		out.Delivered = &order.IncomingDelivery{At: when(said.Delivered), Name: name(said.TakenBy), Evidence: "the shop: delivered_at " + trimmed(said.Delivered)}
	}
	for i, l := range said.Lines {
		out.Lines = append(out.Lines, order.ShippedLine{
			ExternalID: trimmed(l.ExternalID), SKU: name(l.SKU), Quantity: f.whole(fmt.Sprintf("/shipment/lines/%d/quantity", i), l.Quantity),
		})
	}
	if out.At.IsZero() && len(out.Lines) == 0 {
		out.At = to.UpdatedAt
	}
	if out.ExternalID == "" { // parcels without an id are told apart by what they say
		var lines []string
		for _, l := range out.Lines {
			lines = append(lines, fmt.Sprintf("{%s %s %d}", l.ExternalID, l.SKU, l.Quantity))
		}
		out.ExternalID = fmt.Sprintf("%s/%v/%s", out.Tracking, lines, out.At.Format("20060102T150405"))
	}
	to.Parcels = []order.IncomingShipment{out}
	return f.problem
}
