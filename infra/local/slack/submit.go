package slack

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Submit fills in an open modal and presses its submit button. Values are named by action_id or block_id: a string
// typed by the element, a number, a boolean, a list (checkboxes), or an object action_id → value below a block_id.
// What is left out keeps what the member typed before, else the element's initial value.
//
// The product's answer acts as in Slack: errors keep the modal open with the sentences beside their fields, update
// and push show another view, clear closes the stack, an empty 200 closes this view.
func (s *Server) Submit(ctx context.Context, viewID, user string, values map[string]any) (Reply, error) {
	payload, err := s.fillIn(viewID, user, values)
	if err != nil {
		return Reply{}, err
	}
	reply, err := s.deliverPayload(ctx, payload)
	if err != nil {
		return reply, err
	}
	return reply, s.submitted(viewID, reply)
}

// CloseView presses Cancel in an open modal; Slack tells the product only where notify_on_close was set.
func (s *Server) CloseView(ctx context.Context, viewID, user string) (Reply, error) {
	s.mu.Lock()
	v, u, err := s.openFor(viewID, user)
	if err != nil {
		s.mu.Unlock()
		return Reply{}, err
	}
	payload := s.interaction("view_closed", u, "")
	delete(payload, "trigger_id")
	payload["view"], payload["is_cleared"] = s.viewJSON(v), false
	notify := v.NotifyOnClose
	s.keepViews(func(open *View) bool { return open != v })
	s.mu.Unlock()
	if !notify {
		return Reply{Status: 200}, nil
	}
	return s.deliverPayload(ctx, payload)
}

func (s *Server) openFor(viewID, user string) (*View, User, error) {
	u, ok := s.user(user)
	if !ok {
		return nil, User{}, s.unknownUser(user)
	}
	v := s.view(viewID)
	if v == nil || v.Type != "modal" || v.User != u.ID {
		return nil, User{}, fmt.Errorf("view %q not open for %s — it was closed or never opened — list the views", viewID, u.Name)
	}
	return v, u, nil
}

func (s *Server) fillIn(viewID, user string, values map[string]any) (map[string]any, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v, u, err := s.openFor(viewID, user)
	if err != nil {
		return nil, err
	}
	blocks := decodeBlocks(v.Blocks)
	given, err := assign(blocks, values)
	if err != nil {
		return nil, fmt.Errorf("view %s: %w", viewID, err)
	}
	state := initialState(blocks, v.State)
	for _, g := range given {
		filled, err := chosen(g.element, g.value)
		if err != nil {
			return nil, fmt.Errorf("view %s: %w", viewID, err)
		}
		state = withState(state, g.block, text(g.element, "action_id"), filled)
	}
	v.State, v.Errors = state, nil
	if v.Errors = unanswered(blocks, state); v.Errors != nil {
		names := slices.Sorted(maps.Keys(v.Errors))
		return nil, fmt.Errorf("view %s not submitted — Slack asks for %s first — give a value", viewID, strings.Join(names, ", "))
	}
	payload := s.interaction("view_submission", u, v.ID)
	payload["view"] = s.viewJSON(v)
	payload["response_urls"] = []any{}
	return payload, nil
}

// given is one value for one element.
type given struct {
	block   string
	element object
	value   string
}

func assign(blocks []object, values map[string]any) ([]given, error) {
	var out []given
	var known []string
	used := map[string]bool{}
	for _, b := range blocks {
		block := text(b, "block_id")
		for _, e := range elementsOf(b) {
			action := text(e, "action_id")
			known = append(known, action)
			v, ok := values[action]
			name := action
			if !ok {
				v, ok = values[block]
				name = block
			}
			if nested, isObject := v.(map[string]any); isObject {
				v, ok = nested[action]
			}
			if !ok {
				continue
			}
			used[name] = true
			out = append(out, given{block, e, asText(v)})
		}
	}
	for _, name := range slices.Sorted(maps.Keys(values)) {
		if !used[name] {
			return nil, fmt.Errorf("value %q fits no field — the view has %s — name one of these", name, listed(known))
		}
	}
	return out, nil
}

