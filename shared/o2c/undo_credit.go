package o2c

import (
	"context"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

// undoOf is what an answer will change, as it is now.
func undoOf(q question) credit.Undo {
	return credit.Undo{TermsDays: q.order.Data().TermsDays, Reserved: q.order.Reservations(), HeldUntil: q.req.Data().HeldUntil, DeliverOn: q.about.DeliverOn}
}

// allowUndo lets an answer be taken back for a while. Until then the customer is
// not told, and when it is over the card loses its button.
func (c *Cycle) allowUndo(tx *Tx, q question, undo credit.Undo) error {
	undo.Until = tx.At().Add(credit.UndoTime)
	for _, s := range tx.plan.Saves {
		if e, ok := s.Doc.(*Effect); ok && e.Does == doLetter && e.Subject == KeyOf(q.order) {
			e.NextAt, undo.Letter = undo.Until, e.Name
		}
	}
	q.req.CanUndo(undo)
	if err := tx.Save(q.req); err != nil {
		return err
	}
	redraw, err := tx.effect(doCard, KeyOf(q.req), cardArgs{Purpose: "credit", Refresh: true, Text: "the answer is final"})
	if err != nil {
		return err
	}
	redraw.NextAt = undo.Until
	return tx.Do(redraw)
}

// UndoCredit takes an answer back while nothing has come of it: the order, its
// stock, the customer's credit and limit are as they were, and the question is
// asked again.
func (c *Cycle) UndoCredit(ctx context.Context, s Stamp, a CreditAnswer) (credit.RequestData, error) {
	var after credit.RequestData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		q, err := c.question(ctx, tx, a.OrderID)
		if err != nil {
			return err
		}
		if _, err := c.mayDecide(tx, a.By.ID, q); err != nil {
			return err
		}
		undo, err := c.undoable(tx, q)
		if err != nil {
			return err
		}
		if err := c.restore(ctx, tx, q, undo); err != nil {
			return err
		}
		after = q.req.Data()
		return c.showCard(tx, "credit", KeyOf(q.req))
	})
	if fault.Is(err, fault.Forbidden) {
		err = c.noteDenial(ctx, s, a, err)
	}
	return after, err
}

// undoable says why an answer cannot be taken back any more.
func (c *Cycle) undoable(tx *Tx, q question) (credit.Undo, error) {
	undo, err := q.req.TakeBack(tx.At())
	no := func(key, why, do string) (credit.Undo, error) {
		return undo, fault.New(fault.Refused, "This cannot be undone any more", why, do).Keyed(key)
	}
	switch d := q.about; {
	case q.order == nil:
		return no("undo.quote", "the quote has gone out", "withdraw the quote")
	case q.req.Data().Status == credit.Pending:
		return no("undo.pending", "nothing is decided now", "look at the card again")
	case len(d.Shipments) > 0:
		return no("undo.goods", "goods have left", "credit their invoice, or cancel the rest")
	case err != nil || !order.Life.Can(d.Status, "review"):
		return no("undo.late", "an answer can be taken back for ten minutes", "cancel the order, or take it anew")
	case d.Status == order.Declined && len(d.ShopReceipts) > 0:
		return no("undo.money", "the money that the shop took is waiting to be paid back", "take the order anew")
	}
	return undo, nil
}

func (c *Cycle) restore(ctx context.Context, tx *Tx, q question, undo credit.Undo) error {
	was, o := q.req.Data(), q.order
	if err := q.req.Again("undone", was.Decision, tx.At(), undo.HeldUntil); err != nil {
		return refused(err)
	}
	c.await(tx, q.req, was.RequestedBy)
	if err := tx.Save(q.req, Fact{Type: "credit.undone", Data: map[string]any{"was": was.Status, "by": was.DecidedBy}}); err != nil {
		return err
	}
	if raised := was.Conditions.RaiseLimitTo; undo.Raised && q.cust.Data().CreditLimit != nil && *q.cust.Data().CreditLimit == raised {
		if err := c.giveLimit(ctx, tx, q.cust, undo.Limit, o.ID()); err != nil {
			return err
		}
	}
	if err := c.withdrawBills(ctx, tx, o, "the decision was undone"); err != nil {
		return err
	}
	if _, err := c.takeBackOrder(ctx, tx, o, q.cust); err != nil {
		return err
	}
	o.Terms(undo.TermsDays)
	if err := c.keep(ctx, tx, o, undo.Reserved); err != nil {
		return err
	}
	o.Expect(undo.DeliverOn)
	if err := tx.Save(o, Fact{Type: "order.reopened", Data: map[string]string{"reason": "the decision was undone"}}); err != nil {
		return err
	}
	return c.recall(ctx, tx, undo.Letter)
}

// recall takes back an effect that is not due yet.
func (c *Cycle) recall(ctx context.Context, tx *Tx, effect string) error {
	if effect == "" {
		return nil
	}
	e, err := find[Effect](ctx, tx, effect)
	if err != nil || e == nil || e.Status != EffectPending {
		return err
	}
	e.Status, e.DoneAt, e.Problem = EffectDone, tx.At(), "recalled: the decision was undone"
	return tx.Save(e)
}

// settleAnswer makes an answer final before its time, because goods leave: the
// customer is told now.
func (c *Cycle) settleAnswer(ctx context.Context, tx *Tx, orderID string) error {
	req, err := find[credit.Request](ctx, tx, orderID)
	if err != nil || req == nil || req.Data().Undo == nil || !tx.At().Before(req.Data().Undo.Until) {
		return err
	}
	e, err := find[Effect](ctx, tx, req.Data().Undo.Letter)
	if err != nil || e == nil || e.Status != EffectPending || !e.NextAt.After(tx.At()) {
		return err
	}
	e.NextAt = tx.At()
	return tx.Save(e)
}
