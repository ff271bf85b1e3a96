package dunning

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

var ctx = context.Background()

func handler(w *testkit.World) trigger.Handler {
	return New(Deps{Cycle: w.Cycle, Now: w.Now, Log: slog.New(slog.DiscardHandler)})
}

// issued makes an order of the one customer, ships it and issues its invoice.
func issued(t *testing.T, w *testkit.World, id string) invoice.Data {
	t.Helper()
	taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, testkit.Order(id, 10_000, w.Now())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	o, err := o2c.Read[order.Order](ctx, w.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	inv, err := o2c.Read[invoice.Invoice](ctx, w.Cycle, o.Data().Invoices[0])
	if err != nil {
		t.Fatal(err)
	}
	return inv.Data()
}

// live runs the hourly schedule for some days, with an empty bank statement
// each day, and twice where twice says so.
func live(t *testing.T, w *testkit.World, days int, ticks func(hour int) int) {
	t.Helper()
	h := handler(w)
	for range days {
		for hour := range 24 {
			for range ticks(hour) {
				if err := h.Tick(ctx, trigger.Tick{Schedule: "dunning"}); err != nil {
					t.Fatal(err)
				}
			}
			w.Advance(time.Hour)
		}
		w.Settle(t)
		bankSaysNothing(t, w)
	}
}

func bankSaysNothing(t *testing.T, w *testkit.World) {
	t.Helper()
	today := calendar.On(w.Now(), w.Cycle.Policy.Zone)
	_, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), cash.Statement{
		ID: "empty-" + today.String(), Account: w.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
	})
	if err != nil {
		t.Fatal(err)
	}
}

func once(int) int { return 1 }

// reminders lists the subjects of the reminders that left, in order.
func reminders(w *testkit.World) []string {
	var got []string
	for _, l := range w.Desk.Letters {
		if strings.HasPrefix(l.Subject, "reminder_") {
			got = append(got, strings.Fields(l.Subject)[0])
		}
	}
	return got
}

func TestCap_49_HourlyAndTwiceNeverSendsTwice(t *testing.T) {
	w := testkit.NewWorld(t)
	issued(t, w, "1")
	live(t, w, 90, func(hour int) int { return 1 + hour%2 })
	if got, want := fmt.Sprint(reminders(w)), "[reminder_nudge reminder_friendly reminder_firm reminder_personal reminder_formal reminder_last]"; got != want {
		t.Errorf("sent %s, want %s", got, want)
	}
}

