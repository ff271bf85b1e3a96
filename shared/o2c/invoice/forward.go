package invoice

import (
	"fmt"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// Forward is what an invoice brings forward from the package that issued it: it
// keeps its number, dates and amounts, and is a document of that package's
// archive and VAT returns, not of ours.
type Forward struct {
	Batch    string       `json:"batch"` // the import that brought it
	Original money.Amount `json:"original"`
	Credited money.Amount `json:"credited"`       // there, before it came
	Paid     money.Amount `json:"paid"`           // there, before it came
	Held     bool         `json:"held,omitempty"` // no letter goes out for it until its batch is released
}

// Brought is an open invoice as another package lists it.
type Brought struct {
	Batch    string
	ID       string
	Number   string
	Customer string    // id
	At       time.Time // of the import
	OrderNo  string
	Buyer    Buyer
	IssuedOn calendar.Date
	DueOn    calendar.Date
	Original money.Amount
	Credited money.Amount
	Paid     money.Amount
	Tax      money.Amount     // of the original; zero: not said
	Rate     *decimal.Decimal // percent, when one rate holds for all of it; without it no credit note can be made here
}

// BringForward makes an open invoice of one that another package issued. What
// was credited there lowers its total, what was paid there is prepaid (BT-113).
func BringForward(b Brought) (*Invoice, error) {
	total := b.Original.Minus(b.Credited)
	open := total.Minus(b.Paid)
	switch {
	case b.Number == "":
		return nil, fmt.Errorf("an invoice needs its number")
	case b.DueOn.Before(b.IssuedOn):
		return nil, fmt.Errorf("invoice %s fell due on %s, before its date %s", b.Number, b.DueOn, b.IssuedOn)
	case b.Paid.IsNegative() || b.Credited.IsNegative() || !open.IsPositive():
		return nil, fmt.Errorf("invoice %s of %s has nothing open after %s paid and %s credited", b.Number, b.Original, b.Paid, b.Credited)
	}
	i := &Invoice{data: Data{
		ID: b.ID, Type: Invoices, Number: b.Number, Status: Draft, OrderNo: b.OrderNo, CustomerID: b.Customer, Buyer: b.Buyer, Currency: total.Currency,
		Total: total, Open: open, Prepaid: b.Paid, Rounding: total.Zero(), Lines: []Line{}, Taxes: []statute.Tax{},
		IssuedOn: b.IssuedOn, SuppliedOn: b.IssuedOn, DueOn: b.DueOn, TermsDays: b.DueOn.DaysSince(b.IssuedOn), Reference: Reference(b.Number),
		CreatedAt: b.At, Dunning: Dunning{Sent: []Sent{}},
		Forward: &Forward{Batch: b.Batch, Original: b.Original, Credited: b.Credited, Paid: b.Paid, Held: true},
	}}
	i.tax(b)
	verb := "bring_forward"
	if b.Paid.IsPositive() {
		verb = "bring_forward_part"
	}
	next, err := Life.Next(Draft, verb)
	if err != nil {
		return nil, err
	}
	i.data.Status = next
	i.data.Hash = i.contentHash()
	return i, nil
}

// tax splits the total: by its rate, else in the proportion that the original
// had.
func (i *Invoice) tax(b Brought) {
	d := &i.data
	d.Tax = b.Tax
	if b.Tax.IsZero() {
		d.Tax = d.Total.Zero()
	}
	if b.Credited.IsPositive() && b.Tax.IsPositive() {
		d.Tax = b.Tax.Times(d.Total.Decimal().DivRound(b.Original.Decimal(), 18))
	}
	if b.Rate != nil {
		hundred := decimal.NewFromInt(100)
		d.Tax = d.Total.Times(b.Rate.DivRound(hundred.Add(*b.Rate), 18))
	}
	d.Net = d.Total.Minus(d.Tax)
	if b.Rate == nil {
		return
	}
	category := statute.Standard
	if b.Rate.IsZero() {
		category = statute.ZeroRated
	}
	d.Lines = []Line{{N: 1, Name: b.Number, Quantity: 1, UnitPrice: d.Net, Net: d.Net, TaxRate: *b.Rate, Category: category}}
	d.Taxes = []statute.Tax{{Category: category, Rate: *b.Rate, Base: d.Net, Tax: d.Tax}}
}

// BroughtForward reports whether another package issued the document.
func (d Data) BroughtForward() bool { return d.Forward != nil }

// Released lets letters about the invoice go out.
func (i *Invoice) Released() {
	f := *i.data.Forward
	f.Held = false
	i.data.Forward = &f
}

// Untouched reports whether nothing has happened to the invoice since it was
// brought forward: its batch may be undone.
func (i *Invoice) Untouched() bool {
	d := i.data
	dun := d.Dunning
	return d.Forward != nil && d.Open == d.Total.Minus(d.Forward.Paid) && len(d.Notes) == 0 && len(dun.Sent) == 0 && dun.PausedBy == "" &&
		dun.Promises == 0 && dun.DisputeID == "" && dun.PlanID == "" && !dun.Filed && d.WrittenOff.IsZero()
}

// Withdraw takes an invoice back that was brought forward by mistake.
func (i *Invoice) Withdraw() error {
	if !i.Untouched() {
		return fmt.Errorf("something has happened to invoice %s since it was brought forward", i.data.Number)
	}
	next, err := Life.Next(i.data.Status, "withdraw")
	if err == nil {
		i.data.Status, i.data.Open = next, i.data.Open.Zero()
	}
	return err
}
