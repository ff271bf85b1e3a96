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
		Cycle: c, Files: archive, Papers: document.Papers{Look: c.Policy.Look}, Now: now, Log: log, Replay: replay.Parked(c, now, webhook.Live()), Upload: uploads,
	}, nil
}
