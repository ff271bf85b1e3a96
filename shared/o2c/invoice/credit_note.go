package invoice

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

// Note is a credit note as the invoice that it corrects remembers it.
type Note struct {
	ID      string       `json:"id"`
	Number  string       `json:"number"`
	Total   money.Amount `json:"total"`
	Settled money.Amount `json:"settled"` // of what was open; the rest became the customer's money
	Lines   []Taken      `json:"lines"`
}

// Taken is what a note took back of one line.
type Taken struct {
	N        int          `json:"n"` // the invoice's line
	Quantity int64        `json:"quantity"`
	Net      money.Amount `json:"net"`
	Reduces  bool         `json:"reduces,omitempty"` // the price alone: the units may still be credited
}

// Taking asks to take units of a line back, or a part of their price.
type Taking struct {
	N         int           // the line; 0: by SKU
	SKU       string        // fills the lines of that SKU, the first of them first
	Quantity  int64         // 0: all that is left of the line
	UnitPrice *money.Amount // nil: the units at what they cost; else so much less for each, net of tax
}

// Left is what of a line was not credited yet. What takes a deposit off is never
// credited: a return is worth what the goods cost, and the part of it that the
// deposit had paid is the customer's money too. Of a deposit, what an invoice
// took off is left no more.
func (d Data) Left(n int) (units int64, net money.Amount) {
	l := d.Lines[n-1]
	if l.Advance != "" {
		return 0, l.Net.Zero()
	}
	units, net = l.Quantity, d.leftOf(l)
	if net.IsZero() && !l.Net.IsZero() {
		return 0, net
	}
	for _, note := range d.Notes {
		for _, t := range note.Lines {
			if t.N != n {
				continue
			}
			net = net.Minus(t.Net)
			if !t.Reduces {
				units -= t.Quantity
			}
		}
	}
	return units, net
}

// Credited is what all credit notes on the invoice took back.
func (d Data) Credited() money.Amount {
	sum := d.Total.Zero()
	for _, n := range d.Notes {
		sum = sum.Plus(n.Total)
	}
	return sum
}

// NoteUnder reports whether a credit note of that id is on the invoice.
func (d Data) NoteUnder(id string) bool {
	return slices.ContainsFunc(d.Notes, func(n Note) bool { return n.ID == id })
}

// settledByNotes is what credit notes took off what was open.
func (d Data) settledByNotes() money.Amount {
	sum := d.Total.Zero()
	for _, n := range d.Notes {
		sum = sum.Plus(n.Settled)
	}
	return sum
}

// Worth is what the invoice's lines cost, before a deposit was taken off.
func (d Data) Worth() money.Amount { return d.Total.Plus(d.TakenOff()) }

// Exhausted reports whether all of the invoice was credited.
func (d Data) Exhausted() bool {
	return len(d.Notes) > 0 && d.Credited().Cmp(d.Worth()) >= 0
}

// CreditNote drafts the note over what is asked for, or over all that is left.
// Net amounts and taxes are cumulative: however an invoice is cut into notes,
// they add up to its net amount, to its tax of each rate and to its total, and
// never to more. So the tax of a later note may differ by a cent from its base
// times its rate, which is what the invoice's own tax leaves (article 90 of
// directive 2006/112/EC: what was charged is reduced).
func (i *Invoice) CreditNote(id string, asked []Taking, at time.Time) (*Invoice, []Taken, error) {
	d := i.data
	if i.IsCreditNote() || d.Number == "" {
		return nil, nil, fault.Breaks("credit.issued_only", "only an issued invoice can be credited")
	}
	taken, err := d.resolve(asked)
	if err != nil {
		return nil, nil, err
	}
	note := &Invoice{data: Data{
		ID: id, Type: CreditNotes, Status: Draft, Refers: d.Number, OrderID: d.OrderID, OrderNo: d.OrderNo, PONumber: d.PONumber, ShipmentID: d.ShipmentID,
		CustomerID: d.CustomerID, Buyer: d.Buyer, Currency: d.Currency, BooksCurrency: d.BooksCurrency, Rate: d.Rate, Lines: make([]Line, len(taken)), SuppliedOn: d.SuppliedOn, CreatedAt: at, Advance: d.Advance, Ahead: d.Ahead, ShipTo: d.ShipTo, TaxedIn: d.TaxedIn, VIES: d.VIES, Simplified: d.Simplified, Supplies: d.Supplies, SuppliedFrom: d.SuppliedFrom,
		Open: d.Total.Zero(), Prepaid: d.Total.Zero(), Dunning: Dunning{Sent: []Sent{}},
	}}
	for k, t := range taken {
		l := d.Lines[t.N-1]
		l.N, l.Quantity, l.Net = k+1, t.Quantity, t.Net
		if t.Reduces {
			l.ListPrice, l.Charge = decimal.Decimal{}, decimal.Decimal{}
			l.UnitPrice = each(t.Net, t.Quantity)
		}
		note.data.Lines[k] = l
	}
	note.data.Taxes = d.taxesOf(taken)
	note.data.Net, note.data.Tax = statute.Totals(note.data.Taxes)
	sum, left := note.data.Net.Plus(note.data.Tax), d.Worth().Minus(d.nettedAmount()).Minus(d.Credited())
	note.data.Total = money.Min(sum, left)
	if d.emptiedBy(taken) {
		note.data.Total = left
	}
	note.data.Rounding = note.data.Total.Minus(sum)
	if note.data.Total.IsNegative() {
		return nil, nil, fault.Breaks("credit.discount", "the discount of the whole invoice is more than these lines of {number} cost; credit all of it", "number", d.Number)
	}
	return note, taken, nil
}

