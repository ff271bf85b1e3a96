package chat

import (
	"slices"

	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

// stock is M7: what of an order could not be reserved, and what can be done about it.
func (v Voice) stock(c o2c.StockCard) Message {
	about := []any{"order", orderNumber(c.Order), "customer", named(c.Order.CustomerName), "amount", c.Order.Total}
	if len(c.Lines) == 0 {
		key := "stock.settled"
		if slices.Contains([]string{order.Cancelled, order.Declined, order.Shipped, order.Closed}, c.Order.Status) {
			key = "stock.ended"
		}
		return message(v.Say(key, about...), section(v.mark(key, about...)))
	}
	return message(v.Say("stock.text", about...),
		header(v.Say("stock.title", about...)),
		section(listed(v, c.Lines, listMax, func(l order.Line) markup { return v.short(l, c) })),
		notes(v.mark("stock.waits"), v.promised(c.Order), v.letWait(c)),
		v.shortage(c))
}

func (v Voice) short(l order.Line, c o2c.StockCard) markup {
	line := v.mark("stock.line", "name", named(l.Name), "sku", named(l.SKU), "short", l.Backordered(), "left", l.Left(), "reserved", l.Reserved)
	if s, ok := c.Shelves[l.SKU]; ok {
		line = join(" · ", line, v.mark("stock.shelf", "hand", s.OnHand, "held", s.Reserved, "orders", v.count("stock.orders", c.Waiting[l.SKU])))
	}
	return line
}

func (v Voice) promised(o order.Data) markup {
	if o.DeliverOn.IsZero() {
		return ""
	}
	return v.mark("stock.promised", "date", o.DeliverOn)
}

func (v Voice) letWait(c o2c.StockCard) markup {
	if c.WaitsBy == "" {
		return ""
	}
	return v.mark("stock.wait", "name", named(c.WaitsBy), "time", c.Order.WaitsAt)
}

// shortage are the decisions that an accepted order leaves open; something can leave when stock is held for it.
func (v Voice) shortage(c o2c.StockCard) slack.Block {
	o, ref := c.Order, Ref{ID: c.Order.ID}.String()
	if o.Status != order.Confirmed && o.Status != order.PartShipped {
		return nil
	}
	var ship, wait *slack.ButtonBlockElement
	if len(reserved(o)) > 0 {
		ship = primary(button(ActStockShipPart, v.Say("button.ship_part"), ref))
	}
	if c.WaitsBy == "" {
		wait = button(ActStockWait, v.Say("button.wait"), ref)
	}
	return actions(ship, wait,
		button(ActStockSubstitute, v.Say("button.substitute"), ref),
		button(ActStockCancelLine, v.Say("button.cancel_line"), ref))
}

// reorder tells that a product has to be bought, once per fall to its reorder point.
func (v Voice) reorder(c o2c.ReorderCard) Message {
	about := []any{"name", named(productName(c)), "sku", named(c.Product.SKU), "free", c.Shelf.Available, "point", c.Product.ReorderPoint}
	if !c.Alert.ClosedAt.IsZero() {
		return message(v.Say("reorder.over", about...), section(v.mark("reorder.over", about...)))
	}
	var seen, instead markup
	ref := Ref{ID: c.Alert.ID}.String()
	take := button(ActStockSeen, v.Say("button.seen"), ref)
	if c.SeenBy != "" {
		seen, take = v.mark("reorder.seen", "name", named(c.SeenBy), "time", c.Alert.SeenAt), nil
	}
	if c.Product.Substitute != "" {
		instead = v.mark("reorder.substitute", "sku", named(c.Product.Substitute))
	}
	return message(v.Say("reorder.text", about...),
		header(v.Say("reorder.title", about...)),
		fields(v.mark("reorder.hand", "n", c.Shelf.OnHand), v.mark("reorder.held", "n", c.Shelf.Reserved),
			v.mark("reorder.free", "n", c.Shelf.Available), v.mark("reorder.point", "n", c.Product.ReorderPoint)),
		v.queue(c),
		notes(instead, seen),
		actions(primary(button(ActStockReceive, v.Say("button.receive"), ref)), take))
}

// queue are the orders that wait for the product, in the order in which they are served.
func (v Voice) queue(c o2c.ReorderCard) slack.Block {
	if len(c.Waiting) == 0 {
		return nil
	}
	return section(join("\n", v.mark("reorder.waiting", "n", c.Shelf.Backordered), listed(v, c.Waiting, listMax, func(w o2c.WaitingOrder) markup {
		return v.mark("reorder.order", "order", orderNumber(w.Order), "customer", named(w.Order.CustomerName), "n", w.Units)
	})))
}

func productName(c o2c.ReorderCard) string {
	if c.Product.Name != "" {
		return c.Product.Name
	}
	return c.Product.SKU
}
