// Package shop owns the senders of the local runtime: it plays web shops and
// builds the webhook requests that Shopify, WooCommerce and Standard-Webhooks
// shops really send, with genuine bodies, headers and signatures.
//
// It does not own delivery (the runtime posts what it is given), and it knows
// nothing of what the product reads out of a body: that is the point of it.
package shop

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"
)

// Message is one webhook request, ready to be posted.
type Message struct {
	Header http.Header
	Body   []byte
}

// Order is an order as a shop keeps it. Amounts are minor units of Currency;
// unit prices include tax or not as PricesIncludeTax says.
type Order struct {
	Number           string // digits; what people call #1001
	PlacedAt         time.Time
	Customer         Customer
	Lines            []Line
	Shipping         Shipping
	Currency         string // ISO 4217
	PricesIncludeTax bool
	DiscountMinor    int64  // off the lines, in the terms of their prices
	DiscountCode     string // its coupon
	FinancialStatus  string // pending (also when empty), authorized, paid, partially_refunded, refunded
	Gateway          string // "manual", "shopify_payments", "bacs", "mollie_wc_gateway_ideal", …; empty: bank transfer
	Reference        string // the gateway's reference of a paid order
	RefundedMinor    int64  // what the shop gave back
	PONumber         string
	Note             string
	Attributes       []Attribute // note_attributes, meta_data: what the shop's apps add
	TermsDays        int         // the shop's own payment terms, 0 = none
	Test             bool
	CancelledAt      time.Time
	CancelReason     string       // customer, inventory, fraud, declined, other
	Fulfilments      []Fulfilment // what has left so far
	Refunds          []Refund     // what was given back so far, unit by unit
}

// Customer is who ordered. Without an ID the order is a guest's.
type Customer struct {
	ID        int64
	Name      string // of the person: first name, space, rest
	Email     string
	Phone     string
	Company   string
	VATID     string // travels as an attribute: no platform has a field of its own for it
	KVK       string // the same
	Kind      string // consumer, company, …; only the generic scheme carries it
	Locale    string // "nl-NL"; empty: that
	Address   Address
	ShippedTo Address // zero: Address
}

// Address is a postal address.
type Address struct {
	Street, Extra, PostalCode, City string
	Country                         string // ISO 3166-1 alpha-2; empty: NL
}

// Line is one line of an order.
type Line struct {
	SKU, Name      string
	Quantity       int64
	UnitPriceMinor int64
	TaxRatePercent string // decimal, "21"; empty: 21
	Virtual        bool   // nothing is shipped for it
}

// Shipping is the charge for delivery; a zero PriceMinor is free delivery.
type Shipping struct {
	Title          string // empty: PostNL
	PriceMinor     int64
	TaxRatePercent string
}

// Attribute is a name and a value that a checkout app put on the order.
type Attribute struct{ Name, Value string }

// Fulfilment is a parcel that left. No lines mean all that is left.
type Fulfilment struct {
	Carrier, Tracking, TrackingURL string
	At                             time.Time
	Lines                          []Fulfilled
}

// Fulfilled is a quantity of one SKU in a parcel.
type Fulfilled struct {
	SKU      string
	Quantity int64
}

// Refund is what a shop gave back in one go.
type Refund struct {
	AmountMinor int64       // money that moved; 0: what the goods come to, with their tax
	Lines       []Fulfilled // goods; none: money alone
	Unshipped   bool        // the goods never left
	Note        string
	At          time.Time
}

// refunded is how many units of a SKU were given back.
func (o Order) refunded(sku string) (n int64) {
	for _, r := range o.Refunds {
		for _, l := range r.Lines {
			if l.SKU == sku {
				n += l.Quantity
			}
		}
	}
	return n
}

// current is the order as the shop counts it after its refunds.
func (o Order) current() Order {
	was := o.sums()
	o.Lines = slices.Clone(o.Lines)
	for i := range o.Lines {
		o.Lines[i].Quantity -= o.refunded(o.Lines[i].SKU)
	}
	o.DiscountMinor = was.discount * o.sums().gross / max(was.gross, 1)
	return o
}

