// Package chat builds the adapter of Slack from the environment and the secrets. It owns which variables say how the
// workspace is reached; it does not own the cards, nor what Slack asks of us.
package chat

import (
	"context"
	"net/http"
	"sync"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
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
