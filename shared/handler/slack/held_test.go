package slack

import (
	"log/slog"
	"strings"
	"testing"
	"time"

	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/party"
	"duly/shared/testkit"
)

// TestCap_62_APressPlacesTheMoney: the card on which a formal letter waits says how
// much we hold, and one press of who may match gives it its home; the letter goes
// out with the next tick.
func TestCap_62_APressPlacesTheMoney(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Freshness = 0
	inv := r.billed("1", func(d *party.Data) { d.Kind, d.VATID, d.KVK = party.Consumer, "", "" }) // 242.00
	if err := r.Cycle.HandlePayment(t.Context(), r.Now(), "evt-x", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_x", Amount: testkit.EUR(4_200), At: r.Now()}); err != nil {
		t.Fatal(err)
	}
	if err := r.Cycle.KeepOnAccount(t.Context(), r.Stamp("slack:"+noor), o2c.ReceiptID("stripe", "pi_x"), inv.CustomerID); err != nil {
		t.Fatal(err)
	}
	h := dunning.New(dunning.Deps{Cycle: r.Cycle, Now: r.Now, Log: slog.New(slog.DiscardHandler)})
	tick := func() {
		if err := h.Tick(t.Context(), trigger.Tick{}); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	for range 52 { // its 14-day letter would have gone out on 24 February
		tick()
		r.Advance(24 * time.Hour)
	}
	card := r.find("cash.match")
	for _, said := range []string{"Before the letter", "We hold €42.00", "Apply €42.00", "Pay €42.00 back"} {
		if !strings.Contains(string(card.Blocks), said) {
			t.Errorf("the card does not say %q: %s", said, card.Blocks)
		}
	}
	if strings.Contains(string(card.Blocks), "It is right") {
		t.Error("a word makes the wrong sum right")
	}
	r.press(lena, card, "cash.match", "") // may not
	if open := r.invoiceNow(inv.ID).Open; open != testkit.EUR(24_200) {
		t.Fatalf("open %s", open)
	}
	if err := r.Cycle.KeepOnAccount(t.Context(), r.Stamp("slack:"+noor), o2c.ReceiptID("stripe", "pi_x"), inv.CustomerID); err != nil { // again
		t.Fatal(err)
	}
	r.press(noor, card, "cash.match", "")
	if open := r.invoiceNow(inv.ID).Open; open != testkit.EUR(20_000) {
		t.Fatalf("open %s after the press: %q", open, r.whispers(noor))
	}
	r.Advance(time.Hour)
	tick()
	if now := r.invoiceNow(inv.ID); now.PausedBy() != "" || now.Dunning.Sent[len(now.Dunning.Sent)-1].Step != "fourteen_day" {
		t.Fatalf("paused by %q, steps %+v", now.PausedBy(), now.Dunning.Sent)
	}
	if f := r.file(inv.ID); len(f.Letters) != 1 || f.Letters[0].Costs != testkit.EUR(4_000) {
		t.Errorf("letters %+v", f.Letters)
	}
	r.noViolations()
	r.verified()
}
