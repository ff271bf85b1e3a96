package slack

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
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
	card, told := r.card("C02COLLECT"), 0
	for _, m := range r.slack.Messages() {
		if strings.Contains(m.Text, "for a press from") || strings.Contains(m.Text, "No letter waits") {
			card, told = m, told+1
		}
	}
	if told != 1 {
		t.Errorf("of letters that wait %d cards tell", told)
	}
	if h := r.opened(joost); !strings.Contains(h, "letter.send_all") {
		t.Errorf("they are not on the Home of who sends them: %s", h)
	}
	if !strings.Contains(string(card.Blocks), "Send all (2)") || !strings.Contains(string(card.Blocks), "none of them goes out without a press") {
		t.Fatalf("the card of the letters: %s", card.Blocks)
	}
	r.press(joost, card, "letter.send_all", trainee{r, joost}.value(card, "letter.send_all"))
	if n := len(r.Desk.Letters) - letters; n != 2 {
		t.Errorf("the press sent %d letters; %q", n, r.whispers(joost))
	}
	for _, m := range r.slack.Messages() {
		if m.TS == card.TS && strings.Contains(string(m.Blocks), "letter.send_all") {
			t.Error("the card still offers to send them")
		}
	}
	say(sam, "safe-mode off", "Safe mode is off*, by Sam")
	r.noViolations()
}

// hours lets time pass and wakes the dunning each hour of work.
func (r *room) hours(n int) {
	r.t.Helper()
	for range n {
		r.Advance(time.Hour)
		if _, err := r.Cycle.RunDunning(r.t.Context(), r.Now(), func() bool { return true }); err != nil {
			r.t.Fatal(err)
		}
		r.Settle(r.t)
	}
}

// withButton is the newest message that offers a press.
func (r *room) withButton(action string) workspace.Message {
	r.t.Helper()
	for _, m := range slices.Backward(r.slack.Messages()) {
		if strings.Contains(string(m.Blocks), `"action_id":"`+action+`"`) {
			return m
		}
	}
	r.t.Fatalf("nothing offers %s", action)
	return workspace.Message{}
}

func (r *room) shows(m workspace.Message) string {
	for _, now := range r.slack.Messages() {
		if now.TS == m.TS {
			return now.Text
		}
	}
	return ""
}

// TestCap_85_SafeModeAsksForThanksAndDeposits: a word of thanks and a deposit's reminder wait on cards of their own: a
// collector sends one or leaves it out, once; what still waits goes when safe mode ends, except what came too late.
func TestCap_85_SafeModeAsksForThanksAndDeposits(t *testing.T) {
	r := open(t)
	r.Cycle.Policy.Freshness = 0
	if _, err := r.Cycle.SetSafeMode(t.Context(), r.Stamp("slack:"+sam), true); err != nil {
		t.Fatal(err)
	}
	reminded, again := r.shipped("1", 40_000), r.shipped("2", 50_000)
	r.hours(27 * 24)
	for l := r.Now().In(r.Cycle.Policy.Zone); l.Hour() != 10 || !r.Cycle.Policy.Days.Works(calendar.On(l, r.Cycle.Policy.Zone)); l = r.Now().In(r.Cycle.Policy.Zone) {
		r.hours(1)
	}
	if err := r.Cycle.SendLetter(t.Context(), r.Stamp("slack:"+joost), reminded.CustomerID); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	letters := len(r.Desk.Letters)
	r.paid("pi_1", reminded)
	card := r.withButton("letter.send_this")
	if len(r.Desk.Letters) != letters || !strings.Contains(card.Text, "A word of thanks to Acme BV: €968.00 came for invoice "+reminded.Number+" · waits for a press") {
		t.Fatalf("%d letters went; the card says %q", len(r.Desk.Letters)-letters, card.Text)
	}
	r.press(vera, card, "letter.send_this", "")
	if told := r.whispers(vera); len(told) != 1 || len(r.Desk.Letters) != letters {
		t.Errorf("a viewer was told %q", told)
	}
	r.press(joost, card, "letter.send_this", "")
	if got := r.shows(card); len(r.Desk.Letters) != letters+1 || !strings.HasPrefix(r.Desk.Letters[letters].Subject, o2c.LetterPaid) || !strings.HasSuffix(got, "sent") {
		t.Errorf("%d letters, %q", len(r.Desk.Letters)-letters, got)
	}
	r.paid("pi_2", again)
	second := r.withButton("letter.skip_this")
	r.press(joost, second, "letter.skip_this", "")
	if got := r.shows(second); len(r.Desk.Letters) != letters+1 || !strings.HasSuffix(got, "skipped by Joost") {
		t.Errorf("%d letters, %q", len(r.Desk.Letters)-letters, got)
	}
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("9", 400_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	who, _ := r.Cycle.Policy.Person(mira)
	if _, err := r.Cycle.DecideCredit(t.Context(), r.Stamp("slack:"+mira), o2c.CreditAnswer{OrderID: taken.OrderID, By: who, Verdict: credit.Approve, Reason: "a deposit secures it", Conditions: credit.Conditions{DepositPercent: decimal.NewFromInt(10)}}); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	reminders := func() (n int) {
		for _, l := range r.Desk.Letters {
			if strings.HasPrefix(l.Subject, o2c.LetterDepositReminder) {
				n++
			}
		}
		return n
	}
	r.hours(6 * 24)
	asked := r.withButton("letter.send_this")
	if reminders() != 0 || !strings.Contains(asked.Text, "The reminder of a deposit to Acme BV: invoice") {
		t.Fatalf("%d reminders went; the card says %q", reminders(), asked.Text)
	}
	if _, err := r.Cycle.SetSafeMode(t.Context(), r.Stamp("slack:"+sam), false); err != nil {
		t.Fatal(err)
	}
	r.hours(24)
	if got := r.shows(asked); reminders() != 1 || !strings.HasSuffix(got, "sent") {
		t.Errorf("after safe mode %d reminders, %q", reminders(), got)
	}
	r.noViolations()
}

func (r *room) paid(ref string, inv invoice.Data) {
	r.t.Helper()
	if err := r.Cycle.HandlePayment(r.t.Context(), r.Now(), "evt-"+ref, o2c.MoneyIn{Gateway: "stripe", Ref: ref, InvoiceID: inv.ID, Amount: inv.Total, At: r.Now()}); err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
}
