// Package slack is the loopback Slack workspace: it answers the Web API methods the product calls in Slack's
// own wire format, enforces Slack's documented limits, and lets a colleague press, submit and type, which it
// delivers to the product signed as Slack signs. It owns messages, modals and App Homes as people see them;
// it knows nothing of orders or invoices, and draws nothing (package page does).
package slack

import (
	"context"
	"net/http"
	"strings"
	"sync"
	"time"

	"duly/infra/local/loopback"
)

// User is one member of the workspace.
type User struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Role    string `json:"role"`              // also the handle of the user group the member belongs to
	Team    string `json:"team,omitempty"`    // another workspace's id for a guest from a shared channel
	Guest   bool   `json:"guest,omitempty"`   // a single- or multi-channel guest
	Deleted bool   `json:"deleted,omitempty"` // deactivated
	TZ      string `json:"tz,omitempty"`      // where the member is; "": Europe/Amsterdam
}

// Options describe the workspace.
type Options struct {
	Now           func() time.Time
	SigningSecret string
	BotToken      string
	Team          string
	AppID         string
	BaseURL       string // where this server is reached; response_urls begin with it
	Users         []User
	Channels      map[string]string // name without # → id

	// Burst is how many messages a channel takes at once before Slack's one per second applies
	// (docs.slack.dev/apis/web-api/rate-limits); 0 switches the limit off.
	Burst int

	// Deliver posts a signed request to the product: path is /slack/actions, /slack/commands or /slack/events.
	Deliver func(ctx context.Context, path string, header http.Header, body []byte) (status int, reply []byte, err error)
}

// Server is the workspace; it is an http.Handler for the Web API (any prefix ending in the method's name) and
// for response_urls.
type Server struct {
	opt     Options
	outage  loopback.Outage
	handler http.Handler

	mu    sync.Mutex
	state state
	last  *delivery

	refuses      string // how the workspace refuses us until a moment
	refusesUntil time.Time
}

// New opens an empty workspace.
func New(opt Options) *Server {
	if opt.Now == nil || opt.SigningSecret == "" || opt.BotToken == "" {
		panic("slack: Options need Now, SigningSecret and BotToken")
	}
	if opt.BaseURL == "" {
		opt.BaseURL = "http://127.0.0.1"
	}
	opt.BaseURL = strings.TrimSuffix(opt.BaseURL, "/")
	s := &Server{opt: opt, state: newState()}
	s.handler = s.outage.Guard(opt.Now, refuse, http.HandlerFunc(s.serve))
	return s
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// What the owners of a workspace may do to an app, as Slack's own codes.
const (
	TokenRevoked = "token_revoked" // the bot token is taken away
	IsArchived   = "is_archived"   // every channel is closed
)

// Fail puts the Web API out of order until a moment: 500, 429, timeout or lost; or it refuses us with TokenRevoked or
// IsArchived.
func (s *Server) Fail(how string, until time.Time) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if how == TokenRevoked || how == IsArchived {
		s.refuses, s.refusesUntil = how, until
		return nil
	}
	s.refuses = ""
	return s.outage.Fail(how, until)
}

// refusing is how we are refused now; "" when we are not.
func (s *Server) refusing() string {
	if s.refuses == "" || !s.opt.Now().Before(s.refusesUntil) {
		return ""
	}
	return s.refuses
}

// refusedIn is the code with which a channel takes no message of ours; "" when it takes them.
func (s *Server) refusedIn(channel string) string {
	if s.refusing() == IsArchived {
		return IsArchived
	}
	return s.state.Refused[channel]
}

// RefuseChannel makes every message to a channel id fail with Slack's own code, such as is_archived or
// not_in_channel; an empty code heals it.
func (s *Server) RefuseChannel(channel, code string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if code == "" {
		delete(s.state.Refused, channel)
		return
	}
	s.state.Refused[channel] = code
}

// RefuseBlocks makes messages with a kind of block fail with invalid_blocks, as a workspace does that Slack has not given
// the kind to; no kind takes all again.
func (s *Server) RefuseBlocks(kinds ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Unknown = kinds
}

// RevokeToken makes the bot token answer token_revoked, or restores it.
func (s *Server) RevokeToken(revoked bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.Revoked = revoked
}

// Users lists the members.
func (s *Server) Users() []User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]User(nil), s.opt.Users...)
}

// Change alters a member, as an admin of the workspace may: deactivate them, make them a guest.
func (s *Server) Change(id string, change func(*User)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	users := append([]User(nil), s.opt.Users...)
	for i := range users {
		if users[i].ID == id {
			change(&users[i])
		}
	}
	s.opt.Users = users
}

// Channels maps channel names to ids.
func (s *Server) Channels() map[string]string {
	out := make(map[string]string, len(s.opt.Channels))
	for name, id := range s.opt.Channels {
		out[name] = id
	}
	return out
}

// Messages lists what was posted, oldest first, ephemeral messages included.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, len(s.state.Messages))
	for i, m := range s.state.Messages {
		out[i] = *m
	}
	return out
}

// Views lists the open modals, oldest first.
func (s *Server) Views() []View {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]View, len(s.state.Views))
	for i, v := range s.state.Views {
		out[i] = *v
	}
	return out
}

// Home is a member's App Home as last published.
func (s *Server) Home(user string) (View, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, ok := s.state.Homes[user]
	if !ok {
		return View{}, false
	}
	return *v, true
}

// Violation is one broken limit of Slack's.
type Violation struct {
	At      time.Time `json:"at"`
	Method  string    `json:"method"`
	Where   string    `json:"where"` // channel id, view callback or member
	Message string    `json:"message"`
}

// Violations lists every message or view that Slack would have refused for its form, oldest first.
func (s *Server) Violations() []Violation {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Violation(nil), s.state.Violations...)
}
