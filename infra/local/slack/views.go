package slack

import (
	"encoding/json"
	"maps"
	"time"
)

// triggerLife is how long a trigger_id opens a modal (docs.slack.dev/interactivity/handling-user-interaction).
const triggerLife = 3 * time.Second

// maxViewBytes is Slack's limit on one view.
const maxViewBytes = 250 << 10

// trigger is the right, good once and for three seconds, to open a modal for the member who acted.
type trigger struct {
	User string    `json:"user"`
	View string    `json:"view"` // the modal it was pressed in, if any
	At   time.Time `json:"at"`
	Used bool      `json:"used"`
}

func (s *Server) trigger(user, view string) string {
	now := s.opt.Now()
	for id, t := range s.state.Triggers {
		if now.Sub(t.At) > time.Minute { // long expired: forget
			delete(s.state.Triggers, id)
		}
	}
	id := s.next("13345224609.738474920.")
	s.state.Triggers[id] = &trigger{User: user, View: view, At: now}
	return id
}

func (s *Server) exchange(id string) (*trigger, *refusal) {
	t, ok := s.state.Triggers[id]
	switch {
	case !ok:
		return nil, refused("invalid_trigger_id")
	case s.opt.Now().Sub(t.At) > triggerLife:
		return nil, refused("expired_trigger_id")
	case t.Used:
		return nil, refused("exchanged_trigger_id")
	}
	t.Used = true
	return t, nil
}

// viewsOpen opens a modal as the root of the member's stack; pressed inside a modal, Slack stacks it on top.
func (s *Server) viewsOpen(a args) (map[string]any, *refusal) {
	v, no := s.parseView("views.open", a, modalSurface)
	if no != nil {
		return nil, no
	}
	t, no := s.exchange(a.Get("trigger_id"))
	if no != nil {
		return nil, no
	}
	return s.stack(v, t)
}

func (s *Server) viewsPush(a args) (map[string]any, *refusal) {
	v, no := s.parseView("views.push", a, modalSurface)
	if no != nil {
		return nil, no
	}
	t, no := s.exchange(a.Get("trigger_id"))
	if no != nil {
		return nil, no
	}
	if t.View == "" {
		return nil, refused("not_found")
	}
	return s.stack(v, t)
}

func (s *Server) stack(v *View, t *trigger) (map[string]any, *refusal) {
	if s.taken(v) {
		return nil, refused("duplicate_external_id")
	}
	v.ID, v.User = s.next("V"), t.User
	v.RootID = v.ID
	if below := s.view(t.View); below != nil && below.Type == "modal" {
		if s.depth(below.RootID) >= maxModalStack {
			return nil, refused("push_limit_reached")
		}
		v.RootID, v.PreviousID = below.RootID, below.ID
	} else {
		s.closeAll(t.User) // a member sees one stack at a time
	}
	s.touch(v)
	s.state.Views = append(s.state.Views, v)
	return map[string]any{"view": s.viewJSON(v)}, nil
}

func (s *Server) viewsUpdate(a args) (map[string]any, *refusal) {
	v, no := s.parseView("views.update", a, modalSurface)
	if no != nil {
		return nil, no
	}
	old := s.view(a.Get("view_id"))
	if old == nil {
		for _, candidate := range s.state.Views {
			if id := a.Get("external_id"); id != "" && candidate.ExternalID == id {
				old = candidate
			}
		}
	}
	if old == nil || old.Type != "modal" {
		return nil, refused("not_found")
	}
	if hash := a.Get("hash"); hash != "" && hash != old.Hash {
		return nil, refused("hash_conflict")
	}
	s.replace(old, v)
	return map[string]any{"view": s.viewJSON(old)}, nil
}

// replace shows another view in an open modal's place; what was typed stays where block and action keep their ids.
func (s *Server) replace(old, v *View) {
	v.ID, v.User, v.RootID, v.PreviousID = old.ID, old.User, old.RootID, old.PreviousID
	for _, b := range decodeBlocks(v.Blocks) {
		for _, e := range elementsOf(b) {
			block, action := text(b, "block_id"), text(e, "action_id")
			if typed, ok := old.State[block][action]; ok {
				v.State = withState(v.State, block, action, typed)
			}
		}
	}
	s.touch(v)
	*old = *v
}

func (s *Server) viewsPublish(a args) (map[string]any, *refusal) {
	u, ok := s.user(a.Get("user_id"))
	if !ok {
		return nil, refused("user_not_found")
	}
	v, no := s.parseView("views.publish", a, homeSurface)
	if no != nil {
		return nil, no
	}
	old := s.state.Homes[u.ID]
	if hash := a.Get("hash"); hash != "" && (old == nil || hash != old.Hash) {
		return nil, refused("hash_conflict")
	}
	v.User = u.ID
	if old != nil {
		v.ID = old.ID
	} else {
		v.ID = s.next("V")
	}
	v.RootID = v.ID
	s.touch(v)
	s.state.Homes[u.ID] = v
	return map[string]any{"view": s.viewJSON(v)}, nil
}

