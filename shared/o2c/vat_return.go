package o2c

import (
	"cmp"
	"context"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// VATBox is a box of the Dutch VAT return (belastingdienst.nl, toelichting
// aangifte omzetbelasting).
type VATBox struct {
	Box  string       // "1a"; "oss" for what is declared in the One Stop Shop instead
	Name string       //
	Base money.Amount // sales without tax
	Tax  money.Amount
}

// VATReturn is the sales side of a period's return. What was bought, boxes 2a,
// 4a, 4b and 5b, is in the bookkeeper's own books.
type VATReturn struct {
	From   calendar.Date
	To     calendar.Date
	Boxes  []VATBox
	Due    money.Amount // 5a: the tax of all boxes
	Booked money.Amount // what the VAT account says of the period; Due, or something is wrong

	OneStop       money.Amount // the tax of other member states, which is declared in the One Stop Shop
	BookedOneStop money.Amount // what its account says of the period
}

// Agrees reports whether the boxes are the VAT accounts.
func (r VATReturn) Agrees() bool { return r.Due == r.Booked && r.OneStop == r.BookedOneStop }

var boxNames = []VATBox{
	{Box: "1a", Name: "Supplies taxed at the high rate"}, {Box: "1b", Name: "Supplies taxed at the low rate"}, {Box: "1c", Name: "Supplies taxed at other rates, but not 0 %"},
	{Box: "1e", Name: "Supplies taxed at 0 %, or not taxed by us"}, {Box: "3a", Name: "Exports out of the Union"}, {Box: "3b", Name: "Supplies to or in countries of the Union"},
	{Box: "oss", Name: "Declared in the One Stop Shop"},
}

// VATReturn sums a period up, by the date of the document: the invoices and
// credit notes, and what else moved the VAT account, such as a discount that was
// taken or the tax of a bad debt.
func (c *Cycle) VATReturn(ctx context.Context, from, to calendar.Date) (VATReturn, error) {
	b, err := c.BooksOf(ctx, from, to)
	if err != nil {
		return VATReturn{}, err
	}
	zero := money.Of(0, b.Currency)
	r := VATReturn{From: from, To: to, Due: zero, Booked: zero, OneStop: zero, BookedOneStop: zero, Boxes: slices.Clone(boxNames)}
	for i := range r.Boxes {
		r.Boxes[i].Base, r.Boxes[i].Tax = zero, zero
	}
	documents := map[string]bool{}
	for _, d := range b.Invoices {
		documents[Name("le", d.ID)] = true
		sign := decimal.NewFromInt(1)
		if d.Type == invoice.CreditNotes {
			sign = sign.Neg()
		}
		c.declare(&r, d, sign)
	}
	for _, e := range b.Entries {
		home, abroad := vatOf(e, ledger.VAT, b.Currency), vatOf(e, ledger.VATOneStop, b.Currency)
		r.Booked, r.BookedOneStop = r.Booked.Plus(home), r.BookedOneStop.Plus(abroad)
		moved := home.Plus(abroad)
		if d, ok := subject(e, b); ok && !documents[e.ID] && !moved.IsZero() && !d.Tax.IsZero() {
			c.declare(&r, d, moved.Decimal().DivRound(d.InBooks(d.Tax).Decimal(), 16))
		}
	}
	for _, box := range r.Boxes {
		if box.Box == "oss" {
			r.OneStop = r.OneStop.Plus(box.Tax)
			continue
		}
		r.Due = r.Due.Plus(box.Tax)
	}
	return r, nil
}

// vatOf is what an entry owes in tax, by the account of a role.
func vatOf(e ledger.EntryData, role, currency string) money.Amount {
	sum := money.Of(0, currency)
	for _, l := range e.Legs {
		if l.Account == ledger.Code(role) && l.Amount.Currency == currency {
			sum = sum.Minus(l.Amount)
		}
	}
	return sum
}

// subject is the document that an entry is about.
func subject(e ledger.EntryData, b Books) (invoice.Data, bool) {
	for _, l := range e.Legs {
		if d, ok := b.Documents[l.Of]; ok {
			return d, true
		}
	}
	return invoice.Data{}, false
}

// declare adds a document, or a part of it, to its boxes.
func (c *Cycle) declare(r *VATReturn, d invoice.Data, part decimal.Decimal) {
	for _, t := range d.Taxes {
		i := slices.IndexFunc(r.Boxes, func(b VATBox) bool { return b.Box == c.box(d, t) })
		base, tax := d.InBooks(t.Base), d.InBooks(t.Tax)
		r.Boxes[i].Base = r.Boxes[i].Base.Plus(base.Times(part))
		r.Boxes[i].Tax = r.Boxes[i].Tax.Plus(tax.Times(part))
	}
}

// box is where a tax of a document belongs.
func (c *Cycle) box(d invoice.Data, t statute.Tax) string {
	home, there := cmp.Or(d.Seller.Address.Country, c.Policy.Country), d.Buyer.Address.Country
	abroad := there != "" && there != home
	switch {
	case t.Category == statute.Export:
		return "3a"
	case t.Category == statute.IntraEU, t.Category == statute.ReverseCharge && abroad:
		return "3b"
	case t.Rate.IsZero():
		return "1e"
	case d.TaxedIn != "":
		return "oss"
	case t.Rate.Equal(decimal.NewFromInt(21)):
		return "1a"
	case t.Rate.Equal(decimal.NewFromInt(9)):
		return "1b"
	}
	return "1c"
}