func TestCap_48_MissedWeeksCatchUpInOrderWithTheGap(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	w.Advance(time.Duration(inv.DueOn.DaysSince(calendar.On(w.Now(), time.UTC))+45) * 24 * time.Hour) // nobody ran for 75 days
	bankSaysNothing(t, w)
	sentOn := []calendar.Date{}
	h := handler(w)
	for range 14 {
		before := len(reminders(w))
		if err := h.Tick(ctx, trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		switch n := len(reminders(w)) - before; {
		case n > 1:
			t.Fatalf("%d letters on one day", n)
		case n == 1:
			sentOn = append(sentOn, calendar.On(w.Now(), time.UTC))
		}
		w.Advance(24 * time.Hour)
		bankSaysNothing(t, w)
	}
	// The word before the due date has lapsed; the others come in their order.
	if got, want := fmt.Sprint(reminders(w)), "[reminder_friendly reminder_firm reminder_personal reminder_formal]"; got != want {
		t.Fatalf("in two weeks %s, want %s", got, want)
	}
	for i := 1; i < len(sentOn); i++ {
		if gap := sentOn[i].DaysSince(sentOn[i-1]); gap < 3 {
			t.Errorf("%d days between letters", gap)
		}
	}
}

func TestPromiseHoldsLettersBackAndABrokenOneLetsThemGoOn(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	live(t, w, 35, once) // due after 30 days, the first letter at +3
	if got := len(reminders(w)); got != 2 {
		t.Fatalf("%d reminders before the promise", got)
	}
	on := calendar.On(w.Now(), w.Cycle.Policy.Zone).AddDays(10)
	if _, err := w.Cycle.RecordPromise(ctx, w.Stamp("portal:finance"), o2c.PromiseInput{InvoiceID: inv.ID, Date: on, By: "finance@acme.example"}); err != nil {
		t.Fatal(err)
	}
	live(t, w, 12, once)
	if got := len(reminders(w)); got != 2 {
		t.Errorf("%d reminders while the promise holds", got)
	}
	live(t, w, 4, once)
	if got := len(reminders(w)); got != 3 {
		t.Errorf("%d reminders after it was broken", got)
	}
}

func TestHeldCustomerGetsNoLetter(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	until := inv.DueOn.AddDays(20)
	if err := w.Cycle.HoldCustomer(ctx, w.Stamp("slack:U03COLLECT"), inv.CustomerID, until, "in talks"); err != nil {
		t.Fatal(err)
	}
	live(t, w, 50, once)
	if got := reminders(w); len(got) != 0 {
		t.Errorf("sent %v while on hold", got)
	}
	live(t, w, 8, once)
	if got := reminders(w); len(got) == 0 || got[0] != "reminder_friendly" {
		t.Errorf("after the hold: %v", got)
	}
}

func TestOneLetterListsAllThatIsOpen(t *testing.T) {
	w := testkit.NewWorld(t)
	issued(t, w, "1")
	issued(t, w, "2")
	live(t, w, 35, once)
	if got, want := fmt.Sprint(reminders(w)), "[reminder_nudge reminder_friendly]"; got != want {
		t.Errorf("%s for two invoices of one customer, want %s", got, want)
	}
}

func TestCap_53_StaleBankDataHoldsLettersBack(t *testing.T) {
	w := testkit.NewWorld(t)
	issued(t, w, "1")
	w.Advance(42 * 24 * time.Hour) // a Monday, and no statement ever came
	h := handler(w)
	for range 5 {
		if err := h.Tick(ctx, trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		w.Advance(time.Hour)
	}
	if got := reminders(w); len(got) != 0 {
		t.Errorf("sent %v on stale bank data", got)
	}
	if got := len(testkit.CardsOf[o2c.NoticeCard](w.Desk)); got != 1 {
		t.Errorf("%d alerts, want one", got)
	}
}

func TestNoLetterOnWeekendsAndHolidays(t *testing.T) {
	w := testkit.NewWorld(t)
	issued(t, w, "1")
	h := handler(w)
	for range 75 {
		before := len(reminders(w))
		for range 24 {
			if err := h.Tick(ctx, trigger.Tick{}); err != nil {
				t.Fatal(err)
			}
			w.Advance(time.Hour)
		}
		day := calendar.On(w.Now().Add(-time.Hour), w.Cycle.Policy.Zone)
		w.Settle(t)
		if len(reminders(w)) > before && !w.Cycle.Policy.Days.Works(day) {
			t.Errorf("a letter on %s, a %s", day, day.Weekday())
		}
		bankSaysNothing(t, w)
	}
	if len(reminders(w)) != 5 { // all but the last, which comes 45 days after the due date
		t.Errorf("%d letters", len(reminders(w)))
	}
}

func TestOneLargeCustomerStopsNobodyElse(t *testing.T) {
	w := testkit.NewWorld(t)
	for i := range 60 {
		inv := issued(t, w, fmt.Sprint(i))
		if _, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), inv.CustomerID, func(d *party.Data) { d.Unlimited = true }); err != nil {
			t.Fatal(err)
		}
	}
	other := testkit.Order("other", 10_000, w.Now())
	other.Buyer.ExternalID, other.Buyer.Email, other.Buyer.KVK = "cust-2", "finance@other.example", "11223344"
	taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, other))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	live(t, w, 40, func(hour int) int { return hour % 2 })
	to := map[string]int{}
	for _, l := range w.Desk.Letters {
		if strings.HasPrefix(l.Subject, "reminder_") {
			to[l.To]++
		}
	}
	if to["finance@other.example"] != 2 || to["finance@acme.example"] < 4 { // 60 steps are two letters, a gap apart
		t.Errorf("letters: %v", to)
	}
}

