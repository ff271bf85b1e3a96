package o2c_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// invoiced takes and ships an order of 242.00 EUR.
func invoiced(t *testing.T, w *testkit.World) invoice.Data {
	t.Helper()
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	shipped(t, w, taken.OrderID)
	return onlyInvoice(t, w)
}

func shipped(t *testing.T, w *testkit.World, orderID string) {
	t.Helper()
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), orderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
}

// tell hands a message of the provider over.
func tell(t *testing.T, w *testkit.World, seen string, ev o2c.PaymentEvent) {
	t.Helper()
	if err := w.Cycle.HandlePayment(ctx, w.Now(), seen, ev); err != nil {
		t.Fatalf("%s: %v", seen, err)
	}
}

// stands compares an invoice's status and what is open of it.
func stands(t *testing.T, w *testkit.World, number, status string, open int64) {
	t.Helper()
	got, err := w.Cycle.InvoiceByNumber(ctx, number)
	if err != nil || got.Status != status || got.Open != testkit.EUR(open) {
		t.Errorf("invoice %s is %s with %s open (%v), want %s with %s", number, got.Status, got.Open, err, status, testkit.EUR(open))
	}
}

func receipt(t *testing.T, w *testkit.World, source, ref string) cash.ReceiptData {
	t.Helper()
	r, err := o2c.Read[cash.Receipt](ctx, w.Cycle, o2c.ReceiptID(source, ref))
	if err != nil {
		t.Fatal(err)
	}
	return r.Data()
}

