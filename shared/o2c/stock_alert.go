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

// AlertData is one fall of a product's free units to its reorder point.
type AlertData struct {
	ID       string    `json:"id"`
	SKU      string    `json:"sku"`
	Nth      int64     `json:"nth"` // of the product's
	At       time.Time `json:"at"`
	SeenBy   string    `json:"seen_by,omitempty"` // who takes care of it
	SeenAt   time.Time `json:"seen_at,omitzero"`
	ClosedAt time.Time `json:"closed_at,omitzero"` // enough is free again
}

// Alert tells the team once that a product has to be bought.
type Alert struct{ data AlertData }

func alertID(sku string, nth int64) string { return Name("al", sku, fmt.Sprint(nth)) }

// Data is a copy.
func (a *Alert) Data() AlertData { return a.data }

// Open reports whether the product is still short of its reorder point.
func (a *Alert) Open() bool { return a.data.ClosedAt.IsZero() }

// Kind, ID and ListKey make the alert a document.
func (a *Alert) Kind() string    { return "alert" }
func (a *Alert) ID() string      { return a.data.ID }
func (a *Alert) ListKey() string { return a.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (a *Alert) MarshalJSON() ([]byte, error) { return json.Marshal(a.data) }
func (a *Alert) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &a.data) }

// reportLow tells the team of a crossing, once.
func (c *Cycle) reportLow(ctx context.Context, s Stamp, low crossing) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		id := alertID(low.SKU, low.Nth)
		known, err := find[Alert](ctx, tx, id)
		if err != nil || known != nil {
			return err
		}
		nth, still, err := lowness(ctx, tx, low.SKU)
		if err != nil {
			return err
		}
		a := &Alert{data: AlertData{ID: id, SKU: low.SKU, Nth: low.Nth, At: tx.At()}}
		if over := !still || nth > low.Nth; over { // enough came in before anybody was told
			a.data.ClosedAt = tx.At()
			return tx.Save(a, Fact{Type: "stock.low", Data: a.data})
		}
		return errors.Join(tx.Save(a, Fact{Type: "stock.low", Data: a.data}), c.showCard(tx, "reorder", KeyOf(a)))
	})
}

// closeAlert ends the newest alert of a product whose free units are above its
// reorder point again.
func (c *Cycle) closeAlert(ctx context.Context, s Stamp, sku string) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		nth, low, err := lowness(ctx, tx, sku)
		if err != nil || low {
			return err
		}
		a, err := find[Alert](ctx, tx, alertID(sku, nth))
		if err != nil || a == nil || !a.Open() {
			return err
		}
		a.data.ClosedAt = tx.At()
		return errors.Join(tx.Save(a, Fact{Type: "stock.recovered", Data: a.data}), c.refreshCard(tx, "reorder", KeyOf(a)))
	})
}

// lowness is whether a product is at its reorder point or below, and how often
// it fell to it.
func lowness(ctx context.Context, tx *Tx, sku string) (nth int64, low bool, err error) {
	shelf, err := tx.Counter(ctx, stockKey(sku))
	v := shelf.Values
	return v[fulfilment.Alerts], v[fulfilment.Available] <= v[fulfilment.Reorder], err
}

// SeeAlert records that a colleague takes care of a product that runs low.
func (c *Cycle) SeeAlert(ctx context.Context, s Stamp, id string, by Person) (AlertData, error) {
	var after AlertData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		a, err := get[Alert](ctx, tx, id)
		if err != nil {
			return err
		}
		if after = a.data; a.data.SeenBy != "" || !a.Open() {
			return nil // somebody was faster
		}
		a.data.SeenBy, a.data.SeenAt = "slack:"+by.ID, tx.At()
		after = a.data
		return errors.Join(tx.Save(a, Fact{Type: "stock.alert_seen", Data: a.data}), c.refreshCard(tx, "reorder", KeyOf(a)))
	})
	return after, err
}

// ReorderCard reports a product that has to be bought (M7).
type ReorderCard struct {
	Alert   AlertData
	Product fulfilment.ProductData
	Shelf   Shelf
	Waiting []WaitingOrder // in the order in which they are served
	SeenBy  string         // the name
}

// WaitingOrder is an order that waits for a product.
type WaitingOrder struct {
	Order order.Data
	Units int64
}

func (ReorderCard) card() {}

// waitingShown is how many waiting orders a card reads.
const waitingShown = 11

func reorderCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	tx := NewTx(o.Cycle.Store)
	a, err := get[Alert](ctx, tx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	card := ReorderCard{Alert: a.data, SeenBy: o.Cycle.Policy.NameOf(a.data.SeenBy)}
	p, err := find[fulfilment.Product](ctx, tx, a.data.SKU)
	if err != nil {
		return nil, err
	}
	if card.Product.SKU = a.data.SKU; p != nil {
		card.Product = p.Data()
	}
	shelves, err := o.Cycle.Shelves(ctx, a.data.SKU)
	if err != nil {
		return nil, err
	}
	card.Shelf = shelves[0]
	card.Waiting, err = o.Cycle.Waiting(ctx, a.data.SKU, waitingShown)
	return card, err
}

// Waiting lists the first orders in the line for an SKU.
func (c *Cycle) Waiting(ctx context.Context, sku string, most int) ([]WaitingOrder, error) {
	line, err := c.Store.Links(ctx, stockKey(sku), linkWaiting)
	if err != nil {
		return nil, err
	}
	line = line[:min(most, len(line))]
	keys := make([]Key, len(line))
	for i, place := range line {
		keys[i] = place.To
	}
	tx := NewTx(c.Store)
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	var all []WaitingOrder
	for _, k := range keys {
		o, err := get[order.Order](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		if units := o.WaitingFor(sku); units > 0 {
			all = append(all, WaitingOrder{Order: o.Data(), Units: units})
		}
	}
	return all, nil
}
