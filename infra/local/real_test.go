package local

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"duly/infra/local/aws"
	"duly/infra/local/slack"
	"duly/infra/local/slack/socket"
	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
)

const realBot, realApp, realKey = "xoxb-1-real", "xapp-1-A1-real", "sk_test_real"

// elsewhere are the vendors, reached over sockets alone as the real ones are.
type elsewhere struct {
	slack  *slack.Server
	socket *socket.Server
	stripe *stripe.Server
	ses    *aws.SES
	url    string
}

func openElsewhere(t *testing.T) *elsewhere {
	t.Helper()
	e := &elsewhere{socket: socket.NewServer("A0REAL", realApp)}
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	e.url = server.URL
	e.socket.At(server.URL)
	e.slack = slack.New(slack.Options{
		Now: time.Now, SigningSecret: "not ours", BotToken: realBot, Team: "T0REAL", AppID: "A0REAL", BaseURL: server.URL, Deliver: e.socket.Deliver,
		Users:    []slack.User{{ID: "U0OWNER", Name: "Olga", Role: "admin"}, {ID: "U0OTHER", Name: "Otto", Role: "member"}, {ID: "U0GUEST", Name: "Gast", Guest: true}},
		Channels: map[string]string{"credit": "C0CREDIT", "duly": "C0DULY"},
	})
	e.stripe = stripe.New(stripe.Options{Now: time.Now, Seed: 7, SecretKey: realKey, WebhookSecret: "whsec_elsewhere", BaseURL: server.URL + "/stripe", Merchant: "Us",
		Deliver: func(context.Context, http.Header, []byte) (int, error) {
			return 0, errors.New("this machine has no public address")
		}})
	var err error
	if e.ses, err = aws.NewSES(aws.SESOptions{Now: time.Now}); err != nil {
		t.Fatal(err)
	}
	mux.Handle("/api/", e.slack)
	mux.Handle("/api/apps.connections.open", e.socket)
	mux.Handle("/link/", e.socket)
	mux.Handle("/stripe/", http.StripPrefix("/stripe", e.stripe))
	ses := aws.Endpoint("/aws", aws.Keys{accessKey: accessSecret}, e.ses)
	mux.Handle("/aws/", ses)
	mux.Handle("/aws", ses)
	return e
}

// credentials as an owner would set them.
func (e *elsewhere) environment(name string) string {
	return map[string]string{
		"SLACK_BOT_TOKEN": realBot, "SLACK_APP_TOKEN": realApp, "SLACK_API_URL": e.url + "/api/",
		"STRIPE_SECRET_KEY": realKey, "STRIPE_API_URL": e.url + "/stripe", "MAIL_FROM": "me@shop.example", "MAIL_ALLOW": "me@shop.example, buyer@shop.example",
	}[name]
}

func (e *elsewhere) account(context.Context) (awssdk.Config, error) {
	return awssdk.Config{Region: aws.Region, BaseEndpoint: awssdk.String(e.url + "/aws"), Credentials: credential}, nil
}

