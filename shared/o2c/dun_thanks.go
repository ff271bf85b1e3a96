package o2c

import (
	"context"
	"errors"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
)

// caseEases is what money does to the customer's case: its history says so,
// supply that was stopped goes on once nothing is late any more, and who was
// written to is thanked when an invoice is settled.
func (c *Cycle) caseEases(ctx context.Context, tx *Tx, r *cash.Receipt, inv *invoice.Invoice, a cash.Application) error {
	d := inv.Data()
	if err := c.supplyAgain(ctx, tx, d.CustomerID); err != nil || len(d.Dunning.Sent) == 0 || d.Advance != nil || ofItsNotes(d, r.ID()) {
		return err
	}
	if err := c.caseSays(tx, d.CustomerID, CaseLine{What: LineReceived, Amount: a.Amount, Numbers: []string{d.Number}}); err != nil {
		return err
	}
	if !c.Policy.Thanks || d.Open.IsPositive() || d.Buyer.Email == "" {
		return nil
	}
	if safe, err := find[safeMode](ctx, tx, safeModeID); err != nil {
		return err
	} else if safe != nil && safe.data.On {
		return c.keepBack(ctx, tx, AwaitingData{ID: r.ID(), Template: LetterPaid, CustomerID: d.CustomerID, InvoiceID: d.ID, Number: d.Number, Amount: r.Data().Amount})
	}
	return tx.ask(doLetter, KeyOf(r), letterArgs{Template: LetterPaid, To: d.Buyer.Email, Language: d.Buyer.Language, Receipt: r.ID()})
}

// supplyAgain lets a customer order again who has nothing late any more.
func (c *Cycle) supplyAgain(ctx context.Context, tx *Tx, customerID string) error {
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil || cust.Data().Stopped == nil {
		return err
	}
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	for _, due := range x.dues() {
		if due.minor > 0 && due.on.Before(c.today(tx.At())) {
			return nil
		}
	}
	if err := cust.Amend(func(d *party.Data) { d.Stopped = nil }); err != nil {
		return err
	}
	return errors.Join(
		tx.Save(cust, Fact{Type: "supply.resumed", Data: map[string]string{"by": tx.stamp.Actor, "why": "nothing is late any more"}}),
		c.caseSays(tx, customerID, CaseLine{What: LineResumed}),
	)
}

// aboutReceipt is a letter that thanks for what a receipt settled; of what was
// taken back meanwhile it does not speak.
func (o *Outbox) aboutReceipt(ctx context.Context, args letterArgs) (*LetterView, error) {
	tx := NewTx(o.Cycle.Store)
	r, err := get[cash.Receipt](ctx, tx, args.Receipt)
	if err != nil {
		return nil, err
	}
	var view *LetterView
	for _, a := range r.Data().Applications {
		if a.Undone {
			continue
		}
		inv, err := get[invoice.Invoice](ctx, tx, a.InvoiceID)
		if err != nil {
			return nil, err
		}
		if d := inv.Data(); inv.Collectable() || d.Buyer.Email != args.To || d.Currency != r.Data().Amount.Currency {
			continue
		}
		url, err := o.Cycle.InvoiceURL(inv.Data())
		if err != nil {
			return nil, err
		}
		if view == nil {
			v := o.aboutInvoice(inv.Data(), url, args.To)
			v.Amount = v.Amount.Zero()
			view = &v
		}
		if view.OpinionURL == "" { // one question, however many invoices
			if view.OpinionURL, err = o.Cycle.opinionURL(ctx, tx, inv.Data(), url); err != nil {
				return nil, err
			}
		}
		view.Amount = view.Amount.Plus(a.Amount)
		view.Items = append(view.Items, LetterItem{Number: a.Number, DueOn: inv.Data().DueOn, Open: a.Amount, URL: url})
	}
	return view, nil
}
