package o2c_test

import (
	"context"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

var ctx = context.Background()

// TestOneOrderGoesFromShopToBank is the thin line of design §4: each figure at
// the end is read from the books.
func TestOneOrderGoesFromShopToBank(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 400_000, w.Now())) // 2 × 4000.00 + 21 % = 9680.00, above the ceiling
	if taken.Status != order.Received {
		t.Fatalf("the order is %s", taken.Status)
	}
	w.Settle(t)
	cards := testkit.CardsOf[o2c.CreditCard](w.Desk)
	if len(cards) != 1 || cards[0].Request.Status != credit.Pending {
		t.Fatalf("cards %+v", cards)
	}
	approve(t, w, taken.OrderID)
	if _, err := w.Cycle.Ship(ctx, w.Stamp("slack:U02SALES"), taken.OrderID, order.IncomingShipment{Carrier: "PostNL"}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	if inv.Number != "2026-0001" || inv.Total != testkit.EUR(968_000) || inv.Open != inv.Total {
		t.Fatalf("invoice %s %s open %s", inv.Number, inv.Total, inv.Open)
	}
	if got := len(w.Desk.Letters); got != 2 { // confirmation and invoice
		t.Fatalf("%d letters", got)
	}
	pay(t, w, inv, "pi_1", inv.Total)
	w.Desk.Payouts["po_1"] = o2c.PayoutFacts{ID: "po_1", Charges: inv.Total, Fees: testkit.EUR(29), Refunds: testkit.EUR(0), Net: testkit.EUR(967_971), Reference: "STRIPE po_1", ArrivesAt: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-2", o2c.PayoutPaid{Gateway: "stripe", ID: "po_1", At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	importLine(t, w, cash.Entry{Key: "line-1", Amount: testkit.EUR(967_971), Text: "STRIPE po_1"}, 967_971)
	w.Settle(t)
	want := map[string]int64{ledger.Bank: 967_971, ledger.ClearingStripe: 0, ledger.Receivable: 0, ledger.Unapplied: 0, ledger.Fees: 29, ledger.Revenue: -800_000, ledger.VAT: -168_000}
	compareBalances(t, w, want)
	got, err := o2c.Read[order.Order](ctx, w.Cycle, taken.OrderID)
	if err != nil || got.Status() != order.Closed {
		t.Errorf("the order is %s (%v)", got.Status(), err)
	}
	report, err := w.Cycle.Verify(ctx)
	if err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

func take(t *testing.T, w *testkit.World, in order.Incoming) o2c.Taken {
	t.Helper()
	taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	return taken
}

func approve(t *testing.T, w *testkit.World, orderID string) {
	t.Helper()
	mira, _ := w.Cycle.Policy.Person("U04APPROVE")
	if _, err := w.Cycle.DecideCredit(ctx, w.Stamp("slack:U04APPROVE"), o2c.CreditAnswer{OrderID: orderID, By: mira, Verdict: credit.Approve, Reason: "known for years"}); err != nil {
		t.Fatal(err)
	}
}

func pay(t *testing.T, w *testkit.World, inv invoice.Data, ref string, amount money.Amount) {
	t.Helper()
	ev := o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: inv.ID, Amount: amount, Method: "ideal", Payer: "Acme BV", At: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-"+ref, ev); err != nil {
		t.Fatal(err)
	}
}

func importLine(t *testing.T, w *testkit.World, e cash.Entry, closing int64) o2c.StatementResult {
	t.Helper()
	today := calendar.On(w.Now(), time.UTC)
	e.BookedOn, e.ValueOn = today, today
	r, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), cash.Statement{
		ID: "s-" + e.Key, Account: w.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today,
		Opening: testkit.EUR(closing).Minus(e.Amount), Closing: testkit.EUR(closing), Entries: []cash.Entry{e},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func onlyInvoice(t *testing.T, w *testkit.World) invoice.Data {
	t.Helper()
	list, err := o2c.ListOf[invoice.Invoice](ctx, w.Cycle, 10, "")
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d invoices, %v", len(list.Items), err)
	}
	return list.Items[0].Data()
}

func compareBalances(t *testing.T, w *testkit.World, want map[string]int64) {
	t.Helper()
	rows, err := w.Cycle.TrialBalance(ctx, calendar.On(w.Now(), time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, r := range rows {
		got[r.Role] = r.Balance.Minor
	}
	for role, minor := range want {
		if got[role] != minor {
			t.Errorf("%s stands at %d, want %d", role, got[role], minor)
		}
	}
}