// until waits for what another process does in its own time.
func until(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 500 {
		if done() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("it never came to this: " + what)
}

// TestTestCredentialsPutRealServicesInThePlaceOfPlayedOnes, over their own wire: a card in the real workspace is pressed
// there and comes back through the socket, also after Slack asked for a new one; a page at the real Stripe is paid, and
// read without a webhook; mail goes to the list alone.
func TestTestCredentialsPutRealServicesInThePlaceOfPlayedOnes(t *testing.T) {
	e := openElsewhere(t)
	real, err := RealFromEnvironment(t.Context(), e.environment, e.account)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Open(Options{BaseURL: "http://127.0.0.1:8700", Start: time.Now(), Seed: 42, Manual: true, Real: real})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Connect(ctx) }()
	until(t, "the socket is open", func() bool { return e.socket.Connected() == 1 })

	placed(t, r, "buyer@shop.example", "T-1", 400000) // above what is approved without a person
	card := waiting(t, r, e)
	if reply, err := e.slack.Press(ctx, "U0OTHER", card.Channel, card.TS, "credit.approve", ""); err != nil || reply.Status != http.StatusOK {
		t.Fatal(reply, err)
	}
	if o := orderOf(t, r, "T-1"); o.Status != "received" {
		t.Errorf("somebody without a role approved: %+v", o)
	}
	e.socket.Refresh()
	until(t, "the socket is open again", func() bool { return e.socket.Connected() == 1 && e.slack.Messages() != nil })
	until(t, "a press arrives", func() bool {
		reply, err := e.slack.Press(ctx, "U0OWNER", card.Channel, card.TS, "credit.approve", "")
		return err == nil && reply.Status == http.StatusOK
	})
	if err := r.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	o := orderOf(t, r, "T-1")
	if o.Status != "confirmed" {
		t.Fatalf("the owner approved: %+v", o)
	}
	if reply, err := e.slack.Command(ctx, "U0OWNER", "help"); err != nil || reply.Status != http.StatusOK || len(reply.Body) == 0 {
		t.Errorf("/duly help: %d %s %v", reply.Status, reply.Body, err)
	}
	if _, err := e.slack.OpenHome(ctx, "U0OWNER"); err != nil {
		t.Error(err)
	}

	link := shipped(t, r, o.ID)
	status, leads, err := r.SendForm(ctx, link+"/pay", url.Values{})
	if err != nil || status != http.StatusSeeOther || !strings.HasPrefix(leads, e.url) {
		t.Fatal(status, leads, err)
	}
	if _, err := e.stripe.Pay(ctx, path.Base(leads), stripe.PayRequest{Method: stripe.IDEAL}); err != nil {
		t.Fatal(err)
	}
	if err := r.AskStripe(ctx); err != nil {
		t.Fatal(err)
	}
	if _, page, err := r.Visit(ctx, link); err != nil || !strings.Contains(strings.ToLower(string(page)), "paid") {
		t.Errorf("after the payment the page says %.300s %v", page, err)
	}
	sent := e.ses.Mails()
	if len(sent) < 2 || len(r.Mail.Mails()) != 0 || !strings.Contains(sent[0].From, "me@shop.example") {
		t.Errorf("%d sent, %d kept, from %q", len(sent), len(r.Mail.Mails()), sent[0].From)
	}
	placed(t, r, "stranger@elsewhere.example", "T-2", 1000)
	if len(e.ses.Mails()) != len(sent) || len(r.Mail.Mails()) != 1 || r.Mail.Mails()[0].To[0] != "stranger@elsewhere.example" {
		t.Errorf("a stranger's mail: %d sent, %d kept", len(e.ses.Mails())-len(sent), len(r.Mail.Mails()))
	}
	if err := r.Advance(ctx, time.Hour); err == nil {
		t.Error("the clock was moved away from Stripe's")
	}
	if err := r.Fail("slack", "500", time.Hour); err == nil {
		t.Error("the real Slack was put out of order")
	}
	stop()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

type taken struct{ ID, Status string }

func placed(t *testing.T, r *Runtime, email, number string, cents int64) {
	t.Helper()
	var c struct{ ID string }
	call(t, r, http.MethodPost, "/v1/customers", map[string]any{"name": "Buyer " + number, "kind": "company", "emails": []string{email}, "language": "en",
		"address": map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}}, &c)
	call(t, r, http.MethodPost, "/v1/orders", map[string]any{"customer_id": c.ID, "external_id": number, "currency": "EUR", "lines": []any{
		map[string]any{"sku": "CHAIR", "name": "Chair", "quantity": 1, "unit_price": map[string]any{"amount": cents, "currency": "EUR"}, "tax_rate": "21"}}}, &taken{})
}

func waiting(t *testing.T, r *Runtime, e *elsewhere) slack.Message {
	t.Helper()
	for _, m := range e.slack.Messages() {
		if m.Channel == "C0CREDIT" && strings.Contains(string(m.Blocks), "credit.approve") {
			return m
		}
	}
	t.Fatalf("no card in the real workspace, %d in the played one", len(r.Slack.Messages()))
	return slack.Message{}
}

func orderOf(t *testing.T, r *Runtime, number string) taken {
	t.Helper()
	var list struct {
		Items []struct {
			taken
			ExternalID string `json:"external_id"`
		}
	}
	call(t, r, http.MethodGet, "/v1/orders", nil, &list)
	for _, o := range list.Items {
		if o.ExternalID == number {
			return o.taken
		}
	}
	t.Fatal("no order " + number)
	return taken{}
}

