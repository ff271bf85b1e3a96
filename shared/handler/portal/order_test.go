package portal

import (
	"context"
	"net/url"
	"strings"
	"testing"
	"time"

	"duly/shared/document"
	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// ordering takes an order of a customer who speaks a language, and gives the
// confirmation and the path of the order's page in it.
func (d door) ordering(language string) (id string, confirmation o2c.Letter, path string) {
	d.t.Helper()
	d.Outbox.Papers = document.Papers{}
	in := testkit.Order("1042", 50_000, d.Now())
	in.Buyer.Language = language
	taken, err := d.Cycle.HandleShop(context.Background(), d.Arrive(order.Create, in))
	if err != nil {
		d.t.Fatal(err)
	}
	d.Settle(d.t)
	if len(d.Desk.Letters) != 1 {
		d.t.Fatalf("%d letters", len(d.Desk.Letters))
	}
	confirmation = d.Desk.Letters[0]
	_, link, _ := strings.Cut(confirmation.Text, "https://duly.example/o/")
	token, _, _ := strings.Cut(link, "\n")
	return taken.OrderID, confirmation, "/o/" + strings.TrimSpace(token)
}

// TestCap_11_TheCustomerHearsWhatWasConfirmed: lines, delivery date, terms and a
// link to correct, in the customer's language.
func TestCap_11_TheCustomerHearsWhatWasConfirmed(t *testing.T) {
	for language, wants := range map[string][]string{
		"en": {"Order SO-1042 confirmed", "Chair", "Expected delivery: 7 January 2026", "within 30 days of the invoice", "Something is not right? Tell us: https://duly.example/o/"},
		"nl": {"bevestigd", "Chair", "Verwachte levering: 7 januari 2026", "binnen 30 dagen na de factuur", "Klopt er iets niet? Laat het ons weten: https://duly.example/o/"},
		"de": {"bestätigt", "Chair", "Voraussichtliche Lieferung: 7. Januar 2026", "innerhalb von 30 Tagen", "Stimmt etwas nicht? Schreiben Sie uns: https://duly.example/o/"},
		"fr": {"confirmée", "Chair", "Livraison prévue\u00a0: 7 janvier 2026", "sous 30 jours", "Une erreur ? Dites-le-nous\u00a0: https://duly.example/o/"},
	} {
		_, letter, _ := open(t).ordering(language)
		for _, want := range wants {
			if !strings.Contains(letter.Subject+"\n"+letter.Text, want) {
				t.Errorf("%s lacks %q:\n%s", language, want, letter.Text)
			}
		}
		if !strings.Contains(letter.Text, "#correct") {
			t.Errorf("%s: the link leads past the form", language)
		}
	}
}

// TestCap_11_ACorrectionIsReadByAPerson and changes nothing by itself; a GET
// does neither.
func TestCap_11_ACorrectionIsReadByAPerson(t *testing.T) {
	d := open(t)
	id, _, path := d.ordering("nl")
	before, err := o2c.Read[order.Order](t.Context(), d.Cycle, id)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		if page := d.get(path); page.StatusCode != 200 || !strings.Contains(page.Body, "Klopt er iets niet?") || !strings.Contains(page.Body, `action="`+path+`/correct?lang=nl"`) {
			t.Fatalf("%d %s", page.StatusCode, page.Body)
		}
	}
	after, _ := o2c.Read[order.Order](t.Context(), d.Cycle, id)
	if n := d.facts(id); n != 2 || len(after.Data().Corrections) != 0 {
		t.Errorf("a GET left %d facts", n)
	}
	d.Advance(time.Minute)
	for range 2 { // pressed twice
		if out := d.post(path+"/correct", url.Values{"text": {" Graag 6 in plaats van 8. <b> "}}); out.StatusCode != 303 || out.Headers["location"] != path {
			t.Fatalf("%d to %s", out.StatusCode, out.Headers["location"])
		}
	}
	d.Settle(t)
	notices := testkit.CardsOf[o2c.NoticeCard](d.Desk)
	if len(notices) != 1 || notices[0].Notice.Why != "Graag 6 in plaats van 8. <b>" || notices[0].Notice.Number != "SO-1042" {
		t.Errorf("the team reads %+v", notices)
	}
	if page := d.get(path).Body; !strings.Contains(page, "Graag 6 in plaats van 8. &lt;b&gt;") {
		t.Errorf("the page does not say what was written: %s", page)
	}
	now, _ := o2c.Read[order.Order](t.Context(), d.Cycle, id)
	if got := now.Data(); got.Status != before.Status() || got.Total != before.Data().Total || got.Lines[0].Quantity != before.Data().Lines[0].Quantity {
		t.Error("the order was changed")
	}
	for _, empty := range []string{"", "  ", strings.Repeat("x", 1001)} {
		if out := d.post(path+"/correct", url.Values{"text": {empty}}); !strings.Contains(out.Headers["location"], "said=text") {
			t.Errorf("%d characters: %s", len(empty), out.Headers["location"])
		}
	}
	for i := range 9 {
		d.post(path+"/correct", url.Values{"text": {strings.Repeat("y", i+1)}})
	}
	if now, _ = o2c.Read[order.Order](t.Context(), d.Cycle, id); len(now.Data().Corrections) != order.CorrectionsMax {
		t.Errorf("%d messages are kept", len(now.Data().Corrections))
	}
	if out := d.post("/o/t1nothing/correct", url.Values{"text": {"x"}}); out.StatusCode != 404 {
		t.Errorf("a bad link answers %d", out.StatusCode)
	}
}

