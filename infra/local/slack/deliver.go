package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"duly/shared/signature"
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

// patience is how long Slack waits for an answer; a later one shows the member an error instead.
const patience = 3 * time.Second

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
	header, err := signature.Sign(signature.Slack, "", d.body, began, s.opt.SigningSecret)
	if err != nil {
		return Reply{}, fmt.Errorf("sign for %s: %w", d.path, err)
	}
	header.Set("Content-Type", d.contentType)
	header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	for name, values := range extra {
		header[name] = values
	}
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
