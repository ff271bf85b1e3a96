package o2c_test

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// secured is an order of two chairs that a person approved with a deposit, and
// its issued deposit invoice.
func secured(t *testing.T, w *testkit.World, with credit.Conditions) (orderID string, deposit invoice.Data) {
	t.Helper()
	taken := take(t, w, testkit.Order("1", 400_000, w.Now())) // 9680.00 with tax: a person decides
	mira, _ := w.Cycle.Policy.Person("U04APPROVE")
	if _, err := w.Cycle.DecideCredit(ctx, w.Stamp("slack:U04APPROVE"), o2c.CreditAnswer{OrderID: taken.OrderID, By: mira, Verdict: credit.Approve, Conditions: with, Reason: "a new customer"}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	return taken.OrderID, onlyInvoice(t, w)
}

func anOrder(t *testing.T, w *testkit.World, id string) order.Data {
	t.Helper()
	o, err := o2c.Read[order.Order](ctx, w.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	return o.Data()
}

func anInvoice(t *testing.T, w *testkit.World, id string) invoice.Data {
	t.Helper()
	inv, err := o2c.Read[invoice.Invoice](ctx, w.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	return inv.Data()
}

func ship(t *testing.T, w *testkit.World, orderID string, units int64) error {
	t.Helper()
	_, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), orderID, order.IncomingShipment{Lines: []order.ShippedLine{{SKU: "CHAIR", Quantity: units}}})
	w.Settle(t)
	return err
}

func verified(t *testing.T, w *testkit.World) {
	t.Helper()
	w.Settle(t)
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("verify: %v\n%s", err, report)
	}
}

var tenPercent = credit.Conditions{DepositPercent: decimal.NewFromInt(10)}

// TestADepositIsPaidAndTakenOff is the whole way: 10 of 100, then 90 in two
// parts; every figure is read from the books.
func TestADepositIsPaidAndTakenOff(t *testing.T) {
	w := testkit.NewWorld(t)
	id, deposit := secured(t, w, tenPercent)
	if deposit.Number != "2026-0001" || deposit.TypeCode() != "386" || deposit.Total != testkit.EUR(96_800) || deposit.Net != testkit.EUR(80_000) || deposit.Open != deposit.Total {
		t.Fatalf("deposit %s %s: %s net %s", deposit.Number, deposit.TypeCode(), deposit.Total, deposit.Net)
	}
	compareBalances(t, w, map[string]int64{ledger.Receivable: 96_800, ledger.Deposits: -80_000, ledger.VAT: -16_800, ledger.Revenue: 0})
	if err := ship(t, w, id, 1); err == nil {
		t.Fatal("shipped before the deposit was paid")
	}
	verified(t, w)
	pay(t, w, deposit, "pi_1", deposit.Total)
	if o := anOrder(t, w, id); len(o.Holds) != 0 || o.Status != order.Confirmed || o.Committed != testkit.EUR(871_200) {
		t.Fatalf("after the payment: holds %v, %s, committed %s", o.Holds, o.Status, o.Committed)
	}
	for range 2 {
		if err := ship(t, w, id, 1); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, w)
	o := anOrder(t, w, id)
	sum := deposit.Total
	for _, invoiceID := range o.Invoices[1:] {
		d := anInvoice(t, w, invoiceID)
		if d.Total != testkit.EUR(435_600) || d.Net != testkit.EUR(360_000) || len(d.Preceding) != 1 || d.Preceding[0].Number != deposit.Number || d.Preceding[0].Amount != testkit.EUR(48_400) {
			t.Errorf("invoice %s over %s, net %s, takes off %+v", d.Number, d.Total, d.Net, d.Preceding)
		}
		sum = sum.Plus(d.Total)
		pay(t, w, d, "pi_"+d.Number, d.Total)
	}
	if sum != o.Total || anOrder(t, w, id).Status != order.Closed {
		t.Errorf("invoiced %s of %s, the order is %s", sum, o.Total, anOrder(t, w, id).Status)
	}
	compareBalances(t, w, map[string]int64{ledger.Receivable: 0, ledger.Deposits: 0, ledger.VAT: -168_000, ledger.Revenue: -800_000, ledger.ClearingStripe: 968_000})
	verified(t, w)
}

