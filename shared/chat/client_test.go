package chat

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
	"duly/infra/local/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

func TestPostUpdateReplyWhisper(t *testing.T) {
	s, client, _ := workspace(t, NewVoice(policy("en")))
	place, err := client.Post(t.Context(), "C01", sampleCredit())
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Update(t.Context(), place, decidedCredit("approved", sampleCredit().Request.Conditions, "")); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Thread(t.Context(), place, o2c.Notice{Key: "said", Why: "<!channel> €5,000.00 received"}); err != nil {
		t.Fatal(err)
	}
	if err := client.Whisper(t.Context(), "C01", "U01", "Already approved by Mira at 14:02. Nothing changed."); err != nil {
		t.Fatal(err)
	}
	m := s.Messages()
	if len(m) != 3 {
		t.Fatalf("%d messages, want the card, the reply and the whisper", len(m))
	}
	if m[0].Text != "Mira approved SO-1042 of Acme BV for €12,400.00." || m[0].Updated == nil || strings.Contains(string(m[0].Blocks), "button") {
		t.Errorf("the card was not redrawn without buttons: %s %s", m[0].Text, m[0].Blocks)
	}
	if m[1].ThreadTS != place.TS || m[1].Text != "&lt;!channel&gt; €5,000.00 received" {
		t.Errorf("got reply %+v", m[1])
	}
	if m[2].EphemeralFor != "U01" {
		t.Errorf("the whisper is for %q", m[2].EphemeralFor)
	}
}

// TestFC_24_SlackOutOfOrder: what Slack refuses becomes a failure that is tried again, in plain words; a rate limit
// names its own time; only what can never work is final.
func TestFC_24_SlackOutOfOrder(t *testing.T) {
	later := time.Unix(1767600000, 0).Add(time.Hour)
	for _, tt := range []struct {
		name   string
		broken func(*slack.Server)
		code   fault.Code
		says   string
		after  time.Duration
	}{
		{name: "429", broken: func(s *slack.Server) { _ = s.Fail(loopback.Throttle, later) }, code: fault.Unavailable, after: 30 * time.Second, says: "it asks us to wait"},
		{name: "500", broken: func(s *slack.Server) { _ = s.Fail(loopback.Fail500, later) }, code: fault.Unavailable, says: "it does not answer"},
		{name: "timeout", broken: func(s *slack.Server) { _ = s.Fail(loopback.Timeout, later) }, code: fault.Unavailable, says: "it does not answer"},
		{name: "token revoked", broken: func(s *slack.Server) { s.RevokeToken(true) }, code: fault.Unavailable, says: "Slack's key was withdrawn"},
		{name: "archived", broken: func(s *slack.Server) { s.RefuseChannel("C01", "is_archived") }, code: fault.Unavailable, says: "the channel is archived"},
		{name: "removed", broken: func(s *slack.Server) { s.RefuseChannel("C01", "not_in_channel") }, code: fault.Unavailable, says: "invite the app"},
		{name: "something new", broken: func(s *slack.Server) { s.RefuseChannel("C01", "brand_new") }, code: fault.Unavailable, says: "it says brand_new"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s, client, _ := workspace(t, NewVoice(policy("en")))
			tt.broken(s)
			_, err := client.Post(t.Context(), "C01", sampleCredit())
			if !fault.Is(err, tt.code) || !strings.Contains(fault.Of(err).Error(), tt.says) {
				t.Errorf("got %v", err)
			}
			if !fault.Of(err).Code.Meaning().Retry {
				t.Errorf("%v is given up", err)
			}
			var wait *o2c.Later
			if got := errors.As(err, &wait); got != (tt.after > 0) || got && wait.After != tt.after {
				t.Errorf("waits %v, want %v", wait, tt.after)
			}
			if strings.Contains(err.Error(), "xoxb-1") {
				t.Errorf("the key is in %v", err)
			}
		})
	}
}

func TestFailures(t *testing.T) {
	s, client, _ := workspace(t, NewVoice(policy("en")))
	if _, err := client.Post(t.Context(), "C99", sampleCredit()); !strings.Contains(err.Error(), "channel does not exist") {
		t.Errorf("got %v", err)
	}
	if err := client.Update(t.Context(), o2c.Place{Channel: "C01", TS: "1.000000"}, sampleCredit()); !fault.Is(err, fault.NotFound) {
		t.Errorf("a deleted card: got %v", err)
	}
	if err := client.Whisper(t.Context(), "C01", "U99", "hello"); !fault.Is(err, fault.Refused) {
		t.Errorf("a whisper to nobody: got %v", err)
	}
	if err := client.Open(t.Context(), "stale", forms(NewVoice(policy("en")))["reject"]); !fault.Is(err, fault.Unavailable) {
		t.Errorf("a stale trigger: got %v", err)
	}
	if n := len(s.Messages()); n != 0 {
		t.Errorf("%d messages were posted", n)
	}
}

// TestPlainWhenBlocksAreRefused: a card that Slack suddenly refuses for its form still reaches people as a sentence.
func TestPlainWhenBlocksAreRefused(t *testing.T) {
	s, _, _ := workspace(t, NewVoice(policy("en")))
	strict := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if strings.Contains(string(body), "blocks=") {
			_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_blocks"}`)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		s.ServeHTTP(w, r)
	})
	client := Connect(Access{Token: "xoxb-1", APIURL: "http://strict.local/api/", HTTP: &http.Client{Transport: loopback.Transport{"strict.local": strict}}}, NewVoice(policy("en")))
	if _, err := client.Post(t.Context(), "C01", sampleCredit()); err != nil {
		t.Fatal(err)
	}
	if m := s.Messages(); len(m) != 1 || !strings.Contains(m[0].Text, "€12,400.00") || len(m[0].Blocks) > 0 {
		t.Errorf("got %+v", m)
	}
}
