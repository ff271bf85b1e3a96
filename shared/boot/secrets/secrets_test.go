package secrets

import (
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/ssm"

	loopback "duly/infra/local/aws"
	"duly/shared/boot/aws"
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

// What may pass is tried again, and is not the operator's fault if it stays.
func TestReaderTriesAgain(t *testing.T) {
	now := time.Unix(1767600000, 0)
	store := loopback.NewSSM(func() time.Time { now = now.Add(time.Second); return now }, map[string]string{"/duly/test/slack/bot": "xoxb-1"})
	serve(t, store)
	books, err := connect()
	if err != nil {
		t.Fatal(err)
	}
	books.store.again = retry.NewStandard(func(o *retry.StandardOptions) {
		o.Backoff = retry.BackoffDelayerFunc(func(int, error) (time.Duration, error) { return 0, nil })
	})
	for _, how := range []string{"500", "429"} {
		for seconds, want := range map[time.Duration]fault.Code{2: "", 60: fault.Unavailable} { // one failure, and none but failures
			if err := store.Fail(how, now.Add(seconds*time.Second)); err != nil {
				t.Fatal(err)
			}
			got, err := books.read(t.Context(), "slack/bot")
			if want == "" && (got != "xoxb-1" || err != nil) || want != "" && !fault.Is(err, want) {
				t.Errorf("%s for %d s: got %q %v", how, seconds, got, err)
			}
		}
	}
}

// The SDK's client is the referee of our one request.
func TestAsksAsTheSDKDoes(t *testing.T) {
	asked := map[string]string{}
	serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		scope := regexp.MustCompile(`Credential=id/[0-9]{8}/(\S+),`).FindStringSubmatch(r.Header.Get("Authorization"))
		if scope == nil || !strings.Contains(r.Header.Get("Authorization"), "x-amz-target") {
			t.Errorf("signed %q", r.Header.Get("Authorization"))
			scope = []string{"", ""}
		}
		who, _, _ := strings.Cut(r.UserAgent(), "/")
		asked[who] = strings.Join([]string{r.Method, r.URL.String(), r.Header.Get("Content-Type"), r.Header.Get("X-Amz-Target"), r.Header.Get("X-Amz-Security-Token"), string(body), scope[1]}, "\n")
		_, _ = w.Write([]byte(`{"Parameter": {"Value": "x"}}`))
	}))
	if _, err := Reader()(t.Context(), "slack/bot"); err != nil {
		t.Fatal(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		t.Fatal(err)
	}
	name, decrypted := "/duly/test/slack/bot", true
	if _, err := ssm.NewFromConfig(cfg).GetParameter(t.Context(), &ssm.GetParameterInput{Name: &name, WithDecryption: &decrypted}); err != nil {
		t.Fatal(err)
	}
	if len(asked) != 2 || asked["Go-http-client"] != asked["aws-sdk-go-v2"] {
		t.Errorf("%q", asked)
	}
}

func TestReaderSaysWhatIsMissing(t *testing.T) {
	t.Setenv("SECRETS", "")
	if _, err := Reader()(t.Context(), "slack/bot"); !fault.Is(err, fault.Config) {
		t.Errorf("got %v", err)
	}
}
