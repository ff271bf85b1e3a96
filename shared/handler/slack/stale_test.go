package slack

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// changed is the shop telling the same order anew.
func (r *room) changed(number string, euros int64) {
	r.t.Helper()
	r.Advance(time.Minute)
	in := testkit.Order(number, euros*50, r.Now())
	if _, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Update, in)); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}

// TestFC_22_AmendedWhileTheCardStood: the order grew after the card was drawn. The old card's buttons and its open form
// decide nothing, the card shows the new amount, and its own buttons work.
func TestFC_22_AmendedWhileTheCardStood(t *testing.T) {
	r := open(t)
	id, old := r.worth("1", 3000)
	r.press(bram, old, "credit.approve_with", "")
	r.changed("1", 5000)
	r.replay(mira, old, "credit.approve", id, 1)
	if got := r.last(mira); !strings.HasPrefix(got, "This changed since the card was drawn. Nothing was done; look at the card again.") {
		t.Errorf("Mira was told %q", got)
	}
	if reply := r.submit(bram, map[string]any{"terms": "14"}); !strings.Contains(string(reply.Body), "This changed since the card was drawn.") {
		t.Errorf("the form answers %s", reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Pending || got.Amount != testkit.EUR(605_000) {
		t.Fatalf("%s over %s", got.Status, got.Amount)
	}
	now := r.card("C01CREDIT")
	if now.TS != old.TS || !strings.Contains(now.Text, "€6,050.00") {
		t.Errorf("the card says %s", now.Text)
	}
	r.press(mira, now, "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved {
		t.Errorf("the order is %s", got.Status)
	}
	r.verified()
}

// TestFC_30_EditedAboveTheApproval: an order that grows beyond what was approved goes back to review, whatever was decided;
// one that shrinks keeps its approval.
func TestFC_30_EditedAboveTheApproval(t *testing.T) {
	for _, tt := range []struct {
		name   string
		euros  int64
		status string
	}{{"more", 5000, credit.Pending}, {"less", 2900, credit.Approved}} {
		t.Run(tt.name, func(t *testing.T) {
			r := open(t)
			id, card := r.worth("1", 3000)
			r.press(mira, card, "credit.approve", "")
			r.changed("1", tt.euros)
			got, o := r.credit(id), r.order(id)
			if got.Status != tt.status || slices.Contains(o.Holds, order.CreditHold) != (tt.status == credit.Pending) {
				t.Fatalf("%s, held for %v", got.Status, o.Holds)
			}
			if _, err := r.Cycle.Ship(t.Context(), r.Stamp("api:test"), id, order.IncomingShipment{}); (err == nil) != (tt.status == credit.Approved) {
				t.Errorf("shipping: %v", err)
			}
			if tt.status == credit.Pending {
				if card = r.card("C01CREDIT"); !asks(card) || !strings.Contains(card.Text, "€6,050.00") {
					t.Errorf("the card says %s", card.Text)
				}
				r.press(bram, card, "credit.approve", "")
				if got := r.credit(id); got.Status != credit.Approved || got.DecidedBy != "slack:"+bram {
					t.Errorf("%s by %s", got.Status, got.DecidedBy)
				}
			}
			r.verified()
		})
	}
}

// TestFC_27_LiveStatus: who was deactivated, is a guest or belongs to another workspace is refused by what Slack says now,
// whatever role the policy still names; what Slack said counts for a minute, and for ten while it does not answer.
func TestFC_27_LiveStatus(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 3000)
	for _, tt := range []struct {
		change func(*workspace.User)
		told   string
	}{
		{func(u *workspace.User) { u.Deleted = true }, "Your Slack account is deactivated. Nothing changed."},
		{func(u *workspace.User) { u.Guest = true }, "Guests cannot decide or change anything here. Nothing changed."},
		{func(u *workspace.User) { u.Team = "T66OTHER" }, "You belong to another workspace. Nothing changed."},
	} {
		r.slack.Change(mira, func(u *workspace.User) { *u = workspace.User{ID: u.ID, Name: "Mira", Role: "approver"}; tt.change(u) })
		r.Advance(2 * time.Minute)
		r.replay(mira, card, "credit.approve", id, 0)
		if got := r.last(mira); got != tt.told {
			t.Errorf("told %q, want %q", got, tt.told)
		}
		reply, err := r.slack.Command(t.Context(), mira, "order SO-1")
		if err != nil {
			t.Fatal(err)
		}
		if tt.told[:4] != "You " && !strings.Contains(string(reply.Body), tt.told) {
			t.Errorf("the command answers %s", reply.Body)
		}
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Fatalf("the order is %s", got.Status)
	}
	r.slack.Change(mira, func(u *workspace.User) { *u = workspace.User{ID: u.ID, Name: "Mira", Role: "approver"} })
	r.Advance(2 * time.Minute)
	for name, wait := range map[string]time.Duration{"an old word counts while Slack is away": 5 * time.Minute, "a very old one does not": 20 * time.Minute} {
		r := open(t)
		id, card := r.worth("1", 3000)
		r.press(mira, card, "credit.ask_sales", "") // Slack says who Mira is
		r.Advance(wait)
		if err := r.slack.Fail("500", r.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if status, _ := r.replay(mira, card, "credit.approve", id, 0); status != 200 {
			t.Errorf("%s: %d", name, status)
		}
		want := map[bool]string{true: credit.Approved, false: credit.Pending}[wait < 10*time.Minute]
		if got := r.credit(id); got.Status != want {
			t.Errorf("%s: %s", name, got.Status)
		}
	}
}

// TestPressAfterRestart: nothing about a card or a form lives in the function's memory.
func TestPressAfterRestart(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 3000)
	r.press(bram, card, "credit.approve_with", "")
	var err error
	if r.function, err = New(Deps{Cycle: r.Cycle, Views: r.views, Members: r.members, Workspace: Workspace{Team: "T1", App: "A1"}, Now: r.Now, Signed: r.signature}); err != nil {
		t.Fatal(err)
	}
	if reply := r.submit(bram, map[string]any{"terms": "14"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Approved || got.Conditions.TermsDays != 14 {
		t.Errorf("got %+v", got)
	}
}

// TestDecidedElsewhere: a program decides while the card is open; the card is edited, and who presses it is told.
func TestDecidedElsewhere(t *testing.T) {
	r := open(t)
	id, card := r.worth("1", 3000)
	if _, err := r.Cycle.DecideCredit(t.Context(), r.Stamp("key:web"), o2c.CreditAnswer{OrderID: id, By: o2c.Person{ID: bram}, Verdict: credit.Approve}); err != nil {
		t.Fatal(err)
	}
	r.replay(mira, card, "credit.reject", id, 1)
	if got := r.last(mira); got != "Already approved by Bram at 10:00. Nothing changed." {
		t.Errorf("Mira was told %q", got)
	}
	if after := r.card("C01CREDIT"); after.TS != card.TS || asks(after) || !strings.Contains(string(after.Blocks), "✓ Approved by Bram 10:00") {
		t.Errorf("the card says %s", after.Blocks)
	}
}

// TestFC_25_TwoCardsOfOneQuestion: a crash between the post and its mark leaves two cards. Both carry the same question, so
// that one decision settles it, and the other card's press changes nothing.
func TestFC_25_TwoCardsOfOneQuestion(t *testing.T) {
	r := open(t)
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("1", 150_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	lost := &dying{Chat: r.Outbox.Chat}
	r.Outbox.Chat = lost
	r.Settle(t) // posted, and the answer is lost
	r.Advance(10 * time.Minute)
	r.Settle(t)
	var cards []workspace.Message
	for _, m := range r.slack.Messages() {
		if m.Channel == "C01CREDIT" {
			cards = append(cards, m)
		}
	}
	if len(cards) != 2 {
		t.Fatalf("%d cards", len(cards))
	}
	r.press(mira, cards[0], "credit.approve", "")
	r.replay(bram, cards[1], "credit.approve", taken.OrderID, 1)
	if n := r.facts("credit", taken.OrderID, "credit.approved"); n != 1 || r.credit(taken.OrderID).Status != credit.Approved {
		t.Errorf("decided %d times", n)
	}
}

// dying loses the answer to the first post.
type dying struct {
	o2c.Chat
	died bool
}

func (d *dying) Post(ctx context.Context, channel string, c o2c.Card) (o2c.Place, error) {
	at, err := d.Chat.Post(ctx, channel, c)
	if !d.died && err == nil {
		d.died = true
		return o2c.Place{}, errors.New("the answer is lost")
	}
	return at, err
}

// TestFC_24_SlackAway: whatever keeps a card from the room, the effect stays and is tried on, those who decide get a mail
// after a quarter of an hour, once, and the card comes when Slack takes it again.
func TestFC_24_SlackAway(t *testing.T) {
	for name, away := range map[string]func(*room, bool){
		"429":              func(r *room, on bool) { r.outage("429", on) },
		"5xx":              func(r *room, on bool) { r.outage("500", on) },
		"channel archived": func(r *room, on bool) { r.slack.RefuseChannel("C01CREDIT", map[bool]string{true: "is_archived"}[on]) },
		"bot removed": func(r *room, on bool) {
			r.slack.RefuseChannel("C01CREDIT", map[bool]string{true: "not_in_channel"}[on])
		},
		"token revoked": func(r *room, on bool) { r.slack.RevokeToken(on) },
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			away(r, true)
			taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("1", 150_000, r.Now())))
			if err != nil {
				t.Fatal(err)
			}
			for minute := range 31 {
				r.Settle(t)
				if n := len(r.Desk.Letters); minute < 15 && n > 0 {
					t.Fatalf("a mail after %d minutes", minute)
				}
				r.Advance(time.Minute)
			}
			if n := len(r.Desk.Letters); n != 1 || r.Desk.Letters[0].To != r.Cycle.Policy.Seller.Email || !strings.HasPrefix(r.Desk.Letters[0].Subject, "credit_waiting") {
				t.Fatalf("%d letters: %+v", n, r.Desk.Letters)
			}
			if age, err := r.Outbox.Age(t.Context()); err != nil || age < 0 {
				t.Errorf("the alarm sees %s, %v", age, err)
			}
			away(r, false)
			for range 60 {
				r.Advance(time.Minute)
				r.Settle(t)
			}
			if card := r.card("C01CREDIT"); !asks(card) {
				t.Errorf("the card says %s", card.Blocks)
			}
			r.press(mira, r.card("C01CREDIT"), "credit.approve", "")
			if got := r.credit(taken.OrderID); got.Status != credit.Approved {
				t.Errorf("the order is %s", got.Status)
			}
		})
	}
}

