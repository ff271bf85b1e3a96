package o2c

import (
	"context"
	"strings"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// await says who must answer a request and until when.
func (c *Cycle) await(tx *Tx, req *credit.Request, requestedBy string) {
	a, at := c.Policy.Approval, tx.At()
	two := !a.Solo && a.TwoAbove != nil && req.Data().Decision.Input.Amount.Cmp(*a.TwoAbove) > 0
	after := func(hours int) time.Time {
		if hours == 0 {
			return time.Time{}
		}
		return a.Office.After(at, hours, c.Policy.Zone)
	}
	req.Waits(requestedBy, two, after(a.BackupHours), after(a.EndHours))
}

// requester is the colleague who enters an order, "" for a shop or a program.
func requester(tx *Tx) string {
	if strings.HasPrefix(tx.stamp.Actor, "slack:") {
		return tx.stamp.Actor
	}
	return ""
}

// reconsider lets go of what an order counted for and asks the policy about it as
// it is now.
func (c *Cycle) reconsider(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer) (credit.Decision, error) {
	x, err := c.takeBackOrder(ctx, tx, o, cust)
	if err != nil {
		return credit.Decision{}, err
	}
	in, err := c.creditInput(ctx, tx, cust.Data(), o.Data(), x)
	return c.Policy.Credit.Decide(in), err
}

// takeBackOrder takes a confirmation or a refusal back: what the order counted for is
// let go of.
func (c *Cycle) takeBackOrder(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer) (exposure, error) {
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return x, err
	}
	m := moved{}
	if o.Status() == order.Confirmed {
		m.orders = -1
	}
	freed, err := o.Review()
	if err != nil {
		return x, refused(err)
	}
	o.Limitless()
	o.Hold(order.CreditHold)
	m.confirmed = -o.Data().InBooks(freed).Minor
	x.move(tx, m, false)
	return c.exposureOf(ctx, tx, cust.Data())
}

// askAgain puts the question to people once more: the order waits, on hold.
func (c *Cycle) askAgain(ctx context.Context, tx *Tx, o *order.Order, req *credit.Request, d credit.Decision, why string) error {
	by := req.Data().RequestedBy
	d.Verdict = credit.Refer
	if err := req.Again(why, d, tx.At(), tx.At().Add(time.Duration(c.Policy.Credit.StockHours)*time.Hour)); err != nil {
		return refused(err)
	}
	c.await(tx, req, by)
	if err := tx.Save(req, Fact{Type: "credit.asked_again", Data: map[string]any{"why": why, "decision": d}}); err != nil {
		return err
	}
	if !o.Holding() {
		if err := c.reserve(ctx, tx, o); err != nil {
			return err
		}
	}
	if err := tx.Save(o, Fact{Type: "order.held", Data: map[string]string{"hold": order.CreditHold, "reason": why}}); err != nil {
		return err
	}
	return c.showCard(tx, "credit", KeyOf(req))
}

// keep makes an order hold so many units of each line, as far as there are, and
// wait in no line for more.
func (c *Cycle) keep(ctx context.Context, tx *Tx, o *order.Order, held []int64) error {
	var all tally
	for i, l := range o.Data().Lines {
		if i >= len(held) || !l.Goods() || l.Reserved == held[i] && l.Waiting == 0 {
			continue
		}
		shelf, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return err
		}
		if !shelf.Exists {
			continue
		}
		more := min(held[i]-l.Reserved, shelf.Values[fulfilment.Available])
		o.Reserve(l.N, more, -l.Waiting)
		all.add(fulfilment.Move{SKU: l.SKU, Reserved: more, Backordered: -l.Waiting})
	}
	return c.shift(ctx, tx, o, "stock.reserved", all.moves)
}
