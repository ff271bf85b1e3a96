package slack

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/shared/chat"
	"duly/shared/o2c/credit"
	"duly/shared/testkit"
)

// responseURL is where Slack would take an answer to its last request.
func (r *room) responseURL() string {
	r.t.Helper()
	form, err := url.ParseQuery(string(r.request))
	if err != nil {
		r.t.Fatal(err)
	}
	var in struct {
		ResponseURL string `json:"response_url"`
	}
	if err := json.Unmarshal([]byte(form.Get("payload")), &in); err != nil || in.ResponseURL == "" {
		r.t.Fatalf("%s: %v", r.request, err)
	}
	return in.ResponseURL
}

// answers posts to a response_url as often as it takes an answer.
func (r *room) answers(to string) (taken int) {
	r.t.Helper()
	client := &http.Client{Transport: loopback.Transport{"slack.local": r.slack}}
	for taken < 10 {
		out, err := client.Post(to, "application/json", strings.NewReader(`{"text":"spent"}`))
		if err != nil {
			r.t.Fatal(err)
		}
		_ = out.Body.Close()
		if out.StatusCode != http.StatusOK {
			break
		}
		taken++
	}
	return taken
}

// TestFC_23_ExpiredResponseURL: what people see afterwards is drawn by channel and timestamp, with the bot's token, so a
// press counts and shows whether its response_url is fresh, used up, or long expired when the effects come to be performed.
func TestFC_23_ExpiredResponseURL(t *testing.T) {
	for name, before := range map[string]struct {
		wait  time.Duration
		spend bool
		takes int // answers that the response_url still takes afterwards
	}{
		"fresh": {takes: 5}, "used up": {spend: true}, "31 minutes": {wait: 31 * time.Minute}, "two days": {wait: 48 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			r := open(t)
			id, card := r.ordered()
			if _, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, "credit.approve", ""); err != nil {
				t.Fatal(err)
			}
			to := r.responseURL()
			if got := r.credit(id); got.Status != credit.Approved {
				t.Fatalf("the order is %s before anything was drawn", got.Status)
			}
			if before.spend && r.answers(to) != 5 {
				t.Fatal("a response_url takes 5 answers")
			}
			r.Advance(before.wait) // Slack was away, and the outbox with it
			r.Settle(t)
			if again := r.card(card.Channel); again.TS != card.TS || again.Updated == nil || !strings.Contains(string(again.Blocks), "Mira") {
				t.Errorf("the card reads %s", again.Text)
			}
			if got := r.answers(to); got != before.takes {
				t.Errorf("the response_url takes %d answers, want %d: it was used", got, before.takes)
			}
			r.noViolations()
		})
	}
}

// slow are forms that open after a while, as from a function that was cold.
type slow struct {
	Views
	world *testkit.World
	wait  time.Duration
}

func (s *slow) Open(ctx context.Context, triggerID string, m chat.Modal) error {
	s.world.Advance(s.wait)
	return s.Views.Open(ctx, triggerID, m)
}

// TestFC_23_TriggerThatExpiresUnderway: a trigger is good for three seconds. Later no form opens, the person is told and
// nothing has changed; pressing again opens it. A form that is open needs no trigger: sent in hours later, it counts.
func TestFC_23_TriggerThatExpiresUnderway(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	forms := &slow{Views: r.views, world: r.World, wait: 4 * time.Second}
	var err error
	if r.function, err = New(Deps{Cycle: r.Cycle, Views: forms, Members: r.members, Workspace: Workspace{Team: "T1", App: "A1"}, Now: r.Now, Signed: r.signature}); err != nil {
		t.Fatal(err)
	}
	r.press(mira, card, "credit.reject", "")
	if told := r.whispers(mira); len(told) != 1 || !strings.Contains(told[0], "Nothing changed") || len(r.slack.Views()) != 0 {
		t.Fatalf("Mira was told %q, forms: %d", told, len(r.slack.Views()))
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
	forms.wait = 2 * time.Second
	r.press(mira, card, "credit.reject", "")
	r.Advance(3 * time.Hour)
	if reply := r.submit(mira, map[string]any{"reason": "two broken promises"}); reply.Status != http.StatusOK || len(reply.Body) > 0 {
		t.Errorf("%d %s", reply.Status, reply.Body)
	}
	if got := r.credit(id); got.Status != credit.Declined {
		t.Errorf("the order is %s", got.Status)
	}
	if again := r.card(card.Channel); again.TS != card.TS || again.Updated == nil {
		t.Errorf("the card reads %s", again.Text)
	}
	r.noViolations()
}