// asText reads a value from JSON as a person would have typed it.
func asText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case []any:
		parts := make([]string, len(v))
		for i, p := range v {
			parts[i] = asText(p)
		}
		return strings.Join(parts, ",")
	case []string:
		return strings.Join(v, ",")
	case map[string]any: // Slack's own state object
		for _, name := range []string{"value", "selected_date", "selected_user", "selected_option", "selected_options"} {
			if inner, ok := v[name]; ok {
				return asText(inner)
			}
		}
		return ""
	case float64: // every number of decoded JSON; never in exponent form
		return strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return fmt.Sprintf("%v", v)
	}
}

func unanswered(blocks []object, state map[string]map[string]any) map[string]string {
	var missing map[string]string
	for _, b := range blocks {
		if text(b, "type") != "input" || b["optional"] == true {
			continue
		}
		block := text(b, "block_id")
		if isEmpty(state[block][text(b, "element", "action_id")]) {
			if missing == nil {
				missing = map[string]string{}
			}
			missing[block] = "Please complete this required field."
		}
	}
	return missing
}

// submitted acts on the product's answer to a submission.
func (s *Server) submitted(viewID string, reply Reply) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := s.view(viewID)
	if v == nil {
		return nil // closed meanwhile
	}
	if reply.Status != 200 || reply.Milliseconds > patience.Milliseconds() {
		v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
		return nil
	}
	var answer struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if len(strings.TrimSpace(string(reply.Body))) > 0 {
		if err := json.Unmarshal(reply.Body, &answer); err != nil {
			v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
			return fmt.Errorf("answer to view_submission %s is no JSON: %w", viewID, err)
		}
	}
	switch answer.Action {
	case "":
		s.keepViews(func(open *View) bool { return open != v })
	case "clear":
		s.keepViews(func(open *View) bool { return open.RootID != v.RootID })
	case "errors":
		return s.showErrors(v, answer.Errors)
	case "update", "push":
		return s.showNext(v, answer.Action, answer.View)
	default:
		return fmt.Errorf("answer to view_submission %s — response_action %q does not exist — use errors, update, push or clear", viewID, answer.Action)
	}
	return nil
}

// showErrors keeps the modal open. Slack shows an error only beside an input block; a key that names none makes it
// show a general failure instead.
func (s *Server) showErrors(v *View, errors map[string]string) error {
	inputs := map[string]bool{}
	for _, b := range decodeBlocks(v.Blocks) {
		if text(b, "type") == "input" {
			inputs[text(b, "block_id")] = true
		}
	}
	v.Errors = errors
	for _, block := range slices.Sorted(maps.Keys(errors)) {
		if !inputs[block] {
			fault := fmt.Sprintf("errors must name an input block, and %q is none [json-pointer:/errors]", block)
			s.violate("view_submission", v.CallbackID, []string{fault})
			v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
			return fmt.Errorf("answer to view_submission %s: %s", v.ID, fault)
		}
	}
	return nil
}

func (s *Server) showNext(v *View, action string, raw json.RawMessage) error {
	next, faults := s.readView(string(raw), "/view", modalSurface)
	if len(faults) > 0 {
		s.violate("view_submission", v.CallbackID, faults)
		v.Errors = map[string]string{"": "We had some trouble connecting. Try again?"}
		return fmt.Errorf("answer to view_submission %s: %s", v.ID, strings.Join(faults, "; "))
	}
	if action == "update" {
		s.replace(v, next)
		return nil
	}
	if _, no := s.stack(next, &trigger{User: v.User, View: v.ID}); no != nil {
		return fmt.Errorf("answer to view_submission %s: %s", v.ID, no.code)
	}
	return nil
}
