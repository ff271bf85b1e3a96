package digest

import (
	"context"
	"testing"
	"time"

	"duly/shared/handler/trigger"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestCap_43_ProposedToAPersonAfterwards: when the seven years are over the team is told, once, how a person may delete;
// nothing is gone by then, and nothing is said before.
func TestCap_43_ProposedToAPersonAfterwards(t *testing.T) {
	w := testkit.NewWorld(t)
	taken, err := w.Cycle.HandleShop(t.Context(), w.Arrive(order.Create, testkit.Order("1", 10_000, w.Now())))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Cycle.Ship(t.Context(), w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	kept := len(w.Desk.Papers)
	for _, test := range []struct {
		on   string
		told int
	}{{"2033-01-03", 0}, {"2033-12-30", 0}, {"2034-01-03", 1}, {"2034-01-04", 1}, {"2035-01-03", 1}} {
		at, err := time.Parse(time.DateOnly, test.on)
		if err != nil {
			t.Fatal(err)
		}
		w.Advance(at.Add(8 * time.Hour).Sub(w.Now()))
		if err := New(Deps{Cycle: w.Cycle, Now: w.Now}).Tick(context.Background(), trigger.Tick{Schedule: "digest"}); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
		told := 0
		for _, n := range w.Desk.News("kept_long_enough") {
			if n.ID == "2026" && n.Until.String() == "2033-12-31" {
				told++
			}
		}
		if told != test.told {
			t.Errorf("on %s the team was told %d times, want %d", test.on, told, test.told)
		}
	}
	if len(w.Desk.Papers) != kept {
		t.Errorf("%d papers are kept, not %d", len(w.Desk.Papers), kept)
	}
}
