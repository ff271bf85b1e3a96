package slack

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Press lets a member press or choose an element of a message, as named by its action_id. In a modal or App Home
// the channel is "" and ts is the view's id ("" = the member's own Home).
//
// An empty value takes the element's own. Where several elements share the action_id, the value picks one, else the
// first. An actionID that names no element but begins an option's value (an entry of an overflow menu) chooses
// that option. What an edit took away can still be pressed, as on a screen that has not caught up.
func (s *Server) Press(ctx context.Context, user, channel, ts, actionID, value string) (Reply, error) {
	payload, err := s.press(user, channel, ts, actionID, value)
	if err != nil {
		return Reply{}, err
	}
	return s.deliverPayload(ctx, payload)
}

func (s *Server) press(user, channel, ts, actionID, value string) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u, ok := s.user(user)
	if !ok {
		return nil, s.unknownUser(user)
	}
	if channel == "" {
		return s.pressInView(u, ts, actionID, value)
	}
	id, name, ok := s.channel(channel)
	if !ok {
		return nil, fmt.Errorf("channel %q unknown — the workspace has %s — use one of their ids", channel, strings.Join(s.channelNames(), ", "))
	}
	m := s.message(id, ts)
	if m == nil || (m.EphemeralFor != "" && m.EphemeralFor != u.ID) {
		return nil, fmt.Errorf("message %s in %s not found for %s — it was deleted or never posted — list the messages", ts, id, u.Name)
	}
	action, err := m.pressed(actionID, value)
	if err != nil {
		return nil, fmt.Errorf("message %s in #%s: %w", ts, name, err)
	}
	if selected := stateOf(action); selected != nil {
		m.State, m.encoded = withState(m.State, text(action, "block_id"), text(action, "action_id"), selected), nil
	}
	container := map[string]any{"type": "message", "message_ts": m.TS, "channel_id": id, "is_ephemeral": m.EphemeralFor != ""}
	if m.ThreadTS != "" {
		container["thread_ts"] = m.ThreadTS
	}
	payload := s.interaction("block_actions", u, "")
	payload["container"] = container
	payload["channel"] = map[string]any{"id": id, "name": slackChannelName(name)}
	payload["response_url"] = s.hookURL(hook{Channel: id, ChannelName: name, Message: m.TS, User: u.ID})
	payload["state"] = map[string]any{"values": initialState(decodeBlocks(m.Blocks), m.State)}
	payload["actions"] = []any{s.stamped(action)}
	if m.EphemeralFor == "" { // Slack sends no body of an ephemeral message
		payload["message"] = s.messageJSON(m)
	}
	return payload, nil
}

func (s *Server) pressInView(u User, viewID, actionID, value string) (map[string]any, error) {
	v := s.view(viewID)
	if viewID == "" {
		v = s.state.Homes[u.ID]
	}
	if v == nil || v.User != u.ID {
		return nil, fmt.Errorf("view %q not open for %s — it was closed or never opened — list the views", viewID, u.Name)
	}
	action, err := pressed(decodeBlocks(v.Blocks), actionID, value)
	if err != nil {
		return nil, fmt.Errorf("view %s: %w", v.ID, err)
	}
	if selected := stateOf(action); selected != nil {
		v.State = withState(v.State, text(action, "block_id"), text(action, "action_id"), selected)
	}
	payload := s.interaction("block_actions", u, v.ID)
	payload["container"] = map[string]any{"type": "view", "view_id": v.ID}
	shown := *v
	shown.State = initialState(decodeBlocks(v.Blocks), v.State)
	payload["view"] = s.viewJSON(&shown)
	payload["actions"] = []any{s.stamped(action)}
	return payload, nil
}

// interaction is what every interaction payload has.
func (s *Server) interaction(kind string, u User, view string) map[string]any {
	return map[string]any{
		"type": kind, "api_app_id": s.opt.AppID, "token": "deprecated", "enterprise": nil, "is_enterprise_install": false,
		"team":       map[string]any{"id": s.opt.Team, "domain": "duly"},
		"user":       map[string]any{"id": u.ID, "username": strings.ToLower(u.Name), "name": strings.ToLower(u.Name), "team_id": s.teamOf(u)},
		"trigger_id": s.trigger(u.ID, view),
	}
}

func (s *Server) stamped(action object) object {
	action["action_ts"] = s.timestamp()
	return action
}

