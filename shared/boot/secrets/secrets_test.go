package secrets

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	loopback "duly/infra/local/aws"
	"duly/shared/o2c/fault"
)

// serve puts a handler where the parameter store is.
func serve(t *testing.T, h http.Handler) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"SECRETS": "/duly/test", "AWS_ENDPOINT_URL_SSM": server.URL, "AWS_REGION": "eu-west-1",
		"AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret", "AWS_SESSION_TOKEN": "token",
	} {
		t.Setenv(name, value)
	}
}

func TestReader(t *testing.T) {
	store := loopback.NewSSM(func() time.Time { return time.Unix(1767600000, 0) }, map[string]string{"/duly/test/slack/bot": "xoxb-1"})
	serve(t, store)
	read := Reader()
	if got, err := read(t.Context(), "slack/bot"); got != "xoxb-1" || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	store.Put("/duly/test/slack/bot", "xoxb-2")
	if got, err := read(t.Context(), "slack/bot"); got != "xoxb-2" || err != nil {
		t.Errorf("after a rotation: got %q %v", got, err)
	}
	if _, err := read(t.Context(), "slack/signing"); !fault.Is(err, fault.Config) || strings.Contains(fault.Of(err).Error(), "xoxb") {
		t.Errorf("got %v", err)
	}
}

// TestTogether: what is needed at the start comes in one request, each once; what
// is missing among it is told as if it were asked for alone.
func TestTogether(t *testing.T) {
	store := loopback.NewSSM(func() time.Time { return time.Unix(1767600000, 0) }, map[string]string{"/duly/test/slack/bot": "xoxb-1", "/duly/test/link-key": "k1:1"})
	asked := 0
	serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		store.ServeHTTP(w, r)
	}))
	read := Room()
	for name, want := range map[string]string{"slack/bot": "xoxb-1", "link-key": "k1:1"} {
		if got, err := read(t.Context(), name); got != want || err != nil {
			t.Errorf("%s: got %q %v", name, got, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	store.Put("/duly/test/slack/bot", "xoxb-2")
	if got, err := read(t.Context(), "slack/bot"); got != "xoxb-2" || err != nil || asked != 2 {
		t.Errorf("after a rotation: got %q %v after %d requests", got, err, asked)
	}
	read = Pages()
	if got, err := read(t.Context(), "link-key"); got != "k1:1" || err != nil {
		t.Errorf("got %q %v", got, err)
	}
	if _, err := read(t.Context(), "stripe/api"); !fault.Is(err, fault.Config) {
		t.Errorf("a key that is missing: %v", err)
	}
}

func TestReaderSaysWhatIsMissing(t *testing.T) {
	t.Setenv("SECRETS", "")
	if _, err := Reader()(t.Context(), "slack/bot"); !fault.Is(err, fault.Config) {
		t.Errorf("got %v", err)
	}
}
