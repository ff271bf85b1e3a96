package o2c_test

import (
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/testkit"
)

// TestANumberInFreeTextNeedsASecondSign (row 62): without one the card proposes
// the invoice and a person decides.
func TestANumberInFreeTextNeedsASecondSign(t *testing.T) {
	for name, tt := range map[string]struct {
		line    cash.Entry
		applied int
	}{
		"a stranger's number":       {cash.Entry{Text: "order 2026-0001", Name: "Stranger", Amount: testkit.EUR(150)}, 0},
		"the amount is what is due": {cash.Entry{Text: "order 20260001", Name: "Stranger", Amount: testkit.EUR(24_200)}, 1},
		"the customer's name":       {cash.Entry{Text: "order 2026 0001", Name: "Acme BV", Amount: testkit.EUR(150)}, 1},
		"a reference alone":         {cash.Entry{Text: invoice.Reference("2026-0001"), Name: "Stranger", Amount: testkit.EUR(150)}, 1},
		"a reference and more":      {cash.Entry{Reference: invoice.Reference("2026-0001") + "9", Name: "Stranger", Amount: testkit.EUR(150)}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			invoiced(t, w)
			tt.line.Key = "k"
			if r := importLine(t, w, tt.line, tt.line.Amount.Minor); r.Applied != tt.applied {
				t.Errorf("%d applied, want %d", r.Applied, tt.applied)
			}
			w.Settle(t)
			if cards := testkit.CardsOf[o2c.CashCard](w.Desk); len(cards) != 1-tt.applied {
				t.Errorf("%d cards ask", len(cards))
			}
			tied(t, w)
		})
	}
}

// TestStatementsOfAllAccountsTie, and one from before the first is refused: its
// lines are in the opening balance.
func TestStatementsOfAllAccountsTie(t *testing.T) {
	w := testkit.NewWorld(t)
	day := calendar.Date{Year: 2026, Month: 1, Day: 5}
	book := func(account, key string, on calendar.Date, opening, amount int64) error {
		e := cash.Entry{Key: key, Amount: testkit.EUR(amount), Text: "x", BookedOn: on, ValueOn: on}
		_, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), cash.Statement{
			ID: key, Account: account, Currency: "EUR", From: on, To: on,
			Opening: testkit.EUR(opening), Closing: testkit.EUR(opening + amount), Entries: []cash.Entry{e},
		})
		return err
	}
	ours := w.Cycle.Policy.Seller.IBAN
	if err := book(ours, "b", day, 1500, 100); err != nil {
		t.Fatal(err)
	}
	if err := book(ours, "a", day.AddDays(-3), 1000, 500); !fault.Is(err, fault.Invalid) {
		t.Errorf("an older statement: %v", err)
	}
	if err := book("NL02RABO0123456789", "c", day.AddDays(-9), 700, 50); err != nil {
		t.Fatal(err)
	}
	if err := book(ours, "d", day.AddDays(1), 1600, -50); err != nil {
		t.Fatal(err)
	}
	compareBalances(t, w, map[string]int64{"bank": 1550 + 750})
	tied(t, w)
}
