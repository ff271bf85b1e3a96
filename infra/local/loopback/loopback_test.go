package loopback_test

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"duly/infra/local/loopback"
)

func service(outage *loopback.Outage, now func() time.Time, calls *int) http.Handler {
	refuse := func(w http.ResponseWriter, how string) {
		w.WriteHeader(map[string]int{"500": 500, "429": 429}[how])
	}
	return outage.Guard(now, refuse, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		*calls++
		body, _ := io.ReadAll(r.Body)
		_, _ = io.WriteString(w, r.Host+r.URL.Path+string(body))
	}))
}

func TestOutageInProcess(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	var outage loopback.Outage
	calls := 0
	client := http.Client{Transport: loopback.Transport{
		"shop.local": service(&outage, func() time.Time { return now }, &calls),
	}}
	for _, tt := range []struct {
		how         string
		wantStatus  int
		wantTimeout bool
		wantCalls   int
	}{
		{how: "", wantStatus: 200, wantCalls: 1},
		{how: "500", wantStatus: 500},
		{how: "429", wantStatus: 429},
		{how: "timeout", wantTimeout: true},
		{how: "lost", wantTimeout: true, wantCalls: 1},
	} {
		calls = 0
		if tt.how != "" {
			if err := outage.Fail(tt.how, now.Add(time.Minute)); err != nil {
				t.Fatal(err)
			}
		}
		resp, err := client.Post("http://shop.local/a", "text/plain", strings.NewReader("x"))
		var ne net.Error
		if got := errors.As(err, &ne) && ne.Timeout(); got != tt.wantTimeout {
			t.Errorf("%q: timeout = %v (%v)", tt.how, got, err)
		}
		if err == nil && resp.StatusCode != tt.wantStatus {
			t.Errorf("%q: status = %d, want %d", tt.how, resp.StatusCode, tt.wantStatus)
		}
		if calls != tt.wantCalls {
			t.Errorf("%q: the handler ran %d times, want %d", tt.how, calls, tt.wantCalls)
		}
	}
	now = now.Add(time.Minute)
	resp, err := client.Post("http://shop.local/a", "text/plain", strings.NewReader("x"))
	if err != nil || resp.StatusCode != 200 {
		t.Fatalf("after the outage: %v %v", resp, err)
	}
	if body, _ := io.ReadAll(resp.Body); string(body) != "shop.local/ax" {
		t.Errorf("body = %q", body)
	}
	if err := outage.Fail("fire", now); err == nil {
		t.Error("an unknown outage was accepted")
	}
	if _, err := client.Get("http://else.local/"); err == nil {
		t.Error("an unknown host answered")
	}
}

// Over a socket a hanging service ends with the caller's own deadline, not with an answer.
func TestOutageOverASocket(t *testing.T) {
	var outage loopback.Outage
	calls := 0
	server := httptest.NewServer(service(&outage, time.Now, &calls))
	defer server.Close()
	if err := outage.Fail(loopback.Timeout, time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	client := http.Client{Timeout: 50 * time.Millisecond}
	if resp, err := client.Get(server.URL); err == nil {
		t.Errorf("answered %d", resp.StatusCode)
	}
	if calls != 0 {
		t.Errorf("the handler ran %d times", calls)
	}
}
