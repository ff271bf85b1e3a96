package webhook

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	loopback "duly/infra/local/aws"
	"duly/shared/boot/secrets"
	"duly/shared/o2c/fault"
)

// vault is a parameter store that counts how often it is asked.
type vault struct {
	values map[string]string
	asked  int
	down   bool
}

func (v *vault) read(_ context.Context, name string) (string, error) {
	v.asked++
	if v.down {
		return "", errors.New("out of reach")
	}
	return v.values[name], nil
}

func TestFC_78_KeyringReadsAtMostOnceAMinute(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	v := &vault{values: map[string]string{"shop/webhook/demo-shopify": "one"}}
	k := NewKeyring(v.read, ShopSecret, func() time.Time { return now })
	ctx := t.Context()
	active := func(want ...string) {
		t.Helper()
		if got, err := k.Active(ctx, "demo-shopify"); err != nil || !slices.Equal(got, want) {
			t.Errorf("at %s: %q, %v", now.Format(time.TimeOnly), got, err)
		}
	}
	active("one")
	v.values["shop/webhook/demo-shopify"] = `["two", "one"]`
	for range 50 { // forged requests, a moment later
		if _, read, err := k.Renewed(ctx, "demo-shopify"); read || err != nil {
			t.Fatalf("read %v, %v", read, err)
		}
	}
	active("one")
	now = now.Add(time.Minute)
	if got, read, err := k.Renewed(ctx, "demo-shopify"); !read || err != nil || !slices.Equal(got, []string{"two", "one"}) {
		t.Errorf("%q, read %v, %v", got, read, err)
	}
	if v.asked != 2 {
		t.Errorf("%d reads", v.asked)
	}
	v.values["shop/webhook/demo-shopify"] = "two\n"
	now = now.Add(5 * time.Minute)
	active("two") // trusted no longer than five minutes
	v.down = true
	for range 10 { // what was good stays so while nothing newer can be read
		now = now.Add(6 * time.Minute)
		active("two")
	}
}

func TestFC_75_KeyringWithoutSecret(t *testing.T) {
	now := time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	for _, written := range []string{"", " \n", "[]", `[""]`} {
		v := &vault{values: map[string]string{"stripe/webhook": written}}
		k := NewKeyring(v.read, StripeSecret, func() time.Time { return now })
		for range 20 {
			if _, err := k.Active(t.Context(), "stripe"); !fault.Is(err, fault.Config) {
				t.Errorf("%q: %v", written, err)
			}
		}
		if v.asked != 1 {
			t.Errorf("%q: %d reads for 20 requests", written, v.asked)
		}
		v.values["stripe/webhook"] = "whsec_1"
		now = now.Add(time.Minute)
		if got, err := k.Active(t.Context(), "stripe"); err != nil || fmt.Sprint(got) != "[whsec_1]" {
			t.Errorf("once it is entered: %q, %v", got, err)
		}
	}
}

// Against the parameter store's own protocol.
func TestKeyringOnTheParameterStore(t *testing.T) {
	now := time.Unix(1767600000, 0)
	store := loopback.NewSSM(func() time.Time { return now }, map[string]string{"/duly/test/shop/webhook/demo-generic": "whsec_x"})
	server := httptest.NewServer(store)
	t.Cleanup(server.Close)
	for name, value := range map[string]string{
		"SECRETS": "/duly/test", "AWS_ENDPOINT_URL_SSM": server.URL, "AWS_REGION": "eu-west-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
	} {
		t.Setenv(name, value)
	}
	k := NewKeyring(secrets.Reader(), ShopSecret, func() time.Time { return now })
	if got, err := k.Active(t.Context(), "demo-generic"); err != nil || fmt.Sprint(got) != "[whsec_x]" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := k.Active(t.Context(), "demo-other"); !fault.Is(err, fault.Config) {
		t.Errorf("%v", err)
	}
}

func TestDepsSayWhatIsMissing(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Stripe(nil, time.Now, nil); !fault.Is(err, fault.Config) {
		t.Errorf("%v", err)
	}
	if _, err := Shops(nil, time.Now, nil); !fault.Is(err, fault.Config) {
		t.Errorf("%v", err)
	}
	t.Setenv("STAGE", "prod")
	if !Live() {
		t.Error("the live stage moves no money")
	}
	t.Setenv("STAGE", "dev")
	if Live() {
		t.Error("another stage moves money")
	}
}
