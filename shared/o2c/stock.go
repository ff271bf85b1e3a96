package o2c

import (
	"context"
	"slices"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// The bounds of what one commit does to shelves. Each shelf is a row of the
// hundred that a transaction may have, and each back-order another; the order,
// its customer and what follows take the rest (row 45 of the failure
// catalogue). Beyond them the work goes in slices.
const (
	SKUsMax   = 40
	shelfRows = 60
)

// linkWaiting is the name of the links from a shelf to the orders that wait for
// it, in the order in which they are served.
const linkWaiting = "waiting"

// waiting is an order's place in the line for an SKU.
func waiting(sku string, o order.Data) Link {
	return Link{Parent: stockKey(sku), Name: linkWaiting, Sort: o.Queue, To: Key{Kind: "order", ID: o.ID}}
}

// reserve holds stock for what an order misses, never more than there is. What
// cannot be held waits in line, if the order is accepted. An order of many SKUs
// is reserved slice by slice afterwards; one whose confirmation waits for that
// is confirmed with the last.
func (c *Cycle) reserve(ctx context.Context, tx *Tx, o *order.Order) error {
	large, err := c.large(ctx, tx, o)
	if err != nil {
		return err
	}
	if large {
		return c.reserveLater(tx, o, 1)
	}
	next, err := c.reserveLines(ctx, tx, o, 1)
	if err != nil || next == 0 {
		return err
	}
	return c.reserveLater(tx, o, next)
}

// reserveLater leaves the lines of an order from one on to slices.
func (c *Cycle) reserveLater(tx *Tx, o *order.Order, from int) error {
	o.ReserveFrom(from)
	if err := tx.Save(o); err != nil {
		return err
	}
	return tx.ask(doReserve, KeyOf(o), nil)
}

// strangersMax bounds how many SKUs a decision names.
const strangersMax = 10

// strangers are the SKUs of an order that are not kept in stock, where the house
// says that there are none.
func (c *Cycle) strangers(ctx context.Context, tx *Tx, d order.Data) ([]string, error) {
	var unknown []string
	for _, l := range d.Lines {
		if !c.Policy.StrictStock || l.Service || slices.Contains(unknown, l.SKU) || len(unknown) == strangersMax {
			continue
		}
		if l.SKU == "" {
			unknown = append(unknown, l.Name)
			continue
		}
		shelf, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return nil, err
		}
		if !shelf.Exists {
			unknown = append(unknown, l.SKU)
		}
	}
	return unknown, nil
}

// large reports whether an order's shelves are too many for one commit.
func (c *Cycle) large(ctx context.Context, tx *Tx, o *order.Order) (bool, error) {
	var w Wanted
	for _, l := range o.Data().Lines {
		if l.Goods() && l.Missing() > 0 {
			w.Counters = append(w.Counters, stockKey(l.SKU))
		}
	}
	if err := tx.Gather(ctx, w); err != nil {
		return false, err
	}
	skus := map[string]bool{}
	rows := 0
	for _, l := range o.Data().Lines {
		if !l.Goods() || l.Missing() == 0 || skus[l.SKU] {
			continue
		}
		shelf, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return false, err
		}
		if !shelf.Exists {
			continue
		}
		if skus[l.SKU] = true; shelf.Values[fulfilment.Available]-shelf.Values[fulfilment.Backordered] < l.Missing() {
			rows++
		}
	}
	return len(skus) > SKUsMax || len(skus)+rows > shelfRows, nil
}

// reserveLines reserves from a line on as much as one commit takes, and tells
// with which line to go on; 0 when that was the last.
func (c *Cycle) reserveLines(ctx context.Context, tx *Tx, o *order.Order, from int) (next int, err error) {
	lines := o.Data().Lines
	s := c.shelveFor(tx, o)
	touched, queued := map[string]bool{}, map[string]bool{}
	for _, l := range lines[from-1:] {
		if !l.Goods() || l.Missing() == 0 {
			continue
		}
		if !touched[l.SKU] && (len(touched) == SKUsMax || len(touched)+len(queued)+2 > shelfRows) {
			next = l.N
			break
		}
		held, waits, err := c.reserveLine(ctx, s, o, l)
		if err != nil {
			return 0, err
		}
		if held+waits > 0 {
			touched[l.SKU] = true
		}
		if waits > 0 && !queued[l.SKU] {
			queued[l.SKU] = true
			tx.Link(waiting(l.SKU, o.Data()))
		}
	}
	return next, s.done(o, "stock.reserved", "")
}

