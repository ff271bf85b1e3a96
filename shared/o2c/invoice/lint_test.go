package invoice

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// TestEveryParticularIsAskedFor: a document is whole, or says exactly what it
// lacks, by the seller's country, the customer's kind and how it is taxed.
func TestEveryParticularIsAskedFor(t *testing.T) {
	brussels := party.Address{Street: "Rue Haute 1", PostalCode: "1000", City: "Brussel", Country: "BE"}
	tax := func(c statute.Category, rate int64, minor int64) func(*Data) {
		return func(d *Data) {
			d.Taxes = statute.Breakdown([]statute.Taxable{{Net: money.Of(minor, d.Currency), Category: c, Rate: decimal.NewFromInt(rate)}})
			d.Net, d.Tax = statute.Totals(d.Taxes)
			d.Total = d.Net.Plus(d.Tax)
			d.Lines = []Line{{N: 1, Name: "Chair", Quantity: 1, UnitPrice: d.Net, Net: d.Net, TaxRate: decimal.NewFromInt(rate), Category: c}}
		}
	}
	nobody := func(d *Data) { d.Buyer = Buyer{Kind: party.Consumer} }
	intra := func(id string, to party.Address) func(*Data) {
		return func(d *Data) {
			tax(statute.IntraEU, 0, 50_000)(d)
			d.Buyer.VATID, d.Buyer.Kind, d.Buyer.Address, d.ShipTo = id, party.Company, to, to
		}
	}
	for name, tt := range map[string]struct {
		change func(*Data)
		seller func(*party.Seller)
		want   []string
	}{
		"whole":                   {},
		"a large sale to nobody":  {change: func(d *Data) { nobody(d); tax(statute.Standard, 21, 8_265)(d) }, want: []string{"the customer's name", "the customer's address"}},
		"a small one":             {change: func(d *Data) { nobody(d); tax(statute.Standard, 21, 8_263)(d) }},
		"a small one to a German": {change: func(d *Data) { nobody(d); tax(statute.Standard, 19, 8_000)(d); d.TaxedIn = "DE" }, want: []string{"the customer's name", "the customer's address"}},
		"a small one abroad":      {change: func(d *Data) { nobody(d); tax(statute.Export, 0, 8_000)(d) }, want: []string{"the customer's name", "the customer's address", "a place of delivery outside the Union"}},
		"half an address":         {change: func(d *Data) { d.Buyer.Address = party.Address{Street: "Kade", Country: "NL"} }, want: []string{"the customer's postal code", "the customer's city"}},
		"a place without codes": {change: func(d *Data) {
			d.Buyer.Address = party.Address{Street: "1 Queen's Road", City: "Central", Country: "HK"}
		}},
		"a country that is none": {change: func(d *Data) { d.Buyer.Address.Country = "XX" }, want: []string{"the customer's country (XX)"}},
		"we live in a box":       {seller: func(s *party.Seller) { s.Address.Street = "Postbus 12" }, want: []string{"an address of ours that is no PO box"}},
		"our VAT id is wrong":    {seller: func(s *party.Seller) { s.VATID = "NL123456783B90" }, want: []string{"a VAT id of ours that passes its check (NL123456783B90)"}},
		"no KVK number":          {seller: func(s *party.Seller) { s.KVK = "" }, want: []string{"our KVK number"}},
		"none is needed in Germany": {seller: func(s *party.Seller) {
			s.KVK, s.VATID, s.Address = "", "DE136695976", party.Address{Street: "Weg 1", PostalCode: "10115", City: "Berlin", Country: "DE"}
		}},
		"within the Union":                  {change: intra("BE0411905847", brussels)},
		"without a VAT id":                  {change: intra("", brussels), want: []string{"the customer's VAT id (reverse charge)"}},
		"with a wrong one":                  {change: intra("BE0411905848", brussels), want: []string{"a VAT id of the customer's that passes its check (BE0411905848)"}},
		"with one of our own country":       {change: intra("NL004495445B01", brussels), want: []string{"a VAT id of another member state (NL004495445B01)"}},
		"that went nowhere":                 {change: intra("BE0411905847", here), want: []string{"a place of delivery in another member state (NL)"}},
		"with one that VIES does not know":  {change: func(d *Data) { intra("BE0411905847", brussels)(d); d.VIES.Status = VIESInvalid }, want: []string{"a VAT id that VIES knows (BE0411905847)"}},
		"with one that VIES did not say":    {change: func(d *Data) { intra("BE0411905847", brussels)(d); d.VIES.Status = VIESUnverified }},
		"an export to Belgium":              {change: func(d *Data) { tax(statute.Export, 0, 50_000)(d); d.ShipTo = brussels }, want: []string{"a place of delivery outside the Union (BE)"}},
		"a small business that charges":     {seller: func(s *party.Seller) { s.SmallBusiness = true }, want: []string{"lines without VAT (small business)"}},
		"a small business":                  {change: tax(statute.Exempt, 0, 50_000), seller: func(s *party.Seller) { s.SmallBusiness = true }},
		"a German's VAT":                    {change: func(d *Data) { tax(statute.Standard, 19, 50_000)(d); d.TaxedIn = "DE" }},
		"a rate that Germany does not have": {change: func(d *Data) { tax(statute.Standard, 21, 50_000)(d); d.TaxedIn = "DE" }, want: []string{"a VAT rate that the country has (DE: 21 %)"}},
		"a public body without a number":    {change: func(d *Data) { d.Buyer.Kind = party.PublicBody }, want: []string{"the customer's register number or VAT id (e-invoice)"}},
		"a public body":                     {change: func(d *Data) { d.Buyer.Kind, d.Buyer.KVK = party.PublicBody, "12345674" }},
		"a shop in dollars without a rate":  {change: func(d *Data) { d.Currency, d.BooksCurrency = "USD", "EUR" }, want: []string{"an exchange rate (USD)"}},
		"less than nothing":                 {change: func(d *Data) { d.Total = money.Of(-1, "EUR") }, want: []string{"a total that is not below zero", "BR-CO-16: net, VAT and rounding are the total"}},
		"no line":                           {change: func(d *Data) { d.Lines = nil }, want: []string{"lines", "BR-CO-13: the sum of the lines, less allowances and with charges, is the net total"}},
		"a line without a word":             {change: func(d *Data) { d.Lines = []Line{{N: 3, Quantity: 1, Net: d.Net}} }, want: []string{"the description of line 3"}},
	} {
		inv, s := draft(), seller
		if tt.change != nil {
			tt.change(&inv.data)
		}
		if tt.seller != nil {
			tt.seller(&s)
		}
		if got := inv.Prepare(s, day); !slices.Equal(got, append([]string{}, tt.want...)) {
			t.Errorf("%s: it lacks %q, want %q", name, got, tt.want)
		}
		if err := inv.Issue("invoice-2026", "2026-0001", day); (err == nil) != (len(tt.want) == 0) {
			t.Errorf("%s: issued: %v", name, err)
		}
		if inv.Data().Simplified != (name == "a small one") {
			t.Errorf("%s: simplified is %t", name, inv.Data().Simplified)
		}
	}
}

