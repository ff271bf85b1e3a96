package order

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Intake is what the house adds to an incoming order.
type Intake struct {
	ID         string
	Source     Source
	CustomerID string
	TermsDays  int
	TermsKind  calendar.TermKind
	Parts      []calendar.Share // several due dates, in place of one
	Rate       *money.Rate      // into the books' currency, when the order is in another
	Terms      TextRef          // the general terms of now
	At         time.Time
}

// Inconsistent says that the shop's total and its lines differ by more than the
// rounding of the lines can explain.
type Inconsistent struct{ Said, Lines money.Amount }

func (e *Inconsistent) Error() string {
	return fmt.Sprintf("the shop says %s, its lines give %s", e.Said, e.Lines)
}

// Take makes an order of a checked Incoming. Within one minor unit per line the
// shop's total prevails and the difference becomes BT-114; beyond that the
// order is returned with an *Inconsistent error, on hold for a person.
func Take(in Incoming, house Intake) (*Order, error) {
	d := Data{
		ID: house.ID, ExternalID: in.ExternalID, Number: in.Number, Source: house.Source, Status: Received, Holds: []string{},
		CustomerID: house.CustomerID, CustomerName: in.Buyer.DisplayName(), Currency: in.Currency, PricesIncludeTax: in.PricesIncludeTax,
		PaidAtShop: in.PaidAtShop, TermsDays: house.TermsDays, TermsKind: house.TermsKind, Rate: house.Rate, ShipTo: in.Buyer.ShipTo, Shipments: []string{}, Invoices: []string{},
		PlacedAt: in.PlacedAt, UpdatedAt: in.UpdatedAt, ReceivedAt: house.At, Note: in.Note, PONumber: in.PONumber, Tolerance: in.Tolerance, DeliverOn: in.DeliverOn,
	}
	if d.Number == "" {
		d.Number = in.ExternalID
	}
	d.Terms = house.Terms
	d.Instalments = house.Parts
	if a := in.Agreed; a != nil {
		d.Instalments, d.TermsKind = nil, calendar.Net
		d.TermsDays, d.Terms, d.QuoteID, d.ContractID = a.TermsDays, TextRef{Version: a.TermsVersion, Hash: a.TermsHash}, a.QuoteID, a.ContractID
	}
	in = in.Spread()
	d.Lines = slices.Grow(d.Lines, len(in.Lines))
	taxable := make([]statute.Taxable, 0, len(in.Lines))
	for i, l := range in.Lines {
		line, err := l.price(i+1, in.Currency, in.PricesIncludeTax)
		if err != nil {
			return nil, err
		}
		d.Lines = append(d.Lines, line)
		taxable = append(taxable, statute.Taxable{Net: line.Net, Category: line.Category, Rate: line.TaxRate})
	}
	d.Taxes = statute.Breakdown(taxable)
	net, tax := statute.Totals(d.Taxes)
	sum := net.Plus(tax)
	if sum.IsNegative() {
		return nil, fault.Breaks("order.discounts", "its discounts are more than its lines come to: {amount} is below zero", "amount", sum)
	}
	d.Total, d.Rounding, d.Invoiced, d.Committed = sum, sum.Zero(), sum.Zero(), sum.Zero()
	o := &Order{data: d}
	if in.Total == nil {
		o.paidInFull()
		return o, nil
	}
	if in.Total.Currency != in.Currency {
		return nil, fault.Breaks("order.total_currency", "the order is in {currency}, its total in {other}", "currency", in.Currency, "other", in.Total.Currency)
	}
	o.data.Total, o.data.Rounding = *in.Total, in.Total.Minus(sum)
	o.paidInFull()
	if o.data.Rounding.Abs().Minor > int64(len(in.Lines)) {
		o.Hold(ExceptionHold)
		return o, &Inconsistent{Said: *in.Total, Lines: sum}
	}
	return o, nil
}

// paidInFull gives a payment without an amount that of the order.
func (o *Order) paidInFull() {
	if p := o.data.PaidAtShop; p != nil && p.Amount.Currency == "" {
		full := *p
		full.Amount = o.data.Total
		o.data.PaidAtShop = &full
	}
}

func (l IncomingLine) price(n int, currency string, includesTax bool) (Line, error) {
	whole := l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity)).Sub(l.Discount).Add(l.Charge)
	amount, err := money.Round(whole, currency)
	if err != nil {
		return Line{}, err
	}
	if includesTax {
		amount = statute.NetOf(amount, l.TaxRate)
	}
	list := decimal.Decimal{}
	if counts(l.Discount, currency) {
		if list = l.UnitPrice; includesTax {
			list = list.DivRound(decimal.NewFromInt(1).Add(l.TaxRate.Shift(-2)), 8)
		}
	}
	charge := decimal.Decimal{}
	if counts(l.Charge, currency) {
		if charge = l.Charge.DivRound(decimal.NewFromInt(l.Quantity), 10); includesTax {
			charge = charge.DivRound(decimal.NewFromInt(1).Add(l.TaxRate.Shift(-2)), 8)
		}
	}
	return Line{
		ListPrice: list, Charge: charge, ChargeFor: l.ChargeFor, Overall: l.Overall,
		N: n, ExternalID: l.ExternalID, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity,
		UnitPrice: amount.Times(decimal.NewFromInt(1).DivRound(decimal.NewFromInt(l.Quantity), 18)),
		TaxRate:   l.TaxRate, Category: l.category(), Net: amount, Service: l.Service || l.Overall,
	}, nil
}

// counts reports whether a discount or charge comes to anything: less is how a
// shop's price was rounded.
func counts(d decimal.Decimal, currency string) bool {
	if !d.IsPositive() {
		return false
	}
	amount, err := money.Round(d, currency)
	return err == nil && amount.IsPositive()
}

// Nobody is what a buyer is called whose shop tells neither a name nor an address.
const Nobody = "Guest"

// DisplayName is what to call the buyer: the company before the person, the
// address of the mail before nothing.
func (b Buyer) DisplayName() string {
	i := slices.IndexFunc([]string{b.Company, b.Name, b.Email}, func(s string) bool { return s != "" })
	if i < 0 {
		return Nobody
	}
	return []string{b.Company, b.Name, b.Email}[i]
}

// Newer reports whether a message of the shop replaces what is known; an old
// payload that arrives late does not. Shops stamp to the second: of the same
// instant, a change that says something else came after.
func (o *Order) Newer(next Data, verb Verb) bool {
	if next.UpdatedAt.Equal(o.data.UpdatedAt) {
		return verb == Update && o.data.Heard != "" && next.telling() != o.data.Heard
	}
	return next.UpdatedAt.After(o.data.UpdatedAt)
}
