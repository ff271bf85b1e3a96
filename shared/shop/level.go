package shop

import (
	"encoding/json"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/order"
)

// shopifyStock is what can be sold of an item at a location
// (https://shopify.dev/docs/api/admin-rest/latest/resources/inventorylevel).
// Its SKU stands in the product's message.
type shopifyStock struct {
	ItemID    Text `json:"inventory_item_id"`
	Place     Text `json:"location_id"`
	Available Text `json:"available"` // null: not tracked
	UpdatedAt Text `json:"updated_at"`
}

var shopifyStocks = formOf[shopifyStock]()

// shopifyLevel is inventory_levels/update.
func shopifyLevel(topic string, body []byte) (order.Message, error) {
	in, err := shopifyStocks.read(body)
	if err != nil {
		return order.Message{}, err
	}
	if in.ItemID == "" || in.Place == "" {
		return order.Message{}, swapped(topic, "not a stock level")
	}
	m := order.Message{Verb: order.Stock, Topic: topic}
	var f figures
	if units := f.units("/available", in.Available); units != nil {
		m.Levels = []order.Level{{ItemID: first(in.ItemID), Place: first(in.Place), Available: units, At: when(in.UpdatedAt)}}
	}
	return m, f.problem
}

// shopifyProduct says which SKU an item is.
type shopifyProduct struct {
	Variants []struct {
		SKU    Text `json:"sku"`
		ItemID Text `json:"inventory_item_id"`
	} `json:"variants"`
	UpdatedAt Text `json:"updated_at"`
}

var shopifyProducts = formOf[shopifyProduct]()

func shopifyItems(topic string, body []byte) (order.Message, error) {
	in, err := shopifyProducts.read(body)
	if err != nil {
		return order.Message{}, err
	}
	m := order.Message{Verb: order.Stock, Topic: topic}
	for _, v := range in.Variants {
		if sku, item := name(v.SKU), first(v.ItemID); sku != "" && item != "" && len(m.Levels) < order.LinesMax {
			m.Levels = append(m.Levels, order.Level{ItemID: item, SKU: sku, At: when(in.UpdatedAt)})
		}
	}
	return m, nil
}

// wooProduct is a product with what can be sold of it
// (https://woocommerce.github.io/woocommerce-rest-api-docs/#product-properties).
type wooProduct struct {
	ID        Text            `json:"id"`
	SKU       Text            `json:"sku"`
	Manages   json.RawMessage `json:"manage_stock"` // false, true, or "parent" of a variation
	Available Text            `json:"stock_quantity"`
	UpdatedAt Text            `json:"date_modified_gmt"`
}

var wooProducts = formOf[wooProduct]()

func wooLevel(topic string, body []byte) (order.Message, error) {
	in, err := wooProducts.read(body)
	if err != nil {
		return order.Message{}, err
	}
	m := order.Message{Verb: order.Stock, Topic: topic}
	var f figures
	units := f.units("/stock_quantity", in.Available)
	if string(in.Manages) == "true" && name(in.SKU) != "" && units != nil {
		m.Levels = []order.Level{{ItemID: first(in.ID), SKU: name(in.SKU), Available: units, At: when(in.UpdatedAt)}}
	}
	return m, f.problem
}

// genericStock is the generic scheme's type that tells of stock.
const genericStock = "stock.updated"

// GenericLevel is the data of stock.updated: available is what can still be sold
// in the shop, stock what is on the shelf, sold or not. One of them is said.
type GenericLevel struct {
	SKU       Text `json:"sku"`
	Available Text `json:"available,omitempty"`
	Stock     Text `json:"stock,omitempty"`
	Location  Text `json:"location,omitempty"`
	UpdatedAt Text `json:"updated_at,omitempty"` // RFC 3339; the newest prevails
}

var genericLevels = formOf[struct {
	Data GenericLevel `json:"data"`
}]()

func genericLevel(in envelope, body []byte) (order.Message, error) {
	said, err := genericLevels.read(body)
	if err != nil {
		return order.Message{}, err
	}
	d := said.Data
	var f figures
	l := order.Level{SKU: name(d.SKU), Place: trimmed(d.Location), Available: f.units("/data/available", d.Available), OnHand: f.units("/data/stock", d.Stock), At: when(d.UpdatedAt)}
	if l.At.IsZero() {
		l.At = stamp(in.Timestamp)
	}
	switch {
	case f.problem != nil:
		return order.Message{}, f.problem
	case l.SKU == "":
		return order.Message{}, fault.Bad("/data/sku", "the SKU is missing", "send one").Keyed("shop.field").With("field", "/data/sku")
	case (l.Available == nil) == (l.OnHand == nil):
		return order.Message{}, fault.Bad("/data/available", "one of available and stock must be said", "send what can still be sold as available, or what is on the shelf as stock").Keyed("shop.field").With("field", "/data/available")
	}
	return order.Message{Verb: order.Stock, Topic: in.Type, Levels: []order.Level{l}}, nil
}

// units is a number of units that may be said; a shop that sold more than it has
// says less than none.
func (f *figures) units(pointer string, t Text) *int64 {
	if t == "" {
		return nil
	}
	d := f.decimal(pointer, t)
	if !d.IsInteger() {
		d = d.Floor() // shops may stock halves; only whole ones can be promised
	}
	n := d.IntPart()
	return &n
}
