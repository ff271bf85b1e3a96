package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Notice is news that the team reads in its own language: a key of the words, and
// what they are about.
type Notice struct {
	Key    string        `json:"key"`
	Code   string        `json:"code,omitempty"` // a status of an order, or a step of the ladder
	Name   string        `json:"name,omitempty"` // of whom it is about
	Number string        `json:"number,omitempty"`
	ID     string        `json:"id,omitempty"` // such as a VAT id, an account, a file
	Amount money.Amount  `json:"amount,omitzero"`
	Other  money.Amount  `json:"other,omitzero"`
	From   calendar.Date `json:"from,omitzero"`
	Until  calendar.Date `json:"until,omitzero"`
	Count  int           `json:"count,omitempty"`
	Of     int           `json:"of,omitempty"`
	Detail string        `json:"detail,omitempty"` // a figure or a name that no language changes
	Why    string        `json:"why,omitempty"`    // somebody else's words, or a reason of ours that has words
	Reason fault.Reason  `json:"reason,omitzero"`  // of a failure, which Why tells as the log does
	Score  int           `json:"score,omitempty"`  // 1 to 5
	Parts  []Notice      `json:"parts,omitempty"`  // sentences that follow
}

func (Notice) card() {}

// Because adds the failure that the notice is about.
func (n Notice) Because(err error) Notice {
	n.Why, n.Reason = fault.Of(err).Error(), fault.ReasonOf(err)
	return n
}

// Report tells the team something that no document of ours is about, once a day.
func (c *Cycle) Report(ctx context.Context, at time.Time, n Notice) error {
	return c.reportOnce(ctx, at, Name("seen", "report", c.today(at).String(), n.identity()), n)
}

// identity tells two notices apart.
func (n Notice) identity() string {
	raw, _ := json.Marshal(n) // it holds nothing that JSON cannot
	return string(raw)
}

// reportOnce is Report once per name.
func (c *Cycle) reportOnce(ctx context.Context, at time.Time, name string, n Notice) error {
	err := c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		day := c.today(at).String()
		begin(tx, Stamp{At: at, Actor: "system:report", Cause: name})
		raw, err := json.Marshal(cardArgs{Purpose: "notice", Notice: n})
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
