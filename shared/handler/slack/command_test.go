package slack

import (
	"encoding/json"
	"strings"
	"testing"

	"duly/shared/o2c/order"
	"duly/shared/testkit"
)

// typed types a command and returns the sentence and the whole of the answer.
func (r *room) typed(user, text string) (sentence, all string) {
	r.t.Helper()
	reply, err := r.slack.Command(r.t.Context(), user, text)
	if err != nil {
		r.t.Fatal(err)
	}
	var answer struct {
		Type string `json:"response_type"`
		Text string `json:"text"`
	}
	if err := json.Unmarshal(reply.Body, &answer); err != nil || reply.Status != 200 {
		r.t.Fatalf("%s: %d %s", text, reply.Status, reply.Body)
	}
	if answer.Type != "ephemeral" {
		r.t.Errorf("%s is answered to everybody", text)
	}
	return answer.Text, string(reply.Body)
}

func TestCap_88_Commands(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("2", 400_000, r.Now()))); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	for _, tt := range []struct{ text, want string }{
		{"", "What I can do"},
		{"help", "What I can do"},
		{"HELP", "What I can do"},
		{"order SO-1", "Order SO-1 · Acme BV · €2,420.00 · shipped"},
		{"order #SO-1", "Order SO-1"},
		{"order", "Tell me which one, for example /duly order SO-1042."},
		{"order SO-99", "I find nothing called SO-99."},
		{"invoice " + inv.Number, "Invoice 2026-0001 · Acme BV · €2,420.00 · open · €2,420.00 open"},
		{"overdue", "€2,420.00 is overdue at 1 customers."},
		{"kpi", "1 needs a decision"},
		{"find acme", "Customer Acme BV"},
		{"customer acme", "Customer Acme BV"},
		{"customer acme", "Not rated yet: 0 payments are too few"},
		{"customer acme", "Open €2,420.00 · confirmed, not invoiced €0.00 · limit €10,000.00"}, {"customer acme", "€2,420.00 overdue, the oldest "},
		{"customer nobody", "I find nothing called nobody."},
		{"find SO-2", "Order SO-2"},
		{"find nobody", "I find nothing called nobody."},
		{"ovedue", "I don't know ovedue. Did you mean /duly overdue? Try /duly help."},
		{"invioce x", "Did you mean /duly invoice?"},
		{"frobnicate", "I don't know frobnicate. Try /duly help."},
		{"<!channel>", "I don't know &lt;!channel&gt;."},
	} {
		sentence, all := r.typed(vera, tt.text)
		if !strings.Contains(strings.NewReplacer("*", "", "`", "").Replace(all), strings.ReplaceAll(tt.want, "&", `\u0026`)) {
			t.Errorf("%q is answered %s", tt.text, all)
		}
		if sentence == "" {
			t.Errorf("%q: telephones show nothing", tt.text)
		}
	}
	r.noViolations()
}

// TestCap_88_Home: the work that waits and the money of today, for whoever opens the tab.
func TestCap_88_Home(t *testing.T) {
	r := open(t)
	r.ordered()
	reply, err := r.slack.OpenHome(t.Context(), mira)
	if err != nil || reply.Status != 200 {
		t.Fatalf("%d %v", reply.Status, err)
	}
	home, ok := r.slack.Home(mira)
	if !ok {
		t.Fatal("no Home was published")
	}
	for _, want := range []string{"1 needs a decision", "Money today", "not due", "You are approver"} {
		if !strings.Contains(string(home.Blocks), want) {
			t.Errorf("the Home lacks %q: %s", want, home.Blocks)
		}
	}
	if status, _ := r.signed("/slack/events", `{"type":"event_callback","team_id":"T1","api_app_id":"A1","event":{"type":"message"}}`); status != 200 {
		t.Errorf("an event that asks for nothing: %d", status)
	}
	r.slack.RevokeToken(true)
	if reply, err := r.slack.OpenHome(t.Context(), mira); err != nil || reply.Status != 503 {
		t.Errorf("Slack is not asked to try again: %d %v", reply.Status, err)
	}
	r.noViolations()
}

func TestNearest(t *testing.T) {
	for typed, want := range map[string]string{"ovedue": "overdue", "hlep": "help", "ordr": "order", "kip": "kpi", "fnid": "find", "x": "", "please": "", "invoices": "invoice", "": ""} {
		if got := nearest(typed); got != want {
			t.Errorf("%q: got %q, want %q", typed, got, want)
		}
	}
}