// parseView reads and checks the view argument. Slack names faults in views invalid_arguments, with pointers
// below /view.
func (s *Server) parseView(method string, a args, where surface) (*View, *refusal) {
	raw := a.Get("view")
	if len(raw) > maxViewBytes {
		return nil, refused("view_too_large")
	}
	v, faults := s.readView(raw, "/view", where)
	if len(faults) > 0 {
		name := a.Get("user_id")
		if v != nil && v.CallbackID != "" {
			name = v.CallbackID
		}
		s.violate(method, name, faults)
		return nil, &refusal{code: "invalid_arguments", messages: faults}
	}
	return v, nil
}

func (s *Server) readView(raw, pointer string, where surface) (*View, []string) {
	var o object
	if err := decode(raw, &o); err != nil {
		return nil, []string{"view must be an object [json-pointer:" + pointer + "]"}
	}
	wantType, bounds := "modal", modalBounds()
	if where == homeSurface {
		wantType, bounds = "home", homeBounds()
	}
	c := checker{where: where}
	if got := text(o, "type"); got != wantType {
		c.fault(pointer+"/type", "must be %s, not %q", wantType, got)
	}
	c.bounds(o, pointer, bounds)
	blocks, faults := s.parseBlocks(string(encode(o["blocks"])), pointer+"/blocks", where)
	c.faults = append(c.faults, faults...)
	if len(faults) == 0 && blocks == nil {
		c.fault(pointer+"/blocks", "no fewer than 1 items allowed")
	}
	v := &View{
		Type: wantType, CallbackID: text(o, "callback_id"), ExternalID: text(o, "external_id"), Title: text(o, "title", "text"),
		Submit: text(o, "submit", "text"), Close: text(o, "close", "text"), PrivateMetadata: text(o, "private_metadata"),
		NotifyOnClose: o["notify_on_close"] == true, Blocks: blocks,
	}
	if v.Submit == "" && hasInput(blocks) && where == modalSurface {
		c.fault(pointer+"/submit", "missing required field: submit, because the view has input blocks")
	}
	return v, c.faults
}

// withState is the state with one answer more; the old maps stay as they are, because readers may hold them.
func withState(state map[string]map[string]any, block, action string, value any) map[string]map[string]any {
	out := maps.Clone(state)
	if out == nil {
		out = map[string]map[string]any{}
	}
	answers := maps.Clone(out[block])
	if answers == nil {
		answers = map[string]any{}
	}
	answers[action] = value
	out[block] = answers
	return out
}

func hasInput(blocks json.RawMessage) bool {
	for _, b := range decodeBlocks(blocks) {
		if text(b, "type") == "input" {
			return true
		}
	}
	return false
}

func decodeBlocks(raw json.RawMessage) []object {
	var blocks []object
	if len(raw) > 0 {
		if err := decode(string(raw), &blocks); err != nil {
			panic(err) // they were checked when they came in
		}
	}
	return blocks
}

func (s *Server) touch(v *View) {
	v.PublishedAt = s.opt.Now()
	v.Hash = s.timestamp()
}

func (s *Server) taken(v *View) bool {
	for _, open := range s.state.Views {
		if v.ExternalID != "" && open.ExternalID == v.ExternalID {
			return true
		}
	}
	return false
}

func (s *Server) depth(root string) int {
	n := 0
	for _, v := range s.state.Views {
		if v.RootID == root {
			n++
		}
	}
	return n
}

func (s *Server) closeAll(user string) {
	s.keepViews(func(v *View) bool { return v.User != user })
}

func (s *Server) keepViews(keep func(*View) bool) {
	kept := s.state.Views[:0]
	for _, v := range s.state.Views {
		if keep(v) {
			kept = append(kept, v)
		}
	}
	s.state.Views = kept
}

// viewJSON is a view as Slack returns it and sends it with interactions.
func (s *Server) viewJSON(v *View) map[string]any {
	plain := func(t string) any {
		if t == "" {
			return nil
		}
		return map[string]any{"type": "plain_text", "text": t, "emoji": true}
	}
	var previous any
	if v.PreviousID != "" {
		previous = v.PreviousID
	}
	values := v.State
	if values == nil {
		values = map[string]map[string]any{}
	}
	return map[string]any{
		"id": v.ID, "team_id": s.opt.Team, "type": v.Type, "blocks": v.Blocks, "private_metadata": v.PrivateMetadata,
		"callback_id": v.CallbackID, "external_id": v.ExternalID, "hash": v.Hash, "title": plain(v.Title),
		"submit": plain(v.Submit), "close": plain(v.Close), "state": map[string]any{"values": values},
		"clear_on_close": false, "notify_on_close": v.NotifyOnClose, "root_view_id": v.RootID, "previous_view_id": previous,
		"app_id": s.opt.AppID, "app_installed_team_id": s.opt.Team, "bot_id": s.botID(),
	}
}
