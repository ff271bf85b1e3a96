package slack

import (
	"strconv"
	"strings"
	"testing"
	"time"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestShipPart: what is reserved leaves, what is short waits, and a form that Slack sends twice ships once.
func TestShipPart(t *testing.T) {
	r := open(t)
	stock := int64(1)
	if _, err := r.Cycle.SaveProduct(t.Context(), r.Stamp("api:test"), fulfilment.ProductData{SKU: "CHAIR", Name: "Chair", Price: testkit.EUR(50_000)}, &stock); err != nil {
		t.Fatal(err)
	}
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("1", 50_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	card := r.card("C03EXCEPT")
	if !strings.Contains(string(card.Blocks), "1 of 2 missing, 1 reserved") {
		t.Fatalf("the card says %s", card.Blocks)
	}
	r.press(lena, card, "stock.ship_part", "")
	if reply := r.submit(lena, map[string]any{"carrier": "PostNL", "tracking": "3SABC"}); reply.Status != 200 || len(reply.Body) > 0 {
		t.Fatalf("got %d %s", reply.Status, reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	o, err := o2c.Read[order.Order](t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	if d := o.Data(); d.Status != order.PartShipped || len(d.Shipments) != 1 || d.Lines[0].Shipped != 1 {
		t.Errorf("the order is %s with %d shipments, %d shipped", d.Status, len(d.Shipments), d.Lines[0].Shipped)
	}
	r.noViolations()
}

// stocked makes a product with a shelf.
func (r *room) stocked(sku, name string, units, reorder int64) {
	r.t.Helper()
	d := fulfilment.ProductData{SKU: sku, Name: name, Price: testkit.EUR(50_000), ReorderPoint: reorder, Substitute: "STOOL"}
	if sku == "STOOL" {
		d.Substitute = ""
	}
	if _, err := r.Cycle.SaveProduct(r.t.Context(), r.Stamp("api:test"), d, &units); err != nil {
		r.t.Fatal(err)
	}
}

// short is an order of two chairs of which one is there, with its card.
func (r *room) short() (string, workspace.Message) {
	r.t.Helper()
	r.stocked("CHAIR", "Chair", 1, 0)
	r.stocked("STOOL", "Stool", 5, 0)
	taken, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Create, testkit.Order("1", 50_000, r.Now())))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return taken.OrderID, r.card("C03EXCEPT")
}

func (r *room) shelf(sku string) o2c.Shelf {
	r.t.Helper()
	shelves, err := r.Cycle.Shelves(r.t.Context(), sku)
	if err != nil {
		r.t.Fatal(err)
	}
	return shelves[0]
}

func (r *room) sound() {
	r.t.Helper()
	r.noViolations()
	if report, err := r.Cycle.Verify(r.t.Context()); err != nil || !report.OK() {
		r.t.Errorf("%v\n%s", err, report)
	}
}

// says demands that the newest card of a channel says something.
func (r *room) says(channel, what string) {
	r.t.Helper()
	if got := string(r.card(channel).Blocks); !strings.Contains(got, what) {
		r.t.Errorf("the card says %s, not %q", got, what)
	}
}

// TestCap_32_WaitIsRecorded: the card says who lets the order wait, until stock
// arrives; then it says that, and so does its thread.
func TestCap_32_WaitIsRecorded(t *testing.T) {
	r := open(t)
	id, card := r.short()
	r.press(vera, card, "stock.wait", "")
	if r.order(id).WaitsBy != "" || len(r.whispers(vera)) != 1 {
		t.Fatal("a viewer decided")
	}
	r.press(lena, card, "stock.cancel_line", "") // and leaves the form open
	r.press(lena, card, "stock.wait", "")
	r.says("C03EXCEPT", "Lena lets it wait")
	if _, err := r.Cycle.ReceiveGoods(t.Context(), r.Stamp("api:test"), o2c.Goods{SKU: "CHAIR", Units: 3}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if o := r.order(id); o.Lines[0].Reserved != 2 || o.Lines[0].Backordered() != 0 {
		t.Errorf("the line is %+v", o.Lines[0])
	}
	r.says("C03EXCEPT", "is reserved")
	if reply := r.submit(lena, nil); !strings.Contains(string(reply.Body), "waits for stock any more") {
		t.Errorf("too late: %s", reply.Body)
	}
	r.sound()
}

// TestCap_32_SubstituteGoesInstead: another product leaves at the same price, and
// what the shop says again changes nothing of that.
func TestCap_32_SubstituteGoesInstead(t *testing.T) {
	r := open(t)
	id, card := r.short()
	before := r.order(id)
	r.press(lena, card, "stock.substitute", "")
	if reply := r.submit(lena, map[string]any{"sku": "NOTHING"}); !strings.Contains(string(reply.Body), "sku") {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"sku": "STOOL"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	o := r.order(id)
	if len(o.Lines) != 2 || o.Lines[0].Quantity != 1 || o.Lines[1].SKU != "STOOL" || o.Lines[1].Reserved != 1 || o.Lines[1].Instead != 1 || o.Total != before.Total || o.Committed != before.Committed {
		t.Fatalf("the order is %+v", o)
	}
	again := testkit.Order("1", 50_000, r.Now())
	again.UpdatedAt = r.Now().Add(time.Hour)
	if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Update, again)); err != nil {
		t.Fatal(err)
	}
	if n := len(r.order(id).Lines); n != 2 {
		t.Errorf("the shop's word made %d lines of it", n)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("slack:"+lena), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if o := r.order(id); o.Status != order.Shipped || o.Invoiced != before.Total {
		t.Errorf("the order is %s, %s of %s invoiced", o.Status, o.Invoiced, before.Total)
	}
	if r.shelf("STOOL").OnHand != 4 || r.shelf("CHAIR") != (o2c.Shelf{Tracked: true}) {
		t.Errorf("%+v and %+v are left", r.shelf("STOOL"), r.shelf("CHAIR"))
	}
	r.sound()
}

// TestCap_32_CancelLineTakesItOff: the order becomes smaller, its credit free; an
// order of which nothing is left ends.
func TestCap_32_CancelLineTakesItOff(t *testing.T) {
	r := open(t)
	id, card := r.short()
	r.press(lena, card, "stock.cancel_line", "")
	if reply := r.submit(lena, map[string]any{"units": "2"}); !strings.Contains(string(reply.Body), "units") {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"units": ""}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	o := r.order(id)
	if o.Total != testkit.EUR(60_500) || o.Committed != o.Total || o.Lines[0].Left() != 1 || o.Status != order.Confirmed {
		t.Fatalf("the order is %s over %s, %s committed", o.Status, o.Total, o.Committed)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("slack:"+lena), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if o := r.order(id); o.Status != order.Shipped || o.Invoiced != testkit.EUR(60_500) {
		t.Errorf("the order is %s, %s invoiced", o.Status, o.Invoiced)
	}
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("2", 50_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	r.press(lena, r.card("C03EXCEPT"), "stock.cancel_line", "")
	r.submit(lena, map[string]any{"units": "2"})
	if o := r.order(taken.OrderID); o.Status != order.Cancelled {
		t.Errorf("nothing is left of the order, and it is %s", o.Status)
	}
	r.says("C03EXCEPT", "waits for no stock")
	if got := r.shelf("CHAIR"); got != (o2c.Shelf{Tracked: true}) {
		t.Errorf("the shelf is %+v", got)
	}
	r.sound()
}

// TestCap_32_ReorderPointAlertsOncePerCrossing: many orders on the way down are
// one alert; goods that come in end it and go to who waits; the next fall is
// another.
func TestCap_32_ReorderPointAlertsOncePerCrossing(t *testing.T) {
	r := open(t)
	r.stocked("CHAIR", "Chair", 9, 4)
	buy := func(id string) {
		if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order(id, 100, r.Now()))); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	alerts := func() (n int) {
		for _, m := range r.slack.Messages() {
			if strings.Contains(string(m.Blocks), "stock.receive") || strings.Contains(string(m.Blocks), "free units again") {
				n++
			}
		}
		return n
	}
	for i, want := range []int{0, 0, 1, 1, 1} { // 7, 5, 3, 1 free, then one short
		if buy(strconv.Itoa(i)); alerts() != want {
			t.Fatalf("%d alerts after order %d", alerts(), i)
		}
	}
	var card workspace.Message
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), "stock.receive") {
			card = m
		}
	}
	r.press(lena, card, "stock.seen", "")
	r.press(lena, card, "stock.receive", "")
	if reply := r.submit(lena, map[string]any{"units": "many"}); !strings.Contains(string(reply.Body), "units") {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"units": "20", "note": "DN-77"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if got := r.shelf("CHAIR"); got != (o2c.Shelf{Tracked: true, OnHand: 29, Reserved: 10, Available: 19}) {
		t.Errorf("the shelf is %+v", got)
	}
	for i := range 8 {
		buy("b" + strconv.Itoa(i))
	}
	if alerts() != 2 {
		t.Errorf("%d alerts after two falls", alerts())
	}
	r.sound()
}
