// Package slack builds what the function behind Slack's requests needs, from the environment and the secrets, and the
// check of what Slack signs. It owns when a rotated signing secret is read again; it does not own the presses. It stands
// apart from package chat so that who only posts does not link every answer to a press.
package slack

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"duly/functions"
	"duly/shared/boot/chat"
	"duly/shared/boot/link"
	"duly/shared/handler/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

// Deps is what the Slack function needs.
func Deps(c *o2c.Cycle, secret chat.Secret, now func() time.Time, log *slog.Logger) (slack.Deps, error) {
	client, err := chat.Lazy(secret, c.Policy)()
	if err != nil {
		return slack.Deps{}, err
	}
	if c.Links, err = link.Keys(context.Background(), link.Secret(secret)); err != nil { // of the way to the team's pages
		return slack.Deps{}, err
	}
	return slack.Deps{
		Cycle: c, Views: client, Members: client, Workspace: slack.Workspace(c.Policy.Workspace), Now: now, Log: log, Signed: Signed(secret),
		Live: os.Getenv(functions.EnvStage) == functions.StageLive,
	}, nil
}

// refreshMin is how long a secret is trusted before a failed signature may cause another look: a forger must not make
// us read secrets (row 78 of the failure catalogue).
const refreshMin = time.Minute

// Signed checks that Slack signed a raw body. The signing secret is read when the first request comes, and again after
// a mismatch, at most once a minute, so that a rotation needs no deployment.
func Signed(secret chat.Secret) func(ctx context.Context, header http.Header, body []byte, at time.Time) error {
	return (&door{secret: secret}).verify
}

type door struct {
	secret   chat.Secret
	mu       sync.Mutex
	verifier *signature.Verifier
	readAt   time.Time
}

func (d *door) verify(ctx context.Context, header http.Header, body []byte, at time.Time) error {
	v, err := d.current(ctx, at, false)
	if err != nil {
		return err
	}
	err = v.Verify(header, body, at)
	if signature.CauseOf(err) != signature.Mismatch {
		return err
	}
	fresh, again := d.current(ctx, at, true)
	if again != nil || fresh == v {
		return err
	}
	return fresh.Verify(header, body, at)
}

// current is the verifier of the secret as it was last read; renew reads it again if that was long enough ago.
func (d *door) current(ctx context.Context, at time.Time, renew bool) (*signature.Verifier, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.verifier != nil && (!renew || at.Sub(d.readAt) < refreshMin) {
		return d.verifier, nil
	}
	value, err := d.secret(ctx, functions.SecretSlackSigning)
	if err != nil {
		return nil, unusable("the signing secret cannot be read", "set the secret "+functions.SecretSlackSigning, err)
	}
	v, err := signature.New(signature.Slack, value)
	if err != nil {
		return nil, unusable("the signing secret cannot be used", "set the secret "+functions.SecretSlackSigning, err)
	}
	d.verifier, d.readAt = v, at
	return v, nil
}

func unusable(why, do string, cause error) error {
	return fault.New(fault.Config, "Slack's requests cannot be checked", why, do).Because(cause)
}
