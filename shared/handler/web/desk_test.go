package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/loopback"
	workspace "duly/infra/local/slack"
	"duly/shared/chat"
	"duly/shared/handler/roll"
	"duly/shared/handler/slack"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/order"
	"duly/shared/signature"
	"duly/shared/testkit"
)

const (
	secret   = "8f742231b10e8888abcd99yyyzzz85a5"
	vera     = "U01VIEWER"
	joost    = "U03COLLECT"
	mira     = "U04APPROVE"
	bram     = "U05APPROVE"
	sam      = "U07ADMIN"
	stranger = "U98GUEST" // of another workspace, in a shared channel
)

// house is a world with both of the team's rooms: the loopback Slack, and the pages in a browser.
type house struct {
	*testkit.World
	t     testing.TB
	slack *workspace.Server
	room  trigger.Handler
	pages trigger.Handler
	again []string // parked messages that were handed back
}

func open(t testing.TB) *house { return openOn(t, testkit.NewWorld(t)) }

func openOn(t testing.TB, w *testkit.World) *house {
	t.Helper()
	h := &house{World: w, t: t}
	users := []workspace.User{{ID: stranger, Name: "Guest", Team: "T66OTHER", Guest: true}}
	for _, p := range h.Cycle.Policy.People {
		users = append(users, workspace.User{ID: p.ID, Name: p.Name, Role: string(p.Role)})
	}
	h.slack = workspace.New(workspace.Options{
		Now: h.Now, SigningSecret: secret, BotToken: "xoxb-1", Team: "T1", AppID: "A1", BaseURL: "http://slack.local",
		Users: users, Channels: h.Cycle.Policy.Channels, Deliver: h.deliver,
	})
	client := chat.Connect(chat.Access{
		Token: "xoxb-1", APIURL: "http://slack.local/api/", HTTP: &http.Client{Transport: loopback.Transport{"slack.local": h.slack}},
	}, chat.NewVoice(h.Cycle.Policy))
	h.Outbox.Chat = client
	verifier, err := signature.New(signature.Slack, secret)
	if err != nil {
		t.Fatal(err)
	}
	h.room, err = slack.New(slack.Deps{
		Cycle: h.Cycle, Views: client, Members: client, Workspace: slack.Workspace{Team: "T1", App: "A1"}, Now: h.Now,
		Signed: func(_ context.Context, header http.Header, body []byte, at time.Time) error {
			return verifier.Verify(header, body, at)
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.DiscardHandler)
	h.pages = New(Deps{
		Cycle: h.Cycle, Files: h.Desk, Intake: h.Desk, Cards: client, Roll: roll.New(h.Cycle, client, "T1", h.Now, log), Now: h.Now, Log: log,
		Replay: func(_ context.Context, p o2c.ParkedData) error {
			h.again = append(h.again, p.ID)
			return nil
		},
	})
	return h
}

// deliver is API Gateway for what Slack posts.
func (h *house) deliver(ctx context.Context, path string, header http.Header, body []byte) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "https://duly.example"+path, nil)
	if err != nil {
		return 0, nil, err
	}
	req.Header = header
	answer, err := h.room.HTTP(ctx, trigger.Request(req, body))
	return answer.StatusCode, []byte(answer.Body), err
}

// browser is one colleague's.
type browser struct {
	*house
	cookies map[string]string
}

func (h *house) browser() *browser { return &browser{house: h, cookies: map[string]string{}} }

// send sends a request as a browser does: with its cookies, and telling where a form came from.
func (b *browser) send(method, path string, form url.Values, headers ...string) events.APIGatewayV2HTTPResponse {
	b.t.Helper()
	r, err := http.NewRequestWithContext(context.Background(), method, "https://duly.example"+path, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "https://duly.example")
	}
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	out, err := b.pages.HTTP(context.Background(), trigger.Request(r, []byte(form.Encode())))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, line := range out.Cookies {
		c, err := http.ParseSetCookie(line)
		if err != nil {
			b.t.Fatal(err)
		}
		if b.cookies[c.Name] = c.Value; c.MaxAge < 0 {
			delete(b.cookies, c.Name)
		}
	}
	return out
}

func (b *browser) get(path string) events.APIGatewayV2HTTPResponse { return b.send("GET", path, nil) }

// post sends one of our own forms.
func (b *browser) post(path string, pairs ...string) events.APIGatewayV2HTTPResponse {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return b.send("POST", path, form)
}

// link asks Slack for the way in and gives its path.
func (h *house) link(user string) string {
	h.t.Helper()
	reply, err := h.slack.Command(h.t.Context(), user, "dashboard")
	if err != nil || reply.Status != 200 {
		h.t.Fatalf("%d %s %v", reply.Status, reply.Body, err)
	}
	for _, v := range h.slack.Views() {
		if _, rest, ok := strings.Cut(string(v.Blocks), "https://duly.example/sign-in/"); ok && v.User == user {
			token, _, _ := strings.Cut(rest, `"`)
			return "/sign-in/" + token
		}
	}
	h.t.Fatalf("no link in %+v", h.slack.Views())
	return ""
}

// signedIn is a colleague's browser after the sign-in.
func (h *house) signedIn(user string) *browser {
	h.t.Helper()
	b := h.browser()
	if r := b.post(h.link(user)); r.StatusCode != http.StatusSeeOther || r.Headers["location"] != "/" {
		h.t.Fatalf("sign-in of %s: %d %s", user, r.StatusCode, r.Body)
	}
	return b
}

func (b *browser) wants(what string, r events.APIGatewayV2HTTPResponse, status int, said ...string) {
	b.t.Helper()
	if r.StatusCode != status {
		b.t.Errorf("%s: status %d, want %d", what, r.StatusCode, status)
	}
	for _, s := range said {
		if !strings.Contains(r.Body, s) {
			_, body, _ := strings.Cut(r.Body, "</style>")
			b.t.Errorf("%s: %q is missing in\n%s", what, s, body)
		}
	}
}

// ordered is an order of so many minor units, net.
func (h *house) ordered(id string, minor int64) string {
	h.t.Helper()
	taken, err := h.Cycle.HandleShop(h.t.Context(), h.Arrive(order.Create, testkit.Order(id, minor, h.Now())))
	if err != nil {
		h.t.Fatal(err)
	}
	h.Settle(h.t)
	return taken.OrderID
}

// sold is an order that left and was invoiced.
func (h *house) sold(id string, minor int64) string {
	h.t.Helper()
	orderID := h.ordered(id, minor)
	if _, err := h.Cycle.Ship(h.t.Context(), h.Stamp("api:test"), orderID, order.IncomingShipment{Carrier: "PostNL", Tracking: "3SABC"}); err != nil {
		h.t.Fatal(err)
	}
	h.Settle(h.t)
	o, err := o2c.Read[order.Order](h.t.Context(), h.Cycle, orderID)
	if err != nil {
		h.t.Fatal(err)
	}
	return o.Data().Invoices[0]
}

// today is the civil date where the seller is.
func (h *house) today() calendar.Date { return calendar.On(h.Now(), h.Cycle.Policy.Zone) }
