package slack

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// chosen is what an element's state says after a member chose or typed a value, in Slack's shape for its type.
// Several values are separated by commas. An empty value is the element left or made empty.
func chosen(e object, value string) (object, error) {
	kind := text(e, "type")
	out := object{"type": kind}
	switch kind {
	case "plain_text_input", "number_input", "email_text_input", "url_text_input", "rich_text_input":
		out["value"] = orNull(value)
		return out, typed(e, kind, value)
	case "static_select", "radio_buttons", "overflow":
		out["selected_option"] = nil
		if value == "" {
			return out, nil
		}
		o := option(e, value)
		if o == nil {
			return nil, noOption(e, value)
		}
		out["selected_option"] = o
	case "checkboxes", "multi_static_select":
		picked := []object{}
		for _, v := range split(value) {
			o := option(e, v)
			if o == nil {
				return nil, noOption(e, v)
			}
			picked = append(picked, o)
		}
		out["selected_options"] = picked
	case "users_select":
		out["selected_user"] = orNull(value)
	case "conversations_select":
		out["selected_conversation"] = orNull(value)
	case "channels_select":
		out["selected_channel"] = orNull(value)
	case "multi_users_select":
		out["selected_users"] = split(value)
	case "datepicker":
		out["selected_date"] = orNull(value)
		return out, formatted(e, value, time.DateOnly, "a date like 2026-12-04")
	case "timepicker":
		out["selected_time"] = orNull(value)
		return out, formatted(e, value, "15:04", "a time like 09:30")
	case "datetimepicker":
		out["selected_date_time"] = nil
		if value == "" {
			return out, nil
		}
		unix, err := strconv.ParseInt(value, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("%s: %q is no time — it takes Unix seconds — write them as digits", text(e, "action_id"), value)
		}
		out["selected_date_time"] = unix
	default:
		return nil, fmt.Errorf("%s: a %s cannot be filled here", text(e, "action_id"), kind)
	}
	return out, nil
}

func orNull(value string) any {
	if value == "" {
		return nil
	}
	return value
}

func split(value string) []string {
	out := []string{}
	for _, v := range strings.Split(value, ",") {
		if v = strings.TrimSpace(v); v != "" {
			out = append(out, v)
		}
	}
	return out
}

func noOption(e object, value string) error {
	var values []string
	for _, o := range options(e) {
		values = append(values, text(o, "value"))
	}
	return fmt.Errorf("%s: %q is no option — it offers %s — choose one of these", text(e, "action_id"), value, strings.Join(values, ", "))
}

func formatted(e object, value, layout, example string) error {
	if value == "" {
		return nil
	}
	if _, err := time.Parse(layout, value); err != nil {
		return fmt.Errorf("%s: %q does not fit — Slack's picker gives %s — write it so", text(e, "action_id"), value, example)
	}
	return nil
}

// typed holds what Slack's own client refuses before it submits.
func typed(e object, kind, value string) error {
	if value == "" {
		return nil
	}
	name := text(e, "action_id")
	if least, ok := number(e["min_length"]); ok && float64(runes(value)) < least {
		return fmt.Errorf("%s: %q is too short — Slack asks for at least %v characters — write more", name, value, least)
	}
	if most, ok := number(e["max_length"]); ok && float64(runes(value)) > most {
		return fmt.Errorf("%s: the text is too long — Slack takes at most %v characters — shorten it", name, most)
	}
	switch kind {
	case "number_input":
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || (e["is_decimal_allowed"] != true && strings.ContainsAny(value, ".,eE")) {
			return fmt.Errorf("%s: %q is no number Slack accepts here — write digits", name, value)
		}
		if least, ok := number(e["min_value"]); ok && n < least {
			return fmt.Errorf("%s: %s is too small — the least is %v", name, value, least)
		}
		if most, ok := number(e["max_value"]); ok && n > most {
			return fmt.Errorf("%s: %s is too large — the most is %v", name, value, most)
		}
	case "email_text_input":
		if !regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`).MatchString(value) {
			return fmt.Errorf("%s: %q is no e-mail address — write one like name@company.example", name, value)
		}
	}
	return nil
}

// number reads a limit, which Slack takes as a number or as a string.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}

// initially is the state of an element nobody touched yet.
func initially(e object) object {
	out := object{"type": text(e, "type")}
	switch text(e, "type") {
	case "static_select", "radio_buttons":
		out["selected_option"] = e["initial_option"]
	case "checkboxes", "multi_static_select":
		out["selected_options"] = []any{}
		if picked, ok := e["initial_options"]; ok {
			out["selected_options"] = picked
		}
	case "users_select":
		out["selected_user"] = e["initial_user"]
	case "conversations_select":
		out["selected_conversation"] = e["initial_conversation"]
	case "channels_select":
		out["selected_channel"] = e["initial_channel"]
	case "multi_users_select":
		out["selected_users"] = []any{}
		if picked, ok := e["initial_users"]; ok {
			out["selected_users"] = picked
		}
	case "datepicker":
		out["selected_date"] = e["initial_date"]
	case "timepicker":
		out["selected_time"] = e["initial_time"]
	case "datetimepicker":
		out["selected_date_time"] = e["initial_date_time"]
	case "button", "overflow", "workflow_button":
		return nil
	default:
		out["value"] = e["initial_value"]
	}
	return out
}

// initialState is the state of all elements: what people chose, else what the blocks begin with.
func initialState(blocks []object, touched map[string]map[string]any) map[string]map[string]any {
	out := map[string]map[string]any{}
	for _, b := range blocks {
		for _, e := range elementsOf(b) {
			block, action := text(b, "block_id"), text(e, "action_id")
			if v, ok := touched[block][action]; ok {
				out = withState(out, block, action, v)
			} else if v := initially(e); v != nil {
				out = withState(out, block, action, v)
			}
		}
	}
	return out
}

// isEmpty tells whether a state object holds no answer.
func isEmpty(state any) bool {
	o, _ := state.(object)
	for name, v := range o {
		if name == "type" || v == nil {
			continue
		}
		switch v := v.(type) {
		case string:
			if v != "" {
				return false
			}
		case []object:
			if len(v) > 0 {
				return false
			}
		case []any:
			if len(v) > 0 {
				return false
			}
		case []string:
			if len(v) > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}
