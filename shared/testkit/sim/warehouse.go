package sim

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"duly/infra/local/shop"
	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// warehouse sends parcels once it hears that an order is confirmed, and books
// goods in. It is a program of ours that uses the API, as any other may.
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

const secretAPI = "duly_sim_0123456789abcdef0123456789abcdef"

// stock draws what is on the shelf: some of it without count, some scarce.
func (h *warehouse) stock(c *chance) []string {
	_, err := h.world.look.CreateKey(context.Background(), o2c.Stamp{At: h.world.now, Actor: "system:sim"}, "warehouse", []string{o2c.ScopeRead, o2c.ScopeWrite}, secretAPI)
	h.world.must(err)
	var names []string
	for i := range 6 {
		g := &goods{sku: fmt.Sprintf("SKU-%d", i), tracked: i%2 == 0, opening: int64(c.below(60))}
		h.goods = append(h.goods, g)
		names = append(names, g.sku)
		if g.tracked {
			h.ask("product "+g.sku, http.MethodPost, "/v1/products", map[string]any{"sku": g.sku, "name": "Goods", "stock": g.opening}, nil)
		}
	}
	return names
}

// ask is a request of the program, repeated under one Idempotency-Key until it
// is answered. then hears the status.
func (h *warehouse) ask(what, method, path string, body any, then func(status int, answer string)) {
	raw, err := json.Marshal(body)
	h.world.must(err)
	header := http.Header{"Authorization": {"Bearer " + secretAPI}, "Content-Type": {"application/json"}, "Idempotency-Key": {what}}
	heard := false
	h.world.send(&delivery{what: "warehouse: " + what, to: "api", back: []time.Duration{time.Second, time.Minute, 20 * time.Minute},
		call: func(ctx context.Context, e *environment) error {
			in := h.world.posted(path, raw, func() (http.Header, error) { return header, nil })
			in.RequestContext.HTTP.Method = method
			out, err := e.handler.HTTP(ctx, in)
			if err != nil {
				return err
			}
			if out.StatusCode >= http.StatusInternalServerError || strings.Contains(out.Body, "DULY-3004") { // ours to repeat
				return fmt.Errorf("answered %d %s", out.StatusCode, out.Body)
			}
			h.world.note("  answered %d", out.StatusCode)
			if then != nil && !heard {
				heard = true
				then(out.StatusCode, out.Body)
			}
			return nil
		}})
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
		h.world.after(parcel.after, "a parcel of "+d.Number+" is packed", func() { h.ship(p, d.ID, i, 1) })
	}
}

// ship lets a parcel leave; the shop tells, or the warehouse itself.
func (h *warehouse) ship(p *purpose, orderID string, n, try int) {
	w := h.world
	if !p.order.CancelledAt.IsZero() {
		return
	}
	parcel, tracking := p.ships[n], fmt.Sprintf("3S%s%d", p.order.Number, n)
	if parcel.shop && !h.scarce(p.order) {
		p.order.Fulfilments = append(slices.Clone(p.order.Fulfilments), shop.Fulfilment{Carrier: "PostNL", Tracking: tracking, At: w.now, Lines: parcel.lines})
		w.shops.tell(fulfilled, p)
		return
	}
	said := map[string]any{"carrier": "PostNL", "tracking": tracking}
	if len(parcel.lines) > 0 {
		said["lines"] = []map[string]any{{"sku": parcel.lines[0].SKU, "quantity": parcel.lines[0].Quantity}}
	}
	h.ask(fmt.Sprintf("ships %s.%d.%d", p.order.Number, n, try), http.MethodPost, "/v1/orders/"+orderID+"/shipments", said, func(status int, answer string) {
		switch {
		case status == http.StatusCreated:
			p.told[fulfilled]++
		case strings.Contains(answer, "DULY-3007"): // back-ordered: count the shelf anew and try again tomorrow
			w.after(day/2, "goods come in for "+p.order.Number, func() { h.replenish(p.order) })
			w.after(day, "again a parcel of "+p.order.Number, func() { h.ship(p, orderID, n, try+1) })
		}
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
		found, err := h.world.look.Store.Count(context.Background(), o2c.Key{Kind: "stock", ID: g.sku})
		h.world.must(err)
		if free := found[0].Values[fulfilment.Available]; free > 400 {
			continue // somebody was here
		}
		g.recounted = true
		h.ask(fmt.Sprintf("counts %s at %d", g.sku, h.world.now.Unix()), http.MethodPatch, "/v1/products/"+g.sku, map[string]any{"stock": found[0].Values[fulfilment.OnHand] + 500}, nil)
	}
}

// complete fills in what a customer's invoices lack, as the bookkeeper's program
// does.
func (h *warehouse) complete(customerID, number string, then func()) {
	address := map[string]any{"street": "Dam 1", "postal_code": "1012 JS", "city": "Amsterdam", "country": "NL"}
	h.ask("completes the customer of "+number, http.MethodPatch, "/v1/customers/"+customerID, map[string]any{"address": address}, func(int, string) { then() })
}

// credit takes an invoice back, as the bookkeeper's program asks.
func (h *warehouse) credit(number string) {
	h.ask("credits "+number, http.MethodPost, "/v1/invoices/"+number+"/credit-notes", map[string]any{}, nil)
}
