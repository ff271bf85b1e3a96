package o2c

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c/fulfilment"
)

// verifyStock: what the shelves count equals what the facts say that was
// received, reserved and shipped, and what the orders hold and wait for; nothing
// is below zero.
func (c *Cycle) verifyStock(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "shelves equal their movements and the orders"}
	moved, err := c.stockMoved(ctx)
	if err != nil {
		return k, err
	}
	work, err := everyOne[stockWork](ctx, c)
	if err != nil {
		return k, err
	}
	ordered := map[string]fulfilment.Move{}
	for _, o := range all.orders {
		for _, l := range o.Data().Lines {
			if l.Reserved+l.Waiting > 0 {
				ordered[l.SKU] = ordered[l.SKU].Plus(fulfilment.Move{SKU: l.SKU, Reserved: l.Reserved, Backordered: l.Waiting})
			}
		}
	}
	for _, w := range work { // decided, and not booked yet
		for _, m := range w.left() {
			ordered[m.SKU] = ordered[m.SKU].Plus(fulfilment.Move{SKU: m.SKU, Reserved: -m.Reserved, Backordered: -m.Backordered})
		}
	}
	for sku := range ordered {
		moved[sku] = moved[sku].Plus(fulfilment.Move{SKU: sku})
	}
	skus := slices.Sorted(maps.Keys(moved))
	shelves, err := c.Shelves(ctx, skus...)
	if err != nil {
		return k, err
	}
	k.Checked = len(skus)
	for i, sku := range skus {
		s, m, o := shelves[i], moved[sku], ordered[sku]
		if s.OnHand != m.OnHand || s.Reserved != m.Reserved || s.Backordered != m.Backordered {
			k.breaks("%s counts %d on hand, %d reserved, %d back-ordered; its facts %d, %d, %d", sku, s.OnHand, s.Reserved, s.Backordered, m.OnHand, m.Reserved, m.Backordered)
		}
		if s.Reserved != o.Reserved || s.Backordered != o.Backordered {
			k.breaks("%s counts %d reserved and %d back-ordered, the orders hold %d and wait for %d", sku, s.Reserved, s.Backordered, o.Reserved, o.Backordered)
		}
		if s.Available != s.OnHand-s.Reserved || min(s.OnHand, s.Reserved, s.Available, s.Backordered) < 0 {
			k.breaks("%s has %d on hand, %d reserved, %d free, %d back-ordered", sku, s.OnHand, s.Reserved, s.Available, s.Backordered)
		}
	}
	return k, nil
}

// stockMoved adds up what all facts about stock say, by SKU.
func (c *Cycle) stockMoved(ctx context.Context) (map[string]fulfilment.Move, error) {
	sums := map[string]fulfilment.Move{}
	q := Query{Kind: "event", Limit: 1000}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, s := range page.Items {
			var e Event
			var said fulfilment.Moves
			if err := json.Unmarshal(s.Body, &e); err != nil {
				return nil, err
			}
			if !strings.HasPrefix(e.Type, "stock.") {
				continue
			}
			if err := json.Unmarshal(e.Data, &said); err != nil {
				return nil, err
			}
			for _, m := range said.Moves {
				sums[m.SKU] = sums[m.SKU].Plus(m)
			}
		}
		if q.After = page.Next; q.After == "" {
			return sums, nil
		}
	}
}
