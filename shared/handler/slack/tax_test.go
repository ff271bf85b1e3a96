package slack

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// TestCap_35: a draft that the law would not have says all that it lacks and
// where to mend it, spends no number, and goes on from the form on its card.
func TestCap_35_ADraftSaysWhatItLacksAndGoesOn(t *testing.T) {
	r := open(t)
	in := testkit.Order("1", 100_000, r.Now())
	in.Buyer.Address, in.Buyer.VATID = party.Address{Street: "Rue Haute 1", Country: "BE"}, "BE0411905848"
	in.Lines[0].TaxRate, in.Lines[0].Category = in.Lines[0].TaxRate.Sub(in.Lines[0].TaxRate), "K"
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, in))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Cycle.Ship(t.Context(), r.Stamp("slack:"+lena), taken.OrderID, order.IncomingShipment{}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	card := r.card("C03EXCEPT")
	for _, want := range []string{"*The customer* lacks", "the postal code", "the city", "a VAT id that passes its check: BE0411905848", "No number was spent"} {
		if !strings.Contains(string(card.Blocks), want) {
			t.Errorf("the card does not say %q: %s", want, card.Blocks)
		}
	}
	r.press(vera, card, "invoice.complete", "")
	if len(r.slack.Views()) != 0 {
		t.Error("a viewer has the form open")
	}
	r.press(joost, card, "invoice.complete", "")
	whole := map[string]any{"street": "Rue Haute 1", "postal_code": "1000", "city": "Brussel", "country": "be", "vat_id": "BE 0411.905.847"}
	wrong := map[string]any{"street": "Rue Haute 1", "country": "Belgium", "vat_id": "BE0411905848"}
	if reply := r.submit(joost, wrong); !strings.Contains(string(reply.Body), "does not pass its check") || !strings.Contains(string(reply.Body), "no country") {
		t.Errorf("the form answers %s", reply.Body)
	}
	r.submit(joost, whole)
	o, err := o2c.Read[order.Order](t.Context(), r.Cycle, taken.OrderID)
	if err != nil {
		t.Fatal(err)
	}
	got := r.invoice(o.Data().Invoices[0])
	if got.Status != invoice.Issued || got.Number != "2026-0001" || got.Buyer.VATID != "BE0411905847" || got.Buyer.Address.City != "Brussel" || got.ShipTo.Country != "BE" {
		t.Errorf("the invoice is %+v; whispers %q", got, r.whispers(joost))
	}
	if card := r.card("C03EXCEPT"); !strings.Contains(string(card.Blocks), "2026-0001") || strings.Contains(string(card.Blocks), "invoice.complete") {
		t.Errorf("the card still says %s", card.Blocks)
	}
	r.noViolations()
}
