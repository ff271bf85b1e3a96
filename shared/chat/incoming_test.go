package chat

import (
	"net/url"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c/fault"
)

func payload(json string) []byte { return []byte(url.Values{"payload": {json}}.Encode()) }

func TestReadInteraction(t *testing.T) {
	for _, tt := range []struct {
		name, json string
		want       Interaction
	}{
		{"a press", `{"type":"block_actions","api_app_id":"A1","trigger_id":"t","team":{"id":"T1"},"user":{"id":"U1","team_id":"T1"},"channel":{"id":"C1"},
			"container":{"message_ts":"1.2"},"actions":[{"action_id":"credit.approve","value":"o_1|3","new":1}],
			"message":{"blocks":[{"type":"section"},{"elements":[{"action_id":"invoice.open","url":"https://pay.example/i/k1"}]}]}}`,
			Interaction{Kind: Pressed, Team: "T1", UserTeam: "T1", App: "A1", User: "U1", TriggerID: "t", Place: Meta{Channel: "C1", TS: "1.2"},
				Action: "credit.approve", Value: "o_1|3", Link: "https://pay.example/i/k1"}},
		{"a form", `{"type":"view_submission","api_app_id":"A1","team":{"id":"T1"},"user":{"id":"U1"},"view":{"id":"V1","callback_id":"credit.reject",
			"private_metadata":"{\"id\":\"o_1\",\"version\":3,\"channel\":\"C1\",\"ts\":\"1.2\"}","state":{"values":{
			"reason":{"reason":{"type":"plain_text_input","value":" late payer "}},"date":{"date":{"selected_date":"2026-01-06"}},
			"invoice":{"invoice":{"selected_option":{"value":"i_1"}}},"amount":{"amount":{"value":null}}}}}}`,
			Interaction{Kind: Submitted, Team: "T1", App: "A1", User: "U1", Place: Meta{ID: "o_1", Version: 3, Channel: "C1", TS: "1.2"}, ViewID: "V1", Action: "credit.reject",
				Fields: Fields{"reason": "late payer", "date": "2026-01-06", "invoice": "i_1", "amount": ""}}},
		{"something else", `{"type":"shortcut","team":{"id":"T1"}}`, Interaction{Kind: "shortcut", Team: "T1"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := ReadInteraction(payload(tt.json))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	for _, bad := range [][]byte{nil, []byte("%zz"), []byte("payload=x"), payload(`{"type":"block_actions","actions":[]}`), payload(`{"type":"view_submission"}`)} {
		if _, err := ReadInteraction(bad); !fault.Is(err, fault.Unreadable) {
			t.Errorf("%s: got %v", bad, err)
		}
	}
}

func TestReadEvent(t *testing.T) {
	for _, tt := range []struct {
		json string
		want Event
	}{
		{`{"type":"url_verification","challenge":"c1"}`, Event{Kind: Verification, Challenge: "c1"}},
		{`{"type":"event_callback","team_id":"T1","api_app_id":"A1","event":{"type":"app_home_opened","user":"U1","tab":"home"}}`, Event{Kind: HomeOpened, Team: "T1", App: "A1", User: "U1"}},
		{`{"type":"event_callback","team_id":"T1","api_app_id":"A1","event":{"type":"app_home_opened","user":"U1","tab":"messages"}}`, Event{Team: "T1", App: "A1", User: "U1"}},
		{`{"type":"event_callback","event":{"type":"message"}}`, Event{Kind: "message"}},
	} {
		if got, err := ReadEvent([]byte(tt.json)); err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %+v %v", tt.json, got, err)
		}
	}
	if _, err := ReadEvent([]byte("{")); !fault.Is(err, fault.Unreadable) {
		t.Errorf("got %v", err)
	}
}

func TestReadCommand(t *testing.T) {
	body := url.Values{"team_id": {"T1"}, "api_app_id": {"A1"}, "user_id": {"U1"}, "text": {" order SO-1042 "}}
	if got, err := ReadCommand([]byte(body.Encode())); err != nil || got != (Command{Team: "T1", App: "A1", User: "U1", Text: "order SO-1042"}) {
		t.Errorf("got %+v %v", got, err)
	}
	if _, err := ReadCommand([]byte("text=%ff")); !fault.Is(err, fault.Unreadable) {
		t.Errorf("got %v", err)
	}
}

// FuzzRead: whatever is posted, it is read or refused, and nothing panics.
func FuzzRead(f *testing.F) {
	f.Add(payload(`{"type":"view_submission","view":{"private_metadata":"{}","state":{"values":{"a":{"a":{"value":"x"}}}}}}`))
	f.Add([]byte(`{"type":"event_callback","event":{"type":"app_home_opened"}}`))
	f.Add([]byte("text=order+1"))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, read := range []func() error{
			func() error { _, err := ReadInteraction(body); return err },
			func() error { _, err := ReadEvent(body); return err },
			func() error { _, err := ReadCommand(body); return err },
		} {
			if err := read(); err != nil && !fault.Is(err, fault.Unreadable) {
				t.Errorf("got %v", err)
			}
		}
	})
}
