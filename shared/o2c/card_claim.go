package o2c

import (
	"context"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/recovery"
)

// ClaimCard is the legal side of one unpaid invoice (M10): the claim, its
// hand-over, its write-off and the relief of its VAT.
type ClaimCard struct {
	View     ClaimView
	Checks   []LegalCheck // of the hand-over that is proposed
	Needed   int          // approvals of a hand-over
	Solo     bool
	Relief   money.Amount // VAT that can be reclaimed now
	SheetURL string       // of the printed computation; "": there is none
	Agencies []string
}

func claimCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	return o.Cycle.claimCardOf(ctx, e.Subject.ID, o)
}

// claimCardOf reads the card as it is now.
func (c *Cycle) claimCardOf(ctx context.Context, invoiceID string, o *Outbox) (Card, error) {
	tx := NewTx(c.Store)
	inv, err := get[invoice.Invoice](ctx, tx, invoiceID)
	if err != nil {
		return nil, err
	}
	f, err := find[recovery.File](ctx, tx, invoiceID)
	if err != nil {
		return nil, err
	}
	d, today := inv.Data(), c.today(o.Now())
	view, err := c.claimView(ctx, tx, d, f, latestDay(today, d.DueOn))
	if err != nil {
		return nil, err
	}
	card := ClaimCard{View: view, Needed: c.approvalsNeeded(), Solo: c.Policy.Approval.Solo, Relief: d.TaxOn(unpaid(d))}
	if f != nil && f.Data().HandOver.Status == recovery.Proposed {
		held, err := c.heldOf(ctx, tx, d.CustomerID)
		if err != nil {
			return nil, err
		}
		card.Checks = c.handOverChecks(view, f.Data().HandOver.Agency, held, today)
	}
	for _, a := range c.Policy.Recovery.Agencies {
		card.Agencies = append(card.Agencies, a.Name)
	}
	url, err := c.InvoiceURL(d)
	if err != nil {
		return nil, err
	}
	card.SheetURL = url + "/claim"
	return card, nil
}

// ShowClaim puts the claim's card into the team's room, opening the file.
func (c *Cycle) ShowClaim(ctx context.Context, s Stamp, invoiceID string) error {
	return c.changeFile(ctx, s, invoiceID, func(_ context.Context, tx *Tx, inv *invoice.Invoice, _ *recovery.File) (Fact, error) {
		return Fact{Type: "claim.shown", Data: map[string]any{"open": inv.Open(), "on": c.today(tx.At())}}, nil
	})
}
