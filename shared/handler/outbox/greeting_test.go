package outbox

import (
	"strings"
	"testing"
	"time"

	"duly/shared/document"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestAPersonIsGreetedByName: in each mail to the own address of a private person
// whose name the shop told; a business, and whoever an invoice was forwarded to,
// is greeted as everybody.
func TestAPersonIsGreetedByName(t *testing.T) {
	const person, anybody = "Dear Jo Doe,", "Dear Sir or Madam,"
	for name, tc := range map[string]struct {
		buyer order.Buyer
		want  string
	}{
		"a person":              {order.Buyer{Name: "Jo Doe"}, person},
		"a business":            {order.Buyer{Name: "Jo Doe", KVK: "87654321"}, anybody},
		"a person without name": {order.Buyer{}, anybody},
	} {
		t.Run(name, func(t *testing.T) {
			w := testkit.NewWorld(t)
			w.Outbox.Papers = document.Papers{Look: w.Cycle.Policy.Look}
			h, _ := handler(w)
			in := testkit.Order("1", 5_000, w.Now())
			in.Buyer.Company, in.Buyer.Name, in.Buyer.KVK, in.Buyer.Email = "", tc.buyer.Name, tc.buyer.KVK, "jo@doe.example"
			taken, err := w.Cycle.HandleShop(ctx, w.Arrive(order.Create, in))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Cycle.Ship(ctx, w.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
				t.Fatal(err)
			}
			sweep := func() {
				t.Helper()
				for range 8 { // effects beget effects
					if err := h.Tick(ctx, trigger.Tick{}); err != nil {
						t.Fatal(err)
					}
					w.Advance(time.Minute)
				}
			}
			sweep()
			placed, err := o2c.Read[order.Order](ctx, w.Cycle, taken.OrderID)
			if err != nil || len(placed.Data().Invoices) != 1 {
				t.Fatalf("%v: invoices %v", err, placed.Data().Invoices)
			}
			if err := w.Cycle.ForwardInvoice(ctx, w.Stamp("customer"), placed.Data().Invoices[0], "books@doe.example"); err != nil {
				t.Fatal(err)
			}
			sweep()
			sent := map[string]int{}
			for _, l := range w.Desk.Letters {
				want := tc.want
				if sent[l.To]++; l.To != in.Buyer.Email {
					want = anybody
				}
				if !strings.Contains(l.Text, "\n"+want+"\n") || !strings.Contains(l.HTML, want) {
					t.Errorf("%q to %s does not say %q:\n%s", l.Subject, l.To, want, l.Text)
				}
			}
			if sent[in.Buyer.Email] != 3 || sent["books@doe.example"] != 1 { // confirmed, shipped, invoiced; forwarded
				t.Errorf("mails %v", sent)
			}
		})
	}
}
