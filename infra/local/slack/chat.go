package slack

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

func (s *Server) chatPostMessage(a args) (map[string]any, *refusal) {
	id, name, no := s.postable(a)
	if no != nil {
		return nil, no
	}
	blocks, no := s.content("chat.postMessage", id, a)
	if no != nil {
		return nil, no
	}
	thread := a.Get("thread_ts")
	if thread != "" && s.message(id, thread) == nil {
		return nil, refused("thread_not_found")
	}
	m := s.post(Message{Channel: id, ChannelName: name, ThreadTS: thread, Text: a.Get("text"), Blocks: blocks})
	return map[string]any{"channel": id, "ts": m.TS, "message": s.messageJSON(m)}, nil
}

func (s *Server) chatPostEphemeral(a args) (map[string]any, *refusal) {
	id, name, no := s.postable(a)
	if no != nil {
		return nil, no
	}
	user, ok := s.user(a.Get("user"))
	if !ok {
		return nil, refused("user_not_in_channel")
	}
	blocks, no := s.content("chat.postEphemeral", id, a)
	if no != nil {
		return nil, no
	}
	m := s.post(Message{Channel: id, ChannelName: name, ThreadTS: a.Get("thread_ts"),
		Text: a.Get("text"), Blocks: blocks, EphemeralFor: user.ID})
	return map[string]any{"message_ts": m.TS}, nil
}

// chatUpdate keeps the previous blocks only when neither text nor blocks are given; text alone removes them
// (docs.slack.dev/reference/methods/chat.update). Ephemeral messages cannot be updated this way.
func (s *Server) chatUpdate(a args) (map[string]any, *refusal) {
	id, _, ok := s.channel(a.Get("channel"))
	if !ok {
		return nil, refused("channel_not_found")
	}
	if code := s.refusedIn(id); code != "" {
		return nil, refused(code)
	}
	m := s.message(id, a.Get("ts"))
	if m == nil || m.EphemeralFor != "" {
		return nil, refused("message_not_found")
	}
	blocks, no := s.content("chat.update", id, a)
	if no != nil {
		return nil, no
	}
	s.edit(m, a.Get("text"), blocks)
	return map[string]any{"channel": id, "ts": m.TS, "text": m.Text, "message": s.messageJSON(m)}, nil
}

func (s *Server) chatDelete(a args) (map[string]any, *refusal) {
	id, _, ok := s.channel(a.Get("channel"))
	if !ok {
		return nil, refused("channel_not_found")
	}
	m := s.message(id, a.Get("ts"))
	if m == nil || m.EphemeralFor != "" {
		return nil, refused("message_not_found")
	}
	s.remove(m)
	return map[string]any{"channel": id, "ts": m.TS}, nil
}

func (s *Server) chatGetPermalink(a args) (map[string]any, *refusal) {
	id, _, ok := s.channel(a.Get("channel"))
	if !ok {
		return nil, refused("channel_not_found")
	}
	ts := a.Get("message_ts")
	if s.message(id, ts) == nil {
		return nil, refused("message_not_found")
	}
	link := s.opt.BaseURL + "/archives/" + id + "/p" + strings.ReplaceAll(ts, ".", "")
	return map[string]any{"channel": id, "permalink": link}, nil
}

// postable finds the channel of a new message and spends one of its rate.
func (s *Server) postable(a args) (id, name string, no *refusal) {
	id, name, ok := s.channel(a.Get("channel"))
	if !ok {
		return "", "", refused("channel_not_found")
	}
	if code := s.refusedIn(id); code != "" {
		return "", "", refused(code)
	}
	if wait := s.spend(id); wait > 0 {
		return "", "", &refusal{code: "ratelimited", retryAfter: wait}
	}
	return id, name, nil
}

// spend takes one message from the channel's bucket, which refills at one per second; it returns how long to
// wait when the bucket is empty.
func (s *Server) spend(channel string) time.Duration {
	if s.opt.Burst == 0 {
		return 0
	}
	now := s.opt.Now()
	full := s.state.Buckets[channel]
	if full.Before(now) {
		full = now
	}
	if full = full.Add(time.Second); full.Sub(now) > time.Duration(s.opt.Burst)*time.Second {
		return full.Sub(now) - time.Duration(s.opt.Burst)*time.Second
	}
	s.state.Buckets[channel] = full
	return 0
}

// content reads and checks text and blocks. Slack itself accepts blocks without text; mobile notifications show
// nothing but the text, so here its absence is an error.
func (s *Server) content(method, where string, a args) (json.RawMessage, *refusal) {
	blocks, faults := s.parseBlocks(a.Get("blocks"), "/blocks", messageSurface)
	if len(faults) > 0 {
		s.violate(method, where, faults)
		return nil, &refusal{code: "invalid_blocks", messages: faults}
	}
	for _, b := range decodeBlocks(blocks) {
		if kind, _ := b["type"].(string); slices.Contains(s.state.Unknown, kind) {
			return nil, &refusal{code: "invalid_blocks", messages: []string{"unsupported type: " + kind}}
		}
	}
	text := strings.TrimSpace(a.Get("text"))
	switch {
	case text == "":
		fault := "text must be a sentence even beside blocks: mobile notifications show nothing else [json-pointer:/text]"
		s.violate(method, where, []string{fault})
		return nil, &refusal{code: "no_text", messages: []string{fault}}
	case runes(text) > maxMessageText:
		fault := "text must be less than 40001 characters [json-pointer:/text]"
		s.violate(method, where, []string{fault})
		return nil, &refusal{code: "msg_too_long", messages: []string{fault}}
	}
	return blocks, nil
}

func (s *Server) violate(method, where string, faults []string) {
	for _, fault := range faults {
		s.state.Violations = append(s.state.Violations, Violation{At: s.opt.Now(), Method: method, Where: where, Message: fault})
	}
}

func (s *Server) post(m Message) *Message {
	m.TS, m.PostedAt = s.timestamp(), s.opt.Now()
	s.state.Messages = append(s.state.Messages, &m)
	return &m
}

// screensMax is how many edits a screen may be behind.
const screensMax = 4

func (s *Server) edit(m *Message, text string, blocks json.RawMessage) {
	now := s.opt.Now()
	m.earlier = append([]json.RawMessage{m.Blocks}, m.earlier[:min(len(m.earlier), screensMax-1)]...)
	m.Text, m.Blocks, m.Updated, m.State, m.encoded = text, blocks, &now, nil, nil
}

func (s *Server) remove(gone *Message) {
	kept := s.state.Messages[:0]
	for _, m := range s.state.Messages {
		if m != gone {
			kept = append(kept, m)
		}
	}
	s.state.Messages = kept
}

// messageJSON is a message as Slack returns it and sends it with interactions.
func (s *Server) messageJSON(m *Message) map[string]any {
	out := map[string]any{
		"type": "message", "subtype": "bot_message", "ts": m.TS, "text": m.Text, "team": s.opt.Team,
		"user": s.botUser(), "bot_id": s.botID(), "app_id": s.opt.AppID,
	}
	if m.ThreadTS != "" {
		out["thread_ts"] = m.ThreadTS
	}
	if len(m.Blocks) > 0 {
		out["blocks"] = m.Blocks
	}
	if m.Updated != nil {
		out["edited"] = map[string]any{"user": s.botID(), "ts": stamp(*m.Updated)}
	}
	return out
}
