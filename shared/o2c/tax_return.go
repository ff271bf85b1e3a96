package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// The natures of a supply on the sales listing.
const (
	NatureGoods    = "goods"
	NatureServices = "services"
)

// SalesListing is the recapitulative statement of a quarter: what was supplied
// without tax to whom in other member states (directive 2006/112/EC, articles 262
// to 271; in the Netherlands the ICP declaration).
type SalesListing struct {
	Quarter calendar.Quarter
	Rows    []ListedCustomer // by VAT id, goods before services
	Total   money.Amount
	Ledger  money.Amount // what the books have of the same documents
}

// ListedCustomer is one row: one VAT id, one nature.
type ListedCustomer struct {
	VATID     string
	Name      string
	Nature    string
	Amount    money.Amount
	Documents []string // numbers
	Checked   bool     // VIES knew the VAT id at every one of them
}

// SalesListing lists a quarter from its documents and holds it against the books.
func (c *Cycle) SalesListing(ctx context.Context, q calendar.Quarter) (SalesListing, error) {
	list := SalesListing{Quarter: q, Total: money.Of(0, c.Policy.Currency), Ledger: money.Of(0, c.Policy.Currency)}
	issued, err := c.issuedIn(ctx, q)
	if err != nil {
		return list, err
	}
	var listed []Key
	for _, d := range issued {
		if c.listed(d).IsZero() {
			continue
		}
		listed = append(listed, Key{Kind: "entry", ID: Name("le", d.ID)})
		for _, t := range d.Taxes {
			if nature := c.nature(d, t.Category); nature != "" {
				list.add(d, nature, signed(d, d.InBooks(t.Base)))
			}
		}
	}
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, listed...); err != nil {
		return list, err
	}
	for _, d := range issued {
		if c.listed(d).IsZero() {
			continue
		}
		booked, err := c.bookedNet(ctx, tx, d)
		if err != nil {
			return list, err
		}
		list.Ledger = list.Ledger.Plus(booked).Minus(signed(d, d.InBooks(d.Net).Minus(c.listed(d))))
	}
	slices.SortFunc(list.Rows, func(a, b ListedCustomer) int {
		return cmp.Or(cmp.Compare(a.VATID, b.VATID), cmp.Compare(a.Nature, b.Nature))
	})
	return list, nil
}

func (l *SalesListing) add(d invoice.Data, nature string, amount money.Amount) {
	l.Total = l.Total.Plus(amount)
	i := slices.IndexFunc(l.Rows, func(r ListedCustomer) bool { return r.VATID == d.Buyer.VATID && r.Nature == nature })
	if i < 0 {
		i = len(l.Rows)
		l.Rows = append(l.Rows, ListedCustomer{VATID: d.Buyer.VATID, Name: d.Buyer.Name, Nature: nature, Amount: amount.Zero(), Checked: true})
	}
	r := &l.Rows[i]
	r.Amount, r.Documents = r.Amount.Plus(amount), append(r.Documents, d.Number)
	r.Checked = r.Checked && d.VIES.Status == invoice.VIESValid
}

// nature is that of a category on the listing, "" of what is not listed: what a
// business at home accounts for is not.
func (c *Cycle) nature(d invoice.Data, category statute.Category) string {
	switch {
	case statute.VATCountry(d.Buyer.VATID) == c.Policy.Country:
		return ""
	case category == statute.IntraEU:
		return NatureGoods
	case category == statute.ReverseCharge:
		return NatureServices
	}
	return ""
}

// listed is what of a document's net amount is listed.
func (c *Cycle) listed(d invoice.Data) money.Amount {
	sum := d.InBooks(d.Net).Zero()
	for _, t := range d.Taxes {
		if c.nature(d, t.Category) != "" {
			sum = sum.Plus(d.InBooks(t.Base))
		}
	}
	return sum
}

// bookedNet is what the books have of a document without its tax.
func (c *Cycle) bookedNet(ctx context.Context, tx *Tx, d invoice.Data) (money.Amount, error) {
	sum := money.Of(0, c.Policy.Currency)
	e, err := find[ledger.Entry](ctx, tx, Name("le", d.ID))
	if err != nil || e == nil {
		return sum, err
	}
	for _, l := range e.Data().Legs {
		if l.Account == ledger.Code(ledger.Revenue) || l.Account == ledger.Code(ledger.Deposits) {
			sum = sum.Minus(l.Amount)
		}
	}
	return sum, nil
}

// OneStopReturn is the Union return of a quarter: the tax of other member states
// on what consumers there bought (directive 2006/112/EC, articles 369f to 369k).
type OneStopReturn struct {
	Quarter     calendar.Quarter
	Rows        []OneStopRow
	Corrections []OneStopCorrection // of earlier quarters, by country and quarter
	Total       money.Amount        // to be paid
	Ledger      money.Amount        // what the books have on the account of it
}