// tied compares the books with the documents.
func tied(t *testing.T, w *testkit.World) {
	t.Helper()
	w.Settle(t)
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

func openPage(t *testing.T, w *testkit.World, inv invoice.Data, amount *money.Amount) {
	t.Helper()
	url, err := w.Cycle.InvoiceURL(inv)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cycle.StartPayment(ctx, w.Now(), strings.TrimPrefix(url, "https://duly.example/i/"), amount, nil); err != nil {
		t.Fatal(err)
	}
}

// TestMoneyInAnotherCurrencyAsksAPerson: it settles nothing, and nothing falls over it.
func TestMoneyInAnotherCurrencyAsksAPerson(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := invoiced(t, w)
	dollars := money.Of(100, "USD")
	tell(t, w, "evt_1", o2c.MoneyPending{Gateway: "stripe", Ref: "pi", InvoiceID: inv.ID, Amount: dollars, At: w.Now()})
	openPage(t, w, inv, nil)
	tell(t, w, "evt_2", o2c.MoneyIn{Gateway: "stripe", Ref: "pi", InvoiceID: inv.ID, Amount: dollars, At: w.Now()})
	stands(t, w, inv.Number, invoice.Issued, 24_200)
	if got := receipt(t, w, "stripe", "pi").Unapplied; got != dollars {
		t.Errorf("%s have no home", got)
	}
	w.Settle(t)
	if cards := testkit.CardsOf[o2c.CashCard](w.Desk); len(cards) != 1 || len(cards[0].Candidates) != 0 {
		t.Errorf("the team is asked %+v", cards)
	}
	back := o2c.MoneyBack{Gateway: "stripe", Ref: "pi", Total: testkit.EUR(1), At: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt_3", back); err == nil {
		t.Error("euros went back of dollars")
	}
	tied(t, w)
}

// TestAnEarlierFailureOfAPaymentThatWorkedIsNoNews: a card is declined, the
// customer tries again on the same page, and the first message comes last.
func TestAnEarlierFailureOfAPaymentThatWorkedIsNoNews(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := invoiced(t, w)
	declined := w.Now()
	w.Advance(time.Minute)
	pay(t, w, inv, "pi_1", inv.Total)
	failed := o2c.MoneyFailed{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Reason: "card declined", At: declined}
	tell(t, w, "evt_declined", failed)
	stands(t, w, inv.Number, invoice.Paid, 0)
	w.Advance(time.Minute)
	failed.At = w.Now()
	tell(t, w, "evt_returned", failed) // a debit that bounces later does count
	stands(t, w, inv.Number, invoice.Issued, 24_200)
	tied(t, w)
}

// TestAFailedPaymentIsToldOnce: the provider says it of the payment and of its
// page, in sentences that end in a full stop.
func TestAFailedPaymentIsToldOnce(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := invoiced(t, w)
	pending := o2c.MoneyPending{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Total, Method: "sepa_debit", At: w.Now()}
	tell(t, w, "evt_1", pending)
	w.Advance(time.Minute)
	failed := o2c.MoneyFailed{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Reason: "The customer's bank declined the payment.", At: w.Now()}
	tell(t, w, "evt_2", failed)
	failed.Reason = "the customer's bank did not carry it out"
	tell(t, w, "evt_3", failed)
	w.Settle(t)
	told := testkit.CardsOf[o2c.NoticeCard](w.Desk)
	if len(told) != 1 || told[0].Notice.Key != "payment_failed" || told[0].Notice.Why != "The customer's bank declined the payment" {
		t.Errorf("told %+v", told)
	}
}

// TestAFailedPaymentSaysWhyInWordsOfOurs: a decline whose code we know has words in each language.
func TestAFailedPaymentSaysWhyInWordsOfOurs(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := invoiced(t, w)
	tell(t, w, "evt_1", o2c.MoneyPending{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Total, Method: "card", At: w.Now()})
	w.Advance(time.Minute)
	tell(t, w, "evt_2", o2c.MoneyFailed{
		Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Reason: "Your card has insufficient funds.", Decline: o2c.Decline{Code: "insufficient_funds", Then: o2c.DeclineAgain, Why: "funds"}, At: w.Now(),
	})
	w.Settle(t)
	if told := testkit.CardsOf[o2c.NoticeCard](w.Desk); len(told) != 1 || told[0].Notice.Why != "charge.funds" {
		t.Errorf("told %+v", told)
	}
}

// TestAPageThatAsksTooMuchIsClosed: money that came in another way leaves no
// page on which it could be paid again.
func TestAPageThatAsksTooMuchIsClosed(t *testing.T) {
	part := testkit.EUR(10_000)
	for name, tt := range map[string]struct {
		come func(*testing.T, *testkit.World, invoice.Data)
		want []string
	}{
		"a transfer": {func(t *testing.T, w *testkit.World, inv invoice.Data) {
			importLine(t, w, cash.Entry{Key: "k", Amount: inv.Total, Reference: inv.Reference}, inv.Total.Minor)
		}, []string{"cs_test_1"}},
		"a person's match": {func(t *testing.T, w *testkit.World, inv invoice.Data) {
			importLine(t, w, cash.Entry{Key: "k", Amount: testkit.EUR(500), Text: "no idea"}, 500)
			if _, err := w.Cycle.ApplyReceipt(ctx, w.Stamp("slack:U06"), o2c.ReceiptID("bank", "k"), inv.ID, testkit.EUR(500), "it is theirs"); err != nil {
				t.Fatal(err)
			}
		}, []string{"cs_test_1"}},
		"a debit of an older page": {func(t *testing.T, w *testkit.World, inv invoice.Data) {
			tell(t, w, "evt", o2c.MoneyPending{Gateway: "stripe", Ref: "pi", InvoiceID: inv.ID, Amount: part, At: w.Now()})
		}, []string{"cs_test_1"}},
		"the page itself": {func(t *testing.T, w *testkit.World, inv invoice.Data) { pay(t, w, inv, "pi", inv.Total) }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			inv := invoiced(t, w)
			openPage(t, w, inv, nil)
			tt.come(t, w, inv)
			w.Settle(t)
			if !slices.Equal(w.Desk.Expired, tt.want) {
				t.Errorf("closed %v, want %v", w.Desk.Expired, tt.want)
			}
			tied(t, w)
		})
	}
}
