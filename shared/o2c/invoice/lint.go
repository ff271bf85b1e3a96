package invoice

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// lint gathers the particulars that a draft lacks.
type lint struct {
	Data
	law     statute.InvoiceLaw
	on      calendar.Date
	missing []string
}

func (l *lint) need(ok bool, what string) {
	if !ok && !slices.Contains(l.missing, what) {
		l.missing = append(l.missing, what)
	}
}

// Lint lists the particulars that article 226 of directive 2006/112/EC (in the
// Netherlands article 35a Wet OB 1968) and the seller's own country ask for and
// the draft lacks on the day of its issue. What it calls them is translated by
// who shows them; a detail stands in brackets at the end.
func (i *Invoice) Lint(on calendar.Date) []string {
	l := &lint{Data: i.data, law: statute.InvoiceLawOf(i.data.Seller.Address.Country), on: on, missing: []string{}}
	l.seller()
	if !i.data.Simplified {
		l.buyer()
		l.german()
	}
	l.goods()
	l.treatment()
	l.need(!l.Total.IsNegative(), "a total that is not below zero")
	l.need(!l.Foreign() || l.Rate != nil, "an exchange rate ("+l.Currency+")")
	for _, r := range Broken(i.data) { // what does not add up is a mistake of ours, and nobody's invoice
		l.need(!slices.Contains(sums, r.ID), r.ID+": "+r.Says)
	}
	return l.missing
}

// seller are 226 (3) and (5): who supplies, where it really is, and its numbers.
func (l *lint) seller() {
	s := l.Seller
	l.need(s.Name != "", "our name")
	l.need(complete(s.Address), "our address")
	l.need(!s.Address.IsBox(), "an address of ours that is no PO box")
	l.need(s.VATID != "", "our VAT id")
	l.need(s.VATID == "" || !statute.InUnion(s.Address.Country) || party.VATChecks(s.VATID), "a VAT id of ours that passes its check ("+s.VATID+")")
	l.need(s.KVK != "" || !l.law.Register, "our KVK number")
}

// buyer are 226 (4) and (5), exactly what of them is missing, so that somebody
// can fill it in. Whoever must be sent an e-invoice needs a number to be found by.
func (l *lint) buyer() {
	b := l.Buyer
	l.need(b.Name != "", "the customer's name")
	if b.Address == (party.Address{}) {
		l.need(false, "the customer's address")
	} else {
		l.need(b.Address.Street != "", "the customer's street")
		l.need(b.Address.PostalCode != "" || !party.HasPostalCodes(b.Address.Country), "the customer's postal code")
		l.need(b.Address.City != "", "the customer's city")
		l.need(party.CountryChecks(b.Address.Country), bracketed("the customer's country", b.Address.Country))
	}
	if l.law.MustBeStructured(b.Kind, b.Address.Country, l.on) {
		l.need(b.KVK != "" || b.VATID != "", "the customer's register number or VAT id (e-invoice)")
	}
}

// goods are 226 (6) to (8).
func (l *lint) goods() {
	l.need(len(l.Lines) > 0, "lines")
	l.need(!l.SuppliedOn.IsZero() || l.Advance != nil || l.Ahead, "the date of supply")
	for _, line := range l.Lines {
		l.need(line.Name != "", fmt.Sprintf("the description of line %d", line.N))
		l.need(line.Quantity > 0 || line.Advance != "", fmt.Sprintf("the quantity of line %d", line.N))
	}
}

