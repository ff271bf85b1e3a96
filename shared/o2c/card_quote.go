package o2c

import (
	"context"

	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
)

func quoteCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	q, err := get[quote.Quote](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	v, err := o.Cycle.quoteView(ctx, tx, q)
	if err != nil {
		return nil, err
	}
	card := QuoteCard{Quote: v.Quote, Credit: v.Credit, Over: q.Over(o.Now())}
	if v.Quote.OrderID == "" {
		return card, nil
	}
	ord, err := get[order.Order](ctx, tx, v.Quote.OrderID)
	if err == nil {
		card.Order = ord.Status()
	}
	return card, err
}

func contractCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	k, err := get[quote.Contract](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := ContractCard{Contract: k.Data()}
	if card.Contract.RenewedBy == "" {
		return card, nil
	}
	q, err := find[quote.Quote](ctx, tx, card.Contract.RenewedBy)
	if err == nil && q != nil {
		card.RenewedBy = q.Data().Number
	}
	return card, err
}
