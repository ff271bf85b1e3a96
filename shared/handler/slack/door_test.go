package slack

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"duly/shared/chat"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/store"
	"duly/shared/testkit"
)

// TestActsAndActions: every row of the action table does something here, and nothing here is without a row.
func TestActsAndActions(t *testing.T) {
	var wired []string
	for id, a := range acts {
		wired = append(wired, id)
		if row, _ := chat.ActionOf(id); a.press == nil || a.submit != nil && !row.Modal {
			t.Errorf("%s is wired wrongly", id)
		}
	}
	slices.Sort(wired)
	if diff := cmp.Diff(chat.Actions(), wired); diff != "" {
		t.Error(diff)
	}
}

// TestTheDoor: whatever is wrong with a request, the answer is the same and nothing is read or written.
func TestTheDoor(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	good := payload(t, map[string]any{
		"type": "block_actions", "api_app_id": "A1", "team": map[string]string{"id": "T1"}, "user": map[string]string{"id": mira, "team_id": "T1"},
		"channel": map[string]string{"id": card.Channel}, "actions": []map[string]string{{"action_id": "credit.approve", "value": id + "|0"}},
	})
	reads, writes := r.Meter.Reads, r.Meter.Writes
	for name, change := range map[string]func(http.Header){
		"no signature":        func(h http.Header) { h.Del("X-Slack-Signature") },
		"another signature":   func(h http.Header) { h.Set("X-Slack-Signature", "v0="+strings.Repeat("0", 64)) },
		"no version":          func(h http.Header) { h.Set("X-Slack-Signature", strings.TrimPrefix(h.Get("X-Slack-Signature"), "v0=")) },
		"no time":             func(h http.Header) { h.Del("X-Slack-Request-Timestamp") },
		"another time":        func(h http.Header) { h.Set("X-Slack-Request-Timestamp", "1767603599") },
		"two signatures":      func(h http.Header) { h.Add("X-Slack-Signature", h.Get("X-Slack-Signature")) },
		"a signature too old": func(h http.Header) { r.Advance(6 * time.Minute) },
	} {
		if status, answer := r.signed("/slack/actions", good, change); status != 401 || answer != "" {
			t.Errorf("%s: %d %q", name, status, answer)
		}
	}
	if r.Meter.Reads != reads || r.Meter.Writes != writes {
		t.Errorf("an unproven request cost %d reads and %d writes", r.Meter.Reads-reads, r.Meter.Writes-writes)
	}
	if status, answer := r.signed("/slack/actions", strings.Repeat("x", 256<<10+1)); status != 413 || answer != "" {
		t.Errorf("a huge body: %d %q", status, answer)
	}
	for path, want := range map[string]int{"/slack/actions": 400, "/slack/events": 400, "/slack/commands": 401, "/slack/other": 404} {
		if status, answer := r.signed(path, "nonsense"); status != want || answer != "" {
			t.Errorf("%s: %d %q, want %d", path, status, answer, want)
		}
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
}

// TestRawBytes: the signature covers the bytes that Slack sent, however the gateway wraps them.
func TestRawBytes(t *testing.T) {
	r := open(t)
	body := url.Values{"team_id": {"T1"}, "api_app_id": {"A1"}, "user_id": {mira}, "text": {"help"}, "command": {"/duly"}}.Encode()
	if status, answer := r.signed("/slack/commands", body); status != 200 || !strings.Contains(answer, "What I can do") {
		t.Errorf("in base64: %d %s", status, answer)
	}
	in := events.APIGatewayV2HTTPRequest{RawPath: "/slack/commands", Body: body, Headers: map[string]string{}}
	if answer, err := r.function.HTTP(t.Context(), in); err != nil || answer.StatusCode != 401 {
		t.Errorf("unsigned: %v %v", answer, err)
	}
}

// TestFC_27_Strangers: another app, another team, a guest of a shared channel and somebody whom the policy does not name
// decide nothing.
func TestFC_27_Strangers(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	interaction := func(team, app, user, userTeam string) string {
		return payload(t, map[string]any{
			"type": "block_actions", "api_app_id": app, "team": map[string]string{"id": team}, "user": map[string]string{"id": user, "team_id": userTeam},
			"channel": map[string]string{"id": card.Channel}, "actions": []map[string]string{{"action_id": "credit.approve", "value": id + "|0"}},
		})
	}
	for name, body := range map[string]string{
		"another team": interaction("T66", "A1", mira, "T66"), "another app": interaction("T1", "A66", mira, "T1"),
		"a member of another team": interaction("T1", "A1", mira, "T66"), "no team": interaction("", "", mira, ""),
	} {
		if status, answer := r.signed("/slack/actions", body); status != 401 || answer != "" {
			t.Errorf("%s: %d %q", name, status, answer)
		}
	}
	if status, _ := r.signed("/slack/commands", url.Values{"team_id": {"T66"}, "api_app_id": {"A1"}, "user_id": {mira}}.Encode()); status != 401 {
		t.Errorf("a command of another team: %d", status)
	}
	if status, _ := r.signed("/slack/events", `{"type":"event_callback","team_id":"T1","api_app_id":"A66","event":{"type":"app_home_opened","user":"U04APPROVE"}}`); status != 401 {
		t.Errorf("an event of another app: %d", status)
	}
	if reply, err := r.slack.Press(t.Context(), guest, card.Channel, card.TS, "credit.approve", ""); err != nil || reply.Status != 401 {
		t.Errorf("a guest: %d %v", reply.Status, err)
	}
	r.press(eve, card, "credit.approve", "")
	unknown := "I do not know you yet. Ask an admin to add you to *people* in duly.yaml."
	if diff := cmp.Diff([]string{unknown}, r.whispers(eve)); diff != "" {
		t.Error(diff)
	}
	if reply, err := r.slack.Command(t.Context(), eve, "overdue"); err != nil || !strings.Contains(string(reply.Body), unknown) {
		t.Errorf("a stranger's command: %s %v", reply.Body, err)
	}
	if _, err := r.slack.OpenHome(t.Context(), eve); err != nil {
		t.Error(err)
	}
	if home, ok := r.slack.Home(eve); !ok || strings.Contains(string(home.Blocks), "€") {
		t.Errorf("a stranger's Home shows %s", home.Blocks)
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
}

// TestFC_75_NoWorkspace: a function that would serve any team does not start.
func TestFC_75_NoWorkspace(t *testing.T) {
	w := testkit.NewWorld(t)
	for _, ws := range []Workspace{{}, {Team: "T1"}, {App: "A1"}} {
		if _, err := New(Deps{Cycle: w.Cycle, Workspace: ws}); !fault.Is(err, fault.Config) {
			t.Errorf("%+v: %v", ws, err)
		}
	}
}

func TestVerification(t *testing.T) {
	r := open(t)
	if _, err := r.slack.VerifyURL(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestFC_23_ExpiredTrigger: the form cannot open any more; the person is told and nothing has changed.
func TestFC_23_ExpiredTrigger(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	if status, _ := r.replay(mira, card, "credit.reject", id, 1); status != 200 { // its trigger is "gone"
		t.Errorf("got %d", status)
	}
	if told := r.whispers(mira); len(told) != 1 || !strings.Contains(told[0], "Nothing changed") {
		t.Errorf("Mira was told %q", told)
	}
	if got := r.credit(id); got.Status != credit.Pending {
		t.Errorf("the order is %s", got.Status)
	}
}

// broken is a table that refuses everything.
type broken struct{}

func (broken) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"__type":"com.amazonaws.dynamodb.v20120810#AccessDeniedException","message":"no"}`
	return &http.Response{StatusCode: 400, Header: http.Header{"Content-Type": {"application/x-amz-json-1.0"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// TestTheTableIsAway: Slack is told that it did not work, a form keeps what was typed, and the cause is in the log alone.
func TestTheTableIsAway(t *testing.T) {
	r := open(t)
	id, card := r.ordered()
	r.press(mira, card, "credit.reject", "")
	var log bytes.Buffer
	there := r.Cycle.Store
	r.Cycle.Store = store.New(testkit.API(broken{}), testkit.Table, store.Options{Instance: "away"})
	function, err := New(Deps{Cycle: r.Cycle, Views: r.views, Members: r.members, Workspace: Workspace{Team: "T1", App: "A1"}, Now: r.Now, Log: slog.New(slog.NewTextHandler(&log, nil)), Signed: r.signature})
	if err != nil {
		t.Fatal(err)
	}
	r.function = function
	if reply, err := r.slack.Press(t.Context(), mira, card.Channel, card.TS, "credit.approve", ""); err != nil || reply.Status < 500 || len(reply.Body) > 0 {
		t.Errorf("a press: %d %s %v", reply.Status, reply.Body, err)
	}
	reply, err := r.slack.Submit(t.Context(), r.form(mira).ID, mira, map[string]any{"reason": "two broken promises"})
	if err != nil || reply.Status < 500 {
		t.Errorf("a form: %d %v", reply.Status, err)
	}
	if got := r.form(mira).State["reason"]["reason"]; !strings.Contains(fmt.Sprint(got), "two broken promises") {
		t.Errorf("what was typed is lost: %v", got)
	}
	if typed, err := r.slack.Command(t.Context(), mira, "overdue"); err != nil || !strings.Contains(string(typed.Body), "went wrong on our side") || strings.Contains(string(typed.Body), "AccessDenied") {
		t.Errorf("a command: %s %v", typed.Body, err)
	}
	if !strings.Contains(log.String(), "AccessDenied") {
		t.Errorf("the log has no cause: %s", log.String())
	}
	r.Cycle.Store = there
	if reply := r.submit(mira, map[string]any{}); len(reply.Body) > 0 || r.credit(id).Status != credit.Declined {
		t.Errorf("afterwards: %s, %s", reply.Body, r.credit(id).Status)
	}
}
