package o2c

import (
	"context"
	"encoding/json"
	"strings"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// Unfolder shows what stands behind a link below a message that somebody else wrote.
type Unfolder interface {
	Unfold(ctx context.Context, at Place, url string, c Card) error
}

// LinkCard is what the team sees of an invoice's link that a colleague pasted; it asks nothing.
type LinkCard struct {
	Invoice invoice.Data
}

func (LinkCard) card() {}

// doUnfold shows an invoice below a message that has its link.
const doUnfold = "chat.unfold"

// unfoldArgs are the message; the link itself is derived again and stands nowhere (I12).
type unfoldArgs struct {
	At Place `json:"at"`
}

// UnfoldLink asks for the invoice behind a customer's link to be shown below the message that has it, once per message. An
// address that is none of ours, or opens nothing, is nothing to show.
func (c *Cycle) UnfoldLink(ctx context.Context, s Stamp, at Place, url string) error {
	token, ours := strings.CutPrefix(url, c.Policy.URL(LinkInvoice, ""))
	if !ours || token == "" || strings.ContainsAny(token, "/?#") {
		return nil
	}
	keys, err := c.Store.Resolve(ctx, tokenAlias(LinkInvoice, token))
	if err != nil || keys[0].Kind != "invoice" {
		return err
	}
	raw, err := json.Marshal(unfoldArgs{At: at})
	if err != nil {
		return err
	}
	return c.oneEffect(ctx, s, Effect{Name: Name("e", doUnfold, at.Channel, at.TS, keys[0].ID), Does: doUnfold, Rank: RankChat, Subject: keys[0], Args: raw})
}

func performUnfold(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	var args unfoldArgs
	if err := json.Unmarshal(e.Args, &args); err != nil {
		return nil, damaged("The link cannot be shown", err)
	}
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	if o.Links == nil {
		return nil, fault.New(fault.Config, "The link cannot be shown", "this function has no way into the room", "deploy it with one")
	}
	url, err := o.Cycle.InvoiceURL(inv.Data())
	if err != nil {
		return nil, err
	}
	return nil, o.Links.Unfold(ctx, args.At, url, LinkCard{Invoice: inv.Data()})
}
