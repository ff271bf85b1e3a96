package sim

import (
	"context"
	"maps"
	"slices"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// judgeStock: no goods are promised twice: what is free is what is on the shelf
// less what open orders hold, and it is never less than nothing.
func (w *world) judgeStock(ctx context.Context) {
	held, gone := map[string]int64{}, map[string]int64{}
	for _, id := range slices.Sorted(maps.Keys(w.oracle.orders)) {
		o, err := o2c.Read[order.Order](ctx, w.look, id)
		w.must(err)
		for _, l := range o.Data().Lines {
			held[l.SKU] += l.Reserved
			gone[l.SKU] += l.Shipped
		}
	}
	for _, g := range w.warehouse.goods {
		if !g.tracked {
			continue
		}
		found, err := w.look.Store.Count(ctx, o2c.Key{Kind: "stock", ID: g.sku})
		w.must(err)
		v := found[0].Values
		switch {
		case v[fulfilment.Reserved] != held[g.sku]:
			w.breaks("stock: %d of %s are reserved, orders hold %d", v[fulfilment.Reserved], g.sku, held[g.sku])
		case v[fulfilment.Available] != v[fulfilment.OnHand]-held[g.sku] || v[fulfilment.Available] < 0:
			w.breaks("stock: %d of %s are free, with %d on the shelf and %d held", v[fulfilment.Available], g.sku, v[fulfilment.OnHand], held[g.sku])
		case !g.recounted && v[fulfilment.OnHand] != g.opening-gone[g.sku]:
			w.breaks("stock: %d of %s are on the shelf, of %d have left %d", v[fulfilment.OnHand], g.sku, g.opening, gone[g.sku])
		}
	}
}

// judgeCards: what the team sees is how things are.
func (w *world) judgeCards(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(w.team.places)) {
		shown, now := "", ""
		switch c := w.team.cards[w.team.places[name]].(type) {
		case o2c.CreditCard:
			r, err := o2c.Read[credit.Request](ctx, w.look, c.Request.OrderID)
			w.must(err)
			shown, now = c.Request.Status, r.Data().Status
		case o2c.InvoiceCard:
			i, err := o2c.Read[invoice.Invoice](ctx, w.look, c.Invoice.ID)
			w.must(err)
			shown, now = c.Invoice.Status+" "+c.Invoice.Open.String(), i.Status()+" "+i.Open().String()
		case o2c.CashCard:
			r, err := o2c.Read[cash.Receipt](ctx, w.look, c.Receipt.ID)
			w.must(err)
			shown, now = c.Receipt.Unapplied.String(), r.Unapplied().String()
		}
		if shown != now {
			w.breaks("card %s shows %s, it is %s", name, shown, now)
		}
	}
}
