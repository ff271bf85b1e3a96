package socket

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// patience is how long Slack waits for an envelope to be acknowledged.
const patience = 3 * time.Second

// pingEvery is how often the other side hears that the line is alive; slack-go gives up after thirty seconds without.
const pingEvery = 10 * time.Second

// Server is Slack's side of Socket Mode, for an app that has it switched on: the method apps.connections.open, and the
// websocket that its answer names.
type Server struct {
	app, token string
	base       string // ws://host, where this server is reached
	upgrade    websocket.Upgrader

	mu      sync.Mutex
	tickets map[string]bool // each opens one connection
	links   []*link         // the newest last
	waiting map[string]chan reply
	count   int
}

// NewServer serves one app, whose app-level token it is.
func NewServer(app, token string) *Server {
	return &Server{app: app, token: token, tickets: map[string]bool{}, waiting: map[string]chan reply{},
		upgrade: websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}} // programs connect, not pages
}

// At says where the server is reached.
func (s *Server) At(address string) {
	s.base = "ws" + strings.TrimPrefix(strings.TrimSuffix(address, "/"), "http")
}

// reply is how an envelope is acknowledged.
type reply struct {
	Envelope string          `json:"envelope_id"`
	Payload  json.RawMessage `json:"payload"`
}

// link is one connection of the app.
type link struct {
	mu   sync.Mutex
	conn *websocket.Conn
}

func (l *link) say(message any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.conn.WriteJSON(message)
}

// ServeHTTP answers apps.connections.open and takes connections.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if path.Base(r.URL.Path) == "apps.connections.open" {
		s.open(w, r)
		return
	}
	ticket := r.URL.Query().Get("ticket")
	s.mu.Lock()
	good := s.tickets[ticket]
	delete(s.tickets, ticket)
	s.mu.Unlock()
	if !good {
		http.Error(w, "the ticket is used or unknown", http.StatusForbidden)
		return
	}
	conn, err := s.upgrade.Upgrade(w, r, nil)
	if err != nil { // it was answered
		return
	}
	s.serve(r.Context(), &link{conn: conn})
}

func (s *Server) open(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.Header.Get("Authorization") != "Bearer "+s.token { // a POST parameter is refused too
		_, _ = w.Write([]byte(`{"ok":false,"error":"invalid_auth"}`))
		return
	}
	s.mu.Lock()
	s.count++
	ticket := fmt.Sprintf("t%d", s.count)
	s.tickets[ticket] = true
	s.mu.Unlock()
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "url": s.base + "/link/?ticket=" + ticket + "&app_id=" + s.app}) // the reader may be gone
}

// serve says hello, keeps the line alive and hears acknowledgements until the line ends.
func (s *Server) serve(ctx context.Context, l *link) {
	defer l.conn.Close()
	s.mu.Lock()
	s.links = append(s.links, l)
	n := len(s.links)
	s.mu.Unlock()
	defer s.leave(l)
	if l.say(map[string]any{"type": "hello", "num_connections": n, "connection_info": map[string]any{"app_id": s.app}, "debug_info": map[string]any{"host": "loopback", "approximate_connection_time": 18060}}) != nil {
		return
	}
	ended := make(chan struct{})
	defer close(ended)
	go l.ping(ctx, ended)
	for {
		var said reply
		if l.conn.ReadJSON(&said) != nil {
			return
		}
		s.mu.Lock()
		waits := s.waiting[said.Envelope]
		delete(s.waiting, said.Envelope)
		s.mu.Unlock()
		if waits != nil {
			waits <- said // it has room for one
		}
	}
}

func (l *link) ping(ctx context.Context, ended chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for {
		l.mu.Lock()
		err := l.conn.WriteControl(websocket.PingMessage, []byte("alive"), time.Now().Add(time.Second))
		l.mu.Unlock()
		if err != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ended:
			return
		case <-ctx.Done():
			return
		}
	}
}

func (s *Server) leave(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, one := range s.links {
		if one == l {
			s.links = append(s.links[:i:i], s.links[i+1:]...)
			return
		}
	}
}

// Connected is how many connections the app has.
func (s *Server) Connected() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.links)
}

// Refresh asks the app to connect anew, as Slack does every few hours, and ends the connections.
func (s *Server) Refresh() {
	s.mu.Lock()
	links := append([]*link(nil), s.links...)
	s.mu.Unlock()
	for _, l := range links {
		_ = l.say(map[string]any{"type": "disconnect", "reason": "refresh_requested", "debug_info": map[string]any{"host": "loopback"}}) // the line may be gone
	}
}

// Deliver carries what Slack would post to an address over the app's newest connection. An envelope that nobody
// acknowledges in time is a timeout at the gateway, which Slack shows the member as an error.
func (s *Server) Deliver(ctx context.Context, where string, _ http.Header, body []byte) (status int, answer []byte, err error) {
	kind, payload, err := enclosed(where, body)
	if err != nil {
		return 0, nil, err
	}
	s.mu.Lock()
	if len(s.links) == 0 {
		s.mu.Unlock()
		return http.StatusBadGateway, []byte("the app is not connected"), nil
	}
	to := s.links[len(s.links)-1]
	s.count++
	id := fmt.Sprintf("e%d", s.count)
	waits := make(chan reply, 1)
	s.waiting[id] = waits
	s.mu.Unlock()
	if err := to.say(map[string]any{"envelope_id": id, "type": kind, "accepts_response_payload": kind != kindEvent, "payload": payload}); err != nil {
		return http.StatusBadGateway, []byte(err.Error()), nil
	}
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case said := <-waits:
		return http.StatusOK, said.Payload, nil
	case <-timer.C:
		return http.StatusGatewayTimeout, []byte("nobody acknowledged the envelope"), nil
	case <-ctx.Done():
		return 0, nil, ctx.Err()
	}
}

// enclosed is a request's body as an envelope carries it.
func enclosed(where string, body []byte) (kind string, payload any, err error) {
	if where == pathOf[kindEvent] {
		return kindEvent, json.RawMessage(body), nil
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, fmt.Errorf("read the form for %s: %w", where, err)
	}
	if where == pathOf[kindAction] {
		return kindAction, json.RawMessage(form.Get("payload")), nil
	}
	fields := map[string]string{}
	for name := range form {
		fields[name] = form.Get(name)
	}
	return kindCommand, fields, nil
}
