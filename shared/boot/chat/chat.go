// Package chat builds the adapter of Slack, and the check of what Slack signs, from the environment and the secrets. It
// owns which variables say how the workspace is reached and when a rotated secret is read again; it does not own the
// cards or the presses.
package chat

import (
	"context"
	"log/slog"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/boot/link"
	"duly/shared/chat"
	"duly/shared/handler/slack"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/signature"
)

// Secret reads a secret by its name below the stage's path, as it stands now.
type Secret func(ctx context.Context, name string) (string, error)

// environment is what the adapter reads.
type environment struct {
	APIURL string `env:"SLACK_API_URL"` // "": Slack's own
}

// callMax bounds one call of the outbox; the calls inside a colleague's request have a shorter bound of their own.
const callMax = 10 * time.Second

// Lazy gives a function that builds the client on its first call and returns the same one, or the same error, ever after.
func Lazy(secret Secret, p *o2c.Policy) func() (*chat.Client, error) {
	return sync.OnceValues(func() (*chat.Client, error) {
		e, err := read()
		if err != nil {
			return nil, err
		}
		token, err := secret(context.Background(), functions.SecretSlackBot)
		if err != nil {
			return nil, unreachable("the bot token cannot be read", "set the secret "+functions.SecretSlackBot, err)
		}
		if token == "" {
			return nil, unreachable("the bot token is empty", "set the secret "+functions.SecretSlackBot, nil)
		}
		return chat.Connect(chat.Access{Token: token, APIURL: e.APIURL, HTTP: &http.Client{Timeout: callMax}, Wait: pause}, chat.NewVoice(p)), nil
	})
}

// pause lets a moment pass.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Deps is what the Slack function needs.
func Deps(c *o2c.Cycle, secret Secret, now func() time.Time, log *slog.Logger) (slack.Deps, error) {
	client, err := Lazy(secret, c.Policy)()
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

func read() (environment, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return e, unreachable("a variable cannot be read", "check the variables that begin with SLACK_", err)
	}
	return e, nil
}

func unreachable(why, do string, cause error) error {
	return fault.New(fault.Config, "Slack cannot be reached", why, do).Because(cause)
}

// refreshMin is how long a secret is trusted before a failed signature may cause another look: a forger must not make
// us read secrets (row 78 of the failure catalogue).
const refreshMin = time.Minute

// Signed checks that Slack signed a raw body. The signing secret is read when the first request comes, and again after
// a mismatch, at most once a minute, so that a rotation needs no deployment.
func Signed(secret Secret) func(ctx context.Context, header http.Header, body []byte, at time.Time) error {
	return (&door{secret: secret}).verify
}

type door struct {
	secret   Secret
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
		return nil, unreachable("the signing secret cannot be read", "set the secret "+functions.SecretSlackSigning, err)
	}
	v, err := signature.New(signature.Slack, value)
	if err != nil {
		return nil, unreachable("the signing secret cannot be used", "set the secret "+functions.SecretSlackSigning, err)
	}
	d.verifier, d.readAt = v, at
	return v, nil
}