// TestFC_24_WhatCannotWaitIsMailed: a chargeback, a message that was not understood and other news that stopped something
// reach the admins by mail when Slack is away for a quarter of an hour: one mail in an hour, however many wait.
func TestFC_24_WhatCannotWaitIsMailed(t *testing.T) {
	r := open(t)
	r.slack.RevokeToken(true)
	for i := range 5 {
		if err := r.Cycle.Report(t.Context(), r.Now(), o2c.Notice{Key: "bank_file_unreadable", ID: fmt.Sprint(i)}); err != nil {
			t.Fatal(err)
		}
	}
	for minute := range 40 {
		r.Settle(t)
		if n := len(r.Desk.Letters); minute < 15 && n > 0 {
			t.Fatalf("a mail after %d minutes", minute)
		}
		r.Advance(time.Minute)
	}
	if n := len(r.Desk.Letters); n != 1 || r.Desk.Letters[0].To != r.Cycle.Policy.Seller.Email || !strings.HasPrefix(r.Desk.Letters[0].Subject, "room_alert") {
		t.Fatalf("%d letters: %+v", n, r.Desk.Letters)
	}
	r.slack.RevokeToken(false)
	for range 60 {
		r.Advance(time.Minute)
		r.Settle(t)
	}
	if n := len(r.slack.Messages()); n != 5 {
		t.Errorf("%d of 5 messages came when Slack was back", n)
	}
	if n := len(r.Desk.Letters); n != 1 {
		t.Errorf("%d mails in all", n)
	}
}

// TestFC_24_SlackIsBackAfterDays: whatever waits for a key that was withdrawn for days is in the room a quarter of an hour
// after it was given back.
func TestFC_24_SlackIsBackAfterDays(t *testing.T) {
	r := open(t)
	r.slack.RevokeToken(true)
	for _, id := range []string{"1", "2"} {
		if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order(id, 150_000, r.Now()))); err != nil {
			t.Fatal(err)
		}
	}
	for range 4 * 24 * 4 {
		r.Settle(t)
		r.Advance(15 * time.Minute)
	}
	r.slack.RevokeToken(false)
	for range 16 {
		r.Settle(t)
		r.Advance(time.Minute)
	}
	waiting := 0
	for _, m := range r.slack.Messages() {
		if m.Channel == "C01CREDIT" && asks(m) {
			waiting++
		}
	}
	if waiting != 2 {
		t.Errorf("%d of 2 questions came back", waiting)
	}
}

func (r *room) outage(how string, on bool) {
	until := r.Now().Add(40 * time.Minute)
	if !on {
		until = r.Now()
	}
	if err := r.slack.Fail(how, until); err != nil {
		r.t.Fatal(err)
	}
}