// Prevail makes a drafted note come to a total that was given back already: a
// difference of at most a minor unit per line is rounding (BT-114).
func (i *Invoice) Prevail(total money.Amount) {
	by := total.Minus(i.data.Total)
	if i.data.Number == "" && by.Abs().Minor <= int64(len(i.data.Lines)) {
		i.data.Total, i.data.Rounding = total, i.data.Rounding.Plus(by)
	}
}

// resolve finds the lines and what of them is left.
func (d Data) resolve(asked []Taking) ([]Taken, error) {
	if len(asked) == 0 {
		for _, l := range d.Lines {
			if units, _ := d.Left(l.N); units > 0 && !l.Overall {
				asked = append(asked, Taking{N: l.N})
			}
		}
	}
	bare := len(asked) == 0 // the lines are all credited
	for _, l := range d.Overall() {
		if units, net := d.Left(l.N); bare && units > 0 && net.IsPositive() {
			asked = append(asked, Taking{N: l.N})
		}
	}
	var taken []Taken
	for _, a := range asked {
		if a.N > 0 && a.N <= len(d.Lines) && d.Lines[a.N-1].alongside() {
			continue
		}
		more, err := d.take(a, taken)
		if err != nil {
			return nil, err
		}
		taken = append(taken, more...)
	}
	if len(taken) == 0 {
		return nil, fault.Breaks("credit.nothing", "nothing of invoice {number} is left to credit", "number", d.Number)
	}
	return d.withOverall(taken), nil
}

// take resolves one line, or several that an SKU names alike.
func (d Data) take(a Taking, before []Taken) ([]Taken, error) {
	var taken []Taken
	rest, found, free := a.Quantity, false, int64(0)
	for _, l := range d.Lines {
		if a.N != l.N && (a.N != 0 || a.SKU == "" || a.SKU != l.SKU || l.Overall) {
			continue
		}
		found = true
		if slices.ContainsFunc(before, func(t Taken) bool { return t.N == l.N }) {
			return nil, fault.Breaks("credit.twice", "line {n} is named twice", "n", l.N)
		}
		units, net := d.Left(l.N)
		if a.UnitPrice != nil {
			units = l.Quantity // a price may be cut again, as long as something is left of it
		}
		free += units
		q := units
		if a.Quantity > 0 {
			q = min(rest, units)
		}
		if q <= 0 {
			continue
		}
		rest -= q
		t, err := l.share(a, q, units, net)
		if err != nil {
			return nil, err
		}
		taken = append(taken, t)
	}
	switch {
	case !found:
		return nil, fault.Breaks("credit.no_line", `invoice {number} has no line {n} (SKU "{sku}")`, "number", d.Number, "n", a.N, "sku", a.SKU)
	case a.Quantity < 0 || rest > 0 && a.Quantity > 0 || len(taken) == 0:
		return nil, fault.Breaks("credit.units", "{n} of {name} cannot be credited; {left} are left on invoice {number}", "n", a.Quantity, "name", a.name(d), "left", free, "number", d.Number)
	}
	return taken, nil
}

