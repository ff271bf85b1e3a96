package o2c

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

// AskCorrection takes what a customer wants otherwise about the order behind a
// link, and tells the team. The order stays as it is.
func (c *Cycle) AskCorrection(ctx context.Context, at time.Time, token, text string) error {
	key, err := c.OpenLink(ctx, LinkOrder, token)
	if err != nil {
		return err
	}
	text = strings.TrimSpace(strings.ToValidUTF8(text, ""))
	if text == "" || utf8.RuneCountInString(text) > order.CorrectionLength {
		return fault.Bad("/text", "there is no text, or too much of it", "write up to 1000 characters").Keyed("text.size")
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "portal:order"})
		o, err := get[order.Order](ctx, tx, key.ID)
		if err != nil {
			return err
		}
		wish := order.Correction{At: at.UTC(), Text: text}
		news, err := o.Correct(wish)
		if err != nil {
			return refused(err)
		}
		if !news {
			return nil
		}
		if err := tx.Save(o, Fact{Type: "order.correction_asked", Data: wish}); err != nil {
			return err
		}
		d := o.Data()
		return c.tell(tx, KeyOf(o), Notice{Key: "correction", Number: d.Number, Name: d.CustomerName, Amount: d.Total, Code: d.Status, Why: text})
	})
}
