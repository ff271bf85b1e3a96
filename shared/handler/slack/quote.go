package slack

import (
	"context"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/quote"
)

// remindQuote and remindContract write to the customer, because a colleague wants it.
func (d desk) remindQuote(ctx context.Context, p press) error    { return d.remind(ctx, p, "quote") }
func (d desk) remindContract(ctx context.Context, p press) error { return d.remind(ctx, p, "contract") }

func (d desk) remind(ctx context.Context, p press, kind string) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	return d.Cycle.RemindCustomer(ctx, p.Stamp, o2c.Key{Kind: kind, ID: r.ID})
}

func (d desk) openRenewQuote(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	q, err := o2c.Read[quote.Quote](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.RenewQuote(about(p, r), q.Data(), d.today().AddDays(d.Cycle.Policy.Quotes.ValidDays)))
}

func (d desk) openRenewContract(ctx context.Context, p press) error {
	r, err := ref(p)
	if err != nil {
		return err
	}
	k, err := o2c.Read[quote.Contract](ctx, d.Cycle, r.ID)
	if err != nil {
		return err
	}
	next, err := d.Cycle.NextPeriod(ctx, k.Data())
	if err != nil {
		return err
	}
	return d.Views.Open(ctx, p.TriggerID, d.voice.RenewContract(about(p, r), k.Data(), next, d.today().AddDays(d.Cycle.Policy.Quotes.ValidDays)))
}

// renewQuote and renewContract offer the same anew and send it.
func (d desk) renewQuote(ctx context.Context, p press) (chat.Errors, error) {
	return d.renew(ctx, p, func(r *o2c.Renewal) { r.QuoteID = p.Place.ID })
}
func (d desk) renewContract(ctx context.Context, p press) (chat.Errors, error) {
	return d.renew(ctx, p, func(r *o2c.Renewal) { r.ContractID = p.Place.ID })
}

// renew reads the form; its id names the quote, so that a form that Slack submits twice is one.
func (d desk) renew(ctx context.Context, p press, of func(*o2c.Renewal)) (chat.Errors, error) {
	start, end, until, wrong := d.voice.Renewal(p.Fields)
	if len(wrong) > 0 {
		return wrong, nil
	}
	r := o2c.Renewal{ID: o2c.Name("q", "slack", p.ViewID), StartOn: start, EndOn: end, ValidUntil: until}
	of(&r)
	made, err := d.Cycle.Renew(ctx, p.Stamp, r)
	if err != nil {
		return nil, err
	}
	return nil, d.sendQuote(ctx, p, made.ID)
}

// sendQuote sends and tells the sender what came of it: it is out, or waits for credit, and why.
func (d desk) sendQuote(ctx context.Context, p press, id string) error {
	v, err := d.Cycle.SendQuote(ctx, p.Stamp, id)
	if err != nil {
		return err
	}
	return chat.Told(d.voice.QuoteSent(o2c.QuoteCard{Quote: v.Quote, Credit: v.Credit}))
}