// OneStopRow is what one country is owed at one rate.
type OneStopRow struct {
	Country string
	Rate    decimal.Decimal
	Base    money.Amount
	Tax     money.Amount
}

// OneStopCorrection is what a country gets more, or less, for an earlier quarter.
type OneStopCorrection struct {
	Country string
	Quarter calendar.Quarter
	Tax     money.Amount
}

// OneStopReturn makes the return of a quarter from its documents and holds it
// against the books. Credit notes on documents of the same quarter lower its rows,
// on earlier ones they are corrections of their quarters (article 369i).
func (c *Cycle) OneStopReturn(ctx context.Context, q calendar.Quarter) (OneStopReturn, error) {
	zero := money.Of(0, c.Policy.Currency)
	r := OneStopReturn{Quarter: q, Total: zero, Ledger: zero}
	issued, err := c.issuedIn(ctx, q)
	if err != nil {
		return r, err
	}
	for _, d := range issued {
		if d.TaxedIn == "" {
			continue
		}
		of := q
		if d.Type == invoice.CreditNotes {
			corrected, err := c.InvoiceByNumber(ctx, d.Refers)
			if err != nil {
				return r, err
			}
			of = calendar.QuarterOf(corrected.IssuedOn)
		}
		for _, t := range d.Taxes {
			r.add(d.TaxedIn, of, t, signed(d, d.InBooks(t.Base)), signed(d, d.InBooks(t.Tax)))
		}
	}
	r.sort()
	entries, err := c.Entries(ctx, q.First(), q.Last())
	if err != nil {
		return r, err
	}
	r.Ledger = balance(entries, ledger.VATOneStop, c.Policy.Currency).Neg()
	return r, nil
}

func (r *OneStopReturn) add(country string, of calendar.Quarter, t statute.Tax, base, tax money.Amount) {
	r.Total = r.Total.Plus(tax)
	if of != r.Quarter {
		i := slices.IndexFunc(r.Corrections, func(c OneStopCorrection) bool { return c.Country == country && c.Quarter == of })
		if i < 0 {
			i = len(r.Corrections)
			r.Corrections = append(r.Corrections, OneStopCorrection{Country: country, Quarter: of, Tax: tax.Zero()})
		}
		r.Corrections[i].Tax = r.Corrections[i].Tax.Plus(tax)
		return
	}
	i := slices.IndexFunc(r.Rows, func(row OneStopRow) bool { return row.Country == country && row.Rate.Equal(t.Rate) })
	if i < 0 {
		i = len(r.Rows)
		r.Rows = append(r.Rows, OneStopRow{Country: country, Rate: t.Rate, Base: base.Zero(), Tax: tax.Zero()})
	}
	r.Rows[i].Base, r.Rows[i].Tax = r.Rows[i].Base.Plus(base), r.Rows[i].Tax.Plus(tax)
}

func (r *OneStopReturn) sort() {
	slices.SortFunc(r.Rows, func(a, b OneStopRow) int { return cmp.Or(cmp.Compare(a.Country, b.Country), b.Rate.Cmp(a.Rate)) })
	slices.SortFunc(r.Corrections, func(a, b OneStopCorrection) int {
		return cmp.Or(cmp.Compare(a.Quarter.String(), b.Quarter.String()), cmp.Compare(a.Country, b.Country))
	})
}

// signed is an amount of a document as a return counts it: a credit note's is
// below nothing.
func signed(d invoice.Data, a money.Amount) money.Amount {
	if d.Type == invoice.CreditNotes {
		return a.Neg()
	}
	return a
}

// draftedBefore is how long before its issue a document may have been drafted.
const draftedBefore = 400 * 24 * time.Hour

// issuedIn reads the documents that are dated in a quarter, by their numbers.
func (c *Cycle) issuedIn(ctx context.Context, q calendar.Quarter) ([]invoice.Data, error) {
	query := Query{Kind: "invoice", From: q.First().Start(c.Policy.Zone).Add(-draftedBefore).UTC().Format(time.RFC3339Nano), Limit: 1000}
	var all []invoice.Data
	for {
		page, err := c.Store.List(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				return nil, err
			}
			if d := inv.Data(); d.Number != "" && !d.BroughtForward() && q.Has(d.IssuedOn) {
				all = append(all, d)
			}
		}
		if query.After = page.Next; query.After == "" {
			break
		}
	}
	slices.SortFunc(all, func(a, b invoice.Data) int { return cmp.Compare(a.Number, b.Number) })
	return all, nil
}
