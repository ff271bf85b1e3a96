package slack

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"duly/shared/boot/config"
	"duly/shared/boot/dulyfile"
	handler "duly/shared/handler/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// vault holds secrets and counts how often it is asked.
type vault struct {
	values map[string]string
	asked  int
}

func (v *vault) read(_ context.Context, name string) (string, error) {
	v.asked++
	value, ok := v.values[name]
	if !ok {
		return "", errors.New("no such secret")
	}
	return value, nil
}

func signedBy(t *testing.T, secret, body string, at time.Time) http.Header {
	t.Helper()
	h, err := signature.Sign(signature.Slack, "", []byte(body), at, secret)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestFC_78_Rotation: a new signing secret works at the next request, and forged requests do not make us read secrets
// more than once a minute.
func TestFC_78_Rotation(t *testing.T) {
	v := &vault{values: map[string]string{"slack/signing": "old"}}
	signed := Signed(v.read)
	check := func(secret string, at time.Time) error {
		return signed(t.Context(), signedBy(t, secret, "body", at), []byte("body"), at)
	}
	if err := check("old", noon); err != nil || v.asked != 1 {
		t.Fatalf("%v after %d reads", err, v.asked)
	}
	for range 10 {
		if err := check("forged", noon.Add(59*time.Second)); !errors.Is(err, signature.ErrUnauthentic) {
			t.Fatalf("got %v", err)
		}
	}
	if v.asked != 1 {
		t.Errorf("forged requests caused %d reads", v.asked-1)
	}
	v.values["slack/signing"] = "new"
	later := noon.Add(2 * time.Minute)
	if err := check("new", later); err != nil || v.asked != 2 {
		t.Errorf("%v after %d reads", err, v.asked)
	}
	if err := check("old", later); !errors.Is(err, signature.ErrUnauthentic) || v.asked != 2 {
		t.Errorf("the old secret: %v after %d reads", err, v.asked)
	}
	delete(v.values, "slack/signing")
	if err := check("new", later.Add(time.Hour)); err != nil {
		t.Errorf("a good request while no secret can be read: %v", err)
	}
	if err := check("forged", later.Add(time.Hour)); !errors.Is(err, signature.ErrUnauthentic) {
		t.Errorf("a forged one: %v", err)
	}
}

// TestFC_75_NoSecret: without a usable secret nothing is let in.
func TestFC_75_NoSecret(t *testing.T) {
	for _, values := range []map[string]string{{}, {"slack/signing": ""}, {"slack/signing": " padded "}} {
		v := &vault{values: values}
		if err := Signed(v.read)(t.Context(), signedBy(t, "x", "body", noon), []byte("body"), noon); !fault.Is(err, fault.Config) {
			t.Errorf("%v: %v", values, err)
		}
	}
}

// TestDeps: the function stands with what the environment and the secrets give.
func TestDeps(t *testing.T) {
	p, err := dulyfile.Load(config.Demo())
	if err != nil {
		t.Fatal(err)
	}
	v := &vault{values: map[string]string{"slack/bot": "xoxb-1", "link-key": "k1:MDEyMzQ1Njc4OTAxMjM0NTY3ODk="}}
	deps, err := Deps(&o2c.Cycle{Policy: p}, v.read, func() time.Time { return noon }, nil)
	if want := (handler.Workspace{Team: "T01DULY", App: "A01DULY"}); err != nil || deps.Workspace != want || deps.Signed == nil || deps.Views == nil {
		t.Errorf("got %+v %v", deps, err)
	}
	if _, err := handler.New(deps); err != nil {
		t.Error(err)
	}
}
