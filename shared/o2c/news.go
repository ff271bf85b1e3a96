package o2c

import (
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

// hear takes in what a message tells: the newest telling of the order makes or
// changes it, the facts beside it (money, parcels, refunds, a cancellation)
// count whenever they come. What cannot be acted upon yet waits with the order's
// news, so that the messages of an order end in one state, whichever comes first.
func (c *Cycle) hear(ctx context.Context, a Arrival, t *Taken) error {
	if err := c.sound(a.Message); err != nil {
		return err
	}
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		begin(tx, a.stamp())
		if err := tx.Gather(ctx, firstLook(a, t.OrderID)); err != nil {
			return err
		}
		o, err := find[order.Order](ctx, tx, t.OrderID)
		if err != nil {
			return err
		}
		n, err := c.newsOf(ctx, tx, a, t.OrderID)
		if err != nil {
			return err
		}
		n.Hear(a.Message, a.Seen)
		if t.Status = "test"; n.Data().Test {
			return c.ignoreTest(tx, a, n)
		}
		if o, err = c.told(ctx, tx, a, o, n); err != nil {
			return err
		}
		if t.Status = "waiting"; o != nil {
			t.Number, t.Status = o.Data().Number, o.Status()
		}
		return c.keepNews(tx, n)
	})
}

// sound refuses what cannot be an order, and an order that has no name.
func (c *Cycle) sound(m order.Message) error {
	in := m.Order
	if in.Test {
		return nil // answered, and never an order
	}
	if !m.Whole() && m.Verb != order.Create && m.Verb != order.Update {
		if in.ExternalID == "" {
			return fault.Bad("/external_id", "the message names no order", "send the order's id").Keyed("order.sent_id")
		}
		return nil
	}
	if pointer, err := in.Check(); err != nil {
		return fault.By(pointer, err, "mend the order and send it again")
	}
	return nil
}

// told makes or changes the order and acts upon its news. It is nil while only
// news came of it.
func (c *Cycle) told(ctx context.Context, tx *Tx, a Arrival, o *order.Order, n *order.News) (*order.Order, error) {
	var err error
	switch {
	case a.Message.Whole() && o == nil:
		o, err = c.newOrder(ctx, tx, a, n.Data().Cancelled)
	case a.Message.Whole():
		err = c.changeOrder(ctx, tx, a.Message, o)
	}
	if err != nil || o == nil {
		return nil, err
	}
	if err := c.catchUp(ctx, tx, o, n); err != nil {
		return nil, err
	}
	if o.Data().Withdrawn && o.Status() == order.PartShipped { // what a later telling added is not shipped either
		return o, c.withdraw(ctx, tx, o)
	}
	return o, nil
}

func (c *Cycle) newsOf(ctx context.Context, tx *Tx, a Arrival, orderID string) (*order.News, error) {
	n, err := find[order.News](ctx, tx, orderID)
	if err == nil && n == nil {
		n = order.NewsFor(orderID, a.Endpoint, a.Message.Order.ExternalID)
	}
	return n, err
}

// ignoreTest remembers of a test order that it is one: messages about it that
// carry its id alone do not say so.
func (c *Cycle) ignoreTest(tx *Tx, a Arrival, n *order.News) error {
	if !a.Message.Order.Test {
		return nil
	}
	return tx.Save(n)
}

// keepNews writes what waits, or that nothing does any more.
func (c *Cycle) keepNews(tx *Tx, n *order.News) error {
	n.Wait(tx.At())
	if !n.Waits() && tx.Version(n) == 0 {
		return nil
	}
	return tx.Save(n)
}

// catchUp acts upon the news of an order as far as the order allows it now:
// money first, then what left, what came back, and at last the end.
func (c *Cycle) catchUp(ctx context.Context, tx *Tx, o *order.Order, n *order.News) error {
	if !n.Waits() {
		return nil
	}
	if err := c.payFromNews(ctx, tx, o, n); err != nil {
		return err
	}
	if err := c.shipFromNews(ctx, tx, o, n); err != nil {
		return err
	}
	for _, r := range n.Refunds() {
		if err := c.giveBack(ctx, tx, o, r); err != nil {
			return err
		}
		n.GivenBack(r.ExternalID)
	}
	if !n.Data().Cancelled {
		return nil
	}
	n.Ended()
	if err := c.withdraw(ctx, tx, o); err != nil {
		return err
	}
	return c.shipFromNews(ctx, tx, o, n) // what waited for a decision had left all the same
}

// catchUpLater is catchUp for what changes an order beside its shop: a decision
// lets go of parcels that waited for it.
func (c *Cycle) catchUpLater(ctx context.Context, tx *Tx, o *order.Order) error {
	n, err := find[order.News](ctx, tx, o.ID())
	if err != nil || n == nil || !n.Waits() {
		return err
	}
	if err := c.catchUp(ctx, tx, o, n); err != nil {
		return err
	}
	return c.keepNews(tx, n)
}

