package order

import (
	"strconv"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// Verb is what a shop's message asks for.
type Verb string

// The verbs every platform is translated into.
const (
	Create  Verb = "create"
	Update  Verb = "update"
	Cancel  Verb = "cancel"
	Paid    Verb = "paid"
	Fulfil  Verb = "fulfil"
	Refund  Verb = "refund"
	Stock   Verb = "stock"   // how much there is of something
	Look    Verb = "look"    // something changed, and the shop must be asked what
	Ping    Verb = "ping"    // a platform trying the endpoint out
	Unknown Verb = "unknown" // authentic, but nothing we act on
)

// Message is one translated message of a shop. Its order is whole, or a bare
// one that has its external id alone: Cancel, Paid, Fulfil and Refund make sense
// of that, too.
type Message struct {
	Verb  Verb
	Topic string // as the platform names it, for the trail
	Order Incoming
	// Levels are what a message about stock tells; it has no order.
	Levels []Level `json:",omitempty"`
	// About is what a Look is about, as the shop's own interface names it:
	// "orders/118". It has no order either.
	About string `json:",omitempty"`
}

// Whole reports whether the message tells the whole order.
func (m Message) Whole() bool { return len(m.Order.Lines) > 0 }

// Incoming is an order as a channel tells it, before it is ours.
type Incoming struct {
	ExternalID       string // as text: ids of shops exceed 2^53
	Number           string // what people call it, "SO-1042"
	Buyer            Buyer
	Currency         string
	PricesIncludeTax bool
	Lines            []IncomingLine
	Total            *money.Amount      // what the shop says; nil: whatever the lines give
	PaidAtShop       *Payment           // settled through the shop's own gateway
	Parcels          []IncomingShipment // what the message says has left; a shop may tell all of them each time
	Refunds          []IncomingRefund   // what it says was given back
	PONumber         string             // the customer's own number of the order (BT-13)
	PlacedAt         time.Time
	UpdatedAt        time.Time
	Test             bool
	Note             string
	Tolerance        *Tolerance       `json:",omitempty"` // of its deliveries; nil: the house's
	DeliverOn        calendar.Date    `json:",omitzero"`  // as promised by the channel; zero: the house's own estimate
	Instalments      []calendar.Share `json:",omitempty"` // due dates of its invoices; none: the customer's terms
	Agreed           *Agreed          `json:",omitempty"` // what a quote fixed before; nil: the customer's terms of now
}

// Agreed is what the acceptance of a quote fixed for its order.
type Agreed struct {
	QuoteID      string
	ContractID   string
	TermsDays    int
	TermsVersion string
	TermsHash    string
}

// Buyer is who ordered, as the shop knows them.
type Buyer struct {
	ExternalID string // the shop's id of the customer, "" for guests
	CustomerID string // ours, when the channel knows it
	Name       string
	Company    string
	Email      string
	Phone      string
	Language   string
	Kind       party.Kind // "" when not declared
	VATID      string
	KVK        string
	Reference  string `json:",omitzero"` // BT-10, such as a Leitweg-ID
	Address    party.Address
	ShipTo     party.Address
}

// Payment is money that the shop's gateway took, in all.
type Payment struct {
	Gateway   string // "shopify_payments", "mollie", …
	Reference string
	Amount    money.Amount // none: all of the order
	At        time.Time    `json:",omitzero"` // when, where a shop tells the instant instead of an amount
}

// IncomingRefund is what a shop gave back.
type IncomingRefund struct {
	ExternalID string       // "" where the shop has none: then Amount is all that was given back so far
	Amount     money.Amount // of money; none: all of the order
	Lines      []RefundedLine
	Reason     string
	At         time.Time
}

// RefundedLine is what was given back of a line, by the shop's id or by SKU.
type RefundedLine struct {
	ExternalID string
	SKU        string
	Quantity   int64
	Unshipped  bool  // it never left: the order has less to deliver, there is nothing to credit
	Credited   int64 `json:",omitempty"` // of it, by credit notes
}

// Names reports whether the refund is about a line of an order.
func (r RefundedLine) Names(l Line) bool {
	return !l.Service && (r.ExternalID == "" || r.ExternalID == l.ExternalID) && (r.SKU == "" || r.SKU == l.SKU)
}

// IncomingLine is one line as a channel tells it.
type IncomingLine struct {
	ExternalID string
	SKU        string
	Name       string
	Quantity   int64
	UnitPrice  decimal.Decimal // major units, including tax or not as the order says
	Discount   decimal.Decimal // of the whole line, major units, not negative
	TaxRate    decimal.Decimal // percent
	Category   statute.Category
	Unpriced   bool `json:",omitempty"` // nothing is said of its price: the product's for this customer counts
	Untaxed    bool `json:",omitempty"` // nothing is said of tax: the product's rate counts, else the domestic standard rate
	Service    bool // shipping and fees: nothing leaves the warehouse for it

	Charge    decimal.Decimal `json:",omitzero"` // on the whole line beside its price (BG-28), as deposits on crates; major units, in the terms of its price
	ChargeFor string          `json:",omitempty"`
	// Overall is a discount or surcharge of the whole order (BG-20, BG-21): its
	// price is below zero when it takes off, its name is the reason. One that is
	// Untaxed is spread over the rates of the other lines.
	Overall bool            `json:",omitempty"`
	Percent decimal.Decimal `json:",omitzero"` // of what the other lines come to, instead of a price
}

// Partial reports whether the line leaves something to the product.
func (l IncomingLine) Partial() bool { return !l.Overall && (l.Unpriced || l.Untaxed) }

// IncomingShipment is what left, as a channel tells it; no lines mean all that
// is left.
type IncomingShipment struct {
	ExternalID string
	Lines      []ShippedLine
	Carrier    string
	Tracking   string
	Link       string `json:",omitempty"` // of the page on which the shop lets the parcel be followed
	At         time.Time
	Delivered  *IncomingDelivery `json:",omitempty"` // nil: on its way
}

// IncomingDelivery is word from a channel that a shipment arrived.
type IncomingDelivery struct {
	At       time.Time // zero: now
	Name     string    // who took it
	Evidence string    // the channel's own words or reference
}

// ShippedLine names a line by the shop's id, by SKU, or by its number here.
type ShippedLine struct {
	N          int `json:",omitempty"`
	ExternalID string
	SKU        string
	Quantity   int64
}

// Limits of one order; beyond them it goes to a person.
const (
	LinesMax    = 500
	QuantityMax = 1_000_000
)

// Check refuses what cannot be an order, naming the field by JSON pointer.
func (in Incoming) Check() (pointer string, err error) {
	switch {
	case in.ExternalID == "":
		return "/external_id", fault.Breaks("order.no_id", "the order has no id")
	case !money.Valid(in.Currency):
		return "/currency", fault.Breaks("order.currency", `currency "{code}" is not an ISO 4217 code`, "code", in.Currency)
	case len(in.Lines) == 0:
		return "/lines", fault.Breaks("order.no_lines", "the order has no lines")
	case len(in.Lines) > LinesMax:
		return "/lines", fault.Breaks("order.many_lines", "the order has {n} lines; at most {most} are taken", "n", len(in.Lines), "most", LinesMax)
	}
	hundred := decimal.NewFromInt(100)
	for i, l := range in.Lines {
		at := "/lines/" + strconv.Itoa(i)
		if l.Overall {
			if err := l.checkOverall(); err != nil {
				return at, err
			}
			continue
		}
		switch {
		case l.Charge.IsNegative():
			return at + "/charge", fault.Breaks("order.charge", "a charge of {number} is below zero; write it as discount", "number", l.Charge)
		case l.Quantity <= 0 || l.Quantity > QuantityMax:
			return at + "/quantity", fault.Breaks("order.quantity", "a quantity of {n}; write a whole number from 1 to {most}", "n", l.Quantity, "most", QuantityMax)
		case l.UnitPrice.IsNegative():
			return at + "/unit_price", fault.Breaks("order.price", "a price of {number} is below zero; write the discount as discount", "number", l.UnitPrice)
		case l.Discount.IsNegative() || !l.Unpriced && l.Discount.IsPositive() && l.Discount.GreaterThan(l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity))):
			return at + "/discount", fault.Breaks("order.discount", "a discount of {number} on a line of {price}", "number", l.Discount, "price", l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity)))
		case l.TaxRate.IsNegative() || l.TaxRate.GreaterThan(hundred):
			return at + "/tax_rate", fault.Breaks("order.tax", "a tax rate of {percent} percent; write 0 to 100", "percent", l.TaxRate)
		}
	}
	return "", nil
}
