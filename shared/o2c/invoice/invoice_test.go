package invoice

import (
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

var (
	day    = calendar.Date{Year: 2026, Month: time.January, Day: 5}
	here   = party.Address{Street: "Kade 12", PostalCode: "3011 AA", City: "Rotterdam", Country: "NL"}
	seller = party.Seller{Name: "Voorbeeld BV", VATID: "NL123456782B90", KVK: "12345674", Address: here}
)

func draft() *Invoice {
	net := money.Of(8000, "EUR")
	rate := decimal.NewFromInt(21)
	return NewDraft(Data{
		ID: "i_1", CustomerID: "c_1", Buyer: Buyer{Name: "Acme BV", Address: here}, Currency: "EUR", SuppliedOn: day, TermsDays: 30,
		Rounding: money.Of(0, "EUR"), Lines: []Line{{N: 1, Name: "Chair", Quantity: 2, Net: net, TaxRate: rate, Category: statute.Standard}},
	}, []statute.Taxable{{Net: net, Category: statute.Standard, Rate: rate}})
}

func issued(t testing.TB) *Invoice {
	t.Helper()
	inv := draft()
	if missing := inv.Prepare(seller, day); len(missing) > 0 {
		t.Fatal(missing)
	}
	if err := inv.Issue("invoice-2026", "2026-0001", day); err != nil {
		t.Fatal(err)
	}
	return inv
}

func TestIssueFreezesTheContent(t *testing.T) {
	inv := issued(t)
	d := inv.Data()
	if d.Total.Minor != 9680 || d.Open != d.Total || d.DueOn.String() != "2026-02-04" || d.Reference != "RF3120260001" {
		t.Errorf("issued %s open %s due %s ref %s", d.Total, d.Open, d.DueOn, d.Reference)
	}
	inv.Pause("promise")
	inv.Remind("friendly", day, calendar.Date{})
	inv.Plan("firm", day, time.Unix(0, 0))
	if err := inv.Settle("pay", money.Of(100, "EUR"), day); err != nil || !inv.Intact() {
		t.Errorf("paying and reminding changed the document: %v", err)
	}
	inv.data.Lines = slices.Clone(inv.data.Lines)
	inv.data.Lines[0].Name = "Table"
	if inv.Intact() {
		t.Error("another line went unnoticed")
	}
	if err := inv.Amend(Buyer{}, "", party.Address{}); err == nil {
		t.Error("an issued invoice was amended")
	}
}

func TestLintListsEverythingThatIsMissing(t *testing.T) {
	inv := NewDraft(Data{ID: "i_1", Currency: "EUR", Rounding: money.Of(0, "EUR"), Lines: []Line{{N: 1, Net: money.Of(20_000, "EUR"), Category: statute.ReverseCharge}}}, []statute.Taxable{{Net: money.Of(20_000, "EUR"), Category: statute.ReverseCharge}})
	want := []string{"our name", "our address", "our VAT id", "our KVK number", "the customer's name", "the customer's address", "the date of supply", "the description of line 1", "the quantity of line 1", "the customer's VAT id (reverse charge)"}
	if got := inv.Prepare(party.Seller{Address: party.Address{Country: "NL"}}, day); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if err := inv.Issue("invoice-2026", "2026-0001", day); err == nil || inv.Number() != "" {
		t.Errorf("a half-legal invoice was issued: %v", err)
	}
}

func TestSettleAndReopenAreInverse(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		inv := draft()
		inv.Prepare(seller, day)
		if err := inv.Issue("s", "2026-0001", day); err != nil {
			t.Fatal(err)
		}
		total, paid := inv.Data().Total, money.Of(0, "EUR")
		t.Repeat(map[string]func(*rapid.T){
			"pay": func(t *rapid.T) {
				a := money.Of(rapid.Int64Range(-10, 12_000).Draw(t, "amount"), "EUR")
				fits := a.IsPositive() && a.Cmp(inv.Open()) <= 0
				if err := inv.Settle("pay", a, day); (err == nil) != fits {
					t.Fatalf("%s on %s open: %v", a, inv.Open(), err)
				} else if fits {
					paid = paid.Plus(a)
				}
			},
			"undo": func(t *rapid.T) {
				a := money.Of(rapid.Int64Range(1, 12_000).Draw(t, "amount"), "EUR")
				fits := a.Cmp(paid) <= 0
				if err := inv.Reopen(a); (err == nil) != fits {
					t.Fatalf("%s of %s paid: %v", a, paid, err)
				} else if fits {
					paid = paid.Minus(a)
				}
			},
			"": func(t *rapid.T) {
				want := PartPaid
				switch {
				case paid.IsZero():
					want = Issued
				case paid == total:
					want = Paid
				}
				if inv.Status() != want || inv.Open() != total.Minus(paid) || !inv.Intact() {
					t.Fatalf("%s with %s paid and %s open", inv.Status(), paid, inv.Open())
				}
			},
		})
	})
}

func TestNothingToPayIsPaid(t *testing.T) {
	inv := NewDraft(Data{ID: "i_1", Buyer: Buyer{Name: "A", Address: here}, Currency: "EUR", SuppliedOn: day, Rounding: money.Of(0, "EUR"), Lines: []Line{{N: 1, Name: "Sample", Quantity: 1, Net: money.Of(0, "EUR")}}},
		[]statute.Taxable{{Net: money.Of(0, "EUR"), Category: statute.ZeroRated}})
	inv.Prepare(seller, day)
	if err := inv.Issue("s", "2026-0001", day); err != nil || inv.Status() != Paid || inv.Collectable() {
		t.Errorf("%s, %v", inv.Status(), err)
	}
}

func TestNumbersRunOnAndDatesNeverGoBack(t *testing.T) {
	s := (Numbers{}).Series(Invoices, day)
	first, _ := s.Draw(day)
	second, on := s.Draw(day.AddDays(-3))
	if first != "2026-0001" || second != "2026-0002" || on != day || s.Last() != 2 {
		t.Errorf("%s, %s on %s", first, second, on)
	}
	if got, _ := (Numbers{}).Series(CreditNotes, day).Draw(day); got != "CN2026-0001" {
		t.Errorf("credit note %s", got)
	}
}

func TestReferencesCheckThemselves(t *testing.T) {
	if got := Reference("539007547034"); got != "RF18539007547034" { // the standard's own example
		t.Errorf("got %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		ref := []byte(Reference(rapid.StringMatching(`(CN)?20[0-9]{2}-[0-9]{4,9}`).Draw(t, "number")))
		if !ValidReference(string(ref)) {
			t.Fatalf("%s is not valid", ref)
		}
		i := rapid.IntRange(2, len(ref)-1).Draw(t, "at")
		if old := ref[i]; old >= '0' && old <= '9' {
			ref[i] = '0' + (old-'0'+byte(rapid.IntRange(1, 9).Draw(t, "by")))%10
			if ValidReference(string(ref)) {
				t.Fatalf("a wrong digit in %s goes unnoticed", ref)
			}
		}
	})
}
