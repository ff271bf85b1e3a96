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
	"duly/shared/o2c/party"
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
	if got := len(w.Desk.Letters); got != 3 { // confirmation, parcel and invoice
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

func TestAStatementBooksOnceForEver(t *testing.T) {
	w := testkit.NewWorld(t)
	line := cash.Entry{Key: "line-1", Amount: testkit.EUR(5000), Text: "no idea", Name: "Somebody"}
	if r := importLine(t, w, line, 5000); r.New != 1 || r.Unmatched != 1 || r.Replay {
		t.Errorf("the first time: %+v", r)
	}
	w.Settle(t)
	w.Advance(400 * 24 * time.Hour) // long after every seen-key is forgotten
	if r := importLine(t, w, line, 5000); r.New != 0 || !r.Replay {
		t.Errorf("a year later: %+v", r)
	}
	out := cash.Entry{Key: "line-2", Amount: testkit.EUR(-700), Text: "rent"}
	importLine(t, w, out, 4300)
	importLine(t, w, out, 4300)
	w.Settle(t)
	compareBalances(t, w, map[string]int64{ledger.Bank: 4300, ledger.Unapplied: -5000, ledger.Suspense: 700})
	if got := len(testkit.CardsOf[o2c.CashCard](w.Desk)); got != 1 {
		t.Errorf("%d cards ask about the money", got)
	}
}

func TestATransferIsMatchedByWhatItSays(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	for i, tc := range []cash.Entry{
		{Reference: inv.Reference},
		{Text: "betaling " + inv.Reference[:4] + " " + inv.Reference[4:] + " met dank"},
		{Text: "factuur 2026 0001"},
	} {
		tc.Name = "ACME B.V."
		tc.Key, tc.Amount = string(rune('a'+i)), testkit.EUR(1000)
		if r := importLine(t, w, tc, int64(1000*(i+1))); r.Applied != 1 {
			t.Errorf("%q %q was not matched", tc.Reference, tc.Text)
		}
	}
	got, err := w.Cycle.InvoiceByNumber(ctx, "2026-0001")
	if err != nil || got.Open != testkit.EUR(24_200-3000) || got.Status != invoice.PartPaid {
		t.Errorf("%s open, %s, %v", got.Open, got.Status, err)
	}
	w.Settle(t)
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("%v\n%s", err, report)
	}
}

func TestARefundOpensTheInvoiceAgainByItsAmount(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	pay(t, w, inv, "pi_1", inv.Total)
	for _, total := range []int64{5000, 2000, 5000} { // told in any order, and twice
		if err := w.Cycle.HandlePayment(ctx, w.Now(), "", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(total), At: w.Now()}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := w.Cycle.InvoiceByNumber(ctx, inv.Number)
	if err != nil || got.Open != testkit.EUR(5000) || got.Status != invoice.PartPaid {
		t.Errorf("%s open, %s, %v", got.Open, got.Status, err)
	}
	compareBalances(t, w, map[string]int64{ledger.ClearingStripe: inv.Total.Minor - 5000, ledger.Receivable: 5000, ledger.Unapplied: 0})
	w.Settle(t)
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("%v\n%s", err, report)
	}
}

func TestPaidAtTheShopIsSettledAtIssue(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 1_000_000, w.Now()) // far above every limit, but paid
	in.PaidAtShop = &order.Payment{Gateway: "mollie", Reference: "tr_1", Amount: testkit.EUR(2_420_000)}
	taken := take(t, w, in)
	if taken.Status != order.Confirmed {
		t.Fatalf("the paid order is %s", taken.Status)
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if inv := onlyInvoice(t, w); inv.Status != invoice.Paid {
		t.Errorf("the invoice is %s with %s open", inv.Status, inv.Open)
	}
	compareBalances(t, w, map[string]int64{ledger.Gateway("mollie"): 2_420_000, ledger.Receivable: 0, ledger.Unapplied: 0})
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("%v\n%s", err, report)
	}
}

func TestAnIncompleteDraftSpendsNoNumber(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 10_000, w.Now())
	in.Buyer.Address = party.Address{}
	taken := take(t, w, in)
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	draft := onlyInvoice(t, w)
	if draft.Status != invoice.Draft || draft.Number != "" || len(draft.Missing) != 1 {
		t.Fatalf("%s %q lacks %v", draft.Status, draft.Number, draft.Missing)
	}
	if got := len(testkit.CardsOf[o2c.DraftCard](w.Desk)); got != 1 {
		t.Errorf("%d cards ask for the address", got)
	}
	if _, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), draft.CustomerID, func(d *party.Data) {
		d.Address = party.Address{Street: "Dam 1", PostalCode: "1012 JS", City: "Amsterdam", Country: "NL"}
	}); err != nil {
		t.Fatal(err)
	}
	if err := w.Cycle.RetryDraft(ctx, w.Stamp("slack:U02SALES"), draft.ID); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if inv := onlyInvoice(t, w); inv.Number != "2026-0001" || len(inv.Missing) != 0 {
		t.Errorf("%q lacks %v", inv.Number, inv.Missing)
	}
}
