package slack

import (
	"strings"
	"testing"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// TestCap_85_SafeMode: an admin alone switches it, in Slack, on record; no letter goes out by itself from then on, and one
// press sends all that wait on the card, once.
func TestCap_85_SafeMode(t *testing.T) {
	r := open(t)
	say := func(user, text, want string) {
		t.Helper()
		if reply, err := r.slack.Command(t.Context(), user, text); err != nil || !strings.Contains(string(reply.Body), want) {
			t.Errorf("/duly %s by %s: %s %v", text, user, reply.Body, err)
		}
	}
	say(mira, "safe-mode", "Safe mode is off")
	say(mira, "safe-mode on", "Only admins switch safe mode")
	say(sam, "safe-mode on", "Safe mode is on*, by Sam")
	if n := r.facts("safemode", "letters", "safe_mode.switched"); n != 1 {
		t.Errorf("%d switches are on record", n)
	}
	for _, id := range []string{"1", "2"} {
		in := testkit.Order(id, 40_000, r.Now())
		in.Buyer.ExternalID, in.Buyer.Email, in.Buyer.KVK, in.Buyer.Company = "cust-"+id, "finance"+id+"@acme.example", "8765432"+id, "Acme "+id
		taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), taken.OrderID, order.IncomingShipment{}); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	letters := len(r.Desk.Letters)
	r.Cycle.Policy.Freshness = 0
	for range 35 * 24 {
		r.Advance(time.Hour)
		if h := r.Now().In(r.Cycle.Policy.Zone).Hour(); h != 10 && h != 17 {
			continue
		}
		if _, err := r.Cycle.RunDunning(t.Context(), r.Now(), func() bool { return true }); err != nil {
			t.Fatal(err)
		}
		r.Settle(t)
	}
	if n := len(r.Desk.Letters) - letters; n != 0 {
		t.Fatalf("%d letters went out by themselves", n)
	}
	for l := r.Now().In(r.Cycle.Policy.Zone); l.Hour() != 10 || !r.Cycle.Policy.Days.Works(calendar.On(l, r.Cycle.Policy.Zone)); l = r.Now().In(r.Cycle.Policy.Zone) {
		r.Advance(time.Hour)
	}
	card := r.card("C02COLLECT")
	for _, m := range r.slack.Messages() {
		if strings.Contains(string(m.Blocks), "letter.send_all") {
			card = m
		}
	}
	if !strings.Contains(string(card.Blocks), "Send all (2)") || !strings.Contains(string(card.Blocks), "none of them goes out without a press") {
		t.Fatalf("the card of the letters: %s", card.Blocks)
	}
	r.press(joost, card, "letter.send_all", trainee{r, joost}.value(card, "letter.send_all"))
	if n := len(r.Desk.Letters) - letters; n != 2 {
		t.Errorf("the press sent %d letters; %q", n, r.whispers(joost))
	}
	if _, err := r.slack.Press(t.Context(), joost, card.Channel, card.TS, "letter.send_all", ""); err == nil {
		t.Error("the card still offers to send them")
	}
	say(sam, "safe-mode off", "Safe mode is off*, by Sam")
	r.noViolations()
}