// pressed finds the element in the message, else in what a screen still shows
// that has not caught up with an edit.
func (m *Message) pressed(actionID, value string) (object, error) {
	found, err := pressed(decodeBlocks(m.Blocks), actionID, value)
	for _, blocks := range m.earlier {
		if err == nil {
			break
		}
		if old, gone := pressed(decodeBlocks(blocks), actionID, value); gone == nil {
			return old, nil
		}
	}
	return found, err
}

// pressed finds the element and builds the action object that Slack would send for it.
func pressed(blocks []object, actionID, value string) (object, error) {
	var known []string
	var first object
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			id := text(e, "action_id")
			if !slices.Contains(known, id) {
				known = append(known, id)
			}
			switch {
			case id == actionID && (value == "" || holds(e, value)):
				return action(b, e, value)
			case id == actionID && first == nil:
				first = b
			case id != actionID && value == "":
				if o := optionFor(e, actionID); o != nil {
					return action(b, e, text(o, "value"))
				}
			}
		}
	}
	if first != nil { // a value the message does not carry: buttons take it, so that tampering can be tried
		for _, e := range elementsOf(first) {
			if text(e, "action_id") == actionID {
				return action(first, e, value)
			}
		}
	}
	return nil, fmt.Errorf("action %q not there — it offers %s — press one of these", actionID, listed(known))
}

func listed(names []string) string {
	if len(names) == 0 {
		return "nothing to press"
	}
	return strings.Join(names, ", ")
}

// holds tells whether an element carries the value itself or among its options.
func holds(e object, value string) bool {
	return text(e, "value") == value || option(e, value) != nil
}

// options lists an element's options, grouped or not.
func options(e object) []object {
	var out []object
	for _, path := range [][]string{{"options", "*"}, {"option_groups", "*", "options", "*"}} {
		each(e, "", path, func(v any, _ string) {
			if o, ok := v.(object); ok {
				out = append(out, o)
			}
		})
	}
	return out
}

// option finds an option by its value, or by the text people read.
func option(e object, value string) object {
	for _, o := range options(e) {
		if text(o, "value") == value || text(o, "text", "text") == value {
			return o
		}
	}
	return nil
}

// optionFor finds the option whose value is the action id, or begins with it and a separator.
func optionFor(e object, actionID string) object {
	for _, o := range options(e) {
		rest, ok := strings.CutPrefix(text(o, "value"), actionID)
		if ok && (rest == "" || !isWord(rest[0])) {
			return o
		}
	}
	return nil
}

func isWord(c byte) bool {
	return c == '_' || c == '.' || c == '-' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// action is one entry of a payload's actions.
func action(block, e object, value string) (object, error) {
	kind := text(e, "type")
	out := object{"type": kind, "action_id": text(e, "action_id"), "block_id": text(block, "block_id")}
	if kind == "button" {
		out["text"] = e["text"]
		if value == "" {
			value = text(e, "value")
		}
		if value != "" {
			out["value"] = value
		}
		if style := text(e, "style"); style != "" {
			out["style"] = style
		}
		return out, nil
	}
	chosen, err := chosen(e, value)
	if err != nil {
		return nil, err
	}
	for name, v := range chosen {
		out[name] = v
	}
	return out, nil
}

// stateOf is the part of an action that stays in the message's or view's state; buttons and menus leave none.
func stateOf(action object) any {
	if kind := text(action, "type"); kind == "button" || kind == "overflow" {
		return nil
	}
	kept := object{}
	for name, v := range action {
		if name != "action_id" && name != "block_id" && name != "action_ts" {
			kept[name] = v
		}
	}
	return kept
}

func (s *Server) unknownUser(user string) error {
	names := make([]string, len(s.opt.Users))
	for i, u := range s.opt.Users {
		names[i] = u.ID + " (" + u.Name + ")"
	}
	return fmt.Errorf("user %q unknown — the workspace has %s — use one of their ids", user, strings.Join(names, ", "))
}

func (s *Server) channelNames() []string {
	var names []string
	for name, id := range s.opt.Channels {
		names = append(names, id+" (#"+name+")")
	}
	slices.Sort(names)
	return names
}

func slackChannelName(name string) string {
	if strings.HasPrefix(name, "@") {
		return "directmessage"
	}
	return name
}
