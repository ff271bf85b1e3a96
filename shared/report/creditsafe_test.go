package report_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"duly/infra/local/creditsafe"
	"duly/shared/o2c"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/report"
)

func agency(t *testing.T, login string, answer func(http.ResponseWriter, *http.Request) bool) report.Creditsafe {
	t.Helper()
	s := &creditsafe.Server{User: "u1", Password: "p:1", Now: time.Now, Companies: []creditsafe.Company{
		{Country: "NL", RegNo: "69599068", VATNo: "NL001234567B13", Name: "Acme BV", Rating: "B", Score: 61, Limit: 15000, Currency: "EUR"},
		{Country: "DE", RegNo: "HRB1", VATNo: "DE136695976", Name: "Krause", Rating: "A", Score: 88, Limit: 40000, Currency: "USD"},
		{Country: "NL", RegNo: "41013455", Name: "Noorderlicht"},
	}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if answer == nil || !answer(w, r) {
			s.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	return report.Creditsafe{URL: server.URL, HTTP: server.Client(), Login: func(context.Context) (string, error) { return login, nil }}
}

// TestCreditsafe reads reports in the shape of Creditsafe Connect; it was never
// held against the live service.
func TestCreditsafe(t *testing.T) {
	limit := money.Of(1_500_000, "EUR")
	for _, c := range []struct {
		name  string
		about party.Data
		want  credit.ReportData
	}{
		{"by register number", party.Data{KVK: "69599068"}, credit.ReportData{Source: "Creditsafe", Reference: "NL-0-69599068", Known: true, Score: 61, Grade: "B Low Risk", Limit: &limit}},
		{"by VAT id, its limit in another currency", party.Data{VATID: "DE136695976", Address: party.Address{Country: "DE"}}, credit.ReportData{Source: "Creditsafe", Reference: "DE-0-HRB1", Known: true, Score: 88, Grade: "A Very Low Risk"}},
		{"not rated", party.Data{KVK: "41013455"}, credit.ReportData{Source: "Creditsafe", Reference: "NL-0-41013455", Known: true, Grade: "E Not Rated"}},
		{"unknown", party.Data{KVK: "1"}, credit.ReportData{Source: "Creditsafe"}},
		{"nothing to look for", party.Data{Name: "Acme BV"}, credit.ReportData{Source: "Creditsafe"}},
		{"a register number of another country", party.Data{KVK: "69599068", Address: party.Address{Country: "DE"}}, credit.ReportData{Source: "Creditsafe"}},
	} {
		got, err := agency(t, "u1:p:1\n", nil).Report(t.Context(), c.about, "EUR")
		if diff := cmp.Diff(c.want, got); diff != "" || err != nil {
			t.Errorf("%s: %v\n%s", c.name, err, diff)
		}
	}
}

// What goes wrong says so, is tried again where that helps, and never quotes the
// password.
func TestCreditsafeThatCannotBeAsked(t *testing.T) {
	acme := party.Data{KVK: "69599068"}
	for _, login := range []string{"u1:wrong", "u1", ""} {
		if _, err := agency(t, login, nil).Report(t.Context(), acme, "EUR"); !fault.Is(err, fault.Config) || strings.Contains(err.Error(), "wrong") {
			t.Errorf("%q: %v", login, err)
		}
	}
	for status, code := range map[int]fault.Code{500: fault.Unavailable, 403: fault.Config, 200: fault.Unavailable} {
		a := agency(t, "u1:p:1", func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPost {
				return false
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte("<html>"))
			return true
		})
		if _, err := a.Report(t.Context(), acme, "EUR"); !fault.Is(err, code) {
			t.Errorf("%d: %v", status, err)
		}
	}
	slow := agency(t, "u1:p:1", func(w http.ResponseWriter, _ *http.Request) bool { w.WriteHeader(429); return true })
	var later *o2c.Later
	if _, err := slow.Report(t.Context(), acme, "EUR"); !errors.As(err, &later) {
		t.Errorf("%v", err)
	}
}
