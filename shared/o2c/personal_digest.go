package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
)

// doPersonal brings the morning message to one colleague.
const doPersonal = "chat.personal"

// personalArgs name a day.
type personalArgs struct {
	Day calendar.Date `json:"day"`
}

// TellPersons asks for the morning message of everybody whose hour has come, once a day.
func (c *Cycle) TellPersons(ctx context.Context, at time.Time) error {
	page, err := c.Store.List(ctx, Query{Queue: queuePersonal, Until: at})
	for _, s := range page.Items {
		if err == nil {
			err = c.tellPerson(ctx, s.Key.ID, at)
		}
	}
	return err
}

func (c *Cycle) tellPerson(ctx context.Context, user string, at time.Time) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		p, err := habitsOf(ctx, tx, user)
		if err != nil || p.data.Next.IsZero() || p.data.Next.After(at) {
			return err
		}
		day := c.today(at)
		again := p.data.Told == day
		p.data.Next, p.data.Told = c.nextDigest(p.data.Personal, at), day
		if err := tx.Save(p); err != nil || again {
			return err
		}
		return tx.ask(doPersonal, KeyOf(p), personalArgs{Day: day})
	})
}

// performPersonal writes the morning message to a colleague, in the colleague's language; in quiet hours it waits.
func performPersonal(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args personalArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The morning message cannot be drawn", err)
	}
	mine, err := o.Cycle.PersonalOf(ctx, e.Subject.ID)
	if err != nil || o.Direct == nil || !mine.Digest || o.Cycle.today(o.Now()).DaysSince(args.Day) > 1 { // quiet hours elsewhere may end on our next day
		return nil, err
	}
	if err := o.awake(mine); err != nil {
		return nil, err
	}
	card, err := digestCard(ctx, o, Effect{Subject: Key{Kind: "day", ID: o.Cycle.today(o.Now()).String()}}, cardArgs{})
	if err != nil || card == nil {
		return nil, err
	}
	_, err = o.Direct(Direct{User: e.Subject.ID, Language: mine.Language}).Post(ctx, e.Subject.ID, card)
	return nil, err
}

// awake fails until a colleague's quiet hours are over.
func (o *Outbox) awake(p Personal) error {
	if wait := o.Cycle.QuietUntil(p, o.Now()).Sub(o.Now()); wait > 0 {
		return &Later{After: wait, Cause: errors.New("it is quiet there")}
	}
	return nil
}
