package demo

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"

	"duly/infra/local"
)

// TestWhatIsRealIsSaidAndNotPlayed: the banner names it, and its own pages and controls refuse.
func TestWhatIsRealIsSaidAndNotPlayed(t *testing.T) {
	vendor := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"object":"balance","livemode":false}`))
	}))
	defer vendor.Close()
	r, err := local.Open(local.Options{BaseURL: "http://127.0.0.1:1", Start: time.Now(), Seed: 42, Manual: true, Real: local.Real{
		Stripe: &local.RealStripe{Key: "sk_test_1", URL: vendor.URL}, Mail: &local.RealMail{From: "me@shop.example", Allow: []string{"me@shop.example"}, Config: awssdk.Config{Region: "eu-central-1"}}}})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	site, err := newSite(r)
	if err != nil {
		t.Fatal(err)
	}
	asked := func(method, path string) (int, string) {
		w := httptest.NewRecorder()
		site.ServeHTTP(w, httptest.NewRequest(method, "http://127.0.0.1:1"+path, nil))
		return w.Code, w.Body.String()
	}
	if code, page := asked(http.MethodGet, "/demo/pages/story"); code != http.StatusOK || !strings.Contains(page, "Stripe’s test mode") && !strings.Contains(page, "Stripe&#39;s test mode") || !strings.Contains(page, "SES, to me@shop.example") {
		t.Errorf("%d, without the banner", code)
	}
	for _, path := range []string{"/demo/stripe/sessions", "/demo/pages/stripe"} {
		if code, said := asked(http.MethodGet, path); code < 400 || !strings.Contains(said, "is not played") {
			t.Errorf("%s: %d %.200s", path, code, said)
		}
	}
	for _, path := range []string{"/demo/mail", "/demo/slack/messages"} {
		if code, said := asked(http.MethodGet, path); code != http.StatusOK {
			t.Errorf("%s: %d %.200s", path, code, said)
		}
	}
	var out bytes.Buffer
	if tellReal(&out, r); !strings.Contains(out.String(), "once a minute") || !strings.Contains(out.String(), "to me@shop.example alone") {
		t.Error(out.String())
	}
}
