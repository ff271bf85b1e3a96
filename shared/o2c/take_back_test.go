package o2c_test

import (
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/testkit"
)

// TestAChargebackCountsOnceByItsID, in whatever order its messages come, and
// apart from what was given back.
func TestAChargebackCountsOnceByItsID(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := invoiced(t, w)
	pay(t, w, inv, "pi_1", inv.Total)
	dispute := func(status string) o2c.Chargeback {
		return o2c.Chargeback{Gateway: "stripe", Ref: "pi_1", ID: "dp_1", Amount: testkit.EUR(5000), Status: status, At: w.Now(), DueAt: w.Now()}
	}
	tell(t, w, "evt_1", dispute("lost"))
	tell(t, w, "evt_2", dispute("lost"))
	tell(t, w, "evt_3", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(3000), At: w.Now()})
	tell(t, w, "evt_4", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(1000), At: w.Now()})
	w.Settle(t)
	before := len(testkit.CardsOf[o2c.NoticeCard](w.Desk))
	tell(t, w, "evt_5", dispute("open"))
	tell(t, w, "evt_6", dispute("won"))
	w.Settle(t)
	if after := len(testkit.CardsOf[o2c.NoticeCard](w.Desk)); before != 2 || after != before {
		t.Errorf("%d notices, then %d", before, after)
	}
	if got := receipt(t, w, "stripe", "pi_1").Refunded; got != testkit.EUR(8000) {
		t.Errorf("%s went back, want 80.00", got)
	}
	stands(t, w, inv.Number, invoice.PartPaid, 8000)
	tied(t, w)
}

// TestARefundAfterTheCreditNoteLeavesItCredited: the usual order of things for
// returned goods; nobody is reminded of what was credited.
func TestARefundAfterTheCreditNoteLeavesItCredited(t *testing.T) {
	for _, back := range []int64{24_200, 10_000} {
		w := testkit.NewWorld(t)
		inv := invoiced(t, w)
		pay(t, w, inv, "pi_1", inv.Total)
		note, err := w.Cycle.IssueCreditNote(ctx, w.Stamp("api:test"), o2c.CreditRequest{InvoiceID: inv.ID, Reason: "returned"})
		if err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		tell(t, w, "evt_back", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(back), At: w.Now()})
		stands(t, w, inv.Number, invoice.Credited, 0)
		compareBalances(t, w, map[string]int64{ledger.Receivable: 0, ledger.Unapplied: back - 24_200, ledger.ClearingStripe: 24_200 - back})
		if left := receipt(t, w, "credit_note", note.ID).Unapplied; left != testkit.EUR(24_200-back) {
			t.Errorf("%s are left of the note", left)
		}
		w.Cycle.Policy.Freshness = 0
		for range 45 {
			w.Advance(24 * time.Hour)
			if _, err := w.Cycle.RunDunning(ctx, w.Now(), func() bool { return true }); err != nil {
				t.Fatal(err)
			}
			w.Settle(t)
		}
		if n := reminders(w); n != 0 {
			t.Errorf("%d reminders", n)
		}
		tied(t, w)
	}
}

// TestWhatAPersonTookBackIsNotGivenAgain when the provider gives a part back.
func TestWhatAPersonTookBackIsNotGivenAgain(t *testing.T) {
	w := testkit.NewWorld(t)
	a := invoiced(t, w)
	second := testkit.Order("2", 2_000, w.Now())
	second.Buyer.ExternalID, second.Buyer.Email, second.Buyer.KVK = "cust-2", "x@y.example", "11111111"
	shipped(t, w, take(t, w, second).OrderID)
	b, err := w.Cycle.InvoiceByNumber(ctx, "2026-0002")
	if err != nil {
		t.Fatal(err)
	}
	pay(t, w, a, "pi_1", a.Total)
	w.Settle(t)
	id := o2c.ReceiptID("stripe", "pi_1")
	if _, err := w.Cycle.UndoApplication(ctx, w.Stamp("slack:U06"), id, 1); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if cards := testkit.CardsOf[o2c.CashCard](w.Desk); len(cards) != 1 || cards[0].Settled {
		t.Errorf("the team is asked %+v", cards)
	}
	if _, err := w.Cycle.ApplyReceipt(ctx, w.Stamp("slack:U06"), id, b.ID, b.Open, "it is B's"); err != nil {
		t.Fatal(err)
	}
	tell(t, w, "evt_back", o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(20_000), At: w.Now()})
	stands(t, w, a.Number, invoice.Issued, 24_200)
	stands(t, w, b.Number, invoice.PartPaid, 640) // 42.00 are left of 242.00
	tied(t, w)
}
