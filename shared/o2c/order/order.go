// Package order owns what a customer asked for: its lines, its life from
// received to closed, and the holds that stand in its way. It does not own the
// credit decision, the stock or the invoice.
package order

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// The statuses of an order.
const (
	Received    = "received"
	Confirmed   = "confirmed"
	PartShipped = "part_shipped"
	Shipped     = "shipped"
	Closed      = "closed"
	Declined    = "declined"
	Cancelled   = "cancelled"
)

// Life is the transition table of an order. Of a closed or cancelled order a shop
// may still tell that more was sold, or has left; a refusal is final once the
// colleague who gave it cannot take it back any more.
var Life = life.Table{
	{From: Received, Verb: "confirm", To: Confirmed},
	{From: Received, Verb: "decline", To: Declined},
	{From: Received, Verb: "cancel", To: Cancelled},
	{From: Confirmed, Verb: "ship_part", To: PartShipped},
	{From: Confirmed, Verb: "ship", To: Shipped},
	{From: Confirmed, Verb: "cancel", To: Cancelled},
	{From: PartShipped, Verb: "ship_part", To: PartShipped},
	{From: PartShipped, Verb: "ship", To: Shipped},
	{From: PartShipped, Verb: "cut", To: Shipped}, // the rest will not come
	{From: Shipped, Verb: "close", To: Closed},
	{From: Confirmed, Verb: "review", To: Received},       // decided anew
	{From: Declined, Verb: "review", To: Received},        // the refusal was taken back
	{From: PartShipped, Verb: "confirm", To: PartShipped}, // what was added is approved
	{From: Shipped, Verb: "extend", To: PartShipped},      // more was added
	{From: Closed, Verb: "extend", To: PartShipped},
	{From: Cancelled, Verb: "revive", To: Confirmed}, // its goods had left all the same
}

// The holds of an order, apart from its status.
const (
	CreditHold    = "credit"
	StockHold     = "stock" // accepted; its goods are being reserved, slice by slice
	ExceptionHold = "exception"
)

// Source is the channel an order came through.
type Source struct {
	Endpoint string `json:"endpoint"` // "demo-shopify", "api", "slack"
	Platform string `json:"platform"` // "shopify", "woocommerce", "bigcommerce", "generic", "api"
}

// Line is one line of an order. Quantities are counted in whole units.
type Line struct {
	N          int              `json:"n"` // 1, 2, 3 …
	ExternalID string           `json:"external_id,omitempty"`
	SKU        string           `json:"sku,omitempty"`
	Name       string           `json:"name"`
	Quantity   int64            `json:"quantity"`
	UnitPrice  money.Amount     `json:"unit_price"`          // net of tax and discount, rounded, for reading
	ListPrice  decimal.Decimal  `json:"list_price,omitzero"` // of one unit, net of tax and before the line's discount; none: it has no discount
	TaxRate    decimal.Decimal  `json:"tax_rate"`            // percent
	Category   statute.Category `json:"tax_category"`
	Net        money.Amount     `json:"net"` // of the whole line
	Service    bool             `json:"service,omitempty"`
	Tracked    bool             `json:"tracked,omitempty"` // its SKU has stock
	Reserved   int64            `json:"reserved"`
	Waiting    int64            `json:"backordered,omitempty"` // for stock, since the order was confirmed
	Shipped    int64            `json:"shipped"`               // above the quantity when more left, within the tolerance
	Cut        int64            `json:"cut,omitempty"`         // will not come
	Returned   int64            `json:"returned,omitempty"`    // of what was shipped
	Instead    int              `json:"instead,omitempty"`     // of the line whose units it replaces
	Charge     decimal.Decimal  `json:"charge,omitzero"`       // on one unit beside its price, net of tax (BG-28)
	ChargeFor  string           `json:"charge_for,omitempty"`
	Overall    bool             `json:"overall,omitempty"` // a discount (below zero) or surcharge of the whole order; its name is the reason
	Billed     money.Amount     `json:"billed,omitzero"`   // of an overall row: what stands on invoices
}

// Left is what is still to be shipped.
func (l Line) Left() int64 { return max(0, l.Quantity-l.Shipped-l.Cut) }

// Backordered is what could not be reserved of a line and waits for stock.
func (l Line) Backordered() int64 { return l.Waiting }

// NetOf is the net amount of units from+1 … to of the line, beyond its quantity
// too. Cumulative rounding
// makes the parts sum to the whole, however the line is cut.
func (l Line) NetOf(from, to int64) money.Amount {
	upTo := func(n int64) money.Amount {
		return l.Net.Times(decimal.NewFromInt(n).DivRound(decimal.NewFromInt(l.Quantity), 18))
	}
	return upTo(to).Minus(upTo(from))
}

// TextRef names a version of the general terms and what it said.
type TextRef struct {
	Version string `json:"version"`
	Hash    string `json:"hash"` // SHA-256 of the texts
}

