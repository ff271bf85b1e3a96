package invoice

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// campaign is an issued invoice over ten units at 10.00 and 21 %, four at 25.00
// and 9 %, with 10 % off both.
func campaign(t *testing.T) *Invoice {
	t.Helper()
	row := func(n int, name string, quantity, unit, net int64, rate string) Line {
		return Line{N: n, OrderLine: n, Name: name, Quantity: quantity, UnitPrice: money.Of(unit, "EUR"), Net: money.Of(net, "EUR"), TaxRate: decimal.RequireFromString(rate), Category: statute.Standard}
	}
	lines := []Line{row(1, "A", 10, 1000, 10000, "21"), row(2, "B", 4, 2500, 10000, "9"), row(3, "10 % off", 1, -1000, -1000, "21"), row(4, "10 % off", 1, -1000, -1000, "9")}
	lines[2].Overall, lines[3].Overall = true, true
	i := NewDraft(Data{ID: "i_1", OrderID: "o_1", CustomerID: "c_1", Currency: "EUR", BooksCurrency: "EUR", Lines: lines, Rounding: money.Of(0, "EUR"), TermsDays: 14,
		Buyer: Buyer{Name: "Vos", Kind: party.Company, Address: party.Address{Street: "Dorpsstraat 7", PostalCode: "1234 CD", City: "Heeze", Country: "NL"}}, SuppliedOn: calendar.Date{Year: 2026, Month: 11, Day: 2}}, taxableOf(lines))
	on := calendar.Date{Year: 2026, Month: 11, Day: 3}
	i.Prepare(party.Seller{Name: "Voorbeeld", VATID: "NL123456789B13", KVK: "12345678", IBAN: "NL91ABNA0417164300", Address: party.Address{Street: "Kade 1", PostalCode: "3011 AB", City: "Rotterdam", Country: "NL"}}, on)
	if err := i.Issue("2026", "2026-0001", on); err != nil {
		t.Fatal(err)
	}
	return i
}

func noteOf(t *testing.T, i *Invoice, id string, asked ...Taking) Data {
	t.Helper()
	n, taken, err := i.CreditNote(id, asked, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	d := n.Data()
	d.Number = id
	if _, err := i.Credit(d, taken); err != nil {
		t.Fatal(err)
	}
	return d
}

// What comes back is worth what it cost: its part of the discount goes with it,
// and all notes together are the invoice.
func TestCreditNotesTakeTheirPartOfTheDiscount(t *testing.T) {
	i := campaign(t)
	if total := i.Data().Total; total != money.Of(9000+1890+9000+810, "EUR") {
		t.Fatal(total)
	}
	first := noteOf(t, i, "n1", Taking{N: 1, Quantity: 3})
	if first.Net != money.Of(2700, "EUR") || first.Tax != money.Of(567, "EUR") || len(first.Overall()) != 1 || first.Overall()[0].Net != money.Of(-300, "EUR") {
		t.Errorf("%+v", first)
	}
	rest := noteOf(t, i, "n2")
	if first.Total.Plus(rest.Total) != i.Data().Total || i.Data().Status != Credited {
		t.Error(first.Total, rest.Total, i.Data().Total, i.Data().Status)
	}
	if _, _, err := i.CreditNote("n3", nil, time.Unix(0, 0)); err == nil {
		t.Error("there was something left")
	}
}

// A price that is cut is cut by what was said, as long as the rest of the rate
// still carries its discount.
func TestACutPriceLeavesTheDiscountAlone(t *testing.T) {
	i := campaign(t)
	cut := money.Of(500, "EUR")
	if d := noteOf(t, i, "n1", Taking{N: 1, UnitPrice: &cut}); d.Net != money.Of(5000, "EUR") || len(d.Overall()) != 0 {
		t.Errorf("%+v", d)
	}
	more := money.Of(480, "EUR")
	if d := noteOf(t, i, "n2", Taking{N: 1, UnitPrice: &more}); d.Net != money.Of(4000, "EUR") { // 50.00 are left, 10.00 of them the discount's
		t.Errorf("%+v", d)
	}
}

func TestADiscountIsNotCreditedAlone(t *testing.T) {
	if _, _, err := campaign(t).CreditNote("n1", []Taking{{N: 3}}, time.Unix(0, 0)); err == nil {
		t.Error("a note below zero was made")
	}
}
