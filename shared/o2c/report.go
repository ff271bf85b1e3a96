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
	err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		day := c.today(at).String()
		begin(tx, Stamp{At: at, Actor: "system:report", Cause: Name("seen", "report", day, title, text)})
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

// MailBack is what became of a mail after it was handed over.
type MailBack struct {
	Effect    string // the tag it was sent with
	Recipient string
	Kind      string // "bounce", "complaint"
	Reason    string
}

// MailCameBack tells the team that a mail did not arrive, on the trail of what
// it was about.
func (c *Cycle) MailCameBack(ctx context.Context, at time.Time, m MailBack) error {
	e, err := find[Effect](ctx, NewTx(c.Store), m.Effect)
	if err != nil {
		return err
	}
	about := "a mail"
	if e != nil {
		about = e.Does + " about " + e.Subject.String()
	}
	return c.Report(ctx, at, "A mail did not arrive", m.Recipient+" ("+about+"): "+m.Reason+". Mend the customer's address; nothing else was sent.")
}