// Data is what an order is made of.
type Data struct {
	ID               string            `json:"id"`
	ExternalID       string            `json:"external_id"`
	Number           string            `json:"number"`
	Source           Source            `json:"source"`
	Status           string            `json:"status"`
	Holds            []string          `json:"holds"`
	CustomerID       string            `json:"customer_id"`
	CustomerName     string            `json:"customer_name"`
	Currency         string            `json:"currency"`
	PricesIncludeTax bool              `json:"prices_include_tax"`
	Lines            []Line            `json:"lines"`
	Taxes            []statute.Tax     `json:"taxes"`
	Total            money.Amount      `json:"total"`    // the shop's, which prevails
	Rounding         money.Amount      `json:"rounding"` // BT-114: total − what the lines give
	Invoiced         money.Amount      `json:"invoiced"`
	Committed        money.Amount      `json:"committed"`               // what credit still counts as confirmed and not yet invoiced
	ShipMost         *money.Amount     `json:"ship_most,omitempty"`     // goods worth so much may leave, tax included; nil: all
	PaidAtShop       *Payment          `json:"paid_at_shop,omitempty"`  // in all, by its newest payment
	ShopReceipts     []string          `json:"shop_receipts,omitempty"` // what was booked of it
	BilledAhead      string            `json:"billed_ahead,omitempty"`  // the invoice of all of it, made before anything left
	Deposit          *Deposit          `json:"deposit,omitempty"`       // what is paid before anything leaves
	PackedAt         time.Time         `json:"packed_at,omitzero"`      // the next parcel is ready; zero: nobody said so
	Rate             *money.Rate       `json:"rate,omitempty"`          // into the books' currency, of the day it was placed; nil: it is in that currency
	TermsDays        int               `json:"terms"`
	TermsKind        calendar.TermKind `json:"terms_kind,omitempty"`
	Instalments      []calendar.Share  `json:"instalments,omitempty"` // several due dates of each invoice
	Tolerance        *Tolerance        `json:"tolerance,omitempty"`   // nil: the house's
	DeliverOn        calendar.Date     `json:"deliver_on,omitzero"`   // expected, as the customer was told
	Queue            string            `json:"queue,omitempty"`       // its place among the orders that wait for stock
	WaitsBy          string            `json:"waits_by,omitempty"`    // who decided that it waits for stock
	WaitsAt          time.Time         `json:"waits_at,omitzero"`
	Told             string            `json:"told,omitempty"`      // names what its channel said of the goods before they were changed here
	Reserving        int               `json:"reserving,omitempty"` // the line from which stock is still to be reserved; 0: none
	Terms            TextRef           `json:"terms_of,omitzero"`   // the general terms, frozen at intake
	QuoteID          string            `json:"quote_id,omitempty"`
	ContractID       string            `json:"contract_id,omitempty"`
	ShipTo           party.Address     `json:"ship_to"`
	Shipments        []string          `json:"shipments"`
	Invoices         []string          `json:"invoices"`
	Returns          []string          `json:"returns,omitempty"`
	PlacedAt         time.Time         `json:"placed_at"`
	UpdatedAt        time.Time         `json:"updated_at"`
	Heard            string            `json:"heard,omitempty"` // names what its channel said of the goods then
	ReceivedAt       time.Time         `json:"received_at"`
	Note             string            `json:"note,omitempty"`
	PONumber         string            `json:"po_number,omitempty"`   // BT-13: the customer's own number of it
	Refunds          []Refunded        `json:"refunds,omitempty"`     // at the shop
	Withdrawn        bool              `json:"withdrawn,omitempty"`   // the shop cancelled it: what left is credited, the rest is not shipped
	TakenBack        bool              `json:"taken_back,omitempty"`  // withdrawn after all of it had left: its invoices are credited
	Corrections      []Correction      `json:"corrections,omitempty"` // what its customer wants otherwise
	Growth           money.Amount      `json:"growth,omitzero"`       // added after a part was shipped, and not approved yet
}

// InBooks is an amount of the order in the currency of the books, at the rate of
// the day that the order was placed.
func (d Data) InBooks(a money.Amount) money.Amount {
	if d.Rate == nil {
		return a
	}
	return d.Rate.In(a)
}

// Order is what a customer asked for.
type Order struct{ data Data }

// Data is a copy; its slices are not for writing.
func (o *Order) Data() Data { return o.data }

// Status is where the order stands in its life.
func (o *Order) Status() string { return o.data.Status }

// Kind, ID and ListKey make the order a document.
func (o *Order) Kind() string    { return "order" }
func (o *Order) ID() string      { return o.data.ID }
func (o *Order) ListKey() string { return o.data.ReceivedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (o *Order) MarshalJSON() ([]byte, error) { return json.Marshal(&o.data) }
func (o *Order) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &o.data) }

func (o *Order) step(verb string) error {
	next, err := Life.Next(o.data.Status, verb)
	if err != nil {
		return fmt.Errorf("order %s: %w", o.data.Number, err)
	}
	o.data.Status = next
	return nil
}

// Hold puts a hold in the order's way; the same hold twice is one.
func (o *Order) Hold(hold string) {
	if !o.Held(hold) {
		o.data.Holds = append(o.data.Holds, hold)
	}
}

