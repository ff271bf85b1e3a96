package o2c

import (
	"context"
	"errors"
	"strings"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// amendment is a newer telling of an order, and what it changes.
type amendment struct {
	message order.Message
	next    order.Data
	odd     *order.Inconsistent // its total does not fit its lines
	changes []order.Change
}

func (a amendment) fact() Fact {
	if len(a.changes) == 0 {
		return Fact{Type: "order.updated", Data: map[string]any{"topic": a.message.Topic, "total": a.next.Total}}
	}
	return Fact{Type: "order.amended", Data: map[string]any{"topic": a.message.Topic, "changes": a.changes, "total": a.next.Total}}
}

func (a amendment) String() string {
	said := make([]string, len(a.changes))
	for i, c := range a.changes {
		said[i] = c.String()
	}
	return strings.Join(said, "; ")
}

// amend makes a known order what its shop says it is now. The trail keeps what
// was changed, when and by whom. Goods or amounts that changed run credit, stock
// and holds again; what stands on an invoice stays.
func (c *Cycle) amend(ctx context.Context, tx *Tx, a amendment, o *order.Order) error {
	before := o.Data()
	o.Seen(a.next)
	o.Learn(a.next)
	if len(a.changes) == 0 {
		return tx.Save(o, a.fact())
	}
	trial := *o
	if err := trial.Amend(a.next); err != nil {
		return c.tooLate(tx, o, a, err)
	}
	ends := a.message.Verb == order.Cancel
	switch {
	case before.Status == order.Declined || (before.Status == order.Cancelled && !before.Withdrawn):
		return c.tooLate(tx, o, a, &order.Delivered{Code: order.LateEnded, Line: before.Number, Is: before.Status})
	case before.Status == order.Cancelled, ends && !o.Begun():
		return errors.Join(o.Amend(a.next), tx.Save(o, a.fact())) // it ends: nothing is decided of it
	}
	if err := c.release(ctx, tx, o); err != nil {
		return err
	}
	if err := errors.Join(o.Amend(a.next), tx.Save(o, a.fact())); err != nil {
		return err
	}
	cust, err := get[party.Customer](ctx, tx, before.CustomerID)
	if err != nil {
		return err
	}
	if o.Begun() {
		return c.amendRest(ctx, tx, o, cust, before)
	}
	return c.amendWhole(ctx, tx, o, cust, a.odd)
}

// tooLate leaves the order as it was accepted and tells the team what the shop
// says instead.
func (c *Cycle) tooLate(tx *Tx, o *order.Order, a amendment, why error) error {
	d := o.Data()
	return errors.Join(
		tx.Save(o, Fact{Type: "order.amendment_refused", Data: map[string]any{"topic": a.message.Topic, "changes": a.changes, "why": why.Error()}}),
		c.tell(tx, KeyOf(o), Notice{Key: "changed_late", Number: d.Number, Name: d.CustomerName, Detail: a.String(), Parts: []Notice{whyLate(why)}}),
	)
}

// whyLate is what stands in an amendment's way, for the team.
func whyLate(why error) Notice {
	var late *order.Delivered
	if errors.As(why, &late) {
		return Notice{Key: "late." + late.Code, ID: late.Line, Detail: late.Is, Why: late.Was}
	}
	return Notice{Key: "late.", Why: why.Error(), Reason: fault.ReasonOf(refused(why))}
}

// amendWhole decides an order anew of which nothing was shipped. An approval of
// at least its new amount stands; a smaller one is void, and credit is asked
// again.
func (c *Cycle) amendWhole(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, odd *order.Inconsistent) error {
	req, err := find[credit.Request](ctx, tx, o.ID())
	if err != nil {
		return err
	}
	if o.Status() == order.Confirmed || o.Held(order.StockHold) {
		freed, err := o.Review()
		if err != nil {
			return refused(err)
		}
		x, err := c.exposureOf(ctx, tx, cust.Data())
		if err != nil {
			return err
		}
		x.move(tx, moved{confirmed: -o.Data().InBooks(freed).Minor, orders: -1}, false)
		if odd == nil && req != nil && req.Data().Status == credit.Approved && o.Data().Total.Cmp(req.Data().Amount) <= 0 {
			if x, err = c.exposureOf(ctx, tx, cust.Data()); err != nil { // as it stands now
				return err
			}
			return c.confirm(ctx, tx, o, cust, x, false)
		}
	}
	if err := c.voidRequest(ctx, tx, o, "the order was changed in the shop"); err != nil {
		return err
	}
	o.Release(order.CreditHold)
	o.Limitless()
	return errors.Join(c.decideOrder(ctx, tx, o, cust, odd), c.refreshCard(tx, "credit", Key{Kind: "credit", ID: o.ID()}))
}

// amendRest carries an amendment of a part-shipped order over to stock and
// credit: less is let go of at once, more is decided like an order of its own.
func (c *Cycle) amendRest(ctx context.Context, tx *Tx, o *order.Order, cust *party.Customer, before order.Data) error {
	d := o.Data()
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil {
		return err
	}
	if by := d.InBooks(d.Committed).Minor - before.InBooks(before.Committed).Minor; by != 0 {
		x.move(tx, moved{confirmed: by}, false)
	}
	if !d.Growth.IsPositive() {
		if err := c.reserve(ctx, tx, o); err != nil {
			return err
		}
		return errors.Join(tx.Save(o), c.closeIfPaid(ctx, tx, o))
	}
	if err := c.voidRequest(ctx, tx, o, "the order was changed in the shop"); err != nil {
		return err
	}
	return c.decideOrder(ctx, tx, o, cust, nil)
}
