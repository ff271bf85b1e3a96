package chat

import (
	"context"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duly/infra/local/slack"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// reads gives one secret and counts how often it is asked for; any other is missing.
func reads(name, value string, asked *int) Secret {
	return func(_ context.Context, wanted string) (string, error) {
		*asked++
		if wanted != name {
			return "", errors.New("no such secret")
		}
		return value, nil
	}
}

// TestFC_75_NoToken: without a usable token there is no client.
func TestFC_75_NoToken(t *testing.T) {
	for name, secret := range map[string]Secret{"missing": reads("another", "xoxb-1", new(int)), "empty": reads("slack/bot", "", new(int))} {
		if _, err := Lazy(secret, policy(t))(); !fault.Is(err, fault.Config) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func policy(t *testing.T) *o2c.Policy {
	t.Helper()
	p, err := dulyfile.Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLoopback: the client built from the environment posts to the workspace that SLACK_API_URL names.
func TestLoopback(t *testing.T) {
	s := slack.New(slack.Options{Now: func() time.Time { return noon }, SigningSecret: "s", BotToken: "xoxb-1", Team: "T1", AppID: "A1", Channels: map[string]string{"credit": "C1"}})
	server := httptest.NewServer(s)
	defer server.Close()
	t.Setenv("SLACK_API_URL", server.URL+"/api/")
	asked := 0
	open := Lazy(reads("slack/bot", "xoxb-1", &asked), policy(t))
	for range 2 {
		client, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Post(t.Context(), "C1", o2c.NoticeCard{Title: "Hello", Text: "It works", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if m := s.Messages(); len(m) != 2 || !strings.HasPrefix(m[0].Text, "Hello") || asked != 1 {
		t.Errorf("got %+v after %d reads", m, asked)
	}
}
