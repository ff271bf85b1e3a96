package api

import (
	"fmt"
	"testing"
	"time"

	"duly/infra/local/bank"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// abroad is a till with one invoice over 1,000.00 USD, which the books took at
// 800.00 EUR, and another rate a day later.
func abroad(t *testing.T) (w *till, customer, number string) {
	w = newTill(t)
	w.rates("2026-01-05,1.25,")
	customer = w.customer("Acme Inc", nil)
	o := w.post("/v1/orders", saleIn(customer, "1", 100_000, "USD")).is(201)
	w.post("/v1/orders/"+o.text("id")+"/shipments", nil).is(201)
	w.Settle(t)
	number = w.get("/v1/invoices").text("items.0.number")
	w.get("/v1/invoices/" + number).want(map[string]any{"total.amount": 100_000, "currency": "USD", "in_books.total.amount": 80_000})
	w.Advance(24 * time.Hour)
	w.rates("2026-01-06,1.20,")
	return w, customer, number
}

func (w *till) rates(row string) {
	w.t.Helper()
	w.ask("POST", "/v1/rates", "Date,USD,\n"+row+"\n", lines{"Content-Type", "text/csv"}).is(201)
}

// TestCap_78: whatever currency the money comes in, the receivable reaches
// exactly nothing and the difference is booked once.
func TestCap_78_TheReceivableReachesNothingAndTheDifferenceIsBookedOnce(t *testing.T) {
	t.Run("in dollars, in three parts", func(t *testing.T) {
		w, customer, number := abroad(t)
		for i, cents := range []int64{33_333, 33_333, 33_334} {
			in := o2c.MoneyIn{Gateway: "stripe", Ref: fmt.Sprint("pi_", i), InvoiceID: w.invoice(number).ID, Amount: money.Of(cents, "USD"), At: w.Now()}
			if err := w.Cycle.HandlePayment(ctx, w.Now(), fmt.Sprint("evt_", i), in); err != nil {
				t.Fatal(err)
			}
			w.verified()
		}
		w.stands(number, invoice.Paid, 0)
		w.get("/v1/customers/" + customer).want(map[string]any{"exposure.receivable.amount": 0})
		balances(t, w.program, "").want(map[string]int64{"receivable": 0, "exchange": -3_332, "position": 83_332}) // 1,000.00 USD at 1.20, each part rounded
		rows := w.get("/v1/receipts")
		id := rows.text("items.0.id")
		w.ask("DELETE", "/v1/receipts/"+id+"/applications/1", nil, nil).is(200)
		w.verified()
		w.post("/v1/receipts/"+id+"/applications", map[string]any{"invoice": number}).is(201)
		balances(t, w.program, "").want(map[string]int64{"receivable": 0, "exchange": -3_332})
		w.verified()
	})
	t.Run("in euros, which the bank made of dollars", func(t *testing.T) {
		w, _, number := abroad(t)
		w.transfers(bank.Entry{Amount: 82_900, Reference: w.reference(number), Name: "Acme Inc", Sent: money.Of(100_000, "USD")}).want(map[string]any{"applied": 1})
		w.stands(number, invoice.Paid, 0)
		balances(t, w.program, "").want(map[string]int64{"receivable": 0, "unapplied": 0, "bank": 82_900, "exchange": -2_900})
		w.verified()
	})
	t.Run("in euros, on a person's word", func(t *testing.T) {
		w, _, number := abroad(t)
		w.transfers(bank.Entry{Amount: 79_500, Reference: w.reference(number), Name: "Acme Inc"}).want(map[string]any{"applied": 0, "unmatched": 1}) // no silent conversion
		card := w.asked()[0]
		if len(card.Candidates) != 1 || card.Candidates[0].Number != number {
			t.Errorf("the card proposes %+v", card.Candidates)
		}
		w.post("/v1/receipts/"+card.Receipt.ID+"/applications", map[string]any{"invoice": number}).is(201)
		w.stands(number, invoice.Paid, 0)
		balances(t, w.program, "").want(map[string]int64{"receivable": 0, "unapplied": 0, "exchange": 500})
		w.verified()
	})
}

func TestFC_60_NothingIsConvertedSilently(t *testing.T) {
	w, _, number := abroad(t)
	other := w.invoiced(w.customer("Bakkerij de Gist", nil), "2", 50_000)
	in := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: w.invoice(other).ID, Amount: money.Of(60_000, "USD"), At: w.Now()} // dollars for an invoice in euros
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt_1", in); err != nil {
		t.Fatal(err)
	}
	w.transfers(bank.Entry{Amount: 40_000, Reference: w.reference(number), Name: "Acme Inc"}) // euros for one in dollars
	w.stands(other, invoice.Issued, 50_000)
	w.stands(number, invoice.Issued, 100_000)
	cards := w.asked()
	if len(cards) != 2 {
		t.Fatalf("%d cards ask", len(cards))
	}
	for _, c := range cards {
		target := number
		if c.Receipt.Source == "stripe" {
			target = other
		}
		w.post("/v1/receipts/"+c.Receipt.ID+"/applications", map[string]any{"invoice": target}).is(201)
	}
	w.stands(other, invoice.Paid, 0)
	w.stands(number, invoice.PartPaid, 52_000) // 400.00 EUR are 480.00 USD that day, 3,333.33 more or less than 5 percent
	balances(t, w.program, "").want(map[string]int64{"unapplied": 0, "receivable": 41_600, "exchange": -1_600})
	w.verified()
}

// TestAnAccountInDollars: statements of it tie in its own currency.
func TestAnAccountInDollars(t *testing.T) {
	w, _, number := abroad(t)
	dollars := bank.New(bank.Account{IBAN: "NL02RABO0123456789", Currency: "USD", Owner: "x", OpeningMinor: 5, Zone: w.Cycle.Policy.Zone})
	if _, err := dollars.Book(w.Now(), []bank.Entry{{Amount: 100_000, Reference: w.reference(number), Name: "Acme Inc"}}); err != nil {
		t.Fatal(err)
	}
	file, err := dollars.Statement(w.Now())
	if err != nil {
		t.Fatal(err)
	}
	w.post("/v1/bank-statements", string(file)).is(201).want(map[string]any{"applied": 1, "statements.0.closing.currency": "USD"})
	w.Settle(t)
	w.stands(number, invoice.Paid, 0)
	balances(t, w.program, "").want(map[string]int64{"receivable": 0, "exchange": -3_333, "position": 83_333})
	w.verified()
}

// TestCap_78_TheInvoiceInDollarsIsProposed: a transfer in euros that names an invoice in dollars shows it to a person, before
// what the same customer has open in euros, however much that is.
func TestCap_78_TheInvoiceInDollarsIsProposed(t *testing.T) {
	w, customer, number := abroad(t)
	for _, order := range []string{"2", "3", "4", "5"} {
		w.invoiced(customer, order, 70_000)
	}
	w.transfers(bank.Entry{Amount: 79_000, Reference: "invoice " + number, Name: "Acme Inc"}).want(map[string]any{"unmatched": 1})
	asked := w.asked()
	if len(asked) != 1 || len(asked[0].Candidates) != 3 || asked[0].Candidates[0].Number != number {
		t.Fatalf("%+v", asked)
	}
	w.post("/v1/receipts/"+asked[0].Receipt.ID+"/applications", map[string]any{"invoice": number}).is(201)
	w.verified()
}
