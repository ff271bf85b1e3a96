// Package pay builds the payment gateway from the environment and the secrets.
// It owns which key a stage may use; it does not own what is done with it.
package pay

import (
	"context"
	"strings"
	"sync"

	"github.com/caarlos0/env/v11"

	"duly/functions"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/pay"
)

// Secret reads a secret by its name below the stage's path, as it stands now.
type Secret func(ctx context.Context, name string) (string, error)

// environment is what the adapter reads.
type environment struct {
	APIURL string `env:"STRIPE_API_URL"` // "": Stripe's own
	Stage  string `env:"STAGE"`
}

// Lazy gives a function that builds the gateway on its first call and returns
// the same one ever after; a failure is tried again, as the key may come.
func Lazy(secret Secret) func(context.Context) (*pay.Gateway, error) {
	var mu sync.Mutex
	var made *pay.Gateway
	return func(ctx context.Context) (*pay.Gateway, error) {
		mu.Lock()
		defer mu.Unlock()
		if made != nil {
			return made, nil
		}
		g, err := open(ctx, secret)
		made = g
		return g, err
	}
}

func open(ctx context.Context, secret Secret) (*pay.Gateway, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return nil, unusable("a variable cannot be read", "check the variables that begin with STRIPE_", err)
	}
	key, err := secret(ctx, functions.SecretStripeAPI)
	if err != nil {
		return nil, err
	}
	if key = strings.TrimSpace(key); key == "" {
		return nil, unusable("its key is empty", "enter it with: aws ssm put-parameter --type SecureString --overwrite --name /duly/<stage>/"+functions.SecretStripeAPI, nil)
	}
	if live := strings.HasPrefix(key, "sk_live_") || strings.HasPrefix(key, "rk_live_"); live != (e.Stage == functions.StageLive) {
		return nil, mixedUp(live)
	}
	return pay.New(pay.Options{Key: key, URL: e.APIURL}), nil
}

// mixedUp: a stage has the key of the other kind (row 98).
func mixedUp(live bool) error {
	if live {
		return fault.New(fault.LiveKey, "The payment key is refused", "it is a live key, and this stage moves no real money", "enter a test key: aws ssm put-parameter --type SecureString --overwrite --name /duly/<stage>/"+functions.SecretStripeAPI)
	}
	return fault.New(fault.Config, "The payment key is refused", "it is a test key, and the live stage moves real money", "enter a live key: aws ssm put-parameter --type SecureString --overwrite --name /duly/<stage>/"+functions.SecretStripeAPI)
}

func unusable(why, do string, cause error) error {
	return fault.New(fault.Config, "Stripe cannot be reached", why, do).Because(cause)
}

// Payments is the gateway as the cycle uses it, built when it is first needed:
// a function can start, and do its other work, without a key.
func Payments(secret Secret) o2c.Payments { return lazy(Lazy(secret)) }

type lazy func(context.Context) (*pay.Gateway, error)

func (l lazy) Checkout(ctx context.Context, r o2c.CheckoutRequest) (o2c.CheckoutPage, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.CheckoutPage{}, err
	}
	return g.Checkout(ctx, r)
}

func (l lazy) Expire(ctx context.Context, sessionID string) error {
	g, err := l(ctx)
	if err != nil {
		return err
	}
	return g.Expire(ctx, sessionID)
}

func (l lazy) Payout(ctx context.Context, id string) (o2c.PayoutFacts, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.PayoutFacts{}, err
	}
	return g.Payout(ctx, id)
}

func (l lazy) Refund(ctx context.Context, r o2c.RefundRequest) (o2c.RefundMade, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.RefundMade{}, err
	}
	return g.Refund(ctx, r)
}

func (l lazy) FindRefund(ctx context.Context, r o2c.RefundRequest) (o2c.RefundMade, bool, error) {
	g, err := l(ctx)
	if err != nil {
		return o2c.RefundMade{}, false, err
	}
	return g.FindRefund(ctx, r)
}
