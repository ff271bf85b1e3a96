package chat

import (
	"github.com/slack-go/slack"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

// stock is M7: what of an order could not be reserved.
func (v Voice) stock(c o2c.StockCard) Message {
	about := []any{"order", orderNumber(c.Order), "customer", named(c.Order.CustomerName), "amount", c.Order.Total}
	if len(c.Lines) == 0 {
		sentence := v.Say("stock.settled", about...)
		return message(sentence, section(v.mark("stock.settled", about...)))
	}
	return message(v.Say("stock.text", about...),
		header(v.Say("stock.title", about...)),
		section(listed(v, c.Lines, listMax, func(l order.Line) markup { return v.short(l, c.Stock) })),
		notes(v.mark("stock.waits")),
		v.shipPart(c.Order))
}

func (v Voice) short(l order.Line, stock map[string]int64) markup {
	line := v.mark("stock.line", "name", named(l.Name), "sku", named(l.SKU), "short", l.Backordered(), "left", l.Left(), "reserved", l.Reserved)
	if free, ok := stock[l.SKU]; ok {
		line = join(" · ", line, v.mark("stock.free", "n", free))
	}
	return line
}

// shipPart is offered when something of the order can leave: it is confirmed and stock is held for it.
func (v Voice) shipPart(o order.Data) slack.Block {
	if o.Status != order.Confirmed && o.Status != order.PartShipped {
		return nil
	}
	for _, l := range o.Lines {
		if l.Reserved > 0 {
			return actions(primary(button(ActStockShipPart, v.Say("button.ship_part"), Ref{ID: o.ID}.String())))
		}
	}
	return nil
}