func (d door) facts(orderID string) int {
	d.t.Helper()
	trail, err := d.Cycle.Store.Events(context.Background(), o2c.Key{Kind: "order", ID: orderID})
	if err != nil {
		d.t.Fatal(err)
	}
	return len(trail)
}

// TestThePackingSlipOfTheNextParcelAndOfThoseThatLeft is behind the order's link.
func TestThePackingSlipOfTheNextParcelAndOfThoseThatLeft(t *testing.T) {
	d := open(t)
	id, _, path := d.ordering("nl")
	if slip := d.get(path + "/packing-slip"); slip.StatusCode != 200 || slip.Headers["content-type"] != "application/pdf" || !strings.Contains(slip.Body, "SO-1042/1 [{CHAIR Chair 2 2 0}]") {
		t.Fatalf("%d %s", slip.StatusCode, slip.Body)
	}
	if _, err := d.Cycle.Ship(t.Context(), d.Stamp("api:t"), id, order.IncomingShipment{Lines: []order.ShippedLine{{SKU: "CHAIR", Quantity: 1}}}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"": "SO-1042/2 [{CHAIR Chair 1 2 0}]", "?parcel=1": "SO-1042/1 [{CHAIR Chair 1 2 1}]"} {
		if slip := d.get(path + "/packing-slip" + query); !strings.Contains(slip.Body, want) {
			t.Errorf("%q: %s, want %s", query, slip.Body, want)
		}
	}
	if slip := d.get(path + "/packing-slip?parcel=2"); slip.StatusCode != 404 {
		t.Errorf("a parcel that is not there answers %d", slip.StatusCode)
	}
}

// TestTheOrdersPageSaysPackedOfWhatSomebodyPacked: packed is a fact of its own, with its own day; nobody says it, the page
// does not either.
func TestTheOrdersPageSaysPackedOfWhatSomebodyPacked(t *testing.T) {
	d := open(t)
	id, _, path := d.ordering("en")
	if page := d.get(path); strings.Contains(page.Body, "Packed") {
		t.Error("the page says packed of what nobody packed")
	}
	for range 2 {
		if err := d.Cycle.PackOrder(t.Context(), d.Stamp("api:test"), id); err != nil {
			t.Fatal(err)
		}
		d.Advance(24 * time.Hour) // said again the next day: the first time stands
	}
	d.wants("packed", d.get(path), 200, "Packed", "5 January 2026")
	d.Advance(24 * time.Hour)
	if _, err := d.Cycle.Ship(t.Context(), d.Stamp("api:test"), id, order.IncomingShipment{Carrier: "PostNL", Tracking: "3S1"}); err != nil {
		t.Fatal(err)
	}
	d.Settle(t)
	d.wants("shipped", d.get(path), 200, "Packed", "5 January 2026", "Shipped", "8 January 2026", "2 pieces · PostNL 3S1")
	if err := d.Cycle.PackOrder(t.Context(), d.Stamp("api:test"), id); err == nil {
		t.Error("an order that left was packed")
	}
}
