package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
)

// chatUnfurl shows blocks below links of a message (docs.slack.dev/reference/methods/chat.unfurl).
func (s *Server) chatUnfurl(a args) (map[string]any, *refusal) {
	id, _, ok := s.channel(a.Get("channel"))
	if !ok {
		return nil, refused("channel_not_found")
	}
	m := s.message(id, a.Get("ts"))
	if m == nil {
		return nil, refused("cannot_find_message")
	}
	var shown map[string]struct {
		Blocks json.RawMessage `json:"blocks"`
	}
	if json.Unmarshal([]byte(a.Get("unfurls")), &shown) != nil || len(shown) == 0 {
		return nil, refused("missing_unfurls")
	}
	unfurls := map[string]json.RawMessage{}
	for link, what := range shown {
		if !strings.Contains(m.Text, link) {
			return nil, refused("cannot_unfurl_url")
		}
		blocks, faults := s.parseBlocks(string(what.Blocks), "/unfurls/blocks", messageSurface)
		if len(faults) > 0 {
			s.violate("chat.unfurl", id, faults)
			return nil, &refusal{code: "invalid_unfurls_format", messages: faults}
		}
		unfurls[link] = blocks
	}
	m.Unfurls, m.encoded = unfurls, nil
	return nil, nil
}

// Paste writes a member's message with a link in a channel; the app hears of links to its domains, which is every link here.
func (s *Server) Paste(ctx context.Context, user, channel, link string) (Message, Reply, error) {
	s.mu.Lock()
	u, ok := s.user(user)
	if !ok {
		defer s.mu.Unlock()
		return Message{}, Reply{}, s.unknownUser(user)
	}
	id, name, ok := s.channel(channel)
	if !ok {
		defer s.mu.Unlock()
		return Message{}, Reply{}, fmt.Errorf("channel %q unknown — the workspace has %s — use one of their ids", channel, strings.Join(s.channelNames(), ", "))
	}
	m := s.post(Message{Channel: id, ChannelName: name, Text: link, From: u.Name})
	domain := ""
	if at, err := url.Parse(link); err == nil {
		domain = at.Hostname()
	}
	envelope := map[string]any{
		"type": "event_callback", "token": "deprecated", "team_id": s.opt.Team, "api_app_id": s.opt.AppID, "event_id": s.next("Ev"), "event_time": s.opt.Now().Unix(),
		"event": map[string]any{
			"type": "link_shared", "user": u.ID, "channel": id, "message_ts": m.TS, "unfurl_id": id + "." + m.TS, "source": "conversations_history",
			"links": []any{map[string]any{"domain": domain, "url": link}},
		},
	}
	s.mu.Unlock()
	reply, err := s.deliver(ctx, delivery{"/slack/events", "application/json", encode(envelope)}, nil)
	return *m, reply, err
}
