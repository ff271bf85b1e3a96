package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// Command types /duly with the given text in the member's direct message with the app. An answer in the reply's body
// becomes a message, ephemeral unless it says in_channel.
func (s *Server) Command(ctx context.Context, user, text string) (Reply, error) {
	return s.CommandIn(ctx, user, "", text)
}

// CommandIn types /duly in a channel; "" is the direct message with the app.
func (s *Server) CommandIn(ctx context.Context, user, channel, text string) (Reply, error) {
	form, where, err := s.command(user, channel, text)
	if err != nil {
		return Reply{}, err
	}
	reply, err := s.deliver(ctx, delivery{"/slack/commands", "application/x-www-form-urlencoded", []byte(form.Encode())}, nil)
	if err != nil || reply.Status != 200 || reply.Milliseconds > patience.Milliseconds() || len(strings.TrimSpace(string(reply.Body))) == 0 {
		return reply, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var m hookMessage
	if json.Unmarshal(reply.Body, &m) != nil {
		m = hookMessage{Text: string(reply.Body)}
	}
	if no := s.respond(&where, m); no != nil {
		return reply, fmt.Errorf("answer to /duly %s: %s: %s", text, no.code, strings.Join(no.messages, "; "))
	}
	return reply, nil
}

func (s *Server) command(user, channel, text string) (url.Values, hook, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.user(user)
	if !ok {
		return nil, hook{}, s.unknownUser(user)
	}
	if channel == "" {
		channel = u.ID
	}
	id, name, ok := s.channel(channel)
	if !ok {
		return nil, hook{}, fmt.Errorf("channel %q unknown — the workspace has %s — use one of their ids", channel, strings.Join(s.channelNames(), ", "))
	}
	where := hook{Channel: id, ChannelName: name, User: u.ID, Command: true}
	text = strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(text), "/duly"))
	return url.Values{
		"token": {"deprecated"}, "team_id": {s.teamOf(u)}, "team_domain": {"duly"}, "channel_id": {id},
		"channel_name": {slackChannelName(name)}, "user_id": {u.ID}, "user_name": {strings.ToLower(u.Name)},
		"command": {"/duly"}, "text": {text}, "api_app_id": {s.opt.AppID}, "is_enterprise_install": {"false"},
		"response_url": {s.hookURL(where)}, "trigger_id": {s.trigger(u.ID, "")},
	}, where, nil
}

// OpenHome opens the member's App Home: the product gets app_home_opened, with the view shown so far.
func (s *Server) OpenHome(ctx context.Context, user string) (Reply, error) {
	s.mu.Lock()
	u, ok := s.user(user)
	if !ok {
		defer s.mu.Unlock()
		return Reply{}, s.unknownUser(user)
	}
	event := map[string]any{"type": "app_home_opened", "user": u.ID, "channel": s.im(u.ID), "tab": "home", "event_ts": s.timestamp()}
	if v := s.state.Homes[u.ID]; v != nil {
		event["view"] = s.viewJSON(v)
	}
	envelope := map[string]any{
		"type": "event_callback", "token": "deprecated", "team_id": s.opt.Team, "api_app_id": s.opt.AppID, "event": event,
		"event_id": s.next("Ev"), "event_time": s.opt.Now().Unix(), "is_ext_shared_channel": false,
		"authorizations": []any{map[string]any{"team_id": s.opt.Team, "user_id": s.botUser(), "is_bot": true,
			"enterprise_id": nil, "is_enterprise_install": false}},
	}
	s.mu.Unlock()
	return s.deliver(ctx, delivery{"/slack/events", "application/json", encode(envelope)}, nil)
}

// VerifyURL sends the challenge by which Slack checks an events URL, and fails unless the answer holds it.
func (s *Server) VerifyURL(ctx context.Context) (Reply, error) {
	s.mu.Lock()
	challenge := s.next("challenge")
	s.mu.Unlock()
	body := encode(map[string]any{"type": "url_verification", "token": "deprecated", "challenge": challenge})
	reply, err := s.deliver(ctx, delivery{"/slack/events", "application/json", body}, nil)
	if err == nil && (reply.Status != 200 || !strings.Contains(string(reply.Body), challenge)) {
		err = fmt.Errorf("url_verification failed — the answer (%d) does not hold the challenge — answer its value with 200", reply.Status)
	}
	return reply, err
}
