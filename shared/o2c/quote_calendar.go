package o2c

import (
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/quote"
)

// QuoteTick is what one tick did with quotes and contracts.
type QuoteTick struct {
	Reminded int `json:"reminded"`
	Expired  int `json:"expired"`
	Warned   int `json:"warned"` // contracts whose notice day comes
}

// RunQuotes does all that is due with quotes and contracts as of an instant. Any
// number of ticks, or a week without one, end in the same state.
func (c *Cycle) RunQuotes(ctx context.Context, at time.Time) (QuoteTick, error) {
	var r QuoteTick
	var failed failures
	failed.note(c.keepCurrentTerms(ctx, at))
	page, err := c.Store.List(ctx, Query{Queue: quote.Queue, Until: at})
	failed.note(err)
	for _, s := range page.Items {
		failed.note(c.turnQuote(ctx, at, s.Key.ID, &r))
	}
	page, err = c.Store.List(ctx, Query{Queue: quote.ContractQueue, Until: at})
	failed.note(err)
	for _, s := range page.Items {
		failed.note(c.warnContract(ctx, at, s.Key.ID, &r))
	}
	return r, failed.err()
}

// termsInForce names the texts that are kept, so that no tick reads the texts
// themselves to know it; there is one.
type termsInForce struct {
	Kept []string `json:"kept"` // their ids, of the newest policy
}

// Kind and ID make it a document.
func (s *termsInForce) Kind() string { return "terms_in_force" }
func (s *termsInForce) ID() string   { return "current" }

// keepCurrentTerms keeps the texts of today, which orders of every channel name
// by version and hash, whether or not a quote was sent under them.
func (c *Cycle) keepCurrentTerms(ctx context.Context, at time.Time) error {
	ids := make([]string, len(c.Policy.Terms))
	for i, texts := range c.Policy.Terms {
		ids[i] = quote.TermsID(texts.Version, texts.Language)
	}
	force, err := find[termsInForce](ctx, NewTx(c.Store), (*termsInForce)(nil).ID())
	if err != nil || force != nil && slices.Equal(force.Kept, ids) || force == nil && len(ids) == 0 {
		return err
	}
	if err := c.keepTexts(ctx, at); err != nil {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		force, err := find[termsInForce](ctx, tx, (*termsInForce)(nil).ID())
		if err != nil {
			return err
		}
		if force == nil {
			force = &termsInForce{}
		}
		force.Kept = ids
		return tx.Save(force)
	})
}

// keepTexts keeps each of the texts that is not kept yet.
func (c *Cycle) keepTexts(ctx context.Context, at time.Time) error {
	for _, texts := range c.Policy.Terms {
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			kept, err := find[quote.TermsText](ctx, tx, quote.TermsID(texts.Version, texts.Language))
			if err != nil || kept != nil { // other words under this version are refused when a quote is sent
				return err
			}
			return c.keepTerms(ctx, tx, texts)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// turnQuote ends a quote whose day has passed, or reminds its customer once.
func (c *Cycle) turnQuote(ctx context.Context, at time.Time, id string, r *QuoteTick) error {
	expired, reminded := false, false
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		expired, reminded = false, false
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		q, err := get[quote.Quote](ctx, tx, id)
		if err != nil {
			return err
		}
		d := q.Data()
		switch {
		case d.Status != quote.Sent:
			return nil // answered meanwhile; the index lags
		case q.Over(at):
			expired = true
			if err := q.Expire(); err != nil {
				return refused(err)
			}
			return errors.Join(tx.Save(q, Fact{Type: "quote.expired", Data: map[string]string{"valid_until": d.ValidUntil.String()}}), c.showCard(tx, "quote", KeyOf(q)))
		case d.RemindAt.IsZero() || at.Before(d.RemindAt):
			return nil
		}
		if safe, err := find[safeMode](ctx, tx, safeModeID); err != nil || safe != nil && safe.data.On {
			return err // the quote's card has the button that reminds
		}
		reminded = true
		return c.remindOfQuote(tx, q, "")
	})
	if err == nil && expired {
		r.Expired++
	}
	if err == nil && reminded {
		r.Reminded++
	}
	return err
}

// remindOfQuote asks for the letter that reminds of a quote.
func (c *Cycle) remindOfQuote(tx *Tx, q *quote.Quote, note string) error {
	q.Reminded()
	return errors.Join(
		tx.Save(q, Fact{Type: "quote.reminded", Data: map[string]any{"n": q.Data().Reminders}}),
		tx.ask(doQuoteMail, KeyOf(q), quoteMailArgs{Template: LetterQuoteReminder, Note: note}),
		c.showCard(tx, "quote", KeyOf(q)),
	)
}
