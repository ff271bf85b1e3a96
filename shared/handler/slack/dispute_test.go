package slack

import (
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/testkit"
)

// contested is an invoice of 1210.00 of which the customer disputes a part.
func (r *room) contested(cents int64) (invoice.Data, dunning.DisputeData) {
	r.t.Helper()
	inv := r.shipped("1", 50_000)
	amount := testkit.EUR(cents)
	made, err := r.Cycle.OpenDispute(r.t.Context(), r.Stamp("portal:finance@acme.example"), o2c.DisputeInput{
		InvoiceID: inv.ID, Amount: &amount, Reason: dunning.TooFew, Text: "Only one chair came. <!channel>", By: "portal:finance@acme.example",
	})
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return inv, made
}

func (r *room) invoiceNow(id string) invoice.Data {
	r.t.Helper()
	inv, err := o2c.Read[invoice.Invoice](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return inv.Data()
}

// TestCap_52_AnAcceptedDisputeIsCredited: the card's button opens a form with the disputed amount; the credit note takes
// it off, the rest is due, and a second colleague is told so.
func TestCap_52_AnAcceptedDisputeIsCredited(t *testing.T) {
	for name, c := range map[string]struct {
		disputed, credited int64
		typed              string
	}{
		"all that is disputed": {disputed: 36_300, credited: 36_300},
		"a part of it":         {disputed: 36_300, credited: 10_001, typed: "100,01"},
		"the whole invoice":    {disputed: 121_000, credited: 121_000},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			inv, made := r.contested(c.disputed)
			card := r.card("C02COLLECT")
			if !strings.Contains(card.Text, "disputes") || !strings.Contains(string(card.Blocks), "Only one chair came.") || strings.Contains(string(card.Blocks), "<!channel>") {
				t.Fatalf("the card says %s", card.Blocks)
			}
			r.press(lena, card, "dispute.accept", "")
			if told := r.whispers(lena); len(told) != 1 {
				t.Fatalf("sales may accept: %q", told)
			}
			values := map[string]any{}
			if c.typed != "" {
				values["amount"] = c.typed
			}
			r.press(joost, card, "dispute.accept", "")
			if reply := r.submit(joost, values); reply.Status != 200 || len(reply.Body) > 0 {
				t.Fatalf("%d %s", reply.Status, reply.Body)
			}
			got, rest := r.invoiceNow(inv.ID), money.Of(121_000-c.credited, "EUR")
			if got.Open != rest || got.Demandable() != rest || len(got.Notes) != 1 || got.Notes[0].Total != testkit.EUR(c.credited) {
				t.Errorf("open %s, notes %+v", got.Open, got.Notes)
			}
			after := r.card("C02COLLECT")
			if after.TS != card.TS || hasButtons(after) || !strings.Contains(after.Text, "✓ Joost accepted the dispute") {
				t.Errorf("the card says %s", after.Text)
			}
			r.replay(mira, card, "dispute.take", made.ID, 0)
			if told := r.whispers(mira); len(told) != 1 || !strings.Contains(told[0], "decided") {
				t.Errorf("the second is told %q", told)
			}
			r.noViolations()
		})
	}
}

// TestCap_52_ARejectedDisputeIsAnswered, and one that a colleague writes down.
func TestCap_52_ARejectedDisputeIsAnswered(t *testing.T) {
	r := open(t)
	inv, _ := r.contested(36_300)
	card := r.card("C02COLLECT")
	r.press(joost, card, "dispute.take", "")
	if !strings.Contains(string(r.card("C02COLLECT").Blocks), "owner Joost") {
		t.Error("nobody owns it")
	}
	r.press(joost, card, "dispute.ask", "")
	r.submit(joost, map[string]any{"note": "Which chair is missing?"})
	r.press(joost, card, "dispute.reject", "")
	if reply := r.submit(joost, map[string]any{"reason": "Both were signed for on 8 January."}); reply.Status != 200 {
		t.Fatalf("%d %s", reply.Status, reply.Body)
	}
	var templates []string
	for _, l := range r.Desk.Letters {
		name, _, _ := strings.Cut(l.Subject, " ")
		templates = append(templates, name)
	}
	if all := strings.Join(templates, " "); !strings.Contains(all, "dispute_asked dispute_rejected") {
		t.Errorf("letters %s", all)
	}
	if got := r.invoiceNow(inv.ID); got.Demandable() != got.Open || len(got.Notes) != 0 || got.Dunning.NextStep == "" {
		t.Errorf("%+v", got.Dunning)
	}
	r.noViolations()
}
