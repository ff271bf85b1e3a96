package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"duly/infra/golive"
	"duly/infra/local"
	"duly/infra/local/demo"
	"duly/shared/pay"
)

// TestTheListIsWalkedBeforeThereIsAnAccount: with a demo in the deployment's place and AWS's wire formats for the account,
// each step from the link key on stops the list until its own command was run; then the list is done.
func TestTheListIsWalkedBeforeThereIsAnAccount(t *testing.T) {
	s := stand(t)
	s.stacks = []string{"duly-test", "CDKToolkit"}
	state := filepath.Join(t.TempDir(), "state")
	start(t, state, 0)
	info, err := demo.ReadInfo(state)
	if err != nil {
		t.Fatal(err)
	}
	played, err := demo.ReadPlayed(state)
	if err != nil {
		t.Fatal(err)
	}
	enter := func(name, value string) func() {
		return func() {
			if _, err := golive.Enter(t.Context(), "test", name, value, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	does := func(args ...string) func() {
		return func() {
			if code, out, problems := run(args...); code != 0 {
				t.Fatalf("%v: %s %s", args, out, problems)
			}
		}
	}
	const policy = "../../shared/boot/config/duly.yaml"
	bankFile := filepath.Join(t.TempDir(), "statement.xml")
	for _, step := range []struct {
		stopped string
		do      func()
	}{
		{"duly secret set link-key --stage test", enter("link-key", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")},
		{"duly secret set slack/bot --stage test", enter("slack/bot", played.Slack)},
		{"duly secret set slack/signing --stage test", enter("slack/signing", info.Slack.SigningSecret)},
		{"duly secret set stripe/api --stage test", enter("stripe/api", played.Stripe)},
		{"--url " + info.BaseURL + "/webhooks/stripe", func() {
			posts(t, info.BaseURL+local.Outside+"/stripe/v1/webhook_endpoints", played.Stripe, url.Values{"url": {info.BaseURL + "/webhooks/stripe"}, "enabled_events[]": pay.Heard()}.Encode(), http.StatusOK)
		}},
		{"duly secret set stripe/webhook --stage test", enter("stripe/webhook", info.Stripe.Secret)},
		{"duly secret set shop/webhook/", func() {
			for _, shop := range info.Shops {
				enter("shop/webhook/"+shop.Endpoint, shop.Secret)()
			}
		}},
		{"duly bank FILE --state " + state, func() {
			statement := posts(t, info.BaseURL+"/demo/bank", info.APIKey, `{}`, http.StatusCreated)
			if err := os.WriteFile(bankFile, statement, 0o600); err != nil {
				t.Fatal(err)
			}
			does("bank", bankFile, "--state", state)()
		}},
		{"duly specimen --stage test", does("specimen", "--stage", "test")},
		{"duly safe-mode on --state " + state, does("safe-mode", "on", "--state", state)},
	} {
		if code, out, problems := run("go-live", "--stage", "test", "--state", state, "--file", policy); code == 0 || !strings.Contains(problems, step.stopped) {
			t.Fatalf("it was to stop with %q: %s %s", step.stopped, out, problems)
		}
		step.do()
	}
	code, out, problems := run("go-live", "--stage", "test", "--state", state, "--file", policy)
	if want := "All " + strconv.Itoa(golive.Count()) + " done."; code != 0 || !strings.Contains(out, want) {
		t.Errorf("%d %s %s", code, out, problems)
	}
	if code, _, problems := run("go-live", "--state", state, "--file", policy); code == 0 || !strings.Contains(problems, "a demo stands in the deployment's place and the stage prod moves real money") {
		t.Errorf("the live stage: %d %s", code, problems)
	}
}

// posts sends a form or JSON with a bearer key, and gives what comes back.
func posts(t *testing.T, address, key, body string, want int) []byte {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/json")
	if !strings.HasPrefix(body, "{") {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	said, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		t.Fatalf("%s: %d %s %v", address, res.StatusCode, said, err)
	}
	return said
}
