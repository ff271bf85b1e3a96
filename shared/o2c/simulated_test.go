package o2c_test

import (
	"testing"

	"duly/shared/o2c"
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
	if notices := testkit.CardsOf[o2c.NoticeCard](w.Desk); len(notices) != 1 || notices[0].Title != "An order was cancelled too late" {
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
