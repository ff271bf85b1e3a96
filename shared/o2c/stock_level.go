package o2c

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// spaceItem is the space of a shop's ids of what it stocks.
const spaceItem = "item"

// levelData is what a shop last said of the stock of a product.
type levelData struct {
	ID     string                `json:"id"`
	Places map[string]placeLevel `json:"places"`
	Base   int64                 `json:"base"` // what it could sell when it said so, and all that it had sold
}

// placeLevel is what a shop last said of one location.
type placeLevel struct {
	Units int64     `json:"units"`
	At    time.Time `json:"at"`
}

// shopLevel is what a shop last said of the stock of a product.
type shopLevel struct{ data levelData }

// Kind and ID make the level a document.
func (l *shopLevel) Kind() string { return "level" }
func (l *shopLevel) ID() string   { return l.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (l *shopLevel) MarshalJSON() ([]byte, error) { return json.Marshal(l.data) }
func (l *shopLevel) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &l.data) }

// hearLevels takes in what a shop says of stock, each product in a commit of its
// own.
func (c *Cycle) hearLevels(ctx context.Context, a Arrival) error {
	var failed failures
	for i, l := range a.Message.Levels {
		s := a.stamp()
		s.Once = Name("seen", a.Seen, fmt.Sprint(i))
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(s)
			return c.hearLevel(ctx, tx, a.Endpoint, l)
		})
		if !errors.Is(err, ErrSeen) {
			failed.note(err)
		}
	}
	return failed.err()
}

// hearLevel brings a product's shelf in line with what a shop says. What the
// shop does not sell from our stock, or names by an item that no message has
// introduced, changes nothing.
func (c *Cycle) hearLevel(ctx context.Context, tx *Tx, endpoint string, l order.Level) error {
	item := Alias{Space: spaceItem, Value: endpoint + ":" + l.ItemID}
	sku := l.SKU
	if l.ItemID != "" {
		known, err := tx.Resolve(ctx, item)
		if err != nil {
			return err
		}
		if sku == "" {
			sku = known[0].ID
		}
		if known[0].IsZero() && sku != "" {
			tx.Name(item, Key{Kind: "product", ID: sku})
		}
	}
	if sku == "" {
		return nil
	}
	p, err := find[fulfilment.Product](ctx, tx, sku)
	if err != nil || p == nil {
		return err
	}
	switch {
	case l.OnHand != nil:
		return c.shelve(tx).recountTo(ctx, p, *l.OnHand, "the shop "+endpoint)
	case l.Available != nil:
		return c.followShop(ctx, tx, endpoint, p, l)
	}
	return nil
}

// followShop moves a shelf as the shop's own stock moved. A shop says what it can
// still sell; what it sold is in our books, too, so that the sum of both moves
// only when goods come in, are lost or are counted. Its first word is taken for
// all that there is. An older word than the known one changes nothing.
func (c *Cycle) followShop(ctx context.Context, tx *Tx, endpoint string, p *fulfilment.Product, l order.Level) error {
	id := endpoint + ":" + p.ID()
	level, err := find[shopLevel](ctx, tx, id)
	if err != nil {
		return err
	}
	first := level == nil
	if first {
		level = &shopLevel{data: levelData{ID: id, Places: map[string]placeLevel{}}}
	}
	if known, ok := level.data.Places[l.Place]; ok && l.At.Before(known.At) {
		return nil
	}
	level.data.Places[l.Place] = placeLevel{Units: *l.Available, At: l.At}
	var sells int64
	for _, place := range level.data.Places {
		sells += place.Units
	}
	shelf, err := tx.Counter(ctx, stockKey(p.ID()))
	if err != nil {
		return err
	}
	sum := sells + shelf.Values[soldThrough(endpoint)]
	onHand := shelf.Values[fulfilment.OnHand] + sum - level.data.Base
	if first {
		onHand = sells + shelf.Values[heldThrough(endpoint)]
	}
	level.data.Base = sum
	if err := tx.Save(level); err != nil {
		return err
	}
	return c.shelve(tx).recountTo(ctx, p, onHand, "the shop "+endpoint)
}

// recountTo is recount for somebody who cannot be refused: what orders hold is
// there at least.
func (s *shelving) recountTo(ctx context.Context, p *fulfilment.Product, onHand int64, why string) error {
	shelf, err := s.tx.Counter(ctx, stockKey(p.ID()))
	if err != nil {
		return err
	}
	return s.recount(ctx, p, max(onHand, shelf.Values[fulfilment.Reserved], 0), why)
}

// soldThrough and heldThrough name the values of a shelf that say how many units
// the orders of a shop took in all, and hold or wait for now.
func soldThrough(endpoint string) string { return "sold:" + endpoint }
func heldThrough(endpoint string) string { return "held:" + endpoint }
