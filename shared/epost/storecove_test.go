package epost

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/delivery"
	"duly/shared/o2c/fault"
)

// says answers each request by its path and keeps what was asked.
type says struct {
	answers map[string]string // "POST /discovery/receives" to "200 body"
	asked   []string
}

func (s *says) RoundTrip(r *http.Request) (*http.Response, error) {
	body := ""
	if r.Body != nil {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		body = string(raw)
	}
	name := r.Method + " " + strings.TrimPrefix(r.URL.Path, "/api/v2")
	s.asked = append(s.asked, name+" "+r.Header.Get("Authorization")+" "+body)
	said, ok := s.answers[name]
	if !ok {
		return nil, io.ErrUnexpectedEOF
	}
	status, text, _ := strings.Cut(said, " ")
	code := map[string]int{"200": 200, "204": 204, "401": 401, "422": 422, "429": 429, "500": 500}[status]
	return &http.Response{StatusCode: code, Body: io.NopCloser(strings.NewReader(text)), Header: http.Header{}, Request: r}, nil
}

func point(answers map[string]string) (Storecove, *says) {
	s := &says{answers: answers}
	return Storecove{URL: StorecoveURL, HTTP: &http.Client{Transport: s}, Entity: 7, Key: func(context.Context) (string, error) { return "secret", nil }}, s
}

var paper = o2c.EDocument{Tag: "e_1", Scheme: "0106", To: "12345678", Number: "2026-0001", UBL: []byte("<Invoice/>")}

func TestWhatIsAskedOfStorecove(t *testing.T) {
	s, wire := point(map[string]string{"POST /discovery/receives": `200 {"code":"OK","email":false}`, "POST /document_submissions": `200 {"guid":"9b"}`})
	id, err := s.Submit(t.Context(), paper)
	if err != nil || id != Guid("e_1") || len(id) != 36 {
		t.Fatal(id, err)
	}
	want := []string{
		`POST /discovery/receives Bearer secret {"documentTypes":["invoice"],"identifier":"12345678","metaScheme":"iso6523-actorid-upis","network":"peppol","scheme":"NL:KVK"}`,
		`POST /document_submissions Bearer secret {"legalEntityId":7,"idempotencyGuid":"` + id + `","routing":{"eIdentifiers":[{"scheme":"NL:KVK","id":"12345678"}]},"document":{"documentType":"invoice","rawDocumentData":{"document":"PEludm9pY2UvPg==","parseStrategy":"ubl"}}}`,
	}
	for i := range want {
		if wire.asked[i] != want[i] {
			t.Errorf("asked\n%s\nwant\n%s", wire.asked[i], want[i])
		}
	}
}

func TestWhatStorecoveRefuses(t *testing.T) {
	ok := `200 {"code":"OK"}`
	for name, tt := range map[string]struct {
		discovery, submission string
		code                  fault.Code
		id                    bool
	}{
		"nobody there":         {`200 {"code":"NOK","email":false}`, "", fault.Refused, false},
		"a number that is odd": {`422 [{"source":"identifier","details":"is invalid"}]`, "", fault.Refused, false},
		"the document":         {ok, `422 [{"source":"document","details":"BR-CO-10"}]`, fault.Refused, false},
		"no reason":            {ok, `422 {}`, fault.Refused, false},
		"a second time":        {ok, `422 [{"source":"idempotencyGuid","details":"has already been taken"}]`, "", true},
		"the key":              {`401 `, "", fault.Config, false},
		"an outage":            {ok, `500 oops`, fault.Unavailable, false},
		"silence":              {ok, "", fault.Unavailable, false},
	} {
		t.Run(name, func(t *testing.T) {
			answers := map[string]string{"POST /discovery/receives": tt.discovery}
			if tt.submission != "" {
				answers["POST /document_submissions"] = tt.submission
			}
			s, _ := point(answers)
			id, err := s.Submit(t.Context(), paper)
			if (id != "") != tt.id || tt.code != "" && !fault.Is(err, tt.code) || tt.code == "" && err != nil {
				t.Errorf("%q, %v", id, err)
			}
		})
	}
	s, wire := point(nil)
	odd := paper
	odd.Scheme, odd.To = "0088", "7300010000001"
	if _, err := s.Submit(t.Context(), odd); !fault.Is(err, fault.Refused) || len(wire.asked) > 0 {
		t.Error(err, wire.asked)
	}
}

func TestAddressesInStorecovesWords(t *testing.T) {
	for _, c := range [][3]string{{"0106", "12345678", "NL:KVK 12345678"}, {"0204", "04011000-1234512345-06", "DE:LWID 04011000-1234512345-06"}, {"9930", "DE136695976", "DE:VAT DE136695976"}, {"9933", "EL123456783", "GR:VAT EL123456783"}} {
		if id, ok := identify(c[0], c[1]); !ok || id.Scheme+" "+id.ID != c[2] {
			t.Errorf("%v is %v", c, id)
		}
	}
}

// What is final is told once and deleted; what is not, or is another's, is deleted
// alone; what could not be taken in stays.
func TestNewsOfStorecove(t *testing.T) {
	told := func(event string) string {
		return `200 {"guid":"w1","body":"{\"event_type\":\"document_submission\",\"event\":\"` + event + `\",\"details\":\"why\",\"guid\":\"9b\",\"idempotencyGuid\":\"own\"}"}`
	}
	for event, verb := range map[string]string{"succeeded": "deliver", "failed": "reject", "no_action_taken": "reject", "rejected": "reject", "acknowledged": ""} {
		s, wire := point(map[string]string{"GET /webhook_instances/": told(event), "DELETE /webhook_instances/w1": "204 "})
		var got []o2c.MailNews
		err := s.Collect(t.Context(), func(n o2c.MailNews) error {
			got = append(got, n)
			wire.answers["GET /webhook_instances/"] = "204 "
			return nil
		})
		if verb == "" {
			if err != nil || len(got) != 0 || len(wire.asked) != 2*newsMax {
				t.Error(event, err, got, len(wire.asked))
			}
			continue
		}
		if err != nil || len(got) != 1 || got[0].Verb != verb || got[0].Submission != "own" || len(wire.asked) != 3 {
			t.Error(event, err, got, wire.asked)
		}
		if verb == "reject" && (got[0].News != delivery.News{Verb: verb, Code: event, Reason: "why"}) {
			t.Errorf("%+v", got[0])
		}
	}
	s, wire := point(map[string]string{"GET /webhook_instances/": told("succeeded")})
	if err := s.Collect(t.Context(), func(o2c.MailNews) error { return io.ErrUnexpectedEOF }); err == nil || len(wire.asked) != 1 {
		t.Error(err, wire.asked)
	}
}