// TestADepositThatGoesBackHoldsAgain: a failed debit, a refund, and what a person
// takes back hold the order; the next payment lets it go.
func TestADepositThatGoesBackHoldsAgain(t *testing.T) {
	w := testkit.NewWorld(t)
	id, deposit := secured(t, w, tenPercent)
	held := func(want bool, when string) {
		t.Helper()
		w.Settle(t)
		if got := len(anOrder(t, w, id).Holds) > 0; got != want {
			t.Errorf("%s: held %v", when, got)
		}
		verified(t, w)
	}
	pay(t, w, deposit, "pi_1", deposit.Total)
	held(false, "paid")
	w.Advance(time.Hour)
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-f", o2c.MoneyFailed{Gateway: "stripe", Ref: "pi_1", InvoiceID: deposit.ID, Reason: "no funds", At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	held(true, "the debit failed")
	pay(t, w, deposit, "pi_2", deposit.Total)
	held(false, "paid again")
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-b", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_2", Total: testkit.EUR(1), At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	held(true, "a cent was given back")
	importLine(t, w, cash.Entry{Key: "line-1", Amount: testkit.EUR(1), Text: "x", Reference: deposit.Reference, Name: "Acme BV"}, 1)
	held(false, "the cent came by bank")
	if err := ship(t, w, id, 2); err != nil {
		t.Fatal(err)
	}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-b2", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_2", Total: deposit.Total.Minus(testkit.EUR(1)), At: w.Now()}); err != nil {
		t.Fatal(err)
	}
	held(false, "given back after all had left")
	if d := anInvoice(t, w, deposit.ID); d.Open != testkit.EUR(96_798) || d.Dunning.NextStep != "friendly" {
		t.Errorf("the deposit is %s with %s open; next is %q", d.Status, d.Open, d.Dunning.NextStep)
	}
}

// TestACancelledOrderGivesItsDepositBack: one commit takes the deposit invoice
// back and leaves what was paid to the customer, with a card.
func TestACancelledOrderGivesItsDepositBack(t *testing.T) {
	for name, paid := range map[string]money.Amount{"unpaid": testkit.EUR(0), "part paid": testkit.EUR(50_000), "paid": testkit.EUR(96_800)} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			id, deposit := secured(t, w, tenPercent)
			if paid.IsPositive() {
				pay(t, w, deposit, "pi_1", paid)
			}
			if err := w.Cycle.CancelOrder(ctx, w.Stamp("api:t"), id, "changed my mind"); err != nil {
				t.Fatal(err)
			}
			verified(t, w)
			if o := anOrder(t, w, id); o.Status != order.Cancelled || !o.Committed.IsZero() || len(o.Holds) > 0 {
				t.Errorf("%s, committed %s, holds %v", o.Status, o.Committed, o.Holds)
			}
			if d := anInvoice(t, w, deposit.ID); d.Status != invoice.Credited || !d.Open.IsZero() || len(d.Notes) != 1 {
				t.Errorf("the deposit is %s, open %s", d.Status, d.Open)
			}
			compareBalances(t, w, map[string]int64{ledger.Receivable: 0, ledger.Deposits: 0, ledger.VAT: 0, ledger.Revenue: 0, ledger.Unapplied: -paid.Minor})
			want := 0
			if paid.IsPositive() {
				want = 1
			}
			if got := testkit.CardsOf[o2c.CashCard](w.Desk); len(got) != want {
				t.Errorf("%d cards ask about the money", len(got))
			}
		})
	}
}

// TestADepositBeforeItsInvoice: an order that ends before its deposit was issued
// spends no number.
func TestADepositBeforeItsInvoice(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 400_000, w.Now())
	in.Buyer.Address.Street = "" // not enough for an invoice
	taken := take(t, w, in)
	mira, _ := w.Cycle.Policy.Person("U04APPROVE")
	if _, err := w.Cycle.DecideCredit(ctx, w.Stamp("slack:U04APPROVE"), o2c.CreditAnswer{OrderID: taken.OrderID, By: mira, Verdict: credit.Approve, Conditions: tenPercent}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if d := onlyInvoice(t, w); d.Status != invoice.Draft || len(d.Missing) == 0 {
		t.Fatalf("the deposit is %s", d.Status)
	}
	if err := w.Cycle.CancelOrder(ctx, w.Stamp("api:t"), taken.OrderID, "no"); err != nil {
		t.Fatal(err)
	}
	verified(t, w)
	if d := onlyInvoice(t, w); d.Status != invoice.Void || d.Number != "" {
		t.Errorf("the deposit is %s %s", d.Status, d.Number)
	}
	if err := w.Cycle.RetryDraft(ctx, w.Stamp("api:t"), onlyInvoice(t, w).ID); err == nil {
		t.Error("a void draft was tried again")
	}
}

