package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// Report tells the team something that no document of ours is about, once per
// text and day.
func (c *Cycle) Report(ctx context.Context, at time.Time, title, text string) error {
	return c.reportOnce(ctx, at, Name("seen", "report", c.today(at).String(), title, text), title, text)
}

// reportOnce is Report once per name.
func (c *Cycle) reportOnce(ctx context.Context, at time.Time, name, title, text string) error {
	err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		day := c.today(at).String()
		begin(tx, Stamp{At: at, Actor: "system:report", Cause: name})
		raw, err := json.Marshal(cardArgs{Purpose: "notice", Title: title, Text: text})
		if err != nil {
			return err
		}
		return tx.Do(Effect{Name: Name("e", doCard, tx.stamp.Cause), Does: doCard, Rank: RankChat, Subject: Key{Kind: "day", ID: day}, Args: raw})
	})
	if errors.Is(err, ErrSeen) {
		return nil
	}
	return err
}
