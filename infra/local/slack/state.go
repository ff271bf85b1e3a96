package slack

import (
	"encoding/json"
	"fmt"
	"time"
)

// Message is one message as the workspace shows it.
type Message struct {
	Channel      string          `json:"channel"`
	ChannelName  string          `json:"channel_name,omitempty"`
	TS           string          `json:"ts"`
	ThreadTS     string          `json:"thread_ts,omitempty"`
	Text         string          `json:"text"`
	Blocks       json.RawMessage `json:"blocks"`
	Updated      *time.Time      `json:"updated"` // last edit, or null
	EphemeralFor string          `json:"ephemeral_for,omitempty"`
	PostedAt     time.Time       `json:"posted_at"`

	// State holds what people chose in the message's selects: block_id → action_id → Slack's state object.
	State map[string]map[string]any `json:"state,omitempty"`

	// From is the member who wrote it; "" is the app.
	From string `json:"from,omitempty"`

	// Unfurls is what the app shows below links in a member's message, by link.
	Unfurls map[string]json.RawMessage `json:"unfurls,omitempty"`

	encoded []byte // of this message in a snapshot; nil after a change

	earlier []json.RawMessage // its blocks before the last edits, the newest first: what a slow screen still shows
}

// View is one open modal, or one App Home.
type View struct {
	ID              string                    `json:"id"`
	Type            string                    `json:"type"` // modal or home
	User            string                    `json:"user"`
	CallbackID      string                    `json:"callback_id,omitempty"`
	ExternalID      string                    `json:"external_id,omitempty"`
	Title           string                    `json:"title,omitempty"`
	Submit          string                    `json:"submit,omitempty"`
	Close           string                    `json:"close,omitempty"`
	Blocks          json.RawMessage           `json:"blocks"`
	PrivateMetadata string                    `json:"private_metadata,omitempty"`
	Hash            string                    `json:"hash"`
	RootID          string                    `json:"root_view_id"`
	PreviousID      string                    `json:"previous_view_id,omitempty"`
	NotifyOnClose   bool                      `json:"notify_on_close,omitempty"`
	State           map[string]map[string]any `json:"state,omitempty"`
	Errors          map[string]string         `json:"errors,omitempty"` // block_id → sentence, after a refused submit
	PublishedAt     time.Time                 `json:"published_at"`
}

// state is everything the workspace remembers.
type state struct {
	Second   int64               `json:"second"` // of the last timestamp given out
	Tick     int                 `json:"tick"`   // within that second
	Counter  int                 `json:"counter"`
	Messages []*Message          `json:"-"`
	Views    []*View             `json:"views"`
	Homes    map[string]*View    `json:"homes"`
	IMs      map[string]string   `json:"ims"` // member → direct message channel
	Refused  map[string]string   `json:"refused"`
	Unknown  []string            `json:"unknown,omitempty"` // kinds of blocks that this workspace has not
	Revoked  bool                `json:"revoked"`
	Triggers map[string]*trigger `json:"triggers"`
	Hooks    map[string]*hook    `json:"hooks"`

	Files      map[string]*sharedFile `json:"files,omitempty"`
	Buckets    map[string]time.Time   `json:"buckets"` // channel → when its burst is full again
	Violations []Violation            `json:"violations"`
}

func newState() state {
	return state{
		Homes: map[string]*View{}, IMs: map[string]string{}, Refused: map[string]string{},
		Triggers: map[string]*trigger{}, Hooks: map[string]*hook{}, Buckets: map[string]time.Time{},
	}
}

// Snapshot is the whole workspace as JSON, for a runtime that keeps it over a restart. It may be taken after every
// call: a message is encoded once, not once per snapshot.
func (s *Server) Snapshot() ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	rest, err := json.Marshal(s.state)
	if err != nil {
		return nil, err
	}
	size := len(rest) + 64
	for _, m := range s.state.Messages {
		if m.encoded == nil {
			if m.encoded, err = json.Marshal(m); err != nil {
				return nil, err
			}
		}
		size += len(m.encoded) + 1
	}
	out := append(make([]byte, 0, size), `{"state":`...)
	out = append(append(out, rest...), `,"messages":[`...)
	for i, m := range s.state.Messages {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(out, m.encoded...)
	}
	return append(out, "]}"...), nil
}

// Restore replaces the workspace by a snapshot.
func (s *Server) Restore(snapshot []byte) error {
	restored := struct {
		State    state      `json:"state"`
		Messages []*Message `json:"messages"`
	}{State: newState()}
	if err := json.Unmarshal(snapshot, &restored); err != nil {
		return fmt.Errorf("slack snapshot unreadable — %w — delete it to start with an empty workspace", err)
	}
	restored.State.Messages = restored.Messages
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state = restored.State
	return nil
}

// ticksPerSecond bounds how many timestamps one second can carry in steps of 100 microseconds.
const ticksPerSecond = 9999

// timestamp is the next message id: strictly increasing, seconds from the clock, like "1767600000.000100".
func (s *Server) timestamp() string {
	st := &s.state
	if now := s.opt.Now().Unix(); now > st.Second {
		st.Second, st.Tick = now, 0
	}
	if st.Tick++; st.Tick > ticksPerSecond {
		st.Second, st.Tick = st.Second+1, 1
	}
	return fmt.Sprintf("%d.%06d", st.Second, st.Tick*100)
}

// next is an id of the given prefix, unique in the workspace and the same in every replay.
func (s *Server) next(prefix string) string {
	s.state.Counter++
	return fmt.Sprintf("%s%06d", prefix, s.state.Counter)
}

func (s *Server) user(id string) (User, bool) {
	for _, u := range s.opt.Users {
		if u.ID == id || u.Name == id {
			return u, true
		}
	}
	return User{}, false
}

// channel resolves an id, a name, a member's id (their direct message) or a direct message id.
func (s *Server) channel(ref string) (id, name string, ok bool) {
	if len(ref) > 0 && ref[0] == '#' {
		ref = ref[1:]
	}
	for name, id := range s.opt.Channels {
		if ref == id || ref == name {
			return id, name, true
		}
	}
	for member, im := range s.state.IMs {
		if ref == im {
			return im, s.imName(member), true
		}
	}
	if u, ok := s.user(ref); ok && ref == u.ID {
		return s.im(u.ID), s.imName(u.ID), true
	}
	return "", "", false
}

func (s *Server) im(user string) string {
	if id, ok := s.state.IMs[user]; ok {
		return id
	}
	id := "D" + user
	s.state.IMs[user] = id
	return id
}

func (s *Server) imName(user string) string {
	u, _ := s.user(user)
	return "@" + u.Name
}

func (s *Server) message(channel, ts string) *Message {
	for i := len(s.state.Messages) - 1; i >= 0; i-- {
		if m := s.state.Messages[i]; m.TS == ts && m.Channel == channel {
			return m
		}
	}
	return nil
}

func (s *Server) view(id string) *View {
	for _, v := range s.state.Views {
		if v.ID == id {
			return v
		}
	}
	for _, v := range s.state.Homes {
		if v.ID == id {
			return v
		}
	}
	return nil
}
