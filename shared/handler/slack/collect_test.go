package slack

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestCap_58_AColleagueStopsItWithOnePress, when the customer asks for it by
// telephone: from the customer's card, on which it stands what is collected from.
func TestCap_58_AColleagueStopsItWithOnePress(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Collecting = o2c.CollectingPolicy{Offer: true, NoticeDays: 3}
	inv, card := r.overdueCard()
	address, err := r.Cycle.InvoiceURL(inv)
	if err != nil {
		t.Fatal(err)
	}
	part := testkit.EUR(100)
	if _, err := r.Cycle.StartPayment(t.Context(), r.Now(), address[strings.LastIndex(address, "/")+1:], &part, &o2c.ConsentText{Version: "1", Language: "en", Text: "Collect."}); err != nil {
		t.Fatal(err)
	}
	asked, err := o2c.Read[o2c.Mandate](t.Context(), r.Cycle, inv.CustomerID)
	if err != nil {
		t.Fatal(err)
	}
	err = r.Cycle.HandlePayment(t.Context(), r.Now(), "evt-1", o2c.MethodKept{
		Gateway: "stripe", CustomerID: inv.CustomerID, Consent: asked.Data().Asked[0].ID, Owner: "cus_1", Method: o2c.KeptMethod{ID: "pm_1", Kind: "card", Brand: "visa", Last4: "4242", ExpMonth: 12, ExpYear: 2034}, At: r.Now(),
	})
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if now := string(r.card("C02COLLECT").Blocks); !strings.Contains(now, "Invoices are collected from Visa •••• 4242") || !strings.Contains(now, "overdue.stop_collecting") {
		t.Fatalf("the card does not say so: %s", now)
	}
	r.press(joost, card, "overdue.stop_collecting", "")
	r.Settle(t)
	if m, err := o2c.Read[o2c.Mandate](t.Context(), r.Cycle, inv.CustomerID); err != nil || m.Data().Status != o2c.MandateStopped || m.Data().StoppedBy != "slack:"+joost {
		t.Errorf("%+v, %v", m.Data(), err)
	}
	if len(r.Desk.Detached) != 1 || r.Desk.Detached[0] != "pm_1" {
		t.Errorf("detached %v", r.Desk.Detached)
	}
	if now := string(r.card("C02COLLECT").Blocks); strings.Contains(now, "overdue.stop_collecting") {
		t.Error("the card offers it again")
	}
}
