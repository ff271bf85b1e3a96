package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// warehouse sends parcels once it hears that an order is confirmed, and books
// goods in.
type warehouse struct {
	world *world
	goods []*goods
}

// goods are one SKU; tracked ones have stock.
type goods struct {
	sku       string
	tracked   bool
	opening   int64
	recounted bool // since the opening
}

// stock draws what is on the shelf: some of it without count, some scarce.
func (h *warehouse) stock(c *chance) []string {

	var names []string
	for i := range 6 {
		g := &goods{sku: fmt.Sprintf("SKU-%d", i), tracked: i%2 == 0, opening: int64(c.below(60))}
		h.goods = append(h.goods, g)
		names = append(names, g.sku)
		if !g.tracked {
			continue
		}
		h.put("product", func(ctx context.Context, e *environment) error {
			_, err := e.cycle.SaveProduct(ctx, e.stamp("api:warehouse"), fulfilment.ProductData{SKU: g.sku, Name: "Goods"}, &g.opening)
			return err
		})
	}
	return names
}

// put is a call of the warehouse's program to our API, repeated until it works.
func (h *warehouse) put(what string, call func(context.Context, *environment) error) {
	h.world.send(&delivery{what: "warehouse: " + what, to: "api", back: []time.Duration{time.Second, time.Minute, 20 * time.Minute}, call: call})
}

// hears is the warehouse's ear on the bus. Events come at least once.
func (h *warehouse) hears(e o2c.Published) {
	if e.Type != "duly.order.confirmed.v1" {
		return
	}
	var d order.Data
	h.world.must(json.Unmarshal(e.Data, &d))
	p := h.world.shops.purposes[d.Number]
	if p == nil {
		h.world.breaks("I6: order %s was confirmed, and nobody ordered it", d.Number)
		return
	}
	if p.left {
		return
	}
	p.left = true
	for i, parcel := range p.ships {
		h.world.after(parcel.after, "a parcel of "+d.Number+" is packed", func() { h.ship(p, d.ID, i) })
	}
}

// ship lets a parcel leave.
func (h *warehouse) ship(p *purpose, orderID string, n int) {
	w := h.world
	if !p.order.CancelledAt.IsZero() {
		return
	}
	parcel := p.ships[n]
	if parcel.shop && !h.scarce(p.order) {
		p.order.Fulfilments = append(slices.Clone(p.order.Fulfilments), shop.Fulfilment{Carrier: "PostNL", Tracking: fmt.Sprintf("3S%s%d", p.order.Number, n), At: w.now, Lines: parcel.lines})
		w.shops.tell(fulfilled, p)
		return
	}
	said := order.IncomingShipment{ExternalID: fmt.Sprintf("parcel-%s-%d", p.order.Number, n), Carrier: "PostNL", At: w.now}
	for _, l := range parcel.lines {
		said.Lines = append(said.Lines, order.ShippedLine{SKU: l.SKU, Quantity: l.Quantity})
	}
	h.put("ships "+p.order.Number, func(ctx context.Context, e *environment) error {
		_, err := e.cycle.Ship(ctx, e.stamp("api:warehouse"), orderID, said)
		switch {
		case err == nil:
			p.told[fulfilled]++
		case fault.Is(err, fault.Held): // back-ordered: count the shelf anew and try again tomorrow
			w.after(day/2, "goods come in for "+p.order.Number, func() { h.replenish(p.order) })
			w.after(day, "again a parcel of "+p.order.Number, func() { h.ship(p, orderID, n) })
			return nil
		case fault.Is(err, fault.Refused), fault.Is(err, fault.Invalid):
			return nil // cancelled meanwhile, or it has left
		}
		return err
	})
}

// scarce reports whether an order has goods with stock, which may be short: for
// those the warehouse speaks itself, and hears the answer.
func (h *warehouse) scarce(o shop.Order) bool {
	return slices.ContainsFunc(o.Lines, func(l shop.Line) bool {
		return slices.ContainsFunc(h.goods, func(g *goods) bool { return g.sku == l.SKU && g.tracked })
	})
}

// replenish counts 500 units more of everything tracked in an order.
func (h *warehouse) replenish(o shop.Order) {
	for _, g := range h.goods {
		if !g.tracked || !slices.ContainsFunc(o.Lines, func(l shop.Line) bool { return l.SKU == g.sku }) {
			continue
		}
		g.recounted = true
		h.put("counts "+g.sku, func(ctx context.Context, e *environment) error {
			found, err := e.cycle.Store.Count(ctx, o2c.Key{Kind: "stock", ID: g.sku})
			if err != nil {
				return err
			}
			if free := found[0].Values[fulfilment.Available]; free > 400 {
				return nil // somebody was here
			}
			now := found[0].Values[fulfilment.OnHand] + 500
			_, err = e.cycle.AmendProduct(ctx, e.stamp("api:warehouse"), g.sku, func(*fulfilment.ProductData) {}, &now)
			return err
		})
	}
}
