package slack

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestChosenHasSlacksShapePerElement(t *testing.T) {
	options := `"options":[{"text":{"type":"plain_text","text":"One"},"value":"1"},{"text":{"type":"plain_text","text":"Two"},"value":"2"}]`
	one := `{"text":{"text":"One","type":"plain_text"},"value":"1"}`
	for _, tt := range []struct{ element, value, want, wantErr string }{
		{`{"type":"plain_text_input"}`, "x", `{"type":"plain_text_input","value":"x"}`, ""},
		{`{"type":"plain_text_input","max_length":2}`, "xyz", "", "at most 2"},
		{`{"type":"number_input","is_decimal_allowed":true}`, "1.5", `{"type":"number_input","value":"1.5"}`, ""},
		{`{"type":"number_input","min_value":"2"}`, "1", "", "the least is 2"},
		{`{"type":"email_text_input"}`, "acme", "", "no e-mail address"},
		{`{"type":"static_select",` + options + `}`, "One", `{"selected_option":` + one + `,"type":"static_select"}`, ""},
		{`{"type":"radio_buttons",` + options + `}`, "", `{"selected_option":null,"type":"radio_buttons"}`, ""},
		{`{"type":"static_select","option_groups":[{` + options + `}]}`, "1", `{"selected_option":` + one + `,"type":"static_select"}`, ""},
		{`{"type":"checkboxes",` + options + `}`, "1", `{"selected_options":[` + one + `],"type":"checkboxes"}`, ""},
		{`{"type":"multi_static_select",` + options + `}`, "1, 3", "", `"3" is no option`},
		{`{"type":"users_select"}`, "U1", `{"selected_user":"U1","type":"users_select"}`, ""},
		{`{"type":"multi_users_select"}`, "U1,U2", `{"selected_users":["U1","U2"],"type":"multi_users_select"}`, ""},
		{`{"type":"conversations_select"}`, "C1", `{"selected_conversation":"C1","type":"conversations_select"}`, ""},
		{`{"type":"channels_select"}`, "C1", `{"selected_channel":"C1","type":"channels_select"}`, ""},
		{`{"type":"datepicker"}`, "2026-02-30", "", "a date like"},
		{`{"type":"timepicker"}`, "09:30", `{"selected_time":"09:30","type":"timepicker"}`, ""},
		{`{"type":"datetimepicker"}`, "1767600000", `{"selected_date_time":1767600000,"type":"datetimepicker"}`, ""},
		{`{"type":"datetimepicker"}`, "noon", "", "Unix seconds"},
		{`{"type":"file_input"}`, "x", "", "cannot be filled"},
	} {
		var e object
		if err := decode(tt.element, &e); err != nil {
			t.Fatal(err)
		}
		got, err := chosen(e, tt.value)
		if tt.wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), tt.wantErr) {
				t.Errorf("%s %q: %v, want %q", tt.element, tt.value, err, tt.wantErr)
			}
			continue
		}
		if err != nil || string(encode(got)) != tt.want {
			t.Errorf("%s %q: %s %v", tt.element, tt.value, encode(got), err)
		}
		if isEmpty(got) != (tt.value == "") {
			t.Errorf("%s %q: empty = %v", tt.element, tt.value, isEmpty(got))
		}
	}
}

func TestInitialState(t *testing.T) {
	one := `{"text":{"type":"plain_text","text":"One"},"value":"1"}`
	for element, want := range map[string]string{
		`{"type":"plain_text_input","initial_value":"x"}`:                                   `{"type":"plain_text_input","value":"x"}`,
		`{"type":"static_select","initial_option":` + one + `}`:                             `{"selected_option":{"text":{"text":"One","type":"plain_text"},"value":"1"},"type":"static_select"}`,
		`{"type":"checkboxes","initial_options":[]}`:                                        `{"selected_options":[],"type":"checkboxes"}`,
		`{"type":"users_select","initial_user":"U1"}`:                                       `{"selected_user":"U1","type":"users_select"}`,
		`{"type":"multi_users_select","initial_users":["U1"]}`:                              `{"selected_users":["U1"],"type":"multi_users_select"}`,
		`{"type":"conversations_select"}`:                                                   `{"selected_conversation":null,"type":"conversations_select"}`,
		`{"type":"channels_select","initial_channel":"C1"}`:                                 `{"selected_channel":"C1","type":"channels_select"}`,
		`{"type":"datepicker","initial_date":"2026-01-05"}`:                                 `{"selected_date":"2026-01-05","type":"datepicker"}`,
		`{"type":"timepicker"}`:                                                             `{"selected_time":null,"type":"timepicker"}`,
		`{"type":"datetimepicker"}`:                                                         `{"selected_date_time":null,"type":"datetimepicker"}`,
		`{"type":"button","text":{"type":"plain_text","text":"x"},"value":"not an answer"}`: `null`,
	} {
		var e object
		if err := decode(element, &e); err != nil {
			t.Fatal(err)
		}
		if got := string(encode(initially(e))); got != want {
			t.Errorf("%s: %s, want %s", element, got, want)
		}
	}
}

func TestReplyAsJSON(t *testing.T) {
	for body, want := range map[string]string{
		`{"response_action":"clear"}`: `{"body":{"response_action":"clear"},"milliseconds":7,"status":200}`,
		`plain words`:                 `{"body":"plain words","milliseconds":7,"status":200}`,
		``:                            `{"body":"","milliseconds":7,"status":200}`,
	} {
		got, err := json.Marshal(Reply{Status: 200, Body: []byte(body), Milliseconds: 7})
		if err != nil || string(got) != want {
			t.Errorf("%s: %s %v", body, got, err)
		}
	}
}
