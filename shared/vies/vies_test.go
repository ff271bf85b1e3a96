package vies

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c/invoice"
)

// says answers every request alike and keeps the last.
type says struct {
	status int
	body   string
	asked  string
}

func (s *says) RoundTrip(r *http.Request) (*http.Response, error) {
	raw, err := io.ReadAll(r.Body)
	s.asked = r.Method + " " + r.URL.String() + " " + string(raw)
	if s.status == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	return &http.Response{StatusCode: s.status, Body: io.NopCloser(strings.NewReader(s.body)), Header: http.Header{}, Request: r}, err
}

func TestAnswers(t *testing.T) {
	for name, tt := range map[string]struct {
		status int
		body   string
		want   invoice.VIES
	}{
		"valid":          {200, `{"countryCode":"BE","vatNumber":"0411905847","requestDate":"2026-08-29T10:00:00.000Z","valid":true,"requestIdentifier":"WAPIAAAA1","name":"NV  X","address":"Rue 1\n1000 BRUXELLES"}`, invoice.VIES{Status: "valid", Consultation: "WAPIAAAA1", Name: "NV X", Address: "Rue 1 1000 BRUXELLES"}},
		"not disclosed":  {200, `{"valid":true,"requestIdentifier":"","name":"---","address":"---"}`, invoice.VIES{Status: "valid"}},
		"invalid":        {200, `{"valid":false,"name":"---"}`, invoice.VIES{Status: "invalid"}},
		"malformed":      {400, `{"actionSucceed":false,"errorWrappers":[{"error":"INVALID_INPUT"}]}`, invoice.VIES{Status: "invalid"}},
		"state is away":  {200, `{"actionSucceed":false,"errorWrappers":[{"error":"MS_UNAVAILABLE"}]}`, invoice.VIES{Status: "unverified"}},
		"service is not": {503, `<html>down</html>`, invoice.VIES{Status: "unverified"}},
		"nobody":         {0, "", invoice.VIES{Status: "unverified"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := &says{status: tt.status, body: tt.body}
			got, err := Register{URL: URL, HTTP: &http.Client{Transport: s}}.Check(context.Background(), "BE0411905847", "NL123456782B90")
			tt.want.VATID = "BE0411905847"
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			want := "POST " + URL + `/check-vat-number {"countryCode":"BE","vatNumber":"0411905847","requesterMemberStateCode":"NL","requesterNumber":"123456782B90"}`
			if s.asked != want {
				t.Errorf("asked %s", s.asked)
			}
		})
	}
}
