package o2c_test

import (
	"testing"
	"time"

	"duly/shared/testkit"
)

// TestCap_88_TheMonthsCostCountsEachOrderOnce: whatever nights are missed or doubled; a new month begins at nothing, and being
// there costs its share of the days.
func TestCap_88_TheMonthsCostCountsEachOrderOnce(t *testing.T) {
	w := testkit.NewWorld(t) // 5 January
	count := func() {
		t.Helper()
		if err := w.Cycle.CountMonth(ctx, w.Now()); err != nil {
			t.Fatal(err)
		}
	}
	for _, id := range []string{"1", "2", "3"} {
		take(t, w, testkit.Order(id, 10_000, w.Now()))
	}
	w.Advance(2 * time.Minute)
	count()
	count()
	take(t, w, testkit.Order("4", 10_000, w.Now()))
	w.Advance(72 * time.Hour) // 8 January; two nights were missed
	count()
	got, err := w.Cycle.CostSoFar(ctx, w.Now())
	if err != nil || got.Orders != 4 || got.Amount.Currency != "EUR" || got.Amount.Minor != 25 { // 0.95 × 8/31 and 4 orders, rounded up
		t.Errorf("%+v, %v", got, err)
	}
	w.Advance(24 * 24 * time.Hour) // 1 February
	count()
	if got, err = w.Cycle.CostSoFar(ctx, w.Now()); err != nil || got.Orders != 0 || got.Amount.Minor != 4 {
		t.Errorf("in the new month %+v, %v", got, err)
	}
}
