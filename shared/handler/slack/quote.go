package slack

import (
	"context"
	"slices"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
	"duly/shared/o2c/quote"
)

// openNewQuote opens the form of a quote for whom the action table lets send one.
func (d desk) openNewQuote(ctx context.Context, triggerID string, who o2c.Person) error {
	if row, _ := chat.ActionOf(chat.ActQuoteNew); !row.May(who.Role, false) {
		return chat.Told(d.voice.NotAllowed(chat.ActQuoteNew, who, d.Cycle.Policy.People))
	}
	return d.Views.Open(ctx, triggerID, d.voice.NewQuote(d.today().AddDays(d.Cycle.Policy.Quotes.ValidDays), d.Cycle.Policy.Currency))
}

func (d desk) openQuote(ctx context.Context, p press) error {
	return d.openNewQuote(ctx, p.TriggerID, p.Who)
}

// newQuote drafts and sends what the form says. The form's id names the quote: submitted again with what was wrong mended,
// it is the same quote, and submitted twice it goes out once.
func (d desk) newQuote(ctx context.Context, p press) (chat.Errors, error) {
	in, wrong := d.voice.ReadQuote(p.Fields, d.Cycle.Policy.Currency)
	if len(wrong) > 0 {
		return wrong, nil
	}
	found, err := d.customers(ctx, p.Fields[chat.FieldCustomer])
	if err != nil {
		return nil, err
	}
	if len(found) != 1 {
		return d.voice.NoCustomer(p.Fields[chat.FieldCustomer], found), nil
	}
	in.ID, in.Buyer.CustomerID = o2c.Name("q", "slack", p.ViewID), found[0].ID
	before, err := d.Cycle.QuoteWithCredit(ctx, in.ID)
	switch {
	case err == nil && before.Quote.Status == quote.Draft && len(before.Quote.Holds) == 0:
		in.Revises = in.ID
	case err != nil && !fault.Is(err, fault.NotFound):
		return nil, err
	}
	made, err := d.Cycle.DraftQuote(ctx, p.Stamp, in)
	if err == nil {
		err = d.sendQuote(ctx, p, made.ID)
	}
	return d.voice.QuoteErrors(err), err
}

// customers finds whom somebody means: by id, by e-mail address or by a part of the name.
func (d desk) customers(ctx context.Context, said string) ([]party.Data, error) {
	said = strings.TrimSpace(said)
	c, err := o2c.Read[party.Customer](ctx, d.Cycle, said)
	if err == nil {
		return []party.Data{c.Data()}, nil
	}
	if !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	var exact, part []party.Data
	err = look(ctx, d, func(c *party.Customer) {
		switch name := strings.ToLower(c.Data().Name); {
		case strings.EqualFold(name, said) || slices.ContainsFunc(c.Data().Emails, func(e string) bool { return strings.EqualFold(e, said) }):
			exact = append(exact, c.Data())
		case strings.Contains(name, strings.ToLower(said)):
			part = append(part, c.Data())
		}
	})
	if len(exact) > 0 {
		return exact, err
	}
	return part, err
}

// quoteAnswer answers with a quote by its number.
func (d desk) quoteAnswer(ctx context.Context, a ask) (chat.Message, error) {
	v, err := d.Cycle.QuoteByNumber(ctx, strings.ToUpper(bare(a.Object)))
	if err != nil {
		return chat.Message{}, err
	}
	card := o2c.QuoteCard{Quote: v.Quote, Credit: v.Credit, Over: v.Quote.Status == quote.Sent && !d.Now().Before(v.Quote.ExpiresAt)}
	if v.Quote.OrderID != "" {
		o, err := o2c.Read[order.Order](ctx, d.Cycle, v.Quote.OrderID)
		if err != nil {
			return chat.Message{}, err
		}
		card.Order = o.Status()
	}
	return d.voice.QuoteAnswer(card), nil
}

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
