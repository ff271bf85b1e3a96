package o2c_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// wide is an order of one unit each of n SKUs.
func wide(id string, n int, at time.Time) order.Incoming {
	in := testkit.Order(id, 100, at)
	in.Lines = nil
	for i := range n {
		sku := fmt.Sprintf("S%03d", i)
		in.Lines = append(in.Lines, order.IncomingLine{SKU: sku, Name: sku, Quantity: 1, UnitPrice: decimal.NewFromInt(1), TaxRate: decimal.NewFromInt(21)})
	}
	return in
}

// warehouse has units of n SKUs, none of every seventh.
func warehouse(t *testing.T, w *testkit.World, n int, units int64) {
	t.Helper()
	for i := range n {
		have := units
		if i%7 == 3 {
			have = 0
		}
		stocked(t, w, fmt.Sprintf("S%03d", i), have)
	}
}

// TestFC_45_AWideOrderIsReservedInSlices: an order of more SKUs than a
// transaction has rows is one item at once, is reserved slice by slice and
// confirmed with the last, shipped, and its stock booked, in slices again.
func TestFC_45_AWideOrderIsReservedInSlices(t *testing.T) {
	w := testkit.NewWorld(t)
	warehouse(t, w, 95, 10)
	in := wide("1", 95, w.Now())
	in.PaidAtShop = &order.Payment{Gateway: "mollie", Reference: "tr_1", Amount: testkit.EUR(95 * 121)}
	taken := take(t, w, in)
	if o := readOrder(t, w, taken.OrderID); o.Status != order.Received || len(o.Holds) != 1 || o.Holds[0] != order.StockHold || o.Lines[0].Reserved != 0 {
		t.Fatalf("the order is %s with holds %v", o.Status, o.Holds)
	}
	w.Settle(t)
	o := readOrder(t, w, taken.OrderID)
	if o.Status != order.Confirmed || len(o.Holds) > 0 || o.Reserving != 0 {
		t.Fatalf("the order is %s with holds %v", o.Status, o.Holds)
	}
	for i, l := range o.Lines {
		if short := int64(0); i%7 == 3 && l.Backordered() != 1 || i%7 != 3 && (l.Reserved != 1 || l.Backordered() != short) {
			t.Errorf("line %d: %+v", i, l)
		}
	}
	if cards := testkit.CardsOf[o2c.StockCard](w.Desk); len(cards) != 1 || len(cards[0].Lines) != 14 {
		t.Errorf("%d stock cards", len(cards))
	}
	sound(t, w)
	var part order.IncomingShipment
	for _, l := range o.Lines {
		if l.Reserved > 0 {
			part.Lines = append(part.Lines, order.ShippedLine{SKU: l.SKU, Quantity: 1})
		}
	}
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, part); err != nil {
		t.Fatal(err)
	}
	sound(t, w)
	onShelf(t, w, "S000", o2c.Shelf{Tracked: true, OnHand: 9, Available: 9})
	onShelf(t, w, "S093", o2c.Shelf{Tracked: true, OnHand: 9, Available: 9})
	onShelf(t, w, "S003", o2c.Shelf{Tracked: true, Backordered: 1})
	for i := 3; i < 95; i += 7 {
		if _, err := w.Cycle.ReceiveGoods(ctx, w.Stamp("api:t"), o2c.Goods{SKU: fmt.Sprintf("S%03d", i), Units: 4}); err != nil {
			t.Fatal(err)
		}
	}
	sound(t, w)
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	sound(t, w)
	onShelf(t, w, "S003", o2c.Shelf{Tracked: true, OnHand: 3, Available: 3})
	if o := readOrder(t, w, taken.OrderID); o.Status != order.Closed {
		t.Errorf("the order is %s", o.Status)
	}
}

// wideEnd is all that a wide order leaves behind.
type wideEnd struct {
	Order   order.Data
	Shelves []o2c.Shelf
	Letters int
	Cards   int
	Facts   map[string]int
}

