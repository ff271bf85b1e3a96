package slack

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
)

// Reply is what the product answered to one delivery.
type Reply struct {
	Status       int
	Body         []byte
	Milliseconds int64 // by the injected clock, so 0 while time is virtual
}

// MarshalJSON shows a JSON body as JSON and any other as a string.
func (r Reply) MarshalJSON() ([]byte, error) {
	var body any = string(r.Body)
	if json.Valid(r.Body) {
		body = json.RawMessage(r.Body)
	}
	return json.Marshal(map[string]any{"status": r.Status, "body": body, "milliseconds": r.Milliseconds})
}

// delivery is one request to the product, kept so that it can be sent again.
type delivery struct {
	path, contentType string
	body              []byte
}

func (s *Server) deliverPayload(ctx context.Context, payload map[string]any) (Reply, error) {
	form := url.Values{"payload": {string(encode(payload))}}
	return s.deliver(ctx, delivery{"/slack/actions", "application/x-www-form-urlencoded", []byte(form.Encode())}, nil)
}

// deliver signs and sends; the lock must not be held, because the product calls back while it answers.
func (s *Server) deliver(ctx context.Context, d delivery, extra http.Header) (Reply, error) {
	if s.opt.Deliver == nil {
		return Reply{}, fmt.Errorf("nothing delivered to %s — the workspace has no product to talk to — set Options.Deliver", d.path)
	}
	s.mu.Lock()
	s.last = &d
	s.mu.Unlock()
	began := s.opt.Now()
	header := http.Header{
		"Content-Type": {d.contentType},
		"User-Agent":   {"Slackbot 1.0 (+https://api.slack.com/robots)"},
	}
	for name, values := range extra {
		header[name] = values
	}
	sign(header, s.opt.SigningSecret, began.Unix(), d.body)
	status, body, err := s.opt.Deliver(ctx, d.path, header, d.body)
	if err != nil {
		return Reply{}, fmt.Errorf("deliver to %s: %w", d.path, err)
	}
	return Reply{Status: status, Body: body, Milliseconds: s.opt.Now().Sub(began).Milliseconds()}, nil
}

// Redeliver sends the last request again, freshly signed, as Slack retries an event it saw no 200 for.
func (s *Server) Redeliver(ctx context.Context, retry int, reason string) (Reply, error) {
	s.mu.Lock()
	d := s.last
	s.mu.Unlock()
	if d == nil {
		return Reply{}, fmt.Errorf("nothing to redeliver — no request was sent yet — act as a colleague first")
	}
	return s.deliver(ctx, *d, http.Header{
		"X-Slack-Retry-Num": {strconv.Itoa(retry)}, "X-Slack-Retry-Reason": {reason},
	})
}

// sign follows docs.slack.dev/authentication/verifying-requests-from-slack: v0=hex(HMAC-SHA256("v0:ts:body")).
func sign(header http.Header, secret string, unix int64, body []byte) {
	ts := strconv.FormatInt(unix, 10)
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte("v0:" + ts + ":"))
	mac.Write(body)
	header.Set("X-Slack-Request-Timestamp", ts)
	header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
}
