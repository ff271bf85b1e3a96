package page

import (
	"context"
	"encoding/base64"
	"io"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"duly/functions"
	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	"duly/shared/o2c/fault"
)

// secrets are what an operator has entered; one that is "away" cannot be read now.
type secrets map[string]string

func (s secrets) read(_ context.Context, name string) (string, error) {
	value, ok := s[name]
	switch {
	case value == "away":
		return "", fault.New(fault.Unavailable, "The secret cannot be read", "the parameter store does not answer", "try again")
	case !ok:
		return "", fault.New(fault.Config, "The secret cannot be read", "the parameter store refuses it", "enter it")
	}
	return value, nil
}

// A key that is missing, or of the wrong kind, costs the button and nothing else.
func TestPaymentsNeedTheRightKey(t *testing.T) {
	t.Chdir(t.TempDir())
	packed, err := dulyfile.Packed(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(config.PackedName, packed, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"TABLE": "duly-test", "ARCHIVE": "duly-test", "STAGE": "test", "BASE_URL": "https://pay.example",
		"AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	link := "k1:" + base64.StdEncoding.EncodeToString([]byte(strings.Repeat("k", 32)))
	for key, offered := range map[string]bool{"rk_test_1": true, "away": true, "": false, "rk_live_1": false} {
		s := secrets{functions.SecretLinkKey: link, functions.SecretStripeAPI: key}
		deps, err := Deps(s.read, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil)))
		if err != nil {
			t.Fatal(err)
		}
		policy := deps.Pages.Headers()["Content-Security-Policy"]
		if (deps.Cycle.Pay != nil) != offered || strings.Contains(policy, "form-action 'self' https://checkout.stripe.com;") != offered {
			t.Errorf("key %q: payments %v, %s", key, deps.Cycle.Pay, policy)
		}
	}
	none := secrets{functions.SecretLinkKey: link}
	if deps, err := Deps(none.read, time.Now, slog.New(slog.NewTextHandler(io.Discard, nil))); err != nil || deps.Cycle.Pay != nil {
		t.Errorf("without a key: %v %v", deps.Cycle, err)
	}
}