// reserveLine holds what is free of a line's SKU. Those who wait for it already
// come first: what they wait for is not free for anybody else.
func (c *Cycle) reserveLine(ctx context.Context, s *shelving, o *order.Order, l order.Line) (held, waits int64, err error) {
	shelf, err := s.tx.Counter(ctx, stockKey(l.SKU))
	if err != nil || !shelf.Exists {
		return 0, 0, err // untracked: ships freely
	}
	free := max(0, shelf.Values[fulfilment.Available]-shelf.Values[fulfilment.Backordered])
	held = min(l.Missing(), free)
	if o.Queues() {
		waits = l.Missing() - held
	}
	o.Reserve(l.N, held, waits)
	return held, waits, s.move(ctx, fulfilment.Move{SKU: l.SKU, Reserved: held, Backordered: waits})
}

// release gives an order's stock and its places in line back.
func (c *Cycle) release(ctx context.Context, tx *Tx, o *order.Order) error {
	var all tally
	for _, l := range o.Data().Lines {
		if l.Reserved+l.Waiting > 0 {
			all.add(fulfilment.Move{SKU: l.SKU, Reserved: -l.Reserved, Backordered: -l.Waiting})
		}
	}
	short := o.Short()
	o.LetGo()
	if err := c.shift(ctx, tx, o, "stock.released", all.moves); err != nil || !short {
		return err
	}
	return c.refreshCard(tx, "stock", KeyOf(o))
}

// takeOut books shipped units off the shelf: the reserved ones first, the rest
// from what is free, which must be there.
func (c *Cycle) takeOut(ctx context.Context, tx *Tx, o *order.Order, plan []order.Shipping) error {
	var free, held tally // by whether more leaves of a line than is reserved for it
	for _, p := range plan {
		l := o.Data().Lines[p.N-1]
		shelf, err := tx.Counter(ctx, stockKey(l.SKU))
		if err != nil {
			return err
		}
		if l.SKU == "" || !shelf.Exists {
			continue
		}
		rest := p.Quantity - min(l.Reserved, p.Quantity)
		m := fulfilment.Move{SKU: l.SKU, OnHand: -p.Quantity, Reserved: rest - p.Quantity, Backordered: -min(l.Waiting, rest)}
		if rest == 0 {
			held.add(m)
			continue
		}
		if m = free.add(m); m.Reserved-m.OnHand > shelf.Values[fulfilment.Available] {
			return fault.New(fault.Held, "The shipment is larger than the stock", "{name} is back-ordered", "book the stock in, or ship the rest").Keyed("stock.back_ordered").With("name", l.Name)
		}
	}
	if n := len(free.moves); n > SKUsMax {
		return fault.New(fault.Held, "The shipment has too many products that were not reserved", "one shipment takes at most {most} of them, this has {n}", "ship in parts").Keyed("stock.too_many").With("most", SKUsMax, "n", n)
	}
	for _, m := range held.moves {
		free.add(m)
	}
	if err := c.shift(ctx, tx, o, "stock.shipped", free.moves); err != nil || !o.Short() || len(free.moves) == 0 {
		return err
	}
	return c.refreshCard(tx, "stock", KeyOf(o)) // what can leave has changed
}

// tally adds moves up, one for each SKU, in the order in which they came.
type tally struct{ moves []fulfilment.Move }

func (t *tally) add(m fulfilment.Move) fulfilment.Move {
	i := slices.IndexFunc(t.moves, func(o fulfilment.Move) bool { return o.SKU == m.SKU })
	if i < 0 {
		t.moves = append(t.moves, m)
		return m
	}
	t.moves[i] = t.moves[i].Plus(m)
	return t.moves[i]
}

// shift moves shelves for an order: those of the first commit at once, the rest
// as work that goes on slice by slice. What takes free units comes first in the
// list and is never put off: the commit that decides on it must hold it.
func (c *Cycle) shift(ctx context.Context, tx *Tx, o *order.Order, fact string, moves []fulfilment.Move) error {
	now, rows := 0, 0
	for _, m := range moves {
		if rows++; m.Backordered != 0 {
			rows++
		}
		if now == SKUsMax || rows > shelfRows && m.OnHand >= m.Reserved {
			break
		}
		now++
	}
	s := c.shelveFor(tx, o)
	for _, m := range moves[:now] {
		if err := s.move(ctx, m); err != nil {
			return err
		}
		if m.Backordered < 0 && o.WaitingFor(m.SKU)+m.Backordered <= 0 {
			tx.Unlink(waiting(m.SKU, o.Data()))
		}
	}
	if err := s.done(o, fact, ""); err != nil || now == len(moves) {
		return err
	}
	return c.putOff(tx, o, fact, moves[now:])
}
