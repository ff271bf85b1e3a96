package api

import (
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestCap_79_EveryBankLineIsExplained: what leaves the bank asks what it was, is learnt when a person says so, and is not
// asked again; what the bank charges for itself asks nobody; money that no customer sent neither, once it is known. Taken
// back, it asks again, and nothing of it is learnt.
func TestCap_79_EveryBankLineIsExplained(t *testing.T) {
	w := newTill(t)
	left := func() (open []o2c.BankLineCard) {
		for _, c := range testkit.CardsOf[o2c.BankLineCard](w.Desk) {
			if c.Line.Booked == nil {
				open = append(open, c)
			}
		}
		return open
	}
	rent := bank.Entry{Amount: -80_000, Name: "Vastgoed Zuid", IBAN: "NL20INGB0001234567", Text: "rent of May"}
	w.transfers(rent, bank.Entry{Amount: -450, Name: "", Text: "charges of the account", Fee: true})
	if n := len(left()); n != 1 {
		t.Fatalf("%d lines ask", n)
	}
	balances(t, w.program, "").want(map[string]int64{"suspense": 80_000, "charges": 450, "bank": -80_450})
	lines := w.get("/v1/bank-lines")
	id := lines.text("items.0.id")
	if lines.len("items") != 1 || lines.text("items.0.name") != "Vastgoed Zuid" {
		t.Fatalf("%s", lines.body)
	}
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"kind": "interest"}).is(422)
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"kind": "supplier", "always": true}).is(201)
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"kind": "owner"}).is(409)
	w.Settle(t)
	balances(t, w.program, "").want(map[string]int64{"suspense": 0, "payables": 80_000, "charges": 450})

	w.Advance(31 * 24 * time.Hour)
	rent.Text = "rent of June"
	w.transfers(rent, bank.Entry{Amount: 1_234, Name: "Spaarbank", Text: "interest"}).want(map[string]any{"unmatched": 1})
	if n := len(left()); n != 0 {
		t.Fatalf("%d lines ask", n)
	}
	asked := w.asked()
	if len(asked) != 1 {
		t.Fatalf("%d receipts ask", len(asked))
	}
	receipt := asked[0].Receipt.ID
	w.post("/v1/receipts/"+receipt+"/bookings", map[string]any{"kind": "interest", "always": true}).is(201)
	w.Advance(31 * 24 * time.Hour)
	w.transfers(bank.Entry{Amount: 1_240, Name: "Spaarbank", Text: "interest"}).want(map[string]any{"unmatched": 0})
	balances(t, w.program, "").want(map[string]int64{"suspense": 0, "payables": 160_000, "interest_income": -2_474, "unapplied": 0})
	if f, err := w.Cycle.Figures(t.Context()); err != nil || !f.Unexplained().IsZero() {
		t.Errorf("unexplained %s, %v", f.Unexplained(), err)
	}
	w.verified()

	w.ask("DELETE", "/v1/bank-lines/"+id+"/booking", nil, nil).is(200)
	w.ask("DELETE", "/v1/bank-lines/"+id+"/booking", nil, nil).is(409)
	w.Settle(t)
	w.Advance(31 * 24 * time.Hour)
	rent.Text = "rent of July"
	w.transfers(rent)
	if n := len(left()); n != 2 {
		t.Errorf("%d lines ask after it was taken back", n)
	}
	w.verified()
}

// TestCap_79_ARefundMadeAtTheBankFindsItsCreditNote: somebody gave a customer's money back by hand. A line that names the
// credit note, or that goes to the account the customer pays from, and is what is left of it to the cent, is booked by itself;
// one that fits less asks, with the credit note to press or to name; taken back, the customer has the money again.
func TestCap_79_ARefundMadeAtTheBankFindsItsCreditNote(t *testing.T) {
	w := newTill(t)
	acme := w.customer("Acme BV", nil)
	const account = "NL20INGB0001234567"
	note := func(order string, amount int64) string {
		t.Helper()
		number := w.invoiced(acme, order, amount)
		w.transfers(bank.Entry{Amount: amount, Reference: w.reference(number), Name: "Acme BV", IBAN: account})
		w.stands(number, "paid", 0)
		a := w.post("/v1/invoices/"+number+"/credit-notes", map[string]any{"reason": "sent back"}).is(201)
		w.Settle(t)
		return a.text("number")
	}
	asks := func() (open []o2c.BankLineCard) {
		for _, c := range testkit.CardsOf[o2c.BankLineCard](w.Desk) {
			if c.Line.Booked == nil {
				open = append(open, c)
			}
		}
		return open
	}
	first, second, third := note("1", 10_000), note("2", 20_000), note("3", 30_000)
	balances(t, w.program, "").want(map[string]int64{"unapplied": -60_000, "suspense": 0})

	w.transfers(bank.Entry{Amount: -10_000, Name: "A. C. Me", Text: "credit note " + first})
	w.transfers(bank.Entry{Amount: -20_000, Name: "Acme BV", IBAN: account, Text: "money back"})
	if all := asks(); len(all) != 0 {
		t.Fatalf("%+v", all)
	}
	balances(t, w.program, "").want(map[string]int64{"unapplied": -30_000, "suspense": 0, "refunds": 0})
	w.verified()

	w.transfers(bank.Entry{Amount: -12_000, Name: "Acme BV", IBAN: account, Text: "part of it"})
	open := asks()
	if len(open) != 1 || len(open[0].Refunds) != 1 || open[0].Refunds[0].Number != third || open[0].Refunds[0].Score >= 90 {
		t.Fatalf("asked %+v", open)
	}
	id := open[0].Line.ID
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"credit_note": "2026-9999"}).is(422)
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"credit_note": second}).is(422) // nothing is left of it
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"credit_note": third, "reason": "she kept a chair"}).is(201).
		want(map[string]any{"booking.kind": "refund", "booking.receipt": open[0].Refunds[0].ReceiptID, "unexplained.amount": int64(0)})
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"credit_note": third}).is(409)
	w.Settle(t)
	balances(t, w.program, "").want(map[string]int64{"unapplied": -18_000, "suspense": 0})
	w.verified()

	w.ask("DELETE", "/v1/bank-lines/"+id+"/booking", nil, nil).is(200)
	w.Settle(t)
	balances(t, w.program, "").want(map[string]int64{"unapplied": -30_000, "suspense": 12_000})
	w.post("/v1/bank-lines/"+id+"/booking", map[string]any{"credit_note": third}).is(201)
	w.Settle(t)
	balances(t, w.program, "").want(map[string]int64{"unapplied": -18_000, "suspense": 0})
	w.verified()
}
