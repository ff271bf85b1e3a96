package o2c

import (
	"context"
	"maps"
	"slices"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

func stockKey(sku string) Key { return Key{Kind: "stock", ID: sku} }

// shelving is what one use case does to shelves: it stages their counters under
// the conditions that keep them honest, and gathers what has to follow.
type shelving struct {
	c     *Cycle
	tx    *Tx
	via   string // the shop whose order it is about; "" for other channels
	moves []fulfilment.Move
	after watchArgs
}

// watchArgs are the shelves to look after once a commit has changed them.
type watchArgs struct {
	Low     []crossing `json:"low,omitempty"`     // whose free units fell to the reorder point
	High    []string   `json:"high,omitempty"`    // SKUs whose free units rose above it
	Arrived []string   `json:"arrived,omitempty"` // SKUs that orders wait for and that have free units again
}

// crossing is one fall of an SKU to its reorder point, the Nth.
type crossing struct {
	SKU string `json:"sku"`
	Nth int64  `json:"nth"`
}

func (c *Cycle) shelve(tx *Tx) *shelving { return &shelving{c: c, tx: tx} }

// shelveFor is shelve for an order.
func (c *Cycle) shelveFor(tx *Tx, o *order.Order) *shelving {
	s := c.shelve(tx)
	if _, shop := c.Policy.Shop(o.Data().Source.Endpoint); shop {
		s.via = o.Data().Source.Endpoint
	}
	return s
}

// move stages a change of a shelf, joined to what this Tx did to it before.
func (s *shelving) move(ctx context.Context, m fulfilment.Move) error {
	if m.None() {
		return nil
	}
	add := map[string]int64{
		fulfilment.OnHand: m.OnHand, fulfilment.Reserved: m.Reserved, fulfilment.Backordered: m.Backordered, fulfilment.Available: m.OnHand - m.Reserved,
	}
	if took := m.Reserved + m.Backordered; s.via != "" {
		if add[heldThrough(s.via)] = took; m.OnHand == 0 {
			add[soldThrough(s.via)] = took
		}
	}
	err := s.stage(ctx, m.SKU, add)
	s.moves = append(s.moves, m)
	return err
}

// stage adds to a shelf's counter. The conditions are those of the whole change
// that the Tx makes of it, so they are computed anew each time.
func (s *shelving) stage(ctx context.Context, sku string, add map[string]int64) error {
	key := stockKey(sku)
	was, err := s.tx.Counter(ctx, key)
	if err != nil {
		return err
	}
	add = maps.Clone(add)
	if i := s.tx.adjusts(key); i >= 0 {
		prior := s.tx.plan.Adjusts[i]
		was = was.before(prior)
		for name, n := range prior.Add {
			add[name] += n
		}
	}
	a, crossed := guarded(was, add)
	s.tx.restage(a, was)
	s.look(sku, was, crossed)
	return nil
}

// look notes what has to follow a change of a shelf.
func (s *shelving) look(sku string, was Counter, crossed bool) {
	now := s.tx.counted[was.Key].Values
	s.after.Low = slices.DeleteFunc(s.after.Low, func(c crossing) bool { return c.SKU == sku })
	if crossed {
		s.after.Low = append(s.after.Low, crossing{SKU: sku, Nth: now[fulfilment.Alerts]})
	}
	rose := now[fulfilment.Available] > was.Values[fulfilment.Available]
	note := func(list *[]string, yes bool) {
		*list = slices.DeleteFunc(*list, func(s string) bool { return s == sku })
		if yes {
			*list = append(*list, sku)
		}
	}
	note(&s.after.Arrived, rose && was.Values[fulfilment.Backordered] > 0)
	note(&s.after.High, was.Exists && was.Values[fulfilment.Alerts] > 0 && was.Values[fulfilment.Available] <= was.Values[fulfilment.Reorder] && now[fulfilment.Available] > now[fulfilment.Reorder])
}

// guarded puts the conditions to a change of a shelf, so that whoever changes it
// at the same time cannot make a lie of what was decided:
//
//   - nothing is taken that is not free, and nobody goes before who waits;
//   - what waits does so because no more was free;
//   - what comes free while somebody begins to wait is seen by one of the two;
//   - of those who bring the free units down to the reorder point exactly one
//     sees that it did: a crossing wants the shelf as it was read, everybody
//     else stays above it or begins below.
func guarded(was Counter, add map[string]int64) (a Adjust, crossed bool) {
	a = Adjust{Key: was.Key, Add: add, Floor: map[string]int64{}, Expect: map[string]int64{}}
	if !was.Exists {
		a.Absent = []string{fulfilment.OnHand}
		a.Add[fulfilment.Reorder] += 0
		a.Add[fulfilment.Alerts] += 0
		return a, false
	}
	delete(a.Add, fulfilment.Alerts)
	v := was.Values
	before, reorder := v[fulfilment.Available], v[fulfilment.Reorder]+add[fulfilment.Reorder]
	after := before + add[fulfilment.Available]
	crossed = reorder > 0 && before > v[fulfilment.Reorder] && after <= reorder
	switch {
	case crossed:
		a.Expect[fulfilment.Available] = before
		a.Add[fulfilment.Alerts] = 1
	case after < before && before > reorder:
		a.Floor[fulfilment.Available] = min(after, reorder+1)
	case after < before:
		a.Floor[fulfilment.Available] = 0
	}
	if add[fulfilment.Backordered] > 0 {
		a.Expect[fulfilment.Available] = before
	}
	if queue := v[fulfilment.Backordered]; after < before && queue > 0 || after > before && queue == 0 {
		a.Expect[fulfilment.Backordered] = queue
	}
	return a, crossed
}

// done records the moves on the document that caused them and asks for what has
// to follow.
func (s *shelving) done(doc Document, fact, reason string) error {
	if len(s.moves) > 0 {
		if err := s.tx.Save(doc, Fact{Type: fact, Data: fulfilment.Moves{Moves: s.moves, Reason: reason}}); err != nil {
			return err
		}
	}
	return s.follow(doc)
}

// follow asks for what has to follow the commit.
func (s *shelving) follow(doc Document) error {
	if len(s.after.Low)+len(s.after.High)+len(s.after.Arrived) == 0 {
		return nil
	}
	return s.tx.ask(doWatch, KeyOf(doc), s.after)
}

// before is the counter as it was ahead of a staged change.
func (c Counter) before(a Adjust) Counter {
	was := Counter{Key: c.Key, Exists: len(a.Absent) == 0, Values: maps.Clone(c.Values)}
	for name, n := range a.Add {
		was.Values[name] -= n
	}
	return was
}

// restage puts a change of a counter in the place of what was staged of it.
func (tx *Tx) restage(a Adjust, was Counter) {
	tx.counted[a.Key] = was.after(a)
	if i := tx.adjusts(a.Key); i >= 0 {
		tx.plan.Adjusts[i] = a
		return
	}
	tx.plan.Adjusts = append(tx.plan.Adjusts, a)
}
