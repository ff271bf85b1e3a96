package slack

import (
	"context"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// aboutInvoice finds the invoice that a command names first, and what follows it.
func (d desk) aboutInvoice(ctx context.Context, a ask, action string) (inv invoice.Data, rest string, err error) {
	number, rest, _ := strings.Cut(a.Object, " ")
	if inv, err = d.Cycle.InvoiceByNumber(ctx, bare(number)); err != nil {
		return inv, "", err
	}
	return inv, strings.TrimSpace(rest), d.may(ctx, a.Who, action, inv.CustomerID)
}

// recordPromise is "/duly promise 2026-0042 12 dec", with an amount behind it for a part.
func (d desk) recordPromise(ctx context.Context, a ask) (chat.Message, error) {
	inv, said, err := d.aboutInvoice(ctx, a, chat.ActOverduePromise)
	if err != nil {
		return chat.Message{}, err
	}
	day, amount, wrong := d.dayAndAmount(said, inv.Currency)
	if wrong.Text != "" {
		return wrong, nil
	}
	made, err := d.Cycle.RecordPromise(ctx, a.Stamp, o2c.PromiseInput{InvoiceID: inv.ID, Amount: amount, Date: day, By: a.Stamp.Actor})
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.PromiseDone(made), nil
}

// dayAndAmount reads a day as people write it, and an amount if the last word is one.
func (d desk) dayAndAmount(said, currency string) (day calendar.Date, amount *money.Amount, wrong chat.Message) {
	if day, ok := chat.ReadDay(said, d.today()); ok {
		return day, nil, wrong
	}
	if i := strings.LastIndexByte(said, ' '); i > 0 {
		if day, ok := chat.ReadDay(said[:i], d.today()); ok {
			part, misread := chat.ParseAmount(said[i+1:], currency)
			if misread != nil {
				return day, nil, d.voice.Misread(*misread)
			}
			return day, &part, wrong
		}
	}
	return day, nil, d.voice.NoDay(said)
}

// recordDispute is `/duly dispute 2026-0042 "wrong price"`.
func (d desk) recordDispute(ctx context.Context, a ask) (chat.Message, error) {
	inv, said, err := d.aboutInvoice(ctx, a, chat.ActOverdueDispute)
	if err != nil {
		return chat.Message{}, err
	}
	if said = bare(said); said == "" {
		return d.voice.Needs(`dispute ` + inv.Number + ` "wrong price"`), nil
	}
	made, err := d.Cycle.OpenDispute(ctx, a.Stamp, o2c.DisputeInput{InvoiceID: inv.ID, Reason: "other", Text: said, By: a.Stamp.Actor})
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.DisputeDone(made, inv), nil
}

// rest is "/duly snooze acme 3d": no letters to the customer up to and including a day.
func (d desk) rest(ctx context.Context, a ask) (chat.Message, error) {
	name, day, ok := d.nameAndDay(a.Object)
	if !ok {
		return d.voice.NoDay(a.Object), nil
	}
	c, others, err := d.named(ctx, bare(name))
	if err != nil || c == nil {
		return others, err
	}
	if err := d.may(ctx, a.Who, chat.ActOverdueSnooze, c.ID); err != nil {
		return chat.Message{}, err
	}
	if wrong := d.voice.RestTooLong(day, d.today()); wrong.Text != "" {
		return wrong, nil
	}
	return d.voice.RestDone(c.Name, day), d.Cycle.HoldCustomer(ctx, a.Stamp, c.ID, day, "")
}

// nameAndDay cuts a name from the day behind it, which has up to three words.
func (d desk) nameAndDay(said string) (name string, day calendar.Date, ok bool) {
	words := strings.Fields(said)
	for n := max(1, len(words)-3); n < len(words); n++ {
		if day, ok := chat.ReadDay(strings.Join(words[n:], " "), d.today()); ok {
			return strings.Join(words[:n], " "), day, true
		}
	}
	return "", calendar.Date{}, false
}

// setCredit is "/duly credit acme limit 15000"; without a limit it shows the customer.
func (d desk) setCredit(ctx context.Context, a ask) (chat.Message, error) {
	said := a.Object
	i := strings.LastIndex(strings.ToLower(said), " limit")
	if i < 0 {
		return d.who(ctx, a)
	}
	c, others, err := d.named(ctx, bare(said[:i]))
	if err != nil || c == nil {
		return others, err
	}
	typed := strings.TrimSpace(said[i+len(" limit"):])
	limit, wrong := d.limit(typed)
	if wrong.Text != "" {
		return wrong, nil
	}
	after, err := d.Cycle.SetLimit(ctx, a.Stamp, a.Who, c.ID, limit)
	if err != nil {
		return chat.Message{}, err
	}
	return d.voice.LimitDone(after, c.CreditLimit), nil
}

// limit reads a limit: an amount, 0 for prepay only, "default" for the house's own.
func (d desk) limit(typed string) (*money.Amount, chat.Message) {
	currency := d.Cycle.Policy.Currency
	switch strings.ToLower(typed) {
	case "default", "standard", "standaard", "défaut":
		return nil, chat.Message{}
	case "0", "0,00", "0.00":
		none := money.Of(0, currency)
		return &none, chat.Message{}
	}
	amount, misread := chat.ParseAmount(typed, currency)
	if misread != nil {
		return nil, d.voice.Misread(*misread)
	}
	return &amount, chat.Message{}
}
