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
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// vault holds secrets and counts how often it is asked.
type vault struct {
	values map[string]string
	asked  int
}

func (v *vault) read(_ context.Context, name string) (string, error) {
	v.asked++
	value, ok := v.values[name]
	if !ok {
		return "", errors.New("no such secret")
	}
	return value, nil
}

// TestFC_75_NoToken: without a usable token there is no client.
func TestFC_75_NoToken(t *testing.T) {
	for _, values := range []map[string]string{{}, {"slack/bot": ""}} {
		if _, err := Lazy((&vault{values: values}).read, policy(t))(); !fault.Is(err, fault.Config) {
			t.Errorf("%v: %v", values, err)
		}
	}
}

func policy(t *testing.T) *o2c.Policy {
	t.Helper()
	p, err := config.Load(config.Demo())
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
	v := &vault{values: map[string]string{"slack/bot": "xoxb-1"}}
	open := Lazy(v.read, policy(t))
	for range 2 {
		client, err := open()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Post(t.Context(), "C1", o2c.NoticeCard{Title: "Hello", Text: "It works", At: noon}); err != nil {
			t.Fatal(err)
		}
	}
	if m := s.Messages(); len(m) != 2 || !strings.HasPrefix(m[0].Text, "Hello") || v.asked != 1 {
		t.Errorf("got %+v after %d reads", m, v.asked)
	}
}
