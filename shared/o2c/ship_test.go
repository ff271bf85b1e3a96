package o2c_test

import (
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// stocked puts units of an SKU on the shelf.
func stocked(t *testing.T, w *testkit.World, sku string, units int64) {
	t.Helper()
	if _, err := w.Cycle.SaveProduct(ctx, w.Stamp("api:t"), fulfilment.ProductData{SKU: sku, Price: testkit.EUR(100)}, &units); err != nil {
		t.Fatal(err)
	}
}

func onShelf(t *testing.T, w *testkit.World, sku string, want o2c.Shelf) {
	t.Helper()
	if got, err := w.Cycle.Shelves(ctx, sku); err != nil || got[0] != want {
		t.Errorf("the shelf of %s is %+v, want %+v (%v)", sku, got, want, err)
	}
}

func readOrder(t *testing.T, w *testkit.World, id string) order.Data {
	t.Helper()
	o, err := o2c.Read[order.Order](ctx, w.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	return o.Data()
}

func sound(t *testing.T, w *testkit.World) {
	t.Helper()
	w.Settle(t)
	if report, err := w.Cycle.Verify(ctx); err != nil || !report.OK() {
		t.Errorf("%v\n%s", err, report)
	}
}

// TestALineNamedTwiceIsNotShippedTwice: a channel that repeats a line shipped
// and billed more than was ordered.
func TestALineNamedTwiceIsNotShippedTwice(t *testing.T) {
	w := testkit.NewWorld(t)
	stocked(t, w, "CHAIR", 10)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	twice := func(units int64) order.IncomingShipment {
		return order.IncomingShipment{Lines: []order.ShippedLine{{SKU: "CHAIR", Quantity: units}, {SKU: "CHAIR", Quantity: units}}}
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, twice(2)); !fault.Is(err, fault.Invalid) {
		t.Fatalf("four of two were shipped: %v", err)
	}
	gone, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, twice(1))
	if err != nil || len(gone.Lines) != 1 || gone.Lines[0].Quantity != 2 {
		t.Fatalf("%+v, %v", gone.Lines, err)
	}
	w.Settle(t)
	if inv := onlyInvoice(t, w); inv.Total != testkit.EUR(24_200) {
		t.Errorf("the invoice is over %s", inv.Total)
	}
	onShelf(t, w, "CHAIR", o2c.Shelf{Tracked: true, OnHand: 8, Available: 8})
	sound(t, w)
}

// TestWhatWasPartlyHeldIsStillShort: an order that was referred with part of its
// stock held was confirmed without a word about the rest.
func TestWhatWasPartlyHeldIsStillShort(t *testing.T) {
	w := testkit.NewWorld(t)
	stocked(t, w, "CHAIR", 1)
	taken := take(t, w, testkit.Order("1", 400_000, w.Now())) // two of them, above the ceiling
	approve(t, w, taken.OrderID)
	w.Settle(t)
	if cards := testkit.CardsOf[o2c.StockCard](w.Desk); len(cards) != 1 || len(cards[0].Lines) != 1 || cards[0].Lines[0].Backordered() != 1 {
		t.Errorf("the stock cards are %+v", cards)
	}
}

// TestAnOrderOverNothingIsClosedAtIssue: its invoice stood among the open items
// and the order never ended.
func TestAnOrderOverNothingIsClosedAtIssue(t *testing.T) {
	w := testkit.NewWorld(t)
	id := take(t, w, testkit.Order("1", 0, w.Now())).OrderID
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	if o := readOrder(t, w, id); inv.Status != invoice.Paid || o.Status != order.Closed {
		t.Errorf("the invoice is %s, the order %s", inv.Status, o.Status)
	}
	links, err := w.Cycle.Store.Links(ctx, o2c.Key{Kind: "customer", ID: inv.CustomerID}, "open")
	if err != nil || len(links) != 0 {
		t.Errorf("open items %v, %v", links, err)
	}
	sound(t, w)
}
