package o2c

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// performReserve reserves the rest of an order, one commit after the other. The
// order remembers how far it is: whoever goes on, after a crash or beside
// somebody else, begins there.
func performReserve(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	return nil, o.slices(func(s Stamp) (bool, error) { return o.Cycle.reserveSlice(ctx, s, e.Subject.ID) })
}

// performShift does the rest of a stock work in the same way.
func performShift(ctx context.Context, o *Outbox, e Effect) (func(context.Context, *Tx) error, error) {
	return nil, o.slices(func(s Stamp) (bool, error) { return o.Cycle.workSlice(ctx, s, e.Subject.ID) })
}

// slices repeats a step until nothing is left. Every slice takes a line at
// least, so an order's lines bound them.
func (o *Outbox) slices(step func(Stamp) (more bool, err error)) error {
	for range order.LinesMax + 1 {
		more, err := step(Stamp{At: o.Now(), Actor: "system:outbox"})
		if err != nil || !more {
			return err
		}
	}
	return fmt.Errorf("the slices have no end")
}

// reserveSlice reserves the next lines of an order; with the last of them an
// order that was accepted is confirmed.
func (c *Cycle) reserveSlice(ctx context.Context, s Stamp, orderID string) (more bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		more = false
		o, err := get[order.Order](ctx, tx, orderID)
		if err != nil || o.Data().Reserving == 0 {
			return err
		}
		if err := tx.Gather(ctx, shelvesFrom(o.Data())); err != nil {
			return err
		}
		from, end := o.Data().Reserving, len(o.Data().Lines)+1
		next, err := c.reserveLines(ctx, tx, o, from)
		if err != nil {
			return err
		}
		if next == 0 && from < end {
			next = end // what follows a confirmation gets a commit of its own
		}
		more = next > 0
		o.ReserveFrom(next)
		if more || !o.Held(order.StockHold) {
			return tx.Save(o)
		}
		cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
		if err != nil {
			return err
		}
		if err := o.Confirm(); err != nil {
			return refused(err)
		}
		return c.confirmed(ctx, tx, o, cust)
	})
	return more, err
}

// shelvesFrom are the shelves that the next slice of an order may need.
func shelvesFrom(d order.Data) Wanted {
	w := Wanted{Documents: []Key{{Kind: "customer", ID: d.CustomerID}}}
	for _, l := range d.Lines[d.Reserving-1:] {
		if len(w.Counters) > SKUsMax {
			break
		}
		if l.Goods() && l.Missing() > 0 {
			w.Counters = append(w.Counters, stockKey(l.SKU))
		}
	}
	return w
}

// workData are moves that did not fit into the commit that decided on them.
type workData struct {
	ID        string            `json:"id"`
	OrderID   string            `json:"order_id"`
	Fact      string            `json:"fact"`
	Moves     []fulfilment.Move `json:"moves"`
	Next      int               `json:"next"` // of the moves
	CreatedAt time.Time         `json:"created_at"`
}

// stockWork is moves to be made slice by slice.
type stockWork struct{ data workData }

// left are the moves that were not made yet.
func (w *stockWork) left() []fulfilment.Move { return w.data.Moves[w.data.Next:] }

// Kind and ID make the work a document; it is listed while something is left.
func (w *stockWork) Kind() string { return "stockwork" }
func (w *stockWork) ID() string   { return w.data.ID }
func (w *stockWork) ListKey() string {
	if len(w.left()) == 0 {
		return ""
	}
	return w.data.CreatedAt.UTC().Format(time.RFC3339Nano)
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (w *stockWork) MarshalJSON() ([]byte, error) { return json.Marshal(w.data) }
func (w *stockWork) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &w.data) }

// putOff leaves moves to slices of their own.
func (c *Cycle) putOff(tx *Tx, o *order.Order, fact string, moves []fulfilment.Move) error {
	w := &stockWork{data: workData{
		ID: Name("sw", fact, o.ID(), fmt.Sprint(tx.Version(o))), OrderID: o.ID(), Fact: fact, Moves: moves, CreatedAt: tx.At(),
	}}
	if err := tx.Save(w); err != nil {
		return err
	}
	return tx.ask(doShift, KeyOf(w), nil)
}

// workSlice makes the next moves of a work. A place in the line for stock is
// given up only if its order does not wait any more: it may have been changed
// since, and wait anew.
func (c *Cycle) workSlice(ctx context.Context, stamp Stamp, id string) (more bool, err error) {
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(stamp)
		more = false
		w, err := get[stockWork](ctx, tx, id)
		if err != nil || len(w.left()) == 0 {
			return err
		}
		o, err := get[order.Order](ctx, tx, w.data.OrderID)
		if err != nil {
			return err
		}
		part := w.left()[:min(SKUsMax, len(w.left()))]
		w.data.Next += len(part)
		more = len(w.left()) > 0
		if err := tx.Save(w); err != nil {
			return err
		}
		s := c.shelveFor(tx, o)
		for _, m := range part {
			if err := s.move(ctx, m); err != nil {
				return err
			}
			if m.Backordered < 0 && o.WaitingFor(m.SKU) == 0 {
				tx.Unlink(waiting(m.SKU, o.Data()))
				if err := tx.Save(o); err != nil { // nobody changes it meanwhile
					return err
				}
			}
		}
		return s.done(w, w.data.Fact, "")
	})
	return more, err
}
