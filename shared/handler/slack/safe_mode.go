package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
)

// safeMode tells whether letters wait for a press, or switches it: admins alone do, and it is written down.
func (d desk) safeMode(ctx context.Context, a ask) (chat.Message, error) {
	on := strings.EqualFold(a.Object, "on")
	if !on && !strings.EqualFold(a.Object, "off") {
		now, err := d.Cycle.SafeMode(ctx)
		return d.voice.SafeMode(now), err
	}
	if a.Who.Role != o2c.Admin {
		team, err := d.Cycle.Team(ctx, d.Now())
		if err != nil {
			return chat.Message{}, err
		}
		return d.voice.SafeModeAdmins(a.Who, team), nil
	}
	now, err := d.Cycle.SetSafeMode(ctx, a.Stamp, on)
	return d.voice.SafeMode(now), err
}

// awaited decides on a letter that has a card of its own.
func awaited(act func(*o2c.Cycle, context.Context, o2c.Stamp, string) error) func(desk, context.Context, press) error {
	return func(d desk, ctx context.Context, p press) error {
		r, err := ref(p)
		if err != nil {
			return err
		}
		return act(d.Cycle, ctx, p.Stamp, r.ID)
	}
}

// sendLetters sends all that waits on a card of coming letters.
func (d desk) sendLetters(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	_, err = d.Cycle.SendLetters(ctx, p.Stamp, r.ID)
	return err
}
