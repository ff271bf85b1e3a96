package slack

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	workspace "duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
	"duly/shared/store"
	"duly/shared/testkit"
)

// TestCap_87_ApproveRejectOnce: the answer comes at once, the card is rewritten with who, when and why, and a second
// click or a second colleague changes nothing and is told so.
func TestCap_87_ApproveRejectOnce(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	if !asks(card) || !strings.Contains(card.Text, "€9,680.00") {
		t.Fatalf("the card asks nothing: %s", card.Text)
	}
	if reply := r.press(mira, card, "credit.approve", ""); reply.Status != 200 || len(reply.Body) > 0 {
		t.Fatalf("got %d %s", reply.Status, reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Approved || got.DecidedBy != "slack:"+mira {
		t.Fatalf("got %s by %s", got.Status, got.DecidedBy)
	}
	after := r.card("C01CREDIT")
	if after.TS != card.TS || asks(after) || !strings.Contains(string(after.Blocks), "✓ Approved by Mira 10:00") {
		t.Errorf("the card was not rewritten: %s", after.Blocks)
	}
	stale := "credit.approve"
	for _, second := range []string{mira, bram} { // from a window that still shows the buttons
		if status, _ := r.replay(second, card, stale, id, 1); status != 200 {
			t.Errorf("%s got %d", second, status)
		}
		if diff := cmp.Diff([]string{"Already approved by Mira at 10:00. Nothing changed."}, r.whispers(second)); diff != "" {
			t.Errorf("%s:\n%s", second, diff)
		}
	}
	if n := r.facts("credit", id, "credit.approved"); n != 1 {
		t.Errorf("decided %d times", n)
	}
	if r.card("C01CREDIT").TS != card.TS {
		t.Error("there is a second card")
	}
	r.noViolations()
}

// replay presses a button that the card does not show any more.
func (r *room) replay(user string, card workspace.Message, action, id string, version int) (int, string) {
	r.t.Helper()
	body := payload(r.t, map[string]any{
		"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": user, "team_id": "T1"},
		"channel": map[string]string{"id": card.Channel}, "container": map[string]string{"message_ts": card.TS}, "trigger_id": "gone",
		"actions": []map[string]string{{"action_id": action, "value": id + "|" + string(rune('0'+version))}},
	})
	status, answer := r.signed("/slack/actions", body)
	r.Settle(r.t)
	return status, answer
}

func TestCap_87_RejectWithReason(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.press(mira, card, "credit.reject", "")
	if got := r.form(mira); got.CallbackID != "credit.reject" {
		t.Fatalf("got form %s", got.CallbackID)
	}
	if reply := r.submit(mira, map[string]any{"reason": "two broken promises"}); reply.Status != 200 || len(reply.Body) > 0 {
		t.Fatalf("got %d %s", reply.Status, reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Declined || got.Reason != "two broken promises" {
		t.Errorf("got %+v", got)
	}
	if after := r.card("C01CREDIT"); asks(after) || !strings.Contains(string(after.Blocks), "✗ Declined by Mira 10:00 (“two broken promises”)") {
		t.Errorf("got %s", after.Blocks)
	}
	r.noViolations()
}

func TestApproveWith(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.press(bram, card, "credit.approve_with", "")
	reply := r.submit(bram, map[string]any{"terms": "90"})
	if !strings.Contains(string(reply.Body), `"response_action":"errors"`) || !strings.Contains(string(reply.Body), "Write a whole number from 1 to 60.") {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.form(bram); got.Errors["terms"] == "" {
		t.Errorf("the form lost the error: %+v", got)
	}
	if reply = r.submit(bram, map[string]any{"terms": "14", "reason": "known for years"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Approved || got.Conditions.TermsDays != 14 || got.Reason != "known for years" {
		t.Errorf("got %+v", got)
	}
	if !strings.Contains(string(r.card("C01CREDIT").Blocks), "✓ Approved by Bram 10:00 (to pay within 14 days, “known for years”)") {
		t.Errorf("got %s", r.card("C01CREDIT").Blocks)
	}
	r.noViolations()
}

// TestApproveWithOverTheLimit: an order above the customer's limit asks for a reason, by the figures of the table.
func TestApproveWithOverTheLimit(t *testing.T) {
	r := open(t)
	taken, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("1", 900_000, r.Now())))
	if err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	r.press(mira, r.card("C01CREDIT"), "credit.approve_with", "")
	if reply := r.submit(mira, map[string]any{"terms": "14", "reason": "because"}); !strings.Contains(string(reply.Body), "at least 10 characters") {
		t.Fatalf("got %s", reply.Body)
	}
	if reply := r.submit(mira, map[string]any{"terms": "14", "reason": "because we know them"}); len(reply.Body) > 0 {
		t.Fatalf("got %s", reply.Body)
	}
	if got := r.credit(taken.OrderID); got.Status != credit.Approved {
		t.Errorf("got %s", got.Status)
	}
}

// TestFC_26_WrongRole: the sentence of ux.md §2.3, the card as it was, nothing in the audit trail.
func TestFC_26_WrongRole(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	for _, user := range []string{vera, lena, joost, noor} {
		for _, action := range []string{"credit.approve", "credit.approve_with", "credit.reject"} {
			r.press(user, card, action, "")
		}
		who, _ := r.Cycle.Policy.Person(user)
		want := "Only approvers can approve credit. You are *" + string(who.Role) + "*. Ask Mira or Bram or Sam, or press *Ask for approval*."
		if told := r.whispers(user); len(told) == 0 || told[0] != want {
			t.Errorf("%s was told %q, want %q", user, told, want)
		}
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
	if len(r.slack.Views()) > 0 || !cmp.Equal(card.Blocks, r.card("C01CREDIT").Blocks) {
		t.Error("a form was opened or the card has changed")
	}
}

func TestAskForApproval(t *testing.T) {
	r := open(t)
	_, card := r.ordered()
	r.press(lena, card, "credit.ask", "")
	asked := "Lena asks you to decide on SO-1 of Acme BV for €9,680.00."
	for user, want := range map[string][]string{mira: {asked}, bram: {asked}, lena: {"Asked Mira, Bram."}, sam: nil} {
		if diff := cmp.Diff(want, r.whispers(user)); diff != "" {
			t.Errorf("%s:\n%s", user, diff)
		}
	}
	r.press(vera, card, "credit.ask", "")
	if told := r.whispers(vera); len(told) != 1 || !strings.Contains(told[0], "You are *viewer*") {
		t.Errorf("a viewer was told %q", told)
	}
}

// TestFC_19_RetriedPress: a delivery that Slack repeats goes the same way as the first, which may never have arrived.
func TestFC_19_RetriedPress(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	for n := range 3 {
		body := payload(t, map[string]any{
			"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": mira, "team_id": "T1"},
			"channel": map[string]string{"id": card.Channel}, "container": map[string]string{"message_ts": card.TS},
			"actions": []map[string]string{{"action_id": "credit.approve", "value": id + "|0"}},
		})
		status, _ := r.signed("/slack/actions", body, func(h http.Header) {
			h.Set("X-Slack-Retry-Num", string(rune('1'+n)))
			h.Set("X-Slack-Retry-Reason", "http_timeout")
		})
		if status != 200 {
			t.Errorf("retry %d: %d", n+1, status)
		}
	}
	r.Settle(t)
	if got := r.credit(id); got.Status != credit.Approved || r.facts("credit", id, "credit.approved") != 1 {
		t.Errorf("%s, decided %d times", got.Status, r.facts("credit", id, "credit.approved"))
	}
}

// TestFC_20_DoubleClick: one decision; the second answer says who and when.
func TestFC_20_DoubleClick(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	for range 2 {
		if _, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, "credit.approve", ""); err != nil {
			t.Fatal(err)
		}
	}
	r.Settle(t)
	if n := r.facts("credit", id, "credit.approved"); n != 1 {
		t.Errorf("decided %d times", n)
	}
	if diff := cmp.Diff([]string{"Already approved by Mira at 10:00. Nothing changed."}, r.whispers(mira)); diff != "" {
		t.Error(diff)
	}
}

// TestFC_21_ApproveAndRejectRace: of two colleagues who answer at once exactly one decides, and the other one is told.
func TestFC_21_ApproveAndRejectRace(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.press(bram, card, "credit.reject", "") // the form is open while Mira presses
	r.Cycle.Store = store.New(testkit.API(r.Engine.Transport()), testkit.Table, store.Options{Instance: "racing"})
	type outcome struct {
		reply workspace.Reply
		err   error
	}
	approved, rejected := make(chan outcome), make(chan outcome)
	view := r.form(bram).ID
	go func() {
		reply, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, "credit.approve", "")
		approved <- outcome{reply, err}
	}()
	go func() {
		reply, err := r.slack.Submit(t.Context(), view, bram, map[string]any{"reason": "two broken promises"})
		rejected <- outcome{reply, err}
	}()
	a, b := <-approved, <-rejected
	if a.err != nil || b.err != nil || a.reply.Status != 200 || b.reply.Status != 200 {
		t.Fatalf("got %+v %+v", a, b)
	}
	r.Settle(t)
	got := r.credit(id)
	if n := r.facts("credit", id, "credit.approved") + r.facts("credit", id, "credit.declined"); n != 1 {
		t.Errorf("decided %d times", n)
	}
	switch got.Status {
	case credit.Approved:
		if !strings.Contains(string(b.reply.Body), "Already approved by Mira at 10:00. Nothing changed.") {
			t.Errorf("Bram was told %s", b.reply.Body)
		}
	case credit.Declined:
		if diff := cmp.Diff([]string{"Already declined by Bram at 10:00. Nothing changed."}, r.whispers(mira)); diff != "" {
			t.Error(diff)
		}
	default:
		t.Errorf("the order is %s", got.Status)
	}
}

// TestFC_22_StaleButton: the question changed after its card was drawn (the stock went back). A press on the old card
// decides nothing; the card is drawn anew and can be pressed.
func TestFC_22_StaleButton(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.Advance(73 * time.Hour)
	if _, err := r.Cycle.TendCredit(t.Context(), r.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, "credit.approve", ""); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
	if told := r.whispers(mira); len(told) != 1 || !strings.HasPrefix(told[0], "This changed since the card was drawn.") {
		t.Errorf("Mira was told %q", told)
	}
	r.press(mira, r.card("C01CREDIT"), "credit.approve", "")
	if got := r.credit(id); got.Status != credit.Approved {
		t.Errorf("the order is %s", got.Status)
	}
}

// TestFC_22_CancelledOrder: the order ended while its card stood there, with a form open on it.
func TestFC_22_CancelledOrder(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.press(bram, card, "credit.approve_with", "")
	if err := r.Cycle.CancelOrder(t.Context(), r.Stamp("shop:demo-shopify"), id, "cancelled in the shop"); err != nil {
		t.Fatal(err)
	}
	told := "The order was changed or cancelled; there is nothing to decide. Nothing changed."
	for _, action := range []string{"credit.approve", "credit.reject"} {
		if _, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, action, ""); err != nil {
			t.Fatal(err)
		}
	}
	if reply := r.submit(bram, map[string]any{"terms": "14"}); !strings.Contains(string(reply.Body), told) {
		t.Errorf("the form answers %s", reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Void {
		t.Errorf("the order is %s", got.Status)
	}
	if diff := cmp.Diff([]string{told}, r.whispers(mira)); diff != "" {
		t.Error(diff)
	}
	if after := r.card("C01CREDIT"); asks(after) {
		t.Errorf("the card still asks: %s", after.Blocks)
	}
}

// TestFC_29_TamperedValue: a value is an opaque reference. Whatever else stands in it moves nothing, and amounts are
// read again.
func TestFC_29_TamperedValue(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	for _, value := range []string{"x", "|", id, id + "|99", id + "|-1", id + "|1|2", "o_other|0", strings.Repeat("z", 1900) + "|1", "968000|1"} {
		if reply := r.press(mira, card, "credit.approve", value); reply.Status != 200 {
			t.Errorf("%.20q: %d", value, reply.Status)
		}
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
	if told := r.whispers(mira); len(told) == 0 || strings.Contains(strings.Join(told, ""), "DULY-5") {
		t.Errorf("Mira was told %q", told)
	}
	for action, value := range map[string]string{"cash.match": "r_1|i_1", "invoice.retry": "i_1|0", "overdue.take": "c_1|0", "stock.ship_part": id + "|0", "no.such": "x"} {
		if status, _ := r.signed("/slack/actions", payload(t, map[string]any{
			"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": sam, "team_id": "T1"},
			"channel": map[string]string{"id": card.Channel}, "actions": []map[string]string{{"action_id": action, "value": value}},
		})); status != 200 {
			t.Errorf("%s: %d", action, status)
		}
	}
	if _, err := o2c.Read[credit.Request](t.Context(), r.Cycle, id); err != nil {
		t.Error(err)
	}
}
