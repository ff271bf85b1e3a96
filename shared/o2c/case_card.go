package o2c

import (
	"context"
	"slices"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

func overdueCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	cust, err := get[party.Customer](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	k, err := o.Cycle.caseOf(ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	open, err := o.Cycle.openInvoices(ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	today := o.Cycle.today(o.Now())
	card := OverdueCard{Customer: cust.Data(), Today: today, Overdue: money.Of(0, o.Cycle.Policy.Currency)}
	for _, inv := range open {
		card.Invoices = append(card.Invoices, inv.Data())
		if inv.Overdue(today) {
			card.Overdue = card.Overdue.Plus(inv.Data().InBooks(inv.Open()))
			card.Oldest = max(card.Oldest, today.DaysSince(inv.Data().NextDue()))
		}
	}
	if state, ok := o.Cycle.Policy.Credit.StateOf(credit.Input{Overdue: card.Overdue, OverdueDays: card.Oldest}); ok {
		card.State = state.Code
	}
	o.Cycle.addCase(&card, k, today)
	if card.Settled, err = o.settledSince(ctx, tx, k, open); err != nil {
		return nil, err
	}
	m, err := find[Mandate](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	if m != nil && m.data.Status == MandateActive {
		card.Collects = &m.data.Method
	}
	if k.data.Promise != "" {
		p, err := get[dunning.Promise](ctx, tx, k.data.Promise)
		if err != nil {
			return nil, err
		}
		card.Promise = &PromiseLine{Amount: p.Data().Amount, Date: p.Data().Date.String(), Status: p.Data().Status, By: o.Cycle.Policy.NameOf(p.Data().By)}
	}
	return card, nil
}

// addCase adds what colleagues did.
func (c *Cycle) addCase(card *OverdueCard, k *dunningCase, today calendar.Date) {
	if owner := k.owner(today); owner != "" {
		card.Owner = c.Policy.NameOf("slack:" + owner)
	}
	if k.held(today) {
		card.HoldUntil, card.HoldWhy = k.data.HoldUntil, k.data.HoldWhy
	}
	card.CallBy, card.Stop, card.Calls = k.data.CallBy, k.data.Stop, len(k.data.Calls)
	if card.Calls > 0 {
		card.Call = &k.data.Calls[card.Calls-1]
	}
}

// settledSince are the invoices that stood on the card and are not open any
// more.
func (o *Outbox) settledSince(ctx context.Context, tx *Tx, k *dunningCase, open []*invoice.Invoice) ([]invoice.Data, error) {
	var keys []Key
	for _, id := range k.data.Listed {
		if !slices.ContainsFunc(open, func(inv *invoice.Invoice) bool { return inv.ID() == id }) {
			keys = append(keys, Key{Kind: "invoice", ID: id})
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	settled := make([]invoice.Data, 0, len(keys))
	for _, key := range keys {
		inv, err := get[invoice.Invoice](ctx, tx, key.ID)
		if err != nil {
			return nil, err
		}
		settled = append(settled, inv.Data())
	}
	return settled, nil
}
