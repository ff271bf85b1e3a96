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
	workspace "duly/infra/local/slack"
	"duly/shared/chat"
	"duly/shared/handler/roll"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/order"
	"duly/shared/signature"
	"duly/shared/testkit"
)

const (
	secret = "8f742231b10e8888abcd99yyyzzz85a5"
	vera   = "U01VIEWER"
	lena   = "U02SALES"
	joost  = "U03COLLECT"
	mira   = "U04APPROVE"
	bram   = "U05APPROVE"
	noor   = "U06BOOKS"
	sam    = "U07ADMIN"
	eve    = "U99EVE" // in the workspace, not in the policy
	guest  = "U98GUEST"
)

// room is a world whose team sits in a loopback Slack: every press is signed by it, goes through the real function, and
// what people see afterwards comes through the outbox and the real adapter.
type room struct {
	*testkit.World
	t        testing.TB
	slack    *workspace.Server
	function trigger.Handler
	views    Views
	members  roll.Members
	request  []byte // the last request that Slack made

	api *trigger.Handler

	signature func(context.Context, http.Header, []byte, time.Time) error
}

func open(t testing.TB) *room { return openLimited(t, 0) }

// openLimited is a room in which Slack takes so many messages at once in a channel, and one a second from then on; 0: any.
func openLimited(t testing.TB, burst int) *room {
	t.Helper()
	r := &room{World: testkit.NewWorld(t), t: t}
	users := []workspace.User{{ID: eve, Name: "Eve"}, {ID: guest, Name: "Guest", Team: "T66OTHER", Guest: true}}
	for _, p := range r.Cycle.Policy.People {
		users = append(users, workspace.User{ID: p.ID, Name: p.Name, Role: string(p.Role)})
	}
	r.slack = workspace.New(workspace.Options{
		Now: r.Now, SigningSecret: secret, BotToken: "xoxb-1", Team: "T1", AppID: "A1", BaseURL: "http://slack.local",
		Users: users, Channels: r.Cycle.Policy.Channels, Deliver: r.deliver, Burst: burst,
	})
	client := chat.Connect(chat.Access{
		Token: "xoxb-1", APIURL: "http://slack.local/api/", HTTP: &http.Client{Transport: loopback.Transport{"slack.local": r.slack}},
		Wait: func(_ context.Context, d time.Duration) error { r.Advance(d); return nil },
	}, chat.NewVoice(r.Cycle.Policy))
	r.Outbox.Chat, r.Outbox.Links, r.views, r.members, r.Outbox.Direct = client, client, client, client, client.Direct
	verifier, err := signature.New(signature.Slack, secret)
	if err != nil {
		t.Fatal(err)
	}
	r.signature = func(_ context.Context, h http.Header, body []byte, at time.Time) error {
		return verifier.Verify(h, body, at)
	}
	r.function, err = New(Deps{
		Cycle: r.Cycle, Views: r.views, Members: client, Workspace: Workspace{Team: "T1", App: "A1"}, Now: r.Now,
		Signed: func(_ context.Context, h http.Header, body []byte, at time.Time) error {
			return verifier.Verify(h, body, at)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// deliver is API Gateway.
func (r *room) deliver(ctx context.Context, path string, header http.Header, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://duly.example"+path, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header, r.request = header, body
	answer, err := r.function.HTTP(ctx, trigger.Request(req, body))
	return answer.StatusCode, []byte(answer.Body), err
}

// ordered is an order that a person must decide on, with its card in the room.
func (r *room) ordered() (id string, card workspace.Message) {
	r.t.Helper()
	taken, err := r.Cycle.HandleShop(r.t.Context(), r.Arrive(order.Create, testkit.Order("1", 400_000, r.Now())))
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return taken.OrderID, r.card("C01CREDIT")
}

// card is the newest message of a channel that everybody sees.
func (r *room) card(channel string) workspace.Message {
	r.t.Helper()
	var last workspace.Message
	for _, m := range r.slack.Messages() {
		if m.Channel == channel && m.EphemeralFor == "" && m.ThreadTS == "" {
			last = m
		}
	}
	if last.TS == "" {
		r.t.Fatalf("no card in %s: %+v", channel, r.slack.Messages())
	}
	return last
}

// press presses a button of a card and lets everything come to rest.
func (r *room) press(user string, card workspace.Message, action, value string) workspace.Reply {
	r.t.Helper()
	reply, err := r.slack.Press(r.t.Context(), user, card.Channel, card.TS, action, value)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return reply
}

// form is the modal that a member has open.
func (r *room) form(user string) workspace.View {
	r.t.Helper()
	for _, v := range r.slack.Views() {
		if v.User == user {
			return v
		}
	}
	r.t.Fatalf("%s has no form open; whispers: %q", user, r.whispers(user))
	return workspace.View{}
}

func (r *room) submit(user string, values map[string]any) workspace.Reply {
	r.t.Helper()
	reply, err := r.slack.Submit(r.t.Context(), r.form(user).ID, user, values)
	if err != nil {
		r.t.Fatal(err)
	}
	r.Settle(r.t)
	return reply
}

// whispers are what a member alone was told.
func (r *room) whispers(user string) []string {
	var told []string
	for _, m := range r.slack.Messages() {
		if m.EphemeralFor == user {
			told = append(told, m.Text)
		}
	}
	return told
}

func (r *room) credit(id string) credit.RequestData {
	r.t.Helper()
	req, err := o2c.Read[credit.Request](r.t.Context(), r.Cycle, id)
	if err != nil {
		r.t.Fatal(err)
	}
	return req.Data()
}

// facts counts the events of a type on a document.
func (r *room) facts(kind, id, fact string) int {
	r.t.Helper()
	events, err := r.Cycle.Store.Events(r.t.Context(), o2c.Key{Kind: kind, ID: id})
	if err != nil {
		r.t.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.Type == fact {
			n++
		}
	}
	return n
}

func (r *room) noViolations() {
	r.t.Helper()
	for _, v := range r.slack.Violations() {
		r.t.Errorf("Slack refuses %s %s: %s", v.Method, v.Where, v.Message)
	}
}

// signed posts a body as Slack would.
func (r *room) signed(path, body string, change ...func(http.Header)) (int, string) {
	r.t.Helper()
	header, err := signature.Sign(signature.Slack, "", []byte(body), r.Now(), secret)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, c := range change {
		c(header)
	}
	status, answer, err := r.deliver(r.t.Context(), path, header, []byte(body))
	if err != nil {
		r.t.Fatal(err)
	}
	return status, string(answer)
}

// payload is the form of an interaction.
func payload(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return url.Values{"payload": {string(raw)}}.Encode()
}

func hasButtons(m workspace.Message) bool { return strings.Contains(string(m.Blocks), `"button"`) }

// asks reports whether a card can still be answered; Undo may stand below an answer.
func asks(m workspace.Message) bool { return strings.Contains(string(m.Blocks), `"credit.reject"`) }
