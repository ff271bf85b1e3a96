package slack

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// filePath is where a file's content lies, for who has the bot's token.
const filePath = "/files-pri/"

// sharedFile is a file that a member put into a channel.
type sharedFile struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	User    string `json:"user"`
	Channel string `json:"channel"`
	TS      string `json:"ts"`
	Content []byte `json:"content"`
}

// filesInfo tells of a file and where it was shared (docs.slack.dev/reference/methods/files.info).
func (s *Server) filesInfo(a args) (map[string]any, *refusal) {
	f, ok := s.state.Files[a.Get("file")]
	if !ok {
		return nil, refused("file_not_found")
	}
	url := s.opt.BaseURL + filePath + f.ID
	return map[string]any{"file": map[string]any{
		"id": f.ID, "name": f.Name, "title": f.Name, "user": f.User, "size": len(f.Content), "channels": []string{f.Channel}, "is_external": false,
		"url_private": url, "url_private_download": url,
		"shares": map[string]any{"public": map[string]any{f.Channel: []any{map[string]any{"ts": f.TS}}}},
	}}, nil
}

// serveFile hands a file to who has the token; to anybody else Slack shows a page to sign in.
func (s *Server) serveFile(w http.ResponseWriter, r *http.Request, id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Header.Get("Authorization") != "Bearer "+s.opt.BotToken {
		http.Error(w, "sign in", http.StatusForbidden)
		return
	}
	f, ok := s.state.Files[id]
	if !ok {
		http.NotFound(w, r)
		return
	}
	_, _ = w.Write(f.Content)
}

// Share puts a member's file into a channel, with a message; the app hears of it (docs.slack.dev/reference/events/file_shared).
func (s *Server) Share(ctx context.Context, user, channel, name string, content []byte) (Message, Reply, error) {
	s.mu.Lock()
	u, ok := s.user(user)
	if !ok {
		defer s.mu.Unlock()
		return Message{}, Reply{}, s.unknownUser(user)
	}
	id, shown, ok := s.channel(channel)
	if !ok {
		defer s.mu.Unlock()
		return Message{}, Reply{}, fmt.Errorf("channel %q unknown — the workspace has %s — use one of their ids", channel, strings.Join(s.channelNames(), ", "))
	}
	m := s.post(Message{Channel: id, ChannelName: shown, Text: name})
	f := &sharedFile{ID: s.next("F"), Name: name, User: u.ID, Channel: id, TS: m.TS, Content: content}
	if s.state.Files == nil {
		s.state.Files = map[string]*sharedFile{}
	}
	s.state.Files[f.ID] = f
	envelope := map[string]any{
		"type": "event_callback", "token": "deprecated", "team_id": s.opt.Team, "api_app_id": s.opt.AppID, "event_id": s.next("Ev"), "event_time": s.opt.Now().Unix(),
		"event": map[string]any{
			"type": "file_shared", "channel_id": id, "file_id": f.ID, "user_id": u.ID, "file": map[string]any{"id": f.ID}, "event_ts": m.TS,
		},
	}
	s.mu.Unlock()
	reply, err := s.deliver(ctx, delivery{"/slack/events", "application/json", encode(envelope)}, nil)
	return *m, reply, err
}
