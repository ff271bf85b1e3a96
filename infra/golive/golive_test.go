package golive_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"duly/functions"
	"duly/infra/golive"
	"duly/infra/local"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/pay"
)

// account is an account as an operator has filled it so far.
type account struct {
	stacks     map[string]string
	verified   bool
	production bool
	secrets    map[string]string
}

const base = "https://pay.example.com"

func (a *account) Stack(_ context.Context, name string) (string, map[string]string, error) {
	return a.stacks[name], map[string]string{
		"BaseURL": base + "/", "BootstrapVersion": "21", "IntakeName": "intake", "ReplyMx": "reply.example.com MX 10 inbound-smtp", "ReplyRuleSet": "duly-test", "HasDashboard": "no",
		"Dkim1Name": "a._domainkey.example.com", "Dkim1Value": "a.dkim.amazonses.com", "Dkim2Name": "b._domainkey.example.com", "Dkim2Value": "b", "Dkim3Name": "c._domainkey.example.com", "Dkim3Value": "c",
	}, nil
}
func (a *account) Sender(context.Context, string) (bool, bool, error)    { return true, a.verified, nil }
func (a *account) Production(context.Context) (bool, error)              { return a.production, nil }
func (a *account) Secret(_ context.Context, name string) (string, error) { return a.secrets[name], nil }

// TestTheListIsFollowedToItsEnd: an owner who has nothing does what each step says, one after the other, against the
// loopback Slack and Stripe; every step stops the list once, with one sentence and what mends it.
func TestTheListIsFollowedToItsEnd(t *testing.T) {
	door := http.NewServeMux()
	server := httptest.NewServer(door)
	defer server.Close()
	r, err := local.Open(local.Options{BaseURL: server.URL, Start: time.Now(), Seed: 42, Manual: true})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = r.Close() }()
	door.Handle(local.Outside+"/", r.Outside())
	a := &account{stacks: map[string]string{}, secrets: map[string]string{}}
	opened := false
	s := &golive.Site{
		Stage: "test", Slack: server.URL + local.Outside + "/slack/api/", Stripe: server.URL + local.Outside + "/stripe", HTTP: http.DefaultClient, Books: func(context.Context) (golive.Books, error) { return golive.Table(r.Cycle), nil },
		Policy: func() (*o2c.Policy, error) { return dulyfile.Load(config.Demo()) },
		Open: func(context.Context) (golive.Account, string, error) {
			if !opened {
				return nil, "", fault.New(fault.NoAccount, "No AWS credentials found", "none", "run: aws configure sso, then: make deploy")
			}
			return a, "111122223333 in eu-central-1", nil
		},
	}
	hook := url.Values{"url": {base + "/webhooks/stripe"}}
	for _, e := range pay.Heard() {
		hook.Add("enabled_events[]", e)
	}
	doing := []struct {
		stopped string // what the list said before
		do      func()
	}{
		{"aws configure sso", func() { opened = true }},
		{"make deploy", func() { a.stacks["CDKToolkit"] = "CREATE_COMPLETE" }},
		{"Duly is not deployed", func() { a.stacks["duly-test"] = "UPDATE_IN_PROGRESS" }},
		{"(UPDATE_IN_PROGRESS) — wait until it is over", func() { a.stacks["duly-test"] = "CREATE_COMPLETE" }},
		{"a._domainkey.example.com CNAME a.dkim.amazonses.com", func() { a.verified = true }},
		{"duly secret set link-key", func() { a.secrets["link-key"] = "nonsense" }},
		{"not of the form", func() { a.secrets["link-key"] = "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=" }},
		{"duly slack manifest", func() { a.secrets["slack/bot"] = "xoxb-revoked" }},
		{"it says invalid_auth", func() { a.secrets["slack/bot"] = r.Secrets.SlackBot }},
		{"duly secret set slack/signing", func() { a.secrets["slack/signing"] = r.Secrets.SlackSigning }},
		{"duly secret set stripe/api", func() { a.secrets["stripe/api"] = "sk_live_0123456789" }},
		{"it is a live key (…6789)", func() { a.secrets["stripe/api"] = "sk_test_wrong" }},
		{"Stripe does not take the key", func() { a.secrets["stripe/api"] = r.Secrets.StripeKey }},
		{"stripe webhook_endpoints create --url " + base + "/webhooks/stripe", func() { post(t, server.URL+local.Outside+"/stripe/v1/webhook_endpoints", r.Secrets.StripeKey, hook) }},
		{"duly secret set stripe/webhook", func() { a.secrets["stripe/webhook"] = r.Secrets.StripeWebhook }},
		{"duly secret set shop/webhook/demo-shopify", func() {
			for _, shop := range r.Policy.Shops {
				a.secrets["shop/webhook/"+shop.Endpoint] = "s"
			}
		}},
		{"duly bank FILE --stage test", func() {
			if _, err := r.Bank.Next(r.Clock.Now()); err != nil {
				t.Fatal(err)
			}
			if _, _, err := r.Book(nil); err != nil {
				t.Fatal(err)
			}
			if err := r.Settle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}},
		{"duly specimen --stage test", func() { a.secrets[golive.Specimen] = "2026-11-23 to me@example.com" }},
		{"Letters would go out by themselves", func() {
			if _, err := r.Cycle.SetSafeMode(t.Context(), o2c.Stamp{At: r.Clock.Now(), Actor: "api:owner"}, true); err != nil {
				t.Fatal(err)
			}
		}},
	}
	var out bytes.Buffer
	for _, next := range doing {
		out.Reset()
		_, err := s.Run(t.Context(), &out)
		if err == nil || !strings.Contains(err.Error(), next.stopped) || strings.Contains(err.Error()+out.String(), "sk_live_") {
			t.Fatalf("it was to stop with %q: %v\n%s", next.stopped, err, out.String())
		}
		next.do()
	}
	out.Reset()
	if done, err := s.Run(t.Context(), &out); err != nil || done != golive.Count() || !strings.Contains(out.String(), "no dashboard, USD 3 a month") {
		t.Errorf("%d of %d, %v\n%s", done, golive.Count(), err, out.String())
	}
	a.secrets["slack/bot"], a.secrets["stripe/webhook"] = "xoxb-revoked", ""
	var wrong []string
	for _, f := range s.Look(t.Context()) {
		if f.Err != nil {
			wrong = append(wrong, f.Name)
		}
	}
	if got := strings.Join(wrong, ", "); got != "Slack app, Stripe webhook" { // and not what cannot be looked at without them
		t.Errorf("looked past what is wrong: %s", got)
	}
}