// TestInvoicesAreDueBeforeTheSixteenth: L3.
func TestInvoicesAreDueBeforeTheSixteenth(t *testing.T) {
	law := statute.InvoiceLawOf("NL")
	for supplied, want := range map[string]string{"2026-01-01": "2026-02-15", "2026-01-31": "2026-02-15", "2026-12-31": "2027-01-15", "2028-02-29": "2028-03-15"} {
		on, err := calendar.Parse(supplied)
		if got := law.IssueBy(on).String(); err != nil || got != want {
			t.Errorf("%s: %s, want %s", supplied, got, want)
		}
	}
	if !statute.InvoiceLawOf("BE").MustBeStructured(party.Company, "BE", day) || statute.InvoiceLawOf("BE").MustBeStructured(party.Company, "NL", day) ||
		statute.InvoiceLawOf("BE").MustBeStructured(party.Company, "BE", day.AddDays(-30)) || statute.InvoiceLawOf("LU").MustBeStructured(party.Company, "LU", day) {
		t.Error("who must be sent e-invoices")
	}
}

// TestSeriesBeginWhereOthersLeftOff: a house that begins here in the middle of a
// year goes on with its own numbers, and begins at 1 with the next year.
func TestSeriesBeginWhereOthersLeftOff(t *testing.T) {
	n := Numbers{Invoices: {Prefix: "F{year}/", StartYear: 2026, Start: 118}}
	s := n.Series(Invoices, day)
	first, _ := s.Draw(day)
	second, _ := s.Draw(day)
	if first != "F2026/0118" || second != "F2026/0119" || s.First() != 118 || s.Last() != 119 {
		t.Errorf("%s, %s from %d to %d", first, second, s.First(), s.Last())
	}
	if next, _ := n.Series(Invoices, calendar.Date{Year: 2027, Month: time.January, Day: 1}).Draw(day.AddDays(400)); next != "F2027/0001" {
		t.Error(next)
	}
	if !ValidReference(Reference("F2026/0118")) {
		t.Error(Reference("F2026/0118"))
	}
}
