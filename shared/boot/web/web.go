// Package web builds what the function behind the team's pages needs, from the environment and the secrets. It does not own
// the pages.
package web

import (
	"context"
	"log/slog"
	"time"

	"duly/shared/boot/chat"
	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/boot/link"
	"duly/shared/boot/replay"
	"duly/shared/boot/webhook"
	"duly/shared/handler/roll"
	"duly/shared/handler/web"
)

// Deps is what the team's pages need.
func Deps(secret link.Secret, now func() time.Time, log *slog.Logger) (web.Deps, error) {
	c, err := cycle.FromEnvironment()
	if err != nil {
		return web.Deps{}, err
	}
	if c.Links, err = link.Keys(context.Background(), secret); err != nil {
		return web.Deps{}, err
	}
	archive, err := files.Lazy()()
	if err != nil {
		return web.Deps{}, err
	}
	intake, err := files.Intake()
	if err != nil {
		return web.Deps{}, err
	}
	client, err := chat.Lazy(chat.Secret(secret), c.Policy)()
	if err != nil {
		return web.Deps{}, err
	}
	return web.Deps{
		Cycle: c, Files: archive, Intake: intake, Cards: client, Roll: roll.New(c, client, c.Policy.Workspace.Team, now, log), Now: now, Log: log,
		Replay: replay.Parked(c, now, webhook.Live()),
	}, nil
}