// worth is what units of a line cost, and the tax on that.
func (o Order) worth(f Fulfilled) (subtotal, tax int64) {
	for i, l := range o.Lines {
		if p := o.sums().lines[i]; l.SKU == f.SKU && l.Quantity > 0 {
			subtotal = (p.gross - p.discount) * f.Quantity / l.Quantity
			return subtotal, taxOf(subtotal, p.rate, o.PricesIncludeTax)
		}
	}
	return 0, 0
}

// amount is the money of a refund.
func (o Order) amount(r Refund) int64 {
	sum := r.AmountMinor
	for i := 0; i < len(r.Lines) && r.AmountMinor == 0; i++ {
		subtotal, tax := o.worth(r.Lines[i])
		if sum += subtotal; !o.PricesIncludeTax {
			sum += tax
		}
	}
	return sum
}

// encode writes a body about the order, after checking what would make
// nonsense of its sums. Everything else may be as odd as real shops are.
func (o Order) encode(body func() fields) ([]byte, error) {
	if !currency.IsValid(o.Currency) {
		return nil, fmt.Errorf("send order %s — currency %q is unknown — use an ISO 4217 code", o.Number, o.Currency)
	}
	rates := []string{o.Shipping.TaxRatePercent}
	for _, l := range o.Lines {
		rates = append(rates, l.TaxRatePercent)
	}
	for _, rate := range rates {
		if _, err := decimal.NewFromString(rate); rate != "" && err != nil {
			return nil, fmt.Errorf("send order %s — tax rate %q is not a number — write percent as 21 or 5.5", o.Number, rate)
		}
	}
	return json.Marshal(body())
}

// contents are the quantities of parcel i, with "all that is left" worked out.
func (o Order) contents(i int) []Fulfilled {
	if len(o.Fulfilments[i].Lines) > 0 {
		return o.Fulfilments[i].Lines
	}
	var rest []Fulfilled
	for _, l := range o.Lines {
		if left := l.Quantity - o.shippedBefore(i, l.SKU); left > 0 && !l.Virtual {
			rest = append(rest, Fulfilled{SKU: l.SKU, Quantity: left})
		}
	}
	return rest
}

func (o Order) shippedBefore(parcel int, sku string) (n int64) {
	for i := range parcel {
		for _, f := range o.contents(i) {
			if f.SKU == sku {
				n += f.Quantity
			}
		}
	}
	return n
}

func (o Order) shipped(sku string) int64 { return o.shippedBefore(len(o.Fulfilments), sku) }

// fulfilmentStatus is nothing, "partial" or "fulfilled".
func (o Order) fulfilmentStatus() string {
	if len(o.Fulfilments) == 0 {
		return ""
	}
	if slices.ContainsFunc(o.Lines, func(l Line) bool { return !l.Virtual && o.shipped(l.SKU) < l.Quantity }) {
		return "partial"
	}
	return "fulfilled"
}

func (o Order) financialStatus() string {
	if o.FinancialStatus == "" {
		return "pending"
	}
	return o.FinancialStatus
}

func (o Order) paid() bool {
	s := o.financialStatus()
	return s == "paid" || s == "partially_refunded" || s == "refunded"
}

// attributes are the order's own and those under which checkout apps file
// register numbers.
func (o Order) attributes() []Attribute {
	all := slices.Clone(o.Attributes)
	if o.Customer.VATID != "" {
		all = append(all, Attribute{Name: "vat_number", Value: o.Customer.VATID})
	}
	if o.Customer.KVK != "" {
		all = append(all, Attribute{Name: "kvk_number", Value: o.Customer.KVK})
	}
	return all
}

func (c Customer) shippedTo() Address {
	if c.ShippedTo == (Address{}) {
		return c.Address
	}
	return c.ShippedTo
}
