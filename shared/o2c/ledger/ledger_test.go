package ledger

import (
	"regexp"
	"testing"
	"time"

	"pgregory.net/rapid"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

var when = When{ValueOn: calendar.Date{Year: 2026, Month: 1, Day: 5}, BookedOn: calendar.Date{Year: 2026, Month: 1, Day: 5}, RecordedAt: time.Unix(1_767_600_000, 0)}

func TestEntriesBalanceOrAreRefused(t *testing.T) {
	eur := func(n int64) money.Amount { return money.Of(n, "EUR") }
	for name, tc := range map[string]struct {
		legs []Leg
		ok   bool
	}{
		"balanced":          {[]Leg{{Account: "1000", Amount: eur(5)}, {Account: "1300", Amount: eur(-5)}}, true},
		"off by one":        {[]Leg{{Account: "1000", Amount: eur(5)}, {Account: "1300", Amount: eur(-4)}}, false},
		"across currencies": {[]Leg{{Account: "1000", Amount: eur(5)}, {Account: "1300", Amount: money.Of(-5, "USD")}}, false},
		"unknown account":   {[]Leg{{Account: "9999", Amount: eur(5)}, {Account: "1300", Amount: eur(-5)}}, false},
		"nothing":           {[]Leg{{Account: "1000", Amount: eur(0)}}, false},
	} {
		if _, err := NewEntry("e", name, when, tc.legs...); (err == nil) != tc.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEveryRecipeBalances: whatever the amounts, a recipe's legs sum to zero
// and book to accounts of the chart.
func TestEveryRecipeBalances(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		amount := func(label string) money.Amount {
			return money.Of(rapid.Int64Range(-1e9, 1e9).Draw(t, label), "EUR")
		}
		a, b, c := amount("a"), amount("b"), amount("c")
		role := rapid.SampledFrom([]string{Bank, ClearingStripe, Gateway("mollie"), Gateway("a gateway of tomorrow")}).Draw(t, "role")
		for name, legs := range map[string][]Leg{
			"issued": Issued("i", a, b, c), "received": Received(role, a, "r"), "applied": Applied("r", "i", a), "credited": Credited("n", "i", a),
			"on account": CreditOnAccount("n", "r", a), "paid back": PaidBack(role, a, "r"), "fees": GatewayFees(role, a), "landed": PayoutLanded(role, a),
			"opened": BankOpened(a), "unexplained": Unexplained(a, "k"),
		} {
			sum := money.Of(0, "EUR")
			for _, l := range legs {
				sum = sum.Plus(l.Amount)
				if _, ok := chart()[l.Account]; !ok {
					t.Fatalf("%s books to %q", name, l.Account)
				}
			}
			if !sum.IsZero() {
				t.Fatalf("%s is off by %s", name, sum)
			}
		}
	})
}

func TestTrialBalance(t *testing.T) {
	var entries []EntryData
	for i, legs := range [][]Leg{Issued("i", money.Of(8000, "EUR"), money.Of(1680, "EUR"), money.Of(0, "EUR")), Received(Bank, money.Of(5000, "EUR"), "r"), Applied("r", "i", money.Of(5000, "EUR"))} {
		e, err := NewEntry(string(rune('a'+i)), "n", when, legs...)
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, e.Data())
	}
	want := map[string][3]int64{Bank: {5000, 0, 5000}, Receivable: {9680, 5000, 4680}, Unapplied: {5000, 5000, 0}, Revenue: {0, 8000, -8000}, VAT: {0, 1680, -1680}}
	for _, row := range TrialBalance(entries) {
		if got := [3]int64{row.Debit.Minor, row.Credit.Minor, row.Balance.Minor}; got != want[row.Role] {
			t.Errorf("%s: %v, want %v", row.Role, got, want[row.Role])
		}
		delete(want, row.Role)
	}
	if len(want) > 0 {
		t.Errorf("missing %v", want)
	}
}

// TestEveryAccountHasItsPlaceInTheDutchChart: each account has a code of the form that the reference chart gives, on the
// side of the balance sheet or of the result that its number says, and an account of its own but for revenue.
func TestEveryAccountHasItsPlaceInTheDutchChart(t *testing.T) {
	form := regexp.MustCompile(`^(B|W)([A-Z][a-z0-9]{2}){2,3}$`)
	for _, a := range Chart() {
		parts := form.FindStringSubmatch(a.RGS)
		if parts == nil || (parts[1] == "W") != a.OfResult() || len(a.RGS) != 10 && a.Role != Revenue {
			t.Errorf("%s %s has %q", a.Code, a.Name, a.RGS)
		}
	}
}
