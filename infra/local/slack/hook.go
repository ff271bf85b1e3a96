package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"time"
)

// A response_url takes 5 messages within 30 minutes (docs.slack.dev/interactivity/handling-user-interaction).
const (
	hookUses = 5
	hookLife = 30 * time.Minute
	hookPath = "/actions/"
)

// hook is one response_url: where its answers go.
type hook struct {
	Channel     string    `json:"channel"`
	ChannelName string    `json:"channel_name"`
	Message     string    `json:"message"` // the message pressed in, "" for a command
	User        string    `json:"user"`
	Command     bool      `json:"command"`
	At          time.Time `json:"at"`
	Uses        int       `json:"uses"`
}

// hookMessage is what a response_url accepts.
type hookMessage struct {
	Text            string          `json:"text"`
	Blocks          json.RawMessage `json:"blocks"`
	ResponseType    string          `json:"response_type"`
	ReplaceOriginal bool            `json:"replace_original"`
	DeleteOriginal  bool            `json:"delete_original"`
	ThreadTS        string          `json:"thread_ts"`
}

func (s *Server) hookURL(h hook) string {
	h.At = s.opt.Now()
	for id, old := range s.state.Hooks {
		if h.At.Sub(old.At) > 2*hookLife { // long expired: forget
			delete(s.state.Hooks, id)
		}
	}
	id := s.next(s.opt.Team + "-")
	s.state.Hooks[id] = &h
	return s.opt.BaseURL + hookPath + id
}

func (s *Server) serveHook(w http.ResponseWriter, id string, body []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h, ok := s.state.Hooks[id]
	switch {
	case !ok:
		http.Error(w, "no_service", http.StatusNotFound)
		return
	case s.opt.Now().Sub(h.At) > hookLife:
		hookError(w, http.StatusNotFound, "expired_url")
		return
	case h.Uses >= hookUses:
		hookError(w, http.StatusNotFound, "used_url")
		return
	}
	var m hookMessage
	if err := json.Unmarshal(body, &m); err != nil {
		hookError(w, http.StatusBadRequest, "invalid_payload")
		return
	}
	h.Uses++
	if no := s.respond(h, m); no != nil {
		hookError(w, http.StatusBadRequest, no.code)
		return
	}
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "ok")
}

func hookError(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error": code})
}

// respond posts, replaces or deletes as the answer to an interaction says.
func (s *Server) respond(h *hook, m hookMessage) *refusal {
	original := s.message(h.Channel, h.Message)
	if m.DeleteOriginal {
		if original == nil {
			return refused("message_not_found")
		}
		s.remove(original)
		return nil
	}
	blocks, faults := s.parseBlocks(string(m.Blocks), "/blocks", messageSurface)
	if len(faults) > 0 {
		s.violate("response_url", h.Channel, faults)
		return &refusal{code: "invalid_blocks", messages: faults}
	}
	if m.Text == "" {
		fault := "text must be a sentence even beside blocks: mobile notifications show nothing else [json-pointer:/text]"
		s.violate("response_url", h.Channel, []string{fault})
		return &refusal{code: "no_text", messages: []string{fault}}
	}
	if m.ReplaceOriginal {
		if original == nil {
			return refused("message_not_found")
		}
		s.edit(original, m.Text, blocks)
		return nil
	}
	reply := Message{Channel: h.Channel, ChannelName: h.ChannelName, ThreadTS: m.ThreadTS, Text: m.Text, Blocks: blocks}
	if m.ResponseType != "in_channel" {
		reply.EphemeralFor = h.User
	}
	s.post(reply)
	return nil
}
