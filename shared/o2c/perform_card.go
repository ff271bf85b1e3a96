package o2c

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// cardArgs name a card of the team's room.
type cardArgs struct {
	Purpose string `json:"purpose"`           // a row of the card table
	Refresh bool   `json:"refresh,omitempty"` // only if it stands already
	Channel string `json:"channel,omitempty"` // other than the row's, when it is posted first
	Title   string `json:"title,omitempty"`   // of a notice that a release before this one asked for
	Text    string `json:"text,omitempty"`
	Notice  Notice `json:"notice,omitzero"`
}

// showCard asks for a card to be posted, or edited if it stands.
func (c *Cycle) showCard(tx *Tx, purpose string, subject Key) error {
	return tx.ask(doCard, subject, cardArgs{Purpose: purpose})
}

// refreshCard asks for a card to be edited if it stands.
func (c *Cycle) refreshCard(tx *Tx, purpose string, subject Key) error {
	return tx.ask(doCard, subject, cardArgs{Purpose: purpose, Refresh: true})
}

// tell asks for a notice to the team about something.
func (c *Cycle) tell(tx *Tx, subject Key, n Notice) error {
	return tx.ask(doCard, subject, cardArgs{Purpose: "notice", Notice: n})
}

// tellOnce tells the team in its own words, once per name: providers report one
// thing in several messages.
func (c *Cycle) tellOnce(ctx context.Context, tx *Tx, name string, subject Key, n Notice) error {
	e, err := tx.effect(doCard, subject, cardArgs{Purpose: "notice", Notice: n})
	if err != nil {
		return err
	}
	e.Name = Name("e", doCard, name)
	if known, err := find[Effect](ctx, tx, e.Name); err != nil || known != nil {
		return err
	}
	return tx.Do(e)
}

// performCard draws a card in its current state: posts it the first time,
// edits it from then on. The posted document is leased while the first post is
// under way, so that two effects do not post the same card.
func performCard(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args cardArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The card cannot be drawn", err)
	}
	row, ok := cards()[args.Purpose]
	if !ok {
		return nil, Permanent("The card "+args.Purpose+" is unknown", "this version does not have it", "deploy the version that wrote it", nil).Keyed("unknown", args.Purpose)
	}
	id := args.Purpose + ":" + e.Subject.String()
	if args.Purpose == "notice" {
		id = "notice:" + e.Name
	}
	channel := o.Cycle.Policy.Channel(cmp.Or(args.Channel, row.channel))
	known, skip, err := o.standing(ctx, id, e, args, channel)
	if err != nil || skip {
		return nil, err
	}
	place := known.Place
	wait, err := o.quiet(ctx)
	if err != nil {
		return nil, err
	}
	if wait > 0 && place.TS == "" && !row.loud {
		return nil, errors.Join(&Later{After: wait, Cause: errors.New("the room is quiet")}, o.unlease(ctx, id))
	}
	view, err := row.view(ctx, o, e, args)
	if err != nil || view == nil {
		return nil, err
	}
	if place.TS != "" {
		err = o.Chat.Update(ctx, place, view)
		if err == nil && asks(view) == known.Asks.IsZero() {
			return func(ctx context.Context, tx *Tx) error { return o.stands(ctx, tx, id, place, view) }, nil
		}
		if err == nil || !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	if row.under != "" {
		place, err = o.postUnder(ctx, row.under, e, channel, view)
	} else {
		place, err = o.Chat.Post(ctx, channel, view)
	}
	if err != nil {
		return nil, errors.Join(err, o.unlease(ctx, id))
	}
	return func(ctx context.Context, tx *Tx) error { return o.stands(ctx, tx, id, place, view) }, nil
}

// quiet is how long the room is to be left alone: a card that nothing stands for yet waits for the morning (ux.md §2.7).
func (o *Outbox) quiet(ctx context.Context) (time.Duration, error) {
	rules, err := o.Cycle.Room(ctx)
	if err != nil || rules.Hours.From == rules.Hours.To {
		return 0, err
	}
	return rules.Hours.After(o.Now(), 0, cmp.Or(rules.Zone, o.Cycle.Policy.Zone)).Sub(o.Now()), nil
}

// standing finds where a card stands, and leases its first posting to e.
func (o *Outbox) standing(ctx context.Context, id string, e Effect, args cardArgs, channel string) (known postedData, skip bool, err error) {
	err = o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		known, skip = postedData{}, false
		card, err := find[posted](ctx, tx, id)
		switch {
		case err != nil:
			return err
		case card == nil && args.Refresh:
			skip = true
			return nil
		case card == nil:
			card = &posted{data: postedData{ID: id, Purpose: args.Purpose, Subject: e.Subject, Channel: channel}}
		case card.data.Place.TS != "":
			known = card.data
			return nil
		case tx.At().Before(card.data.Lease) && card.data.LeasedBy != e.Name:
			return &Later{After: 5 * time.Second, Cause: errors.New("the card is being posted")}
		}
		card.data.Lease, card.data.LeasedBy = tx.At().Add(LeaseTime), e.Name
		return tx.Save(card)
	})
	return known, skip, err
}

