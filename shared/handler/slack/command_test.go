package slack

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
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
		{"invoice " + inv.Number, "Invoice 2026-0001 · Acme BV · €2,420.00 · open · €2,420.00 to pay"},
		{"overdue", "€2,420.00 is overdue. These owe the most:"}, {"overdue", "Acme BV: €2,420.00, oldest 12 days"},
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

// TestCap_88_CommandsAct: what a command does is what the buttons do, for those who may; the rest are told whom to ask.
func TestCap_88_CommandsAct(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	customer := func() party.Data {
		c, err := o2c.Read[party.Customer](t.Context(), r.Cycle, inv.CustomerID)
		if err != nil {
			t.Fatal(err)
		}
		return c.Data()
	}
	for _, tt := range []struct{ user, text, want string }{
		{joost, "forecast", "What comes in"},
		{vera, "promise " + inv.Number + " friday", "Only collectors"},
		{joost, "promise " + inv.Number + " friday", "is promised for"},
		{joost, "promise " + inv.Number, "is no day"},
		{joost, "promise " + inv.Number + " 31 feb", "“31 feb” is no day"},
		{joost, "promise " + inv.Number + " friday 1.240", "Is this 1240.00 or 1.24?"},
		{joost, "promise 2026-9999 friday", "I find nothing called 2026-9999 friday."},
		{vera, "snooze acme 3d", "Only "},
		{joost, "snooze acme 3d", "gets no letter up to and including"},
		{joost, "snooze acme 30d", "Choose a day from"},
		{joost, "snooze nobody 3d", "I find nothing called nobody."},
		{joost, `dispute ` + inv.Number + ` "wrong price"`, "is said to be wrong"},
		{joost, "dispute " + inv.Number, "Tell me which one"},
		{joost, "credit acme limit 15000", "only approvers set limits"},
		{mira, "credit acme limit 15000", "limit €15,000.00, before as the house has it"},
		{mira, "credit acme limit 1.240", "Is this"},
		{mira, "credit acme", "limit €15,000.00"},
		{mira, "credit acme limit default", "limit as the house has it, before €15,000.00"},
		{vera, "invoice " + inv.Number + " resend", "Only "},
		{joost, "invoice " + inv.Number + " resend", "goes to Acme BV once more"},
		{vera, "invoice " + inv.Number + " link", "Only "},
		{joost, "invoice " + inv.Number + " link", "comes to you in the messages"},
		{joost, "invoice " + inv.Number + " pdf", "comes to you in the messages"},
		{joost, "invoice " + inv.Number + " eat", "Tell me which one, for example /duly invoice 2026-0001 resend."},
		{joost, "overdue me", "None of your customers is late."},
		{joost, "overdue >5d", "More than 5 days late (1)"},
		{joost, "overdue >90d", "Nobody is more than 90 days late."},
		{joost, "overdue top 3", "Acme BV"},
		{joost, "overdue soon", "Tell me which one"},
		{joost, "kpi january", "The figures from 1 January 2026"},
		{joost, "kpi soon", "Tell me which one"},
		{joost, "match", "All money has found its place."},
		{vera, "match", "Only "},
		{joost, "clock +7d", "Only the demo has a clock"},
		{joost, "help overdue", "/duly overdue >30d"},
		{joost, "help ovedue", "Did you mean /duly overdue?"},
		{joost, "order so-1", "Order SO-1"},
	} {
		_, all := r.typed(tt.user, tt.text)
		said := strings.NewReplacer("*", "", "`", "", `\u0026gt;`, ">").Replace(all)
		if !strings.Contains(said, tt.want) {
			t.Errorf("%q by %s is answered %s", tt.text, tt.user, all)
		}
	}
	mails := len(r.Desk.Letters)
	r.Settle(t)
	if len(r.Desk.Letters) != mails+1 {
		t.Errorf("%d letters left, want the invoice once more", len(r.Desk.Letters)-mails)
	}
	if c := customer(); c.CreditLimit != nil {
		t.Errorf("the limit is %v", c.CreditLimit)
	}
	links := 0
	for _, m := range r.slack.Messages() {
		if strings.Contains(m.Text, "https://duly.example/i/") && m.EphemeralFor == "" && strings.HasPrefix(m.Channel, "D") {
			links++
		}
	}
	if links != 2 {
		t.Errorf("%d links came to the talk with the app, want 2: %+v", links, r.slack.Messages())
	}
	if n := r.facts("invoice", inv.ID, "promise.made"); n > 1 {
		t.Errorf("%d promises", n)
	}
	r.noViolations()
}

