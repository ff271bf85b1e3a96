package slack

import (
	"log/slog"
	"strings"
	"testing"

	workspace "duly/infra/local/slack"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// tick runs the reminders' schedule with fresh bank data, and shows what follows.
func (r *room) tick() {
	r.t.Helper()
	today := r.today()
	_, err := r.Cycle.ImportStatement(r.t.Context(), r.Stamp("bank"), cash.Statement{
		ID: "empty-" + today.String(), Account: r.Cycle.Policy.Seller.IBAN, Currency: "EUR", From: today, To: today, Opening: testkit.EUR(0), Closing: testkit.EUR(0),
	})
	if err != nil {
		r.t.Fatal(err)
	}
	h := dunning.New(dunning.Deps{Cycle: r.Cycle, Now: r.Now, Log: slog.New(slog.DiscardHandler)})
	if err := h.Tick(r.t.Context(), trigger.Tick{Schedule: "dunning"}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}

// at moves the clock to an hour of a day.
func (r *room) at(day calendar.Date, hour int) {
	r.Advance(day.At(hour, 0, r.Cycle.Policy.Zone).Sub(r.Now()))
}

// cardWith is the newest card of a channel that says something.
func (r *room) cardWith(channel, said string) workspace.Message {
	r.t.Helper()
	for _, m := range r.slack.Messages() {
		if m.Channel == channel && m.ThreadTS == "" && strings.Contains(m.Text+string(m.Blocks), said) {
			return m
		}
	}
	r.t.Fatalf("no card in %s says %q", channel, said)
	return workspace.Message{}
}

// TestCap_84_ACaseKeepsItsHistory: letters, calls and pauses stand in the thread of the customer's one card.
func TestCap_84_ACaseKeepsItsHistory(t *testing.T) {
	r := open(t)
	inv, card := r.overdueCard()
	r.press(joost, card, "overdue.call", "")
	if reply := r.submit(joost, map[string]any{"outcome": "reached", "note": "pays on Friday <!channel>", "again": r.today().AddDays(-1).String()}); !strings.Contains(string(reply.Body), `"again"`) {
		t.Fatalf("a call in the past is planned: %s", reply.Body)
	}
	if reply := r.submit(joost, map[string]any{"outcome": "reached", "note": "pays on Friday <!channel>", "again": r.today().AddDays(4).String()}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	after := r.card("C02COLLECT")
	if !strings.Contains(string(after.Blocks), "Joost called on") || !strings.Contains(string(after.Blocks), "please call by") || strings.Contains(string(after.Blocks), "<!channel>") {
		t.Errorf("the card says %s", after.Blocks)
	}
	r.press(joost, card, "overdue.pause", "")
	if reply := r.submit(joost, map[string]any{"until": r.today().AddDays(31).String(), "reason": "in talks"}); !strings.Contains(string(reply.Body), `"until"`) {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(joost, map[string]any{"until": r.today().AddDays(20).String(), "reason": "in talks"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "no letters up to") || !strings.Contains(string(after.Blocks), "overdue.go_on") {
		t.Errorf("the card says %s", after.Blocks)
	}
	r.press(joost, card, "overdue.go_on", "")
	if after := r.card("C02COLLECT"); strings.Contains(string(after.Blocks), "no letters up to") {
		t.Errorf("the pause stays: %s", after.Blocks)
	}
	for _, said := range []string{"Joost called: reached: pays on Friday", "rest up to", "lets the letters go on"} {
		if !strings.Contains(strings.Join(r.threads(), "\n"), said) {
			t.Errorf("the thread lacks %q:\n%s", said, strings.Join(r.threads(), "\n"))
		}
	}
	if n := r.facts("case", inv.CustomerID, "dunning.called"); n != 1 {
		t.Errorf("%d calls in the trail", n)
	}
	r.noViolations()
}

// TestTakingACaseLapses: who takes a case and does nothing for two working days no longer has it.
func TestTakingACaseLapses(t *testing.T) {
	r := open(t)
	inv, card := r.overdueCard()
	r.press(joost, card, "overdue.take", "")
	who, err := r.Cycle.Store.Load(t.Context(), o2c.Key{Kind: "case", ID: inv.CustomerID})
	if err != nil || !strings.Contains(string(who[0].Body), joost) {
		t.Fatalf("the case is %s: %v", who[0].Body, err)
	}
	if err := r.Cycle.TakeCase(t.Context(), r.Stamp("slack:"+mira), inv.CustomerID, o2c.Person{ID: mira}); err == nil || !strings.Contains(err.Error(), "Joost has taken it already") {
		t.Fatalf("told %v", err)
	}
	r.at(r.Cycle.Policy.Days.Next(r.today().AddDays(7)), 10)
	if err := r.Cycle.HoldCustomer(t.Context(), r.Stamp("slack:"+bram), inv.CustomerID, calendar.Date{}, ""); err != nil {
		t.Fatal(err) // whatever draws the card anew
	}
	r.Settle(t)
	r.press(mira, r.card("C02COLLECT"), "overdue.take", "")
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "owner Mira") {
		t.Errorf("got %s", after.Blocks)
	}
}

// TestStopSupplyTakesTwo: a collector proposes, another who approves credit decides; new orders wait, and a payment of
// all that is late lifts it.
func TestStopSupplyTakesTwo(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Credit.OverdueDays = 365
	inv, card := r.overdueCard()
	r.press(mira, card, "overdue.stop", "")
	if reply := r.submit(mira, map[string]any{"reason": "third time late"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	card = r.card("C02COLLECT")
	r.press(mira, card, "overdue.stop_approve", "")
	if told := r.whispers(mira); len(told) != 1 || !strings.Contains(told[0], "another approver decides") {
		t.Fatalf("one person stopped supply: %q", told)
	}
	r.press(joost, card, "overdue.stop_approve", "")
	if told := r.whispers(joost); len(told) != 1 {
		t.Fatalf("a collector decided: %q", told)
	}
	r.press(bram, card, "overdue.stop_approve", "")
	if after := r.card("C02COLLECT"); !strings.Contains(string(after.Blocks), "*Supply is stopped* by Bram: third time late") {
		t.Fatalf("got %s", after.Blocks)
	}
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("held", 1_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	view, err := r.Cycle.OrderWithCredit(t.Context(), taken.OrderID)
	if err != nil || len(view.Order.Holds) == 0 || view.Credit.Decision.Reasons[0].Code != "supply_stopped" {
		t.Fatalf("the order is %s %v: %v", view.Order.Status, view.Order.Holds, err)
	}
	if err := r.Cycle.HandlePayment(t.Context(), r.Now(), "evt-1", o2c.MoneyIn{Gateway: "stripe", Ref: "pi_1", InvoiceID: inv.ID, Amount: inv.Open, At: r.Now()}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	free, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("free", 1_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	if view, err := r.Cycle.OrderWithCredit(t.Context(), free.OrderID); err != nil || len(view.Order.Holds) != 0 {
		t.Errorf("after the payment: %v %v", view.Order.Holds, err)
	}
	if !strings.Contains(strings.Join(r.threads(), "\n"), "Nothing is late any more") || !strings.Contains(strings.Join(r.threads(), "\n"), "received for "+inv.Number) {
		t.Errorf("the thread says\n%s", strings.Join(r.threads(), "\n"))
	}
}

// TestTomorrowsLetters: in the afternoon the team sees what goes out next morning, and may decide otherwise.
func TestTomorrowsLetters(t *testing.T) {
	for action, want := range map[string]struct{ steps, after string }{
		"":            {"friendly", "sent"},
		"letter.skip": {"friendly!", "skipped by Joost"},
		"letter.call": {"friendly!", "Joost has it called instead"},
		"letter.send": {"friendly", "sent"},
	} {
		t.Run(action, func(t *testing.T) {
			r := open(t)
			inv := r.shipped("1", 100_000)
			due := r.Cycle.Policy.Days.Next(inv.DueOn.AddDays(3))
			eve := due.AddDays(-1)
			for !r.Cycle.Policy.Days.Works(eve) {
				eve = eve.AddDays(-1)
			}
			r.at(eve, 16)
			r.tick()
			r.tick()
			card := r.cardWith("C02COLLECT", "Letters for")
			if !strings.Contains(string(card.Blocks), "Acme BV") || !strings.Contains(string(card.Blocks), inv.Number) {
				t.Fatalf("the card says %s", card.Blocks)
			}
			if action != "" {
				r.press(joost, card, action, "")
			}
			r.at(due, 10)
			r.tick()
			r.tick()
			got := ""
			for _, s := range r.invoice(inv.ID).Dunning.Sent {
				if got = s.Step; s.Skipped {
					got += "!"
				}
			}
			if got != want.steps {
				t.Errorf("the last step is %q, want %q", got, want.steps)
			}
			if action != "" {
				if after := r.cardWith("C02COLLECT", "Letters for"); !strings.Contains(string(after.Blocks), want.after) {
					t.Errorf("the card says %s", after.Blocks)
				}
			}
			r.noViolations()
		})
	}
}
