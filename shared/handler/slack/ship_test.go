package slack

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// phoned is an order that no shop tells about: a colleague marks it as shipped.
func (r *room) phoned(units int64) string {
	r.t.Helper()
	in := testkit.Order("1", 10_000, r.Now())
	in.Lines[0].Quantity = units
	a := r.Arrive(order.Create, in)
	a.Endpoint, a.Platform = "slack", "slack"
	taken, err := r.Cycle.HandleShop(r.t.Context(), a)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return taken.OrderID
}

func (r *room) order(id string) order.Data {
	r.t.Helper()
	o, err := o2c.Read[order.Order](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return o.Data()
}

// TestCap_30_AColleagueMarksShippedAndDelivered: half leaves with a number by
// which the carrier is found, the proof of its delivery is kept with name and day.
func TestCap_30_AColleagueMarksShippedAndDelivered(t *testing.T) {
	r := open(t)
	id := r.phoned(4)
	card := r.card("C03EXCEPT")
	if !strings.Contains(card.Text, "waits to be shipped") {
		t.Fatalf("the card says %s", card.Text)
	}
	r.press(lena, card, "ship.mark", "")
	if reply := r.submit(lena, map[string]any{"line.1": "5"}); !strings.Contains(string(reply.Body), "from 0 to 4") {
		t.Fatalf("five of four: %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"line.1": ""}); !strings.Contains(string(reply.Body), "how many units") {
		t.Fatalf("none: %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"line.1": "2", "tracking": "3SDULY123456789"}); reply.Status != 200 || len(reply.Body) > 0 {
		t.Fatalf("got %d %s", reply.Status, reply.Body)
	}
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if o := r.order(id); o.Status != order.PartShipped || len(o.Shipments) != 1 || o.Lines[0].Shipped != 2 {
		t.Fatalf("%s with %d shipments", o.Status, len(o.Shipments))
	}
	card = r.card("C03EXCEPT")
	if blocks := string(card.Blocks); !strings.Contains(blocks, "PostNL 3SDULY123456789") || !strings.Contains(blocks, "2 × Chair") {
		t.Errorf("the card shows %s", blocks)
	}
	r.press(lena, card, "ship.delivered", "")
	if reply := r.submit(lena, map[string]any{"delivered": "2026-01-06", "name": "J. Jansen"}); !strings.Contains(string(reply.Body), "not come yet") {
		t.Errorf("tomorrow: %s", reply.Body)
	}
	if reply := r.submit(lena, map[string]any{"delivered": "2026-01-05", "name": "J. Jansen"}); len(reply.Body) > 0 {
		t.Errorf("got %s", reply.Body)
	}
	all, err := r.Cycle.ShipmentsOf(t.Context(), r.order(id))
	if err != nil || all[0].Delivery == nil || all[0].Delivery.Name != "J. Jansen" || all[0].Delivery.By != "slack:"+lena || all[0].Delivery.Said != "colleague" {
		t.Errorf("the proof is %+v, %v", all[0].Delivery, err)
	}
	if blocks := string(r.card("C03EXCEPT").Blocks); !strings.Contains(blocks, "taken by J. Jansen") || strings.Contains(blocks, "ship.delivered") {
		t.Errorf("the card shows %s", blocks)
	}
	r.noViolations()
}

// TestCap_14_ACreditNoteFromTheInvoicesCard, with goods that go back on the
// shelf; a viewer may not, and a form that comes twice credits once.
func TestCap_14_ACreditNoteFromTheInvoicesCard(t *testing.T) {
	r := open(t)
	id := r.phoned(4)
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:t"), id, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	keys := r.Cycle.Links
	card := r.issued()
	r.press(vera, card, "invoice.credit", "")
	if said := r.whispers(vera); len(said) != 1 || !strings.Contains(said[0], "Only") {
		t.Errorf("a viewer was told %q", said)
	}
	r.press(joost, card, "invoice.credit", "")
	if reply := r.submit(joost, map[string]any{"goods": "back"}); !strings.Contains(string(reply.Body), "how many units") {
		t.Fatalf("nothing: %s", reply.Body)
	}
	r.Cycle.Links = nil // the function that Slack calls has no link key
	view := r.form(joost)
	reply, err := r.slack.Submit(t.Context(), view.ID, joost, map[string]any{"line.1": "3", "goods": "back", "reason": "wrong colour"})
	if err != nil || len(reply.Body) > 0 {
		t.Fatalf("got %s, %v", reply.Body, err)
	}
	r.Cycle.Links = keys
	r.Settle(t)
	if _, err := r.slack.Redeliver(t.Context(), 1, "http_timeout"); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	o := r.order(id)
	inv, err := o2c.Read[invoice.Invoice](t.Context(), r.Cycle, o.Invoices[0])
	if err != nil {
		t.Fatal(err)
	}
	note, err := o2c.Read[invoice.Invoice](t.Context(), r.Cycle, inv.Data().Notes[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	url, err := r.Cycle.InvoiceURL(note.Data())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cycle.OpenLink(t.Context(), o2c.LinkInvoice, url[strings.LastIndex(url, "/")+1:]); err != nil {
		t.Errorf("the note's link opens nothing: %v", err)
	}
	if d := inv.Data(); len(d.Notes) != 1 || d.Credited() != testkit.EUR(36_300) || o.Lines[0].Returned != 3 || len(o.Returns) != 1 {
		t.Errorf("%d notes over %s, %d returned", len(d.Notes), d.Credited(), o.Lines[0].Returned)
	}
	shown := ""
	for _, m := range r.slack.Messages() {
		if m.TS == card.TS {
			shown = string(m.Blocks)
		}
	}
	if !strings.Contains(shown, "€363.00 by CN2026-0001") {
		t.Errorf("the card shows %s", shown)
	}
	r.noViolations()
}
