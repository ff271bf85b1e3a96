package stripe_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"duly/infra/local/stripe"
)

func TestHostedPage(t *testing.T) {
	b := start(t)
	s := b.session(124000)
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	read := func(r *http.Response, err error) (int, string, http.Header) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Body.Close()
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Fatal(err)
		}
		return r.StatusCode, string(body), r.Header
	}
	post := func(method, outcome string) (int, string, http.Header) {
		return read(browser.PostForm(s.URL, url.Values{"method": {method}, "outcome": {outcome}}))
	}

	status, body, header := read(browser.Get(s.URL))
	if status != 200 || !strings.Contains(body, "€1,240.00") || !strings.Contains(body, "iDEAL | Wero") || !strings.Contains(body, "Invoice 2026-0042") {
		t.Fatalf("%d %s", status, body)
	}
	if csp := header.Get("Content-Security-Policy"); !strings.Contains(csp, "form-action 'self' http://127.0.0.1:8700;") {
		t.Fatalf("policy %q", csp)
	}
	if _, body, _ := read(browser.Get(s.URL + "?lang=nl")); !strings.Contains(body, "Hoe wilt u betalen?") {
		t.Fatal("no Dutch")
	}
	if status, body, _ := post("card", "fail"); status != 200 || !strings.Contains(body, `role="alert"`) {
		t.Fatalf("declined: %d %s", status, body)
	}
	status, _, header = post("ideal", "succeed")
	if want := "http://127.0.0.1:8700/i/abc?paid=" + s.ID; status != 303 || header.Get("Location") != want {
		t.Fatalf("paid: %d to %q, want %q", status, header.Get("Location"), want)
	}
	if len(b.got) == 0 || b.got[len(b.got)-1].Type != "checkout.session.completed" {
		t.Fatal("the redirect came before the events")
	}
	if status, body, _ := post("ideal", "succeed"); status != 200 || !strings.Contains(body, "This payment is complete") {
		t.Fatalf("paying twice: %d %s", status, body)
	}

	late := b.session(5000)
	b.clock.Advance(24 * time.Hour)
	if status, body, _ := read(browser.Get(late.URL)); status != http.StatusGone || !strings.Contains(body, "has expired") || strings.Contains(body, "<form") {
		t.Fatalf("expired: %d %s", status, body)
	}
	if status, _, _ := read(browser.Get(s.URL + "x")); status != http.StatusNotFound {
		t.Fatalf("unknown: %d", status)
	}
}

// A page of another site must not pay for the customer.
func TestHostedPageRefusesOtherOrigins(t *testing.T) {
	b := start(t)
	s := b.session(5000)
	r := httptest.NewRequest("POST", s.URL, strings.NewReader("method=ideal&outcome=succeed"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	w := httptest.NewRecorder()
	b.server.ServeHTTP(w, r)
	if w.Code != http.StatusForbidden || b.server.Sessions()[0].Status != "open" {
		t.Fatalf("%d, session %s", w.Code, b.server.Sessions()[0].Status)
	}
}

func TestParseSpan(t *testing.T) {
	for text, want := range map[string]time.Duration{"14d": 14 * 24 * time.Hour, "1d12h30m": 36*time.Hour + 30*time.Minute, "0d": 0, "90m": 90 * time.Minute} {
		if got, err := stripe.ParseSpan(text); err != nil || got != want {
			t.Errorf("%s: %v %v", text, got, err)
		}
	}
	for _, text := range []string{"", "d", "4", "4w", "-1d", "1d4", "99999999999999999999d"} {
		if _, err := stripe.ParseSpan(text); err == nil {
			t.Errorf("%q was accepted", text)
		}
	}
}