// TestCap_88_Here: an answer is for who typed it, unless it asks for everybody; a slip and what is private never are.
func TestCap_88_Here(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	for text, want := range map[string]string{
		"overdue": "ephemeral", "overdue --here": "in_channel", "--here overdue": "in_channel", "ovedue --here": "ephemeral", "order --here": "ephemeral",
		"invoice " + inv.Number + " --here": "in_channel", "match --here": "ephemeral", "order SO-99 --here": "ephemeral",
	} {
		reply, err := r.slack.CommandIn(t.Context(), joost, "C02COLLECT", text)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(reply.Body), `"response_type":"`+want+`"`) {
			t.Errorf("%q: want %s, got %s", text, want, reply.Body)
		}
	}
	r.noViolations()
}

// TestCap_88_Home: the work that waits with its buttons, and the money of today, for whoever opens the tab; drawn anew
// after a press in it, else at most once a minute.
func TestCap_88_Home(t *testing.T) {
	r := open(t)
	inv, _ := r.overdueCard()
	if _, err := r.Cycle.HandleShop(t.Context(), r.Arrive(order.Create, testkit.Order("2", 400_000, r.Now()))); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	home := func(user string) string {
		t.Helper()
		reply, err := r.slack.OpenHome(t.Context(), user)
		if err != nil || reply.Status != 200 {
			t.Fatalf("%d %v", reply.Status, err)
		}
		h, ok := r.slack.Home(user)
		if !ok {
			t.Fatal("no Home was published")
		}
		return strings.ReplaceAll(string(h.Blocks), "*", "")
	}
	has := func(user string, want ...string) {
		t.Helper()
		got := home(user)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("the Home of %s lacks %q: %s", user, w, got)
			}
		}
	}
	has(mira, "My work (1)", "SO-2", "credit.approve", "Money today", "not due", "Expected this week", "You are approver", "TEST")
	has(joost, "My work (1)", "Acme BV · €2,420.00 · oldest 12 days · 1 invoice", "overdue.take", "overdue.call")
	has(vera, "My work (0)", "Nothing waits for you")
	if strings.Contains(home(joost), "credit.approve") || strings.Contains(home(vera), "overdue.take") {
		t.Error("a Home asks for what its reader may not do")
	}
	if _, err := r.slack.Press(t.Context(), joost, "", "", "overdue.take", ""); err != nil {
		t.Fatal(err)
	}
	r.Settle(t)
	if h, _ := r.slack.Home(joost); !strings.Contains(string(h.Blocks), "Joost") || strings.Contains(string(h.Blocks), "overdue.take") {
		t.Errorf("the Home does not show what was pressed in it: %s", h.Blocks)
	}
	if _, err := r.slack.Press(t.Context(), joost, "", "", "home.days", ""); err != nil {
		t.Fatal(err)
	}
	if v := r.form(joost); !strings.Contains(string(v.Blocks), "Nobody is more than 30 days late.") {
		t.Errorf("the view shows %s", v.Blocks)
	}
	if _, err := r.Cycle.Store.Events(t.Context(), o2c.Key{Kind: "invoice", ID: inv.ID}); err != nil {
		t.Fatal(err)
	}
	asked := r.Meter.Reads
	home(joost) // within the minute: Slack is not asked again
	if r.Meter.Reads-asked > 0 {
		t.Errorf("a Home that was drawn a moment ago is read again: %d reads", r.Meter.Reads-asked)
	}
	if status, _ := r.signed("/slack/events", `{"type":"event_callback","team_id":"T1","api_app_id":"A1","event":{"type":"message"}}`); status != 200 {
		t.Errorf("an event that asks for nothing: %d", status)
	}
	r.Advance(2 * time.Minute)
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