func TestAPaymentUnderWayIsNotReminded(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	w.Advance(31 * 24 * time.Hour)
	pending := o2c.MoneyPending{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Total, Method: "sepa_debit", At: w.Now()}
	if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt_1", pending); err != nil {
		t.Fatal(err)
	}
	bankSaysNothing(t, w)
	live(t, w, 10, func(hour int) int { return hour % 2 })
	if got := reminders(w); len(got) != 0 {
		t.Errorf("sent %v while the debit was under way", got)
	}
	live(t, w, 10, func(hour int) int { return hour % 2 }) // it never settled
	if got := reminders(w); len(got) == 0 {
		t.Error("a debit that never came silenced the letters for good")
	}
}

func TestAMendedAddressIsUsed(t *testing.T) {
	w := testkit.NewWorld(t)
	inv := issued(t, w, "1")
	if _, err := w.Cycle.AmendCustomer(ctx, w.Stamp("api:t"), inv.CustomerID, func(d *party.Data) { d.Emails = []string{"new@acme.example"} }); err != nil {
		t.Fatal(err)
	}
	live(t, w, 36, func(hour int) int { return hour % 2 })
	last := w.Desk.Letters[len(w.Desk.Letters)-1]
	if last.To != "new@acme.example" || !strings.HasPrefix(last.Subject, "reminder_") {
		t.Errorf("%s went to %s", last.Subject, last.To)
	}
}

func TestAPromiseIsKeptByMoneyThatCameSince(t *testing.T) {
	for name, tc := range map[string]struct {
		before, after int64
		want          string
	}{"nothing came": {20_000, 0, dunning.PromiseBroken}, "it came": {20_000, 4200, dunning.PromiseKept}, "too little came": {0, 4199, dunning.PromiseBroken}} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			inv := issued(t, w, "1") // 242.00
			pay := func(ref string, cents int64) {
				if cents == 0 {
					return
				}
				if err := w.Cycle.HandlePayment(ctx, w.Now(), "evt-"+ref, o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: inv.ID, Amount: testkit.EUR(cents), At: w.Now()}); err != nil {
					t.Fatal(err)
				}
			}
			pay("pi_before", tc.before)
			promised := testkit.EUR(4200)
			p, err := w.Cycle.RecordPromise(ctx, w.Stamp("portal:finance"), o2c.PromiseInput{InvoiceID: inv.ID, Amount: &promised, Date: calendar.On(w.Now(), time.UTC).AddDays(3), By: "finance"})
			if err != nil {
				t.Fatal(err)
			}
			pay("pi_after", tc.after)
			w.Advance(7 * 24 * time.Hour)
			if err := handler(w).Tick(ctx, trigger.Tick{}); err != nil {
				t.Fatal(err)
			}
			got, err := o2c.Read[dunning.Promise](ctx, w.Cycle, p.ID)
			if err != nil || got.Data().Status != tc.want {
				t.Errorf("the promise is %s, want %s (%v)", got.Data().Status, tc.want, err)
			}
			again := o2c.PromiseInput{InvoiceID: inv.ID, Date: calendar.On(w.Now(), time.UTC).AddDays(3), By: "finance"}
			if _, err := w.Cycle.RecordPromise(ctx, w.Stamp("portal:finance"), again); !fault.Is(err, fault.Refused) {
				t.Errorf("the customer promised twice: %v", err)
			}
			if _, err := w.Cycle.RecordPromise(ctx, w.Stamp("slack:U03COLLECT"), again); err != nil && tc.want == dunning.PromiseBroken {
				t.Errorf("a colleague could not write a promise down: %v", err)
			}
		})
	}
}
