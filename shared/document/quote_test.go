package document

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/quote"
	"duly/shared/text"
)

// offered is a quote of the sample's goods, with the texts that ship.
func offered(t testing.TB, language string) (quote.Data, quote.TermsData) {
	t.Helper()
	policy, err := dulyfile.Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	inv := sample(language)
	d := quote.Data{
		ID: "q_1", Number: "Q2026-0042", Version: 1, Status: quote.Sent, CustomerID: "c_1", Seller: seller(), Currency: "EUR", Subject: "Baking goods for the spring season",
		Buyer: quote.Buyer{Name: inv.Buyer.Name, Kind: inv.Buyer.Kind, Address: inv.Buyer.Address, VATID: inv.Buyer.VATID, Email: "inkoop@vos.example", Language: language},
		Taxes: inv.Taxes, Net: inv.Net, Tax: inv.Tax, Total: inv.Total, IssuedOn: inv.IssuedOn, ValidUntil: inv.IssuedOn.AddDays(30), TermsDays: 14, Note: "Delivered in two parts.", Upfront: inv.Total.Percent(decimal.NewFromInt(30)),
	}
	for _, l := range inv.Lines {
		d.Lines = append(d.Lines, quote.Line{N: l.N, SKU: l.SKU, Name: l.Name, Quantity: l.Quantity, UnitPrice: l.UnitPrice, Net: l.Net, TaxRate: l.TaxRate, Category: l.Category})
	}
	terms := policy.TermsIn(language)
	d.Terms = terms.Ref()
	return d, terms
}

func agreed(d quote.Data) quote.ContractData {
	d.ContractID, d.OrderID = "k_1", "o_1"
	d.Period = &quote.Period{StartOn: calendar.Date{Year: 2026, Month: 12, Day: 1}, EndOn: calendar.Date{Year: 2027, Month: 11, Day: 30}, NoticeDays: 30}
	d.Acceptance = &quote.Acceptance{Name: "Eline Vos", Agreed: true, At: time.Date(2026, 11, 6, 13, 2, 3, 0, time.UTC), IP: "198.51.100.7", Contact: "inkoop@vos.example", Document: strings.Repeat("ab", 32), TermsVersion: d.Terms.Version, Version: 1}
	return quote.Agree(d, calendar.Date{Year: 2026, Month: 11, Day: 6}, time.Time{}).Data()
}

func TestQuotesAndContracts(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range text.Languages() {
		d, terms := offered(t, lang)
		pdf := rendered(t, func() ([]byte, error) {
			return Papers{}.QuotePDF(d, terms, strings.Replace(sampleLink, "/i/", "/q/", 1))
		})
		golden(t, "quote_"+lang+".txt", words(t, pdf))
		k := agreed(d)
		pdf = rendered(t, func() ([]byte, error) { return Papers{}.ContractPDF(k, d, terms, zone) })
		golden(t, "contract_"+lang+".txt", words(t, pdf))
	}
}

// rendered demands the same bytes twice: they are what is hashed.
func rendered(t *testing.T, render func() ([]byte, error)) []byte {
	t.Helper()
	first, err := render()
	if err != nil {
		t.Fatal(err)
	}
	second, err := render()
	if err != nil || !bytes.Equal(first, second) {
		t.Fatalf("rendered twice, %d and %d bytes, %v", len(first), len(second), err)
	}
	return first
}

// TestAContractWithoutEndSaysNothingOfOne: clauses whose placeholders have
// nothing to stand for are left out.
func TestAContractWithoutEndSaysNothingOfOne(t *testing.T) {
	d, terms := offered(t, "nl")
	k := agreed(d)
	k.EndOn, k.NoticeOn = calendar.Date{}, calendar.Date{}
	pdf, err := Papers{}.ContractPDF(k, d, terms, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	if said := words(t, pdf); strings.Contains(said, "Duur") || !strings.Contains(said, "Betaling") {
		t.Errorf("it says\n%s", said)
	}
}