// treatment holds the lines' categories against what they stand on: 226 (4),
// (11) and (11a).
func (l *lint) treatment() {
	id, home := l.Buyer.VATID, l.Seller.Address.Country
	to := cmp.Or(l.ShipTo.Country, l.Buyer.Address.Country)
	for _, t := range l.Taxes {
		switch t.Category {
		case statute.ReverseCharge, statute.IntraEU:
			l.need(id != "", "the customer's VAT id (reverse charge)")
			l.need(id == "" || party.VATChecks(id), "a VAT id of the customer's that passes its check ("+id+")")
			l.need(t.Category != statute.IntraEU || id == "" || statute.VATCountry(id) != home, "a VAT id of another member state ("+id+")")
			l.need(t.Category != statute.IntraEU || to != home && statute.InUnion(to), bracketed("a place of delivery in another member state", to))
			l.need(l.VIES.Status != VIESInvalid, "a VAT id that VIES knows ("+id+")")
		case statute.Export:
			l.need(to != "" && to != home && !statute.InUnion(to), bracketed("a place of delivery outside the Union", to))
		case statute.Standard:
			l.need(!l.Seller.SmallBusiness, "lines without VAT (small business)")
			l.need(l.TaxedIn == "" || statute.IsRate(l.TaxedIn, t.Rate, l.on), fmt.Sprintf("a VAT rate that the country has (%s: %s %%)", l.TaxedIn, t.Rate))
		}
	}
}

// Where a missing particular is mended.
const (
	AtCustomer = "customer"
	AtSeller   = "seller"
	AtRates    = "rates"
	AtOrder    = "order"
)

// Places lists where particulars are mended, in the order in which people are
// told.
func Places() []string { return []string{AtCustomer, AtSeller, AtRates, AtOrder} }

// Place is where a particular that Lint lists is mended.
func Place(missing string) string {
	switch {
	case strings.HasPrefix(missing, "an exchange rate"):
		return AtRates
	case strings.HasPrefix(missing, "our "), strings.Contains(missing, " of ours "):
		return AtSeller
	case strings.Contains(missing, "customer"), strings.HasPrefix(missing, "a VAT id "):
		return AtCustomer
	}
	return AtOrder
}

func bracketed(what, detail string) string {
	if detail == "" {
		return what
	}
	return what + " (" + detail + ")"
}

// sums are the rules about what must add up.
var sums = []string{"BR-CO-13", "BR-CO-14", "BR-CO-16", "BR-CO-17"}

func complete(a party.Address) bool {
	return a.Street != "" && a.City != "" && a.Country != "" && (a.PostalCode != "" || !party.HasPostalCodes(a.Country))
}

// simplify lets a document do without its customer where the law allows it:
// below an amount, for domestic supplies on which the seller owes the tax
// (article 220a and 226b). What is complete is never simplified.
func (i *Invoice) simplify(on calendar.Date) {
	d := i.data
	i.data.Simplified = false
	law := statute.InvoiceLawOf(d.Seller.Address.Country)
	abroad := slices.ContainsFunc(d.Taxes, func(t statute.Tax) bool {
		return !slices.Contains([]statute.Category{statute.Standard, statute.ZeroRated, statute.Exempt}, t.Category)
	})
	whole := d.Buyer.Name != "" && d.Buyer.Address != (party.Address{})
	if whole || abroad || d.TaxedIn != "" || d.Advance != nil || d.Total.Currency != simplifiedIn || !d.Worth().Decimal().LessThan(law.SimplifiedBelow) {
		return
	}
	if law.MustBeStructured(d.Buyer.Kind, cmp.Or(d.Buyer.Address.Country, d.Seller.Address.Country), on) {
		return
	}
	i.data.Simplified = true
}

// simplifiedIn is the currency of the law's limit.
const simplifiedIn = "EUR"

// Amend gives a draft its customer as it is now, the usual thing a draft lacks,
// the customer's own number of the order, and where the goods went.
func (i *Invoice) Amend(b Buyer, poNumber string, shipTo party.Address) error {
	if i.data.Status != Draft {
		return fault.Breaks("invoice.issued_fixed", "invoice {number} is issued; issued invoices never change", "number", i.data.Number)
	}
	i.data.Buyer, i.data.PONumber, i.data.ShipTo = b, poNumber, shipTo
	return nil
}