// payFromNews books a payment of which the shop said no more than the order. One
// without an amount is all of the order.
func (c *Cycle) payFromNews(ctx context.Context, tx *Tx, o *order.Order, n *order.News) error {
	p := n.Data().Paid
	if p == nil {
		return nil
	}
	n.Settled()
	paid := *p
	if paid.Amount.Currency == "" {
		paid.Amount = o.Data().Total
	}
	return c.paidLater(ctx, tx, order.Message{Verb: order.Paid, Order: order.Incoming{PaidAtShop: &paid}}, o)
}

// shipFromNews ships the parcels that left, in the order in which they did, as
// far as the order allows: the others wait for a decision, for their lines, or
// for a person.
func (c *Cycle) shipFromNews(ctx context.Context, tx *Tx, o *order.Order, n *order.News) error {
	for _, p := range n.Parcels() {
		if c.gone(o, p) {
			if err := c.followUp(ctx, tx, o, p); err != nil {
				return err
			}
			n.Sent(p.ExternalID)
			continue
		}
		if !c.maySend(o, p) {
			continue
		}
		before := o.Data()
		if before.Withdrawn {
			if err := o.Reopen(); err != nil {
				return refused(err)
			}
		}
		if _, err := c.ship(ctx, tx, o, p); err != nil {
			return err
		}
		n.Sent(p.ExternalID)
		if before.Withdrawn {
			if err := c.withdraw(ctx, tx, o); err != nil {
				return err
			}
		}
	}
	return nil
}

// gone reports whether a parcel is in the order already, or was all that is left
// of an order of which nothing is.
func (c *Cycle) gone(o *order.Order, p order.IncomingShipment) bool {
	return slices.Contains(o.Data().Shipments, shipmentID(o.ID(), p)) || (len(p.Lines) == 0 && o.Gone())
}

// maySend reports whether a parcel fits its order as it stands now.
func (c *Cycle) maySend(o *order.Order, p order.IncomingShipment) bool {
	d := o.Data()
	ended := slices.Contains([]string{order.Cancelled, order.Shipped, order.PartShipped}, d.Status) && d.Withdrawn
	if len(d.Holds) > 0 || !(ended || d.Status == order.Confirmed || d.Status == order.PartShipped) {
		return false
	}
	trial := *o
	if ended {
		if err := trial.Reopen(); err != nil {
			return false
		}
	}
	_, err := trial.Plan(p.Lines, c.tolerance(d))
	return err == nil
}

// AskAboutNews asks the team, once, about what has waited for longer than the
// messages of one order do: an order that never came, a parcel that does not
// fit, goods that left before the decision.
func (c *Cycle) AskAboutNews(ctx context.Context, at time.Time) (int, error) {
	page, err := c.Store.List(ctx, Query{Queue: order.NewsQueue, Until: at})
	if err != nil {
		return 0, err
	}
	asked := 0
	var failed failures
	for _, s := range page.Items {
		if err := c.askAboutNews(ctx, at, s.Key.ID); err != nil {
			failed.note(err)
			continue
		}
		asked++
	}
	return asked, failed.err()
}

func (c *Cycle) askAboutNews(ctx context.Context, at time.Time, orderID string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:dunning"})
		n, err := get[order.News](ctx, tx, orderID)
		if err != nil || !n.Ask(at) {
			return err
		}
		o, err := find[order.Order](ctx, tx, orderID)
		if err != nil {
			return err
		}
		said := Notice{Key: "order_unknown", Number: n.Data().ExternalID, Name: n.Data().Endpoint, Parts: told(n)}
		if o != nil {
			said = Notice{Key: "order_disagrees", Number: o.Data().Number, Name: o.Data().CustomerName, Code: o.Status(), Parts: append(told(n), advice(o))}
		}
		return errors.Join(tx.Save(n), c.tell(tx, KeyOf(n), said))
	})
}

// told is what a shop said of an order that does not fit it, or not yet.
func told(n *order.News) []Notice {
	var all []Notice
	d := n.Data()
	if d.Cancelled {
		all = append(all, Notice{Key: "waiting.cancellation"})
	}
	if d.Paid != nil {
		all = append(all, Notice{Key: "waiting.payment"})
	}
	if k := len(n.Parcels()); k > 0 {
		all = append(all, Notice{Key: "waiting.parcels", Count: k})
	}
	if k := len(n.Refunds()); k > 0 {
		all = append(all, Notice{Key: "waiting.refunds", Count: k})
	}
	return all
}

func advice(o *order.Order) Notice {
	switch {
	case o.Held(order.CreditHold):
		return Notice{Key: "advice.decide"}
	case o.Status() == order.Declined:
		return Notice{Key: "advice.declined"}
	}
	return Notice{Key: "advice.change"}
}

// shipmentID is the id of a parcel as its shop names it, which makes it one
// however often it is told.
func shipmentID(orderID string, p order.IncomingShipment) string {
	return Name("sh", orderID, "shop:"+p.ExternalID)
}
