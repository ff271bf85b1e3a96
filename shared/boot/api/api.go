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
	"duly/shared/boot/replay"
	"duly/shared/boot/secrets"
	"duly/shared/boot/webhook"
	"duly/shared/document"
	"duly/shared/handler/api"
	"duly/shared/handler/trigger"
)

// Handler builds the function. The link key is under way while the routes are registered, which takes as long.
func Handler(now func() time.Time, log *slog.Logger) (trigger.Handler, error) {
	secret := secrets.Links()
	c, err := cycle.FromEnvironment()
	if err != nil {
		return trigger.Handler{}, err
	}
	archive, err := files.Lazy()()
	if err != nil {
		return trigger.Handler{}, err
	}
	uploads, err := files.Uploads()
	if err != nil {
		return trigger.Handler{}, err
	}
	h := api.New(api.Deps{
		Cycle: c, Files: archive, Papers: document.Papers{Look: c.Policy.Look}, Now: now, Log: log, Replay: replay.Parked(c, now, webhook.Live()), Upload: uploads,
	})
	c.Links, err = link.Keys(context.Background(), secret)
	return h, err
}