// Release takes a hold away.
func (o *Order) Release(hold string) {
	o.data.Holds = slices.DeleteFunc(slices.Clone(o.data.Holds), func(h string) bool { return h == hold })
}

// Held reports whether a hold stands.
func (o *Order) Held(hold string) bool { return o.data.Held(hold) }

// Held reports whether a hold stands.
func (d Data) Held(hold string) bool { return slices.Contains(d.Holds, hold) }

// Confirm accepts the order, or what was added to it: from now on that counts
// against credit.
func (o *Order) Confirm() error {
	added := o.data.Total
	if o.data.Status == PartShipped {
		added = o.data.Growth
	}
	accepted := o.Held(StockHold)
	if err := o.step("confirm"); err != nil {
		return err
	}
	o.Release(CreditHold)
	if d := o.data.Deposit; d != nil { // its invoice counts by itself
		added = money.Of(max(0, added.Minor-d.Billed.Minor), added.Currency)
	}
	o.Release(StockHold)
	if !o.Prepaid() && !accepted {
		o.data.Committed = o.data.Committed.Plus(added)
		if o.data.ShipMost != nil && !o.Begun() {
			o.data.Committed = money.Min(*o.data.ShipMost, o.data.Total)
		}
	}
	o.data.Growth = money.Amount{}
	return nil
}

// Accept is the first half of Confirm, for an order whose goods are too many to
// be reserved in one commit: it counts against credit from now on and is
// confirmed with the last of them.
func (o *Order) Accept() error {
	if o.data.Status != Received {
		return o.step("confirm")
	}
	o.Release(CreditHold)
	if o.Hold(StockHold); !o.Prepaid() {
		o.data.Committed = o.data.Committed.Plus(o.data.Total)
	}
	return nil
}

// Decline refuses the order.
func (o *Order) Decline() error { return o.end("decline") }

// Cancel withdraws the order before anything was shipped.
func (o *Order) Cancel() error { return o.end("cancel") }

func (o *Order) end(verb string) error {
	if err := o.step(verb); err != nil {
		return err
	}
	o.data.Holds = []string{}
	o.data.Committed, o.data.Growth = o.data.Total.Zero(), money.Amount{}
	o.LetGo()
	return nil
}

// Cut ends a part-shipped order as it is: the rest will not come.
func (o *Order) Cut() error {
	err := o.end("cut")
	if err == nil {
		o.giveUpRest()
	}
	return err
}

// giveUpRest records that what is left of the goods will not come.
func (o *Order) giveUpRest() {
	o.data.Lines = slices.Clone(o.data.Lines)
	for i := range o.data.Lines {
		if l := &o.data.Lines[i]; !l.Service {
			l.Cut += l.Left()
		}
	}
}

// Close ends an order whose invoices are settled.
func (o *Order) Close() error { return o.step("close") }

// Prepaid reports whether the shop's gateway took all of the money.
func (o *Order) Prepaid() bool {
	p := o.data.PaidAtShop
	return p != nil && p.Amount.Currency == o.data.Currency && p.Amount.Cmp(o.data.Total) >= 0
}

// Ships reports whether anything of the order is carried to the customer.
func (o *Order) Ships() bool {
	return slices.ContainsFunc(o.data.Lines, func(l Line) bool { return !l.Service })
}

// Expect records the day on which the customer may expect the goods.
func (o *Order) Expect(on calendar.Date) { o.data.DeliverOn = on }

// Seen records how new the shop's newest telling is, and what it was.
func (o *Order) Seen(told Data) { o.data.UpdatedAt, o.data.Heard = told.UpdatedAt, told.telling() }

// MoreAtShop is how much more the shop's gateway took in all than is known.
// What it took does not become less: a message that says less is an older one,
// or tells of a refund. Where a shop tells the instant of a payment and no
// amount, the same instant is the same payment, whatever the order comes to now.
func (o *Order) MoreAtShop(p Payment) money.Amount {
	known := o.data.PaidAtShop
	switch {
	case known == nil || known.Amount.Currency != p.Amount.Currency:
		return p.Amount
	case p.Amount.Cmp(known.Amount) <= 0 || (!p.At.IsZero() && p.At.Equal(known.At)):
		return p.Amount.Zero()
	}
	return p.Amount.Minus(known.Amount)
}

// PayAtShop records what the shop's gateway took in all and the receipt of its
// newest part. It returns what credit lets go of: all that was committed, once
// the order is paid in full.
func (o *Order) PayAtShop(p Payment, receiptID string) (freed money.Amount) {
	o.data.PaidAtShop = &p
	o.data.ShopReceipts = append(slices.Clone(o.data.ShopReceipts), receiptID)
	freed = o.data.Total.Zero()
	if o.Prepaid() {
		freed, o.data.Committed = o.data.Committed, freed
	}
	return freed
}

// Terms changes the days to pay, as an approval may ask.
func (o *Order) Terms(days int) {
	if days != o.data.TermsDays {
		o.data.TermsDays, o.data.TermsKind, o.data.Instalments = days, calendar.Net, nil
	}
}