// postUnder posts a card into the thread of the day's card, which the first of the day posts before it: a channel with a
// message for each invoice is a channel that people mute. A day's card that somebody deleted is posted anew.
func (o *Outbox) postUnder(ctx context.Context, purpose string, e Effect, channel string, view Card) (Place, error) {
	day := e
	day.Subject = Key{Kind: "day", ID: o.Cycle.today(e.CreatedAt).String()}
	id := purpose + ":" + day.Subject.String()
	known, _, err := o.standing(ctx, id, day, cardArgs{Purpose: purpose}, channel)
	if err != nil {
		return Place{}, err
	}
	over := known.Place
	if over.TS == "" {
		line, err := cards()[purpose].view(ctx, o, day, cardArgs{})
		if err != nil {
			return Place{}, err
		}
		if over, err = o.Chat.Post(ctx, channel, line); err != nil {
			return Place{}, errors.Join(err, o.unlease(ctx, id))
		}
		if err := o.moved(ctx, id, over); err != nil {
			return Place{}, err
		}
	}
	at, err := o.Chat.Thread(ctx, over, view)
	if fault.Is(err, fault.NotFound) {
		err = &Later{After: 5 * time.Second, Cause: errors.Join(err, o.moved(ctx, id, Place{}))}
	}
	return at, err
}

// moved writes down where a card stands now; nowhere, when it is to be posted anew.
func (o *Outbox) moved(ctx context.Context, id string, at Place) error {
	return o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		return o.stands(ctx, tx, id, at, nil)
	})
}

func (o *Outbox) unlease(ctx context.Context, id string) error {
	return o.Cycle.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: o.Now(), Actor: "system:outbox"})
		card, err := find[posted](ctx, tx, id)
		if err != nil || card == nil {
			return err
		}
		card.data.Lease, card.data.LeasedBy = time.Time{}, ""
		return tx.Save(card)
	})
}

// stands stages where a card was posted, and since when it asks.
func (o *Outbox) stands(ctx context.Context, tx *Tx, id string, at Place, view Card) error {
	card, err := get[posted](ctx, tx, id)
	if err != nil {
		return err
	}
	card.data.Place, card.data.Lease, card.data.LeasedBy = at, time.Time{}, ""
	switch {
	case !asks(view):
		card.data.Asks = time.Time{}
	case card.data.Asks.IsZero():
		card.data.Asks = tx.At()
	}
	return tx.Save(card)
}

// replyArgs are one line under a card, which the team reads in its language.
type replyArgs struct {
	Purpose string   `json:"purpose"`
	Text    string   `json:"text,omitempty"` // a sentence that a release before this one asked for
	Line    string   `json:"line,omitempty"`
	People  []string `json:"people,omitempty"` // whom it mentions
	By      string   `json:"by,omitempty"`

	Case *CaseLine `json:"case,omitempty"` // of a customer's case
}

// performReply writes a line into a card's thread; a card that never stood has
// no thread to write to.
func performReply(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args replyArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The reply cannot be written", err)
	}
	card, err := find[posted](ctx, NewTx(o.Cycle.Store), args.Purpose+":"+e.Subject.String())
	if err != nil || card == nil || card.data.Place.TS == "" {
		return nil, err
	}
	if args.Case != nil {
		return nil, o.line(ctx, card.data.Place, *args.Case)
	}
	if args.Line == "" {
		return nil, o.line(ctx, card.data.Place, Notice{Key: "said", Why: args.Text})
	}
	line, err := creditLine(ctx, o, e, args)
	if err != nil {
		return nil, err
	}
	return nil, o.line(ctx, card.data.Place, line)
}

// line writes below a card.
func (o *Outbox) line(ctx context.Context, at Place, c Card) error {
	_, err := o.Chat.Thread(ctx, at, c)
	return err
}

// whisperArgs are a sentence for one person.
type whisperArgs struct {
	Channel string  `json:"channel"`
	User    string  `json:"user"`
	Text    string  `json:"text"`
	Offers  []Offer `json:"offers,omitempty"`
	Invoice string  `json:"invoice,omitempty"` // whose link stands behind the sentence; it is not kept here
	Page    string  `json:"page,omitempty"`    // of the link
}

func performWhisper(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args whisperArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The answer cannot be given", err)
	}
	if args.Invoice != "" {
		inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), args.Invoice)
		if err != nil {
			return nil, err
		}
		url, err := o.Cycle.InvoiceURL(inv.Data())
		if err != nil {
			return nil, err
		}
		args.Text += " " + url + args.Page
	}
	return nil, o.Chat.Whisper(ctx, args.Channel, args.User, args.Text, args.Offers...)
}

// TellLink gives a colleague the customer's link to an invoice, or to a page of it such as "/pdf", behind a sentence. The
// outbox derives it: whoever asks for it holds no key.
func (c *Cycle) TellLink(ctx context.Context, s Stamp, user, invoiceID, page, text string) error {
	return c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(s)
		raw, err := json.Marshal(whisperArgs{User: user, Text: text, Invoice: invoiceID, Page: page})
		if err != nil {
			return err
		}
		id := Name("e", doWhisper, user, invoiceID, page, s.At.UTC().Format(time.RFC3339Nano))
		return tx.Do(Effect{Name: id, Does: doWhisper, Rank: RankChat, Subject: Key{Kind: "invoice", ID: invoiceID}, Args: raw})
	})
}

// Whisper answers one person where they pressed, seen by nobody else; without a channel, in the person's own talk with us.
func (c *Cycle) Whisper(ctx context.Context, s Stamp, channel, user, text string, offers ...Offer) error {
	return c.Store.Update(ctx, func(_ context.Context, tx *Tx) error {
		tx.By(s)
		raw, err := json.Marshal(whisperArgs{Channel: channel, User: user, Text: text, Offers: offers})
		if err != nil {
			return err
		}
		id := Name("e", doWhisper, channel, user, text, s.At.UTC().Format(time.RFC3339Nano))
		return tx.Do(Effect{Name: id, Does: doWhisper, Rank: RankChat, Subject: Key{Kind: "person", ID: user}, Args: raw})
	})
}
