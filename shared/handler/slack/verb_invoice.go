package slack

import (
	"context"
	"slices"
	"strings"

	"duly/shared/chat"
	"duly/shared/o2c"
	"duly/shared/o2c/invoice"
)

// invoice answers "/duly invoice 2026-0042", and does what a word behind the number asks for.
func (d desk) invoice(ctx context.Context, a ask) (chat.Message, error) {
	number, what, _ := strings.Cut(a.Object, " ")
	inv, err := d.Cycle.InvoiceByNumber(ctx, bare(number))
	if err != nil {
		return chat.Message{}, err
	}
	switch strings.ToLower(strings.TrimSpace(what)) {
	case "":
		return d.voice.InvoiceAnswer(inv), nil
	case "resend":
		return d.sendAgain(ctx, a, inv)
	case "pdf":
		return d.tellLink(ctx, a, inv, "/pdf")
	case "link":
		return d.tellLink(ctx, a, inv, "")
	}
	return d.voice.Needs("invoice " + inv.Number + " resend"), nil
}

// sendAgain mails the document once more.
func (d desk) sendAgain(ctx context.Context, a ask, inv invoice.Data) (chat.Message, error) {
	if err := d.may(ctx, a.Who, chat.ActDeliveryResend, inv.CustomerID); err != nil {
		return chat.Message{}, err
	}
	return d.voice.SentAgain(inv), d.Cycle.SendAgain(ctx, a.Stamp, inv.ID)
}

// tellLink gives the customer's link to a colleague, in the colleague's own talk with the app: the outbox derives it.
func (d desk) tellLink(ctx context.Context, a ask, inv invoice.Data, page string) (chat.Message, error) {
	if err := d.may(ctx, a.Who, chat.ActInvoiceCopyLink, inv.CustomerID); err != nil {
		return chat.Message{}, err
	}
	if inv.Number == "" {
		return d.voice.NotFound(inv.ID), nil
	}
	return d.voice.LinkComes(inv), d.Cycle.TellLink(ctx, a.Stamp, a.Who.ID, inv.ID, page, d.voice.LinkText(inv, page))
}

// may asks the action table whether somebody may do by command what a button does; customerID is whom it is about.
func (d desk) may(ctx context.Context, who o2c.Person, action, customerID string) error {
	row, _ := chat.ActionOf(action)
	if row.May(who.Role, false) {
		return nil
	}
	if customerID != "" && slices.Contains(row.Own, who.Role) {
		own, err := d.owns(ctx, who, customerID)
		if own || err != nil {
			return err
		}
	}
	team, err := d.Cycle.Team(ctx, d.Now())
	if err != nil {
		return err
	}
	return wrongRole(d.voice.NotAllowed(action, who, team))
}