func shipped(t *testing.T, r *Runtime, id string) string {
	t.Helper()
	call(t, r, http.MethodPost, "/v1/orders/"+id+"/shipments", map[string]any{}, &struct{}{})
	var o struct{ Invoices []string }
	call(t, r, http.MethodGet, "/v1/orders/"+id, nil, &o)
	if len(o.Invoices) != 1 {
		t.Fatal("not invoiced")
	}
	var inv struct {
		URL string `json:"portal_url"`
	}
	call(t, r, http.MethodGet, "/v1/invoices/"+o.Invoices[0], nil, &inv)
	return inv.URL
}

// TestFC_98_MixedCredentialsAreRefused before anything is opened: halves, live keys, an answer in the other mode, played
// and real services in one state, another time than Stripe's.
func TestFC_98_MixedCredentialsAreRefused(t *testing.T) {
	e := openElsewhere(t)
	for _, c := range []struct{ name, value, want string }{
		{"SLACK_APP_TOKEN", "", "connected by half"}, {"SLACK_BOT_TOKEN", "xoxp-1", "connected by half"},
		{"STRIPE_SECRET_KEY", "sk_live_secret", "never uses live keys"}, {"STRIPE_SECRET_KEY", "rk_live_secret", "never uses live keys"}, {"STRIPE_SECRET_KEY", "pk_test_1", "no test key"},
		{"STRIPE_WEBHOOK_SECRET", "secret", "does not begin with whsec_"}, {"MAIL_ALLOW", " ", "MAIL_ALLOW"}, {"MAIL_FROM", "", "MAIL_FROM"},
	} {
		_, err := RealFromEnvironment(t.Context(), func(name string) string {
			if name == c.name {
				return c.value
			}
			return e.environment(name)
		}, e.account)
		if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "secret_") || strings.Contains(err.Error(), "sk_live_secret") {
			t.Errorf("%s=%q: %v", c.name, c.value, err)
		}
	}
	full, err := RealFromEnvironment(t.Context(), e.environment, e.account)
	if err != nil {
		t.Fatal(err)
	}
	only := func(change func(*Real)) Real { x := full; change(&x); return x }
	bad := socket.Access{Bot: "xoxb-gone", App: realApp, URL: e.url + "/api/", HTTP: http.DefaultClient}
	opens := func(dir string, at time.Time, x Real) error {
		r, err := Open(Options{Dir: dir, BaseURL: "http://127.0.0.1:8700", Start: at, Seed: 42, Real: x})
		if err != nil {
			return err
		}
		return r.Close()
	}
	dir := t.TempDir()
	if err := opens(dir, time.Time{}, full); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"Slack does not let us in":            opens(t.TempDir(), time.Time{}, Real{Slack: &bad}),
		"Stripe does not take the key":        opens(t.TempDir(), time.Time{}, Real{Stripe: &RealStripe{Key: "sk_test_other", URL: e.url + "/stripe"}}),
		"do not share the time":               opens(t.TempDir(), monday, Real{Stripe: full.Stripe}),
		"Played and real services are mixed":  opens(dir, time.Time{}, Real{}),
		"this state began with stripe test m": opens(dir, time.Time{}, only(func(x *Real) { x.Stripe = nil })),
	} {
		var f *fault.Error
		if !errors.As(err, &f) || !strings.Contains(err.Error(), want) || f.Do == "" {
			t.Errorf("%s: %v", want, err)
		}
	}
	if err := opens(dir, time.Time{}, only(func(x *Real) { x.Mail = nil })); err != nil {
		t.Errorf("mail may come and go: %v", err)
	}
}

func call(t *testing.T, r *Runtime, method, path string, in, out any) {
	t.Helper()
	var raw []byte
	var err error
	if in != nil {
		raw, err = json.Marshal(in)
	}
	if err != nil {
		t.Fatal(err)
	}
	status, reply, err := r.Program(t.Context(), method, path, raw)
	if err == nil {
		err = r.Settle(t.Context())
	}
	if err != nil || status >= http.StatusBadRequest {
		t.Fatal(method, path, status, string(reply), err)
	}
	if err := json.Unmarshal(reply, out); err != nil {
		t.Fatal(err)
	}
}
