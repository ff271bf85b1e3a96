// Package api builds what the function that serves programs needs, from the
// environment and the secrets. It does not own the routes.
package api

import (
	"context"
	"log/slog"
	"time"

	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/boot/link"
	"duly/shared/boot/secrets"
	"duly/shared/boot/webhook"
	"duly/shared/document"
	"duly/shared/handler/api"
	orderwebhook "duly/shared/handler/order-webhook"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Deps is what the API needs.
func Deps(now func() time.Time, log *slog.Logger) (api.Deps, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return api.Deps{}, err
	}
	if c.Links, err = link.Keys(context.Background(), secrets.Reader()); err != nil {
		return api.Deps{}, err
	}
	archive, err := files.Lazy()()
	if err != nil {
		return api.Deps{}, err
	}
	uploads, err := files.Uploads()
	if err != nil {
		return api.Deps{}, err
	}
	return api.Deps{
		Cycle: c, Files: archive, Papers: document.Papers{}, Now: now, Log: log, Replay: Replay(c, now, webhook.Live()), Upload: uploads,
	}, nil
}

// Replay hands a parked message to the function that parked it. live says
// whether the stage moves real money.
func Replay(c *o2c.Cycle, now func() time.Time, live bool) func(context.Context, o2c.ParkedData) error {
	return func(ctx context.Context, p o2c.ParkedData) error {
		switch p.Function {
		case orderwebhook.Function:
			return orderwebhook.Replay(ctx, c, now(), p)
		case stripewebhook.Function:
			return stripewebhook.Replay(ctx, c, now(), live, p)
		}
		return fault.New(fault.Refused, "The message cannot be replayed", "no function is called "+p.Function, "update Duly")
	}
}