func post(t *testing.T, address, key string, form url.Values) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%v %v", res, err)
	}
	_ = res.Body.Close()
}

// TestFC_98_AKeyOfTheOtherModeIsNotEntered: no request leaves for it; there are no credentials here.
func TestFC_98_AKeyOfTheOtherModeIsNotEntered(t *testing.T) {
	for _, c := range []struct{ stage, key, want string }{
		{"test", "sk_live_0123456789", "it is a live key (…6789) and the stage test moves no real money"},
		{functions.StageLive, "rk_test_0123456789", "it is a test key (…6789) and the stage " + functions.StageLive + " moves real money"},
		{"test", "pk_test_0123456789", "it begins with neither sk_ nor rk_"},
	} {
		if _, err := golive.Enter(t.Context(), c.stage, functions.SecretStripeAPI, c.key, false); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s at %s: %v", c.key, c.stage, err)
		}
	}
}

// TestFC_98_TheLiveStageTakesNothingPlayed: no loopback service, no test key, no sandbox, no make-believe company.
func TestFC_98_TheLiveStageTakesNothingPlayed(t *testing.T) {
	a := &account{stacks: map[string]string{"CDKToolkit": "CREATE_COMPLETE", "duly-prod": "CREATE_COMPLETE"}, verified: true, secrets: map[string]string{}}
	s := &golive.Site{
		Stage: "prod", Slack: "http://127.0.0.1:8700/outside/slack/api/", HTTP: http.DefaultClient,
		Policy: func() (*o2c.Policy, error) { return dulyfile.Load(config.Demo()) },
		Open:   func(context.Context) (golive.Account, string, error) { return a, "", nil },
	}
	stops := func(want string) {
		t.Helper()
		if _, err := s.Run(t.Context(), &bytes.Buffer{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("it was to stop with %q: %v", want, err)
		}
	}
	stops("Real and played services are mixed")
	s.Slack = ""
	stops("still speaks of the demo's company")
	s.Policy = func() (*o2c.Policy, error) {
		p, err := dulyfile.Load(config.Demo())
		if err == nil {
			p.Seller.IBAN = "NL20INGB0001234567"
		}
		return p, err
	}
	stops("SES is in its sandbox")
}