// TestFC_45_InterruptedAtEverySlice: whichever write the machine dies at, just
// before it or just after, the sweeper goes on where it stopped and the end is
// the same.
func TestFC_45_InterruptedAtEverySlice(t *testing.T) {
	const skus = 90
	for name, end := range map[string]func(t *testing.T, w *testkit.World, id string){
		"confirmed": func(*testing.T, *testkit.World, string) {},
		"cancelled": func(t *testing.T, w *testkit.World, id string) {
			if err := w.Cycle.CancelOrder(ctx, w.Stamp("api:t"), id, "too much"); err != nil {
				t.Fatal(err)
			}
		},
		"shipped": func(t *testing.T, w *testkit.World, id string) {
			for i := range skus {
				if i%7 == 3 {
					if _, err := w.Cycle.ReceiveGoods(ctx, w.Stamp("api:t"), o2c.Goods{SKU: fmt.Sprintf("S%03d", i), Units: 10}); err != nil {
						t.Fatal(err)
					}
				}
			}
			w.Settle(t)
			if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), id, order.IncomingShipment{}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			play := func(crash int, applied bool) (wideEnd, int) {
				w := testkit.NewWorld(t)
				warehouse(t, w, skus, 10)
				id := take(t, w, wide("1", skus, w.Now())).OrderID
				if name != "confirmed" {
					w.Settle(t)
					end(t, w, id)
				}
				writes := sweepUntil(t, w, crash, applied)
				w.Advance(o2c.LeaseTime)
				sound(t, w)
				return wideLeft(t, w, id, skus), writes
			}
			want, writes := play(-1, false)
			if writes < 4 {
				t.Fatalf("%d writes", writes)
			}
			for crash := range writes {
				for _, applied := range []bool{false, true} {
					got, _ := play(crash, applied)
					if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
						t.Fatalf("died at write %d (written: %v): %s", crash, applied, diff)
					}
				}
			}
		})
	}
}

// sweepUntil performs the effects about stock over a connection that is gone for
// good from a write on, that write itself done or not, and counts the writes.
func sweepUntil(t *testing.T, w *testkit.World, crash int, applied bool) (writes int) {
	t.Helper()
	gone := false
	dying := w.Disturbed("dying", func(next http.RoundTripper, r *http.Request) (*http.Response, error) {
		if gone {
			return nil, fmt.Errorf("the machine is gone")
		}
		switch r.Header.Get("X-Amz-Target") {
		case "DynamoDB_20120810.TransactWriteItems", "DynamoDB_20120810.PutItem":
			if writes == crash {
				if gone = true; applied {
					_, _ = next.RoundTrip(r)
				}
				return nil, fmt.Errorf("the machine is gone")
			}
			writes++
		}
		return next.RoundTrip(r)
	})
	box := *w.Outbox
	box.Cycle = dying
	due, err := w.Cycle.Store.List(ctx, o2c.Query{Queue: o2c.EffectQueue, Until: w.Now()})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range due.Items {
		var e o2c.Effect
		if err := json.Unmarshal(s.Body, &e); err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(e.Does, "stock.") {
			if err := box.Perform(ctx, e.Name); err != nil && crash < 0 {
				t.Fatal(err)
			}
		}
	}
	return writes
}

func wideLeft(t *testing.T, w *testkit.World, id string, skus int) wideEnd {
	t.Helper()
	end := wideEnd{Order: readOrder(t, w, id), Letters: len(w.Desk.Letters), Cards: len(testkit.CardsOf[o2c.StockCard](w.Desk)), Facts: map[string]int{}}
	names := make([]string, skus)
	for i := range names {
		names[i] = fmt.Sprintf("S%03d", i)
	}
	var err error
	if end.Shelves, err = w.Cycle.Shelves(ctx, names...); err != nil {
		t.Fatal(err)
	}
	trail, err := w.Cycle.Store.Events(ctx, o2c.Key{Kind: "order", ID: id})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range trail {
		end.Facts[e.Type]++
	}
	return end
}
