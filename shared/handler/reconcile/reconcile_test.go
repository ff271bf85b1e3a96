package reconcile_test

import (
	"context"
	"testing"
	"time"

	"duly/shared/handler/reconcile"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/money"
	"duly/shared/testkit"
)

// TestAMissedMessageThatCannotBeBookedIsReported once, and holds nothing up.
func TestAMissedMessageThatCannotBeBookedIsReported(t *testing.T) {
	w := testkit.NewWorld(t)
	told := []reconcile.Told{
		{Seen: "evt_1", Event: o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", Amount: testkit.EUR(500), At: w.Now()}},
		{Seen: "evt_2", Event: o2c.MoneyBack{Gateway: "stripe", Ref: "pi_1", Total: money.Of(100, "USD"), At: w.Now()}},
		{Seen: "evt_3", Event: o2c.MoneyIn{Gateway: "stripe", Ref: "pi_2", Amount: testkit.EUR(700), At: w.Now()}},
	}
	h := reconcile.New(reconcile.Deps{Cycle: w.Cycle, Now: w.Now, Missed: func(context.Context, time.Time) ([]reconcile.Told, error) { return told, nil }})
	for range 2 {
		if err := h.Tick(context.Background(), trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
	}
	if n := len(testkit.CardsOf[o2c.NoticeCard](w.Desk)); n != 1 {
		t.Errorf("%d notices", n)
	}
	if n := len(testkit.CardsOf[o2c.CashCard](w.Desk)); n != 2 {
		t.Errorf("%d payments came in", n)
	}
}
