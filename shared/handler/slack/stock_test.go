package slack

import (
	"strings"
	"testing"

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
