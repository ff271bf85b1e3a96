// Package webhook builds what the functions that senders post to need, from the
// environment and the secrets: the cycle, the inbox, and the signing secrets
// with the rule when they are read again. It does not own verifying anything.
package webhook

import (
	"log/slog"
	"os"
	"time"

	"duly/functions"
	"duly/shared/boot/cycle"
	"duly/shared/boot/inbox"
	"duly/shared/handler/webhook"
)

// Stripe is what the function that Stripe posts to needs.
func Stripe(secret Secret, now func() time.Time, log *slog.Logger) (webhook.Deps, error) {
	return deps(NewKeyring(secret, StripeSecret, now), now, log)
}

// Shops is what the function that shops post to needs.
func Shops(secret Secret, now func() time.Time, log *slog.Logger) (webhook.Deps, error) {
	return deps(NewKeyring(secret, ShopSecret, now), now, log)
}

func deps(keys *Keyring, now func() time.Time, log *slog.Logger) (webhook.Deps, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return webhook.Deps{}, err
	}
	queue, err := inbox.FromEnvironment()
	if err != nil {
		return webhook.Deps{}, err
	}
	return webhook.Deps{Cycle: c, Now: now, Secrets: keys, Inbox: queue, Log: log}, nil
}

// Live says whether the stage moves real money.
func Live() bool { return os.Getenv(functions.EnvStage) == functions.StageLive }
