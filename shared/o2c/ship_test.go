package o2c_test

import (
	"fmt"
	"testing"

	"github.com/shopspring/decimal"

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

// TestAnOrderOfManySKUsIsTakenInOneCommit: 95 stock counters did not fit into
// the hundred rows of a transaction, so the order was lost.
func TestAnOrderOfManySKUsIsTakenInOneCommit(t *testing.T) {
	w := testkit.NewWorld(t)
	in := testkit.Order("1", 100, w.Now())
	in.PaidAtShop = &order.Payment{Gateway: "mollie", Reference: "tr_1", Amount: testkit.EUR(95 * 121)}
	in.Lines = nil
	for i := range 95 {
		sku := fmt.Sprintf("S%02d", i)
		stocked(t, w, sku, 10)
		in.Lines = append(in.Lines, order.IncomingLine{SKU: sku, Name: sku, Quantity: 1, UnitPrice: decimal.NewFromInt(1), TaxRate: decimal.NewFromInt(21)})
	}
	taken := take(t, w, in)
	o := readOrder(t, w, taken.OrderID)
	if o.Status != order.Confirmed || o.Lines[39].Reserved != 1 || o.Lines[40].Reserved != 0 || o.Lines[40].Backordered() != 1 {
		t.Fatalf("the order is %s with %+v", o.Status, o.Lines[39:41])
	}
	w.Settle(t)
	if cards := testkit.CardsOf[o2c.StockCard](w.Desk); len(cards) != 1 || len(cards[0].Lines) != 55 {
		t.Errorf("%d stock cards: %+v", len(cards), cards)
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); !fault.Is(err, fault.Held) {
		t.Errorf("95 SKUs in one shipment: %v", err)
	}
	for start := 0; start < 95; start += 40 {
		var part order.IncomingShipment
		for _, l := range o.Lines[start:min(start+40, 95)] {
			part.Lines = append(part.Lines, order.ShippedLine{SKU: l.SKU, Quantity: 1})
		}
		if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, part); err != nil {
			t.Fatal(err)
		}
		w.Settle(t)
	}
	if o := readOrder(t, w, taken.OrderID); o.Status != order.Closed {
		t.Errorf("the order is %s", o.Status)
	}
	onShelf(t, w, "S00", o2c.Shelf{Tracked: true, OnHand: 9, Available: 9})
	onShelf(t, w, "S94", o2c.Shelf{Tracked: true, OnHand: 9, Available: 9})
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
