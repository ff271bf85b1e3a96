package o2c_test

import (
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

func TestARotatedKeyLeavesOldLinksAsTheyAre(t *testing.T) {
	w := testkit.NewWorld(t)
	taken := take(t, w, testkit.Order("1", 10_000, w.Now()))
	if _, err := w.Cycle.Ship(ctx, w.Stamp("api:t"), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	w.Settle(t)
	inv := onlyInvoice(t, w)
	before, err := w.Cycle.InvoiceURL(inv)
	if err != nil {
		t.Fatal(err)
	}
	w.Cycle.Links = append(o2c.LinkKeys{{ID: "t2", Secret: []byte("a newer key for tests, 32 bytes.")}}, w.Cycle.Links...)
	after, err := w.Cycle.InvoiceURL(inv)
	if err != nil || after != before {
		t.Errorf("%s became %s (%v)", before, after, err)
	}
	token := after[len(w.Cycle.Policy.URL(o2c.LinkInvoice, "")):]
	if key, err := w.Cycle.OpenLink(ctx, o2c.LinkInvoice, token); err != nil || key.ID != inv.ID {
		t.Errorf("it opens %v (%v)", key, err)
	}
	if key, err := w.Cycle.OpenLink(ctx, o2c.LinkOrder, token); err == nil {
		t.Errorf("as another page it opens %v", key)
	}
}