// TestTheRestOfADepositIsCreditedWhenTheRestIsCancelled: of 10 % on two chairs,
// one is taken off the chair that left, the other goes back.
func TestTheRestOfADepositIsCreditedWhenTheRestIsCancelled(t *testing.T) {
	w := testkit.NewWorld(t)
	id, deposit := secured(t, w, tenPercent)
	pay(t, w, deposit, "pi_1", deposit.Total)
	if err := ship(t, w, id, 1); err != nil {
		t.Fatal(err)
	}
	cancel := testkit.Order("1", 400_000, w.Now())
	if _, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Cancel, cancel)); err != nil {
		t.Fatal(err)
	}
	verified(t, w)
	d := anInvoice(t, w, deposit.ID)
	if d.Status != invoice.Paid || len(d.Notes) != 1 || d.Notes[0].Total != testkit.EUR(48_400) || !d.AdvanceLeft().IsZero() {
		t.Errorf("the deposit is %s, notes %+v, left %s", d.Status, d.Notes, d.AdvanceLeft())
	}
	compareBalances(t, w, map[string]int64{ledger.Deposits: 0, ledger.VAT: -84_000, ledger.Revenue: -400_000, ledger.Unapplied: -48_400, ledger.Receivable: 435_600})
}

// TestWhatCameBackIsCreditedWithItsDeposit: a return is worth what the goods
// cost; the part of it that the deposit paid is the customer's money.
func TestWhatCameBackIsCreditedWithItsDeposit(t *testing.T) {
	w := testkit.NewWorld(t)
	id, deposit := secured(t, w, tenPercent)
	pay(t, w, deposit, "pi_1", deposit.Total)
	if err := ship(t, w, id, 2); err != nil {
		t.Fatal(err)
	}
	final := anOrder(t, w, id).Invoices[1]
	if _, err := w.Cycle.IssueCreditNote(ctx, w.Stamp("api:t"), o2c.CreditRequest{InvoiceID: deposit.ID}); err == nil {
		t.Error("a deposit that was taken off was credited")
	}
	one, err := w.Cycle.IssueCreditNote(ctx, w.Stamp("api:t"), o2c.CreditRequest{InvoiceID: final, Lines: []invoice.Taking{{SKU: "CHAIR", Quantity: 1}}})
	if err != nil || one.Total != testkit.EUR(484_000) {
		t.Fatalf("credited %s, %v", one.Total, err)
	}
	verified(t, w)
	all, err := w.Cycle.IssueCreditNote(ctx, w.Stamp("api:t"), o2c.CreditRequest{InvoiceID: final})
	if err != nil || all.Total != testkit.EUR(484_000) {
		t.Fatalf("credited %s, %v", all.Total, err)
	}
	verified(t, w)
	if d := anInvoice(t, w, final); d.Status != invoice.Credited {
		t.Errorf("the invoice is %s", d.Status)
	}
	compareBalances(t, w, map[string]int64{ledger.Deposits: 0, ledger.VAT: 0, ledger.Revenue: 0, ledger.Receivable: 0, ledger.Unapplied: -96_800})
}

// TestPrepaymentIsADepositOfAll: nothing is left to pay with the goods.
func TestPrepaymentIsADepositOfAll(t *testing.T) {
	w := testkit.NewWorld(t)
	id, deposit := secured(t, w, credit.Conditions{PrepayAll: true})
	if deposit.Total != testkit.EUR(968_000) {
		t.Fatalf("prepay %s", deposit.Total)
	}
	pay(t, w, deposit, "pi_1", deposit.Total)
	for range 2 {
		if err := ship(t, w, id, 1); err != nil {
			t.Fatal(err)
		}
	}
	verified(t, w)
	o := anOrder(t, w, id)
	for _, invoiceID := range o.Invoices[1:] {
		if d := anInvoice(t, w, invoiceID); !d.Total.IsZero() || d.Status != invoice.Paid {
			t.Errorf("invoice %s over %s is %s", d.Number, d.Total, d.Status)
		}
	}
	if o.Status != order.Closed {
		t.Errorf("the order is %s", o.Status)
	}
	compareBalances(t, w, map[string]int64{ledger.Deposits: 0, ledger.VAT: -168_000, ledger.Revenue: -800_000, ledger.Receivable: 0})
}
