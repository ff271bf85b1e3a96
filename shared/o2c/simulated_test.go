package o2c_test

import (
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// What the simulation found, each with the seed that showed it first.

// TestALateCancellationIsToldAndTaken: seed 1. The notice had no document to
// hang on, so the shop was answered 503 for ever.
func TestALateCancellationIsToldAndTaken(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 10_000, w.Now())
	taken := take(t, w, in)
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	in.UpdatedAt = w.Now().Add(1)
	late, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Cancel, in))
	if err != nil || late.Status != order.Shipped {
		t.Fatalf("the order is %s (%v)", late.Status, err)
	}
	w.Settle(t)
	if notices := testkit.CardsOf[o2c.NoticeCard](w.Desk); len(notices) != 1 || notices[0].Notice.Key != "cancelled_late" {
		t.Errorf("the team was told %+v", notices)
	}
}

// TestACancellationTwiceIsOne: another message about the same cancellation
// finds the order cancelled, and nobody is told that it came too late.
func TestACancellationTwiceIsOne(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 10_000, w.Now())
	take(t, w, in)
	for i := range 2 {
		in.UpdatedAt = in.UpdatedAt.Add(1)
		if late, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Cancel, in)); err != nil || late.Status != order.Cancelled {
			t.Fatalf("message %d: the order is %s (%v)", i, late.Status, err)
		}
	}
	w.Settle(t)
	if notices := testkit.CardsOf[o2c.NoticeCard](w.Desk); len(notices) != 0 {
		t.Errorf("the team was told %+v", notices)
	}
}

// overdue makes an invoice whose first reminder is due, on a Thursday morning,
// with bank data of that day.
func overdue(t *testing.T, w *testkit.World) {
	t.Helper()
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	w.Advance(38 * 24 * time.Hour) // from Monday 5 January, 30 days net and 3 of patience: Thursday 12 February
	dun(t, w)
}

// dun runs one tick with fresh bank data.
func dun(t *testing.T, w *testkit.World) {
	t.Helper()
	importLine(t, w, cash.Entry{Key: "line-" + w.Now().String(), Amount: testkit.EUR(1), Text: "interest"}, 1)
	if _, err := w.Cycle.RunDunning(ctx, w.Now(), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
}

func reminders(w *testkit.World) (n int) {
	for _, l := range w.Desk.Letters {
		if strings.HasPrefix(l.Subject, "reminder_") {
			n++
		}
	}
	return n
}

// TestAReminderHeldUpWaitsForAWorkingMorning: seed 3. A sweeper that was gone
// for days sent on a Saturday evening what had been due on Thursday.
func TestAReminderHeldUpWaitsForAWorkingMorning(t *testing.T) {
	w := testkit.NewWorld(t)
	overdue(t, w)
	w.Advance(2 * 24 * time.Hour)
	w.Settle(t)
	if n := reminders(w); n != 0 {
		t.Fatalf("%d reminders on a Saturday", n)
	}
	w.Advance(2 * 24 * time.Hour)
	w.Settle(t)
	if n := reminders(w); n != 1 {
		t.Errorf("%d reminders on Monday", n)
	}
}

// TestAReminderThatANewerOneOvertookIsNotSent: seed 3. Two letters that had
// been held up went to one customer within a minute.
func TestAReminderThatANewerOneOvertookIsNotSent(t *testing.T) {
	w := testkit.NewWorld(t)
	overdue(t, w)
	w.Advance(7 * 24 * time.Hour)
	dun(t, w)
	w.Settle(t)
	if n := reminders(w); n != 1 {
		t.Errorf("%d reminders in a day", n)
	}
}

// TestARefundIsSeenOnTheCashCard: seed 32. The card went on asking where to put
// money that had gone back meanwhile.
func TestARefundIsSeenOnTheCashCard(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	pay(t, w, inv, "pi_1", inv.Total.Plus(testkit.EUR(500)))
	w.Settle(t)
	back := o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(200), At: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-back", back); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	if cards := testkit.CardsOf[o2c.CashCard](w.Desk); len(cards) != 1 || cards[0].Receipt.Unapplied != testkit.EUR(300) {
		t.Errorf("the card shows %+v", cards)
	}
}

// TestEachEventIsPublishedOnce: seed 25. Part of a payment of a credited invoice
// went back: the invoice is settled twice in that commit, and the first of its
// two events was published with each.
func TestEachEventIsPublishedOnce(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	pay(t, w, inv, "pi_1", inv.Total)
	if _, err := w.Cycle.IssueCreditNote(ctx, w.Stamp("api:test"), o2c.CreditRequest{InvoiceID: inv.ID, Reason: "returned"}); err != nil {
		t.Fatal(err)
	}
	back := o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: testkit.EUR(1_000), At: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-back", back); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	times := map[string]int{}
	for _, e := range w.Desk.Published {
		if times[e.ID]++; times[e.ID] > 1 {
			t.Errorf("%s %s was published %d times", e.Type, e.ID, times[e.ID])
		}
	}
	if len(times) < 5 { // confirmed, shipped, issued, paid, credited, and what the refund changed
		t.Errorf("%d events were published", len(times))
	}
}
