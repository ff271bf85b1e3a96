package slack

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
)

// maxRequest bounds one Web API request; Slack's largest legal body, a 100-block view, stays well under it.
const maxRequest = 1 << 20

// args are a method's arguments, whether they came as a form or as JSON; a value that is not a string keeps its
// JSON encoding, as Slack's forms do.
type args struct{ url.Values }

// refusal is Slack's "ok": false.
type refusal struct {
	code       string
	messages   []string // one sentence per fault, with a JSON pointer
	retryAfter time.Duration
}

func refused(code string) *refusal { return &refusal{code: code} }

// method answers one Web API call; the server's lock is held.
type method func(a args) (map[string]any, *refusal)

// methods is the table of what this workspace speaks; docs.slack.dev/reference/methods describes each.
func (s *Server) methods() map[string]method {
	return map[string]method{
		"api.test":              func(args) (map[string]any, *refusal) { return nil, nil },
		"auth.test":             s.authTest,
		"bots.info":             s.botsInfo,
		"chat.delete":           s.chatDelete,
		"chat.getPermalink":     s.chatGetPermalink,
		"chat.postEphemeral":    s.chatPostEphemeral,
		"chat.postMessage":      s.chatPostMessage,
		"chat.unfurl":           s.chatUnfurl,
		"chat.update":           s.chatUpdate,
		"conversations.info":    s.conversationsInfo,
		"conversations.list":    s.conversationsList,
		"conversations.open":    s.conversationsOpen,
		"files.info":            s.filesInfo,
		"usergroups.list":       s.usergroupsList,
		"usergroups.users.list": s.usergroupsUsersList,
		"users.info":            s.usersInfo,
		"users.list":            s.usersList,
		"views.open":            s.viewsOpen,
		"views.publish":         s.viewsPublish,
		"views.push":            s.viewsPush,
		"views.update":          s.viewsUpdate,
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		http.Error(w, "request too large", http.StatusRequestEntityTooLarge)
		return
	}
	if i := strings.Index(r.URL.Path, hookPath); i >= 0 {
		s.serveHook(w, r.URL.Path[i+len(hookPath):], body)
		return
	}
	if i := strings.Index(r.URL.Path, filePath); i >= 0 {
		s.serveFile(w, r, r.URL.Path[i+len(filePath):])
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a, ok := parseArgs(r, body)
	if !ok {
		answer(w, nil, refused("invalid_json"))
		return
	}
	if no := s.authorize(r, a); no != nil {
		answer(w, nil, no)
		return
	}
	call, ok := s.methods()[path.Base(r.URL.Path)]
	if !ok {
		answer(w, nil, refused("unknown_method"))
		return
	}
	reply, no := call(a)
	answer(w, reply, no)
}

func parseArgs(r *http.Request, body []byte) (args, bool) {
	values := r.URL.Query()
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(body, &fields); err != nil {
			return args{}, false
		}
		for name, raw := range fields {
			var text string
			if json.Unmarshal(raw, &text) != nil {
				text = string(raw)
			}
			values.Set(name, text)
		}
		return args{values}, true
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return args{}, false
	}
	for name, v := range form {
		values[name] = v
	}
	return args{values}, true
}

func (s *Server) authorize(r *http.Request, a args) *refusal {
	token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
	if token == "" {
		token = a.Get("token")
	}
	switch {
	case token == "":
		return refused("not_authed")
	case token != s.opt.BotToken:
		return refused("invalid_auth")
	case s.state.Revoked || s.refusing() == TokenRevoked:
		return refused(TokenRevoked)
	}
	return nil
}

// answer writes Slack's envelope: 200 with ok true or false, except for rate limits.
func answer(w http.ResponseWriter, reply map[string]any, no *refusal) {
	status := http.StatusOK
	if reply == nil {
		reply = map[string]any{}
	}
	reply["ok"] = no == nil
	if no != nil {
		reply["error"] = no.code
		if len(no.messages) > 0 {
			errors := make([]string, len(no.messages))
			for i, m := range no.messages {
				errors[i] = "[ERROR] " + m
			}
			reply["errors"] = no.messages
			reply["response_metadata"] = map[string]any{"messages": errors}
		}
		if no.retryAfter > 0 {
			status = http.StatusTooManyRequests
			seconds := (no.retryAfter + time.Second - 1) / time.Second
			w.Header().Set("Retry-After", strconv.Itoa(int(seconds)))
		}
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(reply)
}

// outageRetryAfter is what Slack asks callers to wait while it throttles.
const outageRetryAfter = 30 * time.Second

// refuse is Slack out of order.
func refuse(w http.ResponseWriter, how string) {
	if how == "429" {
		answer(w, nil, &refusal{code: "ratelimited", retryAfter: outageRetryAfter})
		return
	}
	http.Error(w, "upstream connect error", http.StatusInternalServerError)
}