func (a Taking) name(d Data) string {
	for _, l := range d.Lines {
		if l.N == a.N || a.N == 0 && l.SKU == a.SKU {
			return l.Name
		}
	}
	return a.SKU
}

// share is q of the units that are left of a line, at their part of what is
// left of its price; the last unit takes the remainder.
func (l Line) share(a Taking, q, units int64, net money.Amount) (Taken, error) {
	if a.UnitPrice == nil {
		return Taken{N: l.N, Quantity: q, Net: net.Times(decimal.NewFromInt(q).DivRound(decimal.NewFromInt(units), 18))}, nil
	}
	if err := money.Same(*a.UnitPrice, net); err != nil {
		return Taken{}, err
	}
	cut := a.UnitPrice.Times(decimal.NewFromInt(q))
	if !cut.IsPositive() || cut.Cmp(net) > 0 {
		return Taken{}, fault.Breaks("credit.price", "{amount} cannot be taken off {name}; {left} of it is left", "amount", cut, "name", l.Name, "left", net)
	}
	return Taken{N: l.N, Quantity: q, Net: cut, Reduces: true}, nil
}

// taxesOf is the breakdown of what is taken now: per rate the tax on all that
// was taken with it, less the tax on what was taken before.
func (d Data) taxesOf(taken []Taken) []statute.Tax {
	rows := statute.Breakdown(d.taxable(taken))
	var before []Taken
	for _, n := range d.Notes {
		before = append(before, n.Lines...)
	}
	earlier := statute.Breakdown(d.taxable(before))
	for i, r := range rows {
		base := r.Base.Zero()
		for _, e := range earlier {
			if e.Category == r.Category && e.Rate.Equal(r.Rate) {
				base = e.Base
			}
		}
		rows[i].Tax = d.taxOn(r, base.Plus(r.Base)).Minus(d.taxOn(r, base))
	}
	return rows
}

// taxOn is the tax on a part of what the invoice taxes at a rate; on all of it
// the invoice's own.
func (d Data) taxOn(rate statute.Tax, base money.Amount) money.Amount {
	for _, r := range d.Taxes {
		if r.Category == rate.Category && r.Rate.Equal(rate.Rate) && r.Base == base {
			return r.Tax
		}
	}
	return base.Percent(rate.Rate)
}

func (d Data) taxable(taken []Taken) []statute.Taxable {
	rows := make([]statute.Taxable, len(taken))
	for i, t := range taken {
		l := d.Lines[t.N-1]
		rows[i] = statute.Taxable{Net: t.Net, Category: l.Category, Rate: l.TaxRate}
	}
	return rows
}

// emptiedBy reports whether nothing of any line's price is left afterwards.
func (d Data) emptiedBy(taken []Taken) bool {
	for _, l := range d.Lines {
		_, net := d.Left(l.N)
		for _, t := range taken {
			if t.N == l.N {
				net = net.Minus(t.Net)
			}
		}
		if !net.IsZero() {
			return false
		}
	}
	return true
}

// Credit records an issued note and settles with it what is open; the part that
// found nothing open is the customer's money. An invoice all of which was
// credited is credited, one that was partly paid and partly credited is paid.
func (i *Invoice) Credit(note Data, taken []Taken) (settled money.Amount, err error) {
	settled = money.Min(note.Total, i.data.Open)
	rest := i.data.Open.Minus(settled)
	all := i.data.Credited().Plus(note.Total).Cmp(i.data.Worth()) >= 0
	verb := "credit_part"
	switch {
	case rest.IsZero() && all:
		verb = "credit"
	case rest.IsZero() && settled.IsPositive():
		verb = "credit_rest"
	}
	next, err := Life.Next(i.data.Status, verb)
	if err != nil {
		return money.Amount{}, fmt.Errorf("invoice %s: %w", i.data.Number, err)
	}
	if verb == "credit_rest" {
		i.data.PaidOn = note.IssuedOn
	}
	i.data.Status, i.data.Open = next, rest
	i.data.Notes = append(slices.Clone(i.data.Notes), Note{ID: note.ID, Number: note.Number, Total: note.Total, Settled: settled, Lines: taken})
	if rest.IsZero() {
		i.Plan("", calendar.Date{}, time.Time{})
	}
	return settled, nil
}
