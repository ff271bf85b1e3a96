package o2c_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// stockModel is a second set of stock books: what came in, what was counted,
// what left, beside the shelves themselves.
type stockModel struct {
	w      *testkit.World
	on     map[string]int64 // by SKU: received + counted − shipped
	orders []string
	n      int
}

var stockSKUs = []string{"A", "B", "C"}

func (m *stockModel) must(t *rapid.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (m *stockModel) pick(t *rapid.T) (order.Data, bool) {
	if len(m.orders) == 0 {
		return order.Data{}, false
	}
	o, err := o2c.Read[order.Order](ctx, m.w.Cycle, rapid.SampledFrom(m.orders).Draw(t, "order"))
	m.must(t, err)
	return o.Data(), true
}

// Order takes an order of some SKUs, now and then one that a person must decide
// on first.
func (m *stockModel) Order(t *rapid.T) {
	m.n++
	in := testkit.Order(fmt.Sprint(m.n), 100, m.w.Now())
	in.DeliverOn = rapid.SampledFrom([]calendar.Date{{}, day("2026-02-01"), day("2026-01-10")}).Draw(t, "promise")
	in.Lines = nil
	price := rapid.SampledFrom([]int64{1, 1, 1, 3000}).Draw(t, "price")
	for i := range rapid.IntRange(1, 3).Draw(t, "lines") {
		sku := rapid.SampledFrom(stockSKUs).Draw(t, "sku")
		in.Lines = append(in.Lines, order.IncomingLine{ExternalID: fmt.Sprint(i), SKU: sku, Name: sku, Quantity: rapid.Int64Range(1, 8).Draw(t, "units"), UnitPrice: decimal.NewFromInt(price)})
	}
	taken, err := m.w.Cycle.HandleShop(ctx, m.w.Arrive(order.Create, in))
	m.must(t, err)
	m.orders = append(m.orders, taken.OrderID)
	m.w.Advance(time.Minute)
}

// Approve decides a referred order.
func (m *stockModel) Approve(t *rapid.T) {
	o, ok := m.pick(t)
	if !ok || !slices.Contains(o.Holds, order.CreditHold) {
		return
	}
	mira, _ := m.w.Cycle.Policy.Person("U04APPROVE")
	_, err := m.w.Cycle.DecideCredit(ctx, m.w.Stamp("slack:U04APPROVE"), o2c.CreditAnswer{OrderID: o.ID, By: mira, Verdict: "approve", Reason: "known for years"})
	if !fault.Is(err, fault.Forbidden) { // it takes two people
		m.must(t, err)
	}
}

// Cancel withdraws an order, whatever has left of it.
func (m *stockModel) Cancel(t *rapid.T) {
	o, ok := m.pick(t)
	if !ok || o.Status == order.Declined || o.Status == order.Shipped || o.Status == order.Closed {
		return
	}
	m.must(t, m.w.Cycle.CancelOrder(ctx, m.w.Stamp("api:t"), o.ID, "changed its mind"))
}

// Ship sends some units of some lines, more than there is now and then.
func (m *stockModel) Ship(t *rapid.T) {
	o, ok := m.pick(t)
	if !ok || len(o.Holds) > 0 {
		return
	}
	var said order.IncomingShipment
	gone := map[string]int64{}
	for _, l := range o.Lines {
		if n := rapid.Int64Range(0, max(0, l.Left())).Draw(t, "gone"); n > 0 {
			said.Lines = append(said.Lines, order.ShippedLine{ExternalID: l.ExternalID, SKU: l.SKU, Quantity: n})
			gone[l.SKU] += n
		}
	}
	if len(said.Lines) == 0 {
		return
	}
	_, err := m.w.Cycle.Ship(ctx, m.w.Stamp("api:t"), o.ID, said)
	if fault.Is(err, fault.Held) || fault.Is(err, fault.Refused) || fault.Is(err, fault.Invalid) {
		return
	}
	m.must(t, err)
	for sku, n := range gone {
		m.on[sku] -= n
	}
}

// Receive books goods in.
func (m *stockModel) Receive(t *rapid.T) {
	g := o2c.Goods{SKU: rapid.SampledFrom(stockSKUs).Draw(t, "sku"), Units: rapid.Int64Range(1, 12).Draw(t, "units")}
	_, err := m.w.Cycle.ReceiveGoods(ctx, m.w.Stamp("api:t"), g)
	m.must(t, err)
	m.on[g.SKU] += g.Units
}

// Count counts a shelf anew, and moves its reorder point.
func (m *stockModel) Count(t *rapid.T) {
	sku, units := rapid.SampledFrom(stockSKUs).Draw(t, "sku"), rapid.Int64Range(0, 20).Draw(t, "units")
	change := func(d *fulfilment.ProductData) { d.ReorderPoint = rapid.Int64Range(0, 6).Draw(t, "reorder") }
	_, err := m.w.Cycle.AmendProduct(ctx, m.w.Stamp("api:t"), sku, change, &units)
	if fault.Is(err, fault.Invalid) { // orders hold more
		return
	}
	m.must(t, err)
	m.on[sku] = units
}

// Short decides on what an order waits for.
func (m *stockModel) Short(t *rapid.T) {
	o, ok := m.pick(t)
	i := slices.IndexFunc(o.Lines, func(l order.Line) bool { return l.Backordered() > 0 })
	if !ok || i < 0 {
		return
	}
	d := o2c.Shortage{OrderID: o.ID, Line: i + 1, SKU: rapid.SampledFrom(stockSKUs).Draw(t, "instead")}
	d.Units = rapid.Int64Range(0, o.Lines[i].Backordered()).Draw(t, "units")
	act := rapid.SampledFrom([]func(d o2c.Shortage) error{
		func(d o2c.Shortage) error { return m.w.Cycle.CancelWaiting(ctx, m.w.Stamp("slack:U02SALES"), d) },
		func(d o2c.Shortage) error { return m.w.Cycle.Substitute(ctx, m.w.Stamp("slack:U02SALES"), d) },
	}).Draw(t, "decision")
	if err := act(d); !fault.Is(err, fault.Invalid) { // the same SKU instead
		m.must(t, err)
	}
}

// Later lets a day go by: stock of undecided orders goes back in time.
func (m *stockModel) Later(t *rapid.T) {
	m.w.Advance(24 * time.Hour)
	_, err := m.w.Cycle.TendCredit(ctx, m.w.Now())
	m.must(t, err)
}

// Settle performs what is due.
func (m *stockModel) Settle(t *rapid.T) {
	for range 50 {
		n, err := m.w.Outbox.Sweep(ctx)
		m.must(t, err)
		if n == 0 {
			return
		}
	}
	t.Fatal("effects beget effects without end")
}

// Check: what is on a shelf is what came in less what left; free and reserved
// make it up; nothing is below zero.
func (m *stockModel) Check(t *rapid.T) {
	shelves, err := m.w.Cycle.Shelves(ctx, stockSKUs...)
	m.must(t, err)
	for i, sku := range stockSKUs {
		s := shelves[i]
		if s.OnHand != m.on[sku] || s.Available+s.Reserved != s.OnHand || min(s.OnHand, s.Reserved, s.Available, s.Backordered) < 0 {
			t.Fatalf("%s: %+v, and %d came in and did not leave", sku, s, m.on[sku])
		}
	}
}

// TestStockIsConserved plays a warehouse against the model: free + reserved +
// shipped = received at any time, and when all is settled nobody waits for what
// is free, and the shelves are what facts and orders say.
func TestStockIsConserved(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		m := &stockModel{w: testkit.NewWorld(t), on: map[string]int64{}}
		for _, sku := range stockSKUs {
			stocked(t, m.w, sku, 0)
		}
		rt.Repeat(map[string]func(*rapid.T){
			"order": m.Order, "order more": m.Order, "approve": m.Approve, "cancel": m.Cancel, "ship": m.Ship, "receive": m.Receive,
			"count": m.Count, "short": m.Short, "later": m.Later, "settle": m.Settle, "": m.Check,
		})
		m.Settle(rt)
		m.Check(rt)
		report, err := m.w.Cycle.Verify(ctx)
		m.must(rt, err)
		for _, c := range report.Checks {
			if len(c.Broken) > 0 && c.Name != "figures equal their recomputation" { // folded by the digest, which is not here
				rt.Fatalf("%s", report)
			}
		}
		shelves, err := m.w.Cycle.Shelves(ctx, stockSKUs...)
		m.must(rt, err)
		for i, s := range shelves {
			if s.Backordered > 0 && s.Available > 0 {
				rt.Fatalf("%s is free and waited for: %+v", stockSKUs[i], s)
			}
		}
	})
}

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}
