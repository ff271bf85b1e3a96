package slack

import (
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/testkit"
)

// TestCap_77_AChargebackIsACaseWithItsEvidence: its card has the deadline and
// what speaks for us, reminds before the deadline, and closes with the decision.
func TestCap_77_AChargebackIsACaseWithItsEvidence(t *testing.T) {
	r := open(t)
	inv := r.shipped("1", 50_000)
	paid := o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Total, Method: "card", Payer: "Acme BV", At: r.Now()}
	if err := r.Cycle.HandlePayment(t.Context(), r.Now(), "seen-1", paid); err != nil {
		t.Fatal(err)
	}
	said := func(status, seen string) {
		t.Helper()
		ev := o2c.Chargeback{Gateway: "stripe", Ref: "pi_1", ID: "dp_1", Amount: testkit.EUR(30_000), Status: status, Reason: "product_not_received", DueAt: r.Now().Add(10 * 24 * time.Hour), At: r.Now()}
		if err := r.Cycle.HandlePayment(t.Context(), r.Now(), seen, ev); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	said("open", "seen-2")
	card := r.card("C02COLLECT")
	for _, want := range []string{"goods not received", "evidence by", inv.Number, "invoice to finance@acme.example", "Documents of " + inv.Number, "/i/"} {
		if !strings.Contains(string(card.Blocks), want) {
			t.Errorf("the card lacks %q: %s", want, card.Blocks)
		}
	}
	for _, m := range r.slack.Messages() {
		if m.TS != card.TS && m.ThreadTS == "" && strings.Contains(m.Text, "hargeback") {
			t.Errorf("beside the card: %s", m.Text)
		}
	}
	r.Advance(8 * 24 * time.Hour)
	if _, err := r.Cycle.RunDunning(t.Context(), r.Now(), func() bool { return true }); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	reminded := 0
	for _, m := range r.slack.Messages() {
		if m.ThreadTS == card.TS && strings.Contains(m.Text, "evidence") {
			reminded++
		}
	}
	if reminded != 1 {
		t.Errorf("reminded %d times", reminded)
	}
	said("won", "seen-3")
	for _, m := range r.slack.Messages() {
		if m.TS == card.TS && (!strings.Contains(m.Text, "won") || hasButtons(m)) {
			t.Errorf("the card says %s", m.Text)
		}
	}
	r.noViolations()
}
