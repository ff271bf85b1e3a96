package o2c

import (
	"context"
	"encoding/json"
	"time"

	"duly/shared/o2c/order"
)

// placed lists an order under its customer, newest first. It is a hint beside the
// order, written from the order's events: taking an order costs nothing for it.
type placed struct{ data placedData }

type placedData struct {
	CustomerID string    `json:"customer_id"`
	OrderID    string    `json:"order_id"`
	At         time.Time `json:"at"`
}

// placedKind is the list of one customer's orders.
func placedKind(customerID string) string { return "placed-by-" + customerID }

// Kind, ID and ListKey make it a document of a list per customer.
func (p *placed) Kind() string    { return placedKind(p.data.CustomerID) }
func (p *placed) ID() string      { return p.data.OrderID }
func (p *placed) ListKey() string { return p.data.At.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *placed) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *placed) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// listOrders lists the orders among the documents under their customers, each
// once however often its events come.
func (c *Cycle) listOrders(ctx context.Context, at time.Time, of []Key) error {
	for _, k := range of {
		if k.Kind != "order" {
			continue
		}
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:digest"})
			o, err := get[order.Order](ctx, tx, k.ID)
			if err != nil {
				return err
			}
			d := o.Data()
			p := &placed{data: placedData{CustomerID: d.CustomerID, OrderID: d.ID, At: d.ReceivedAt}}
			known := placed{data: p.data}
			if there, err := tx.Find(ctx, d.ID, &known); err != nil || there {
				return err
			}
			return tx.Save(p)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ordersOf reads a page of a customer's orders, newest first.
func (c *Cycle) ordersOf(ctx context.Context, customerID string, limit int, after string) ([]*order.Order, string, error) {
	page, err := c.Store.List(ctx, Query{Kind: placedKind(customerID), Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	tx := NewTx(c.Store)
	keys := make([]Key, len(page.Items))
	for i, s := range page.Items {
		keys[i] = Key{Kind: "order", ID: s.Key.ID}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, "", err
	}
	all := make([]*order.Order, 0, len(keys))
	for _, k := range keys {
		o, err := get[order.Order](ctx, tx, k.ID)
		if err != nil {
			return nil, "", err
		}
		all = append(all, o)
	}
	return all, page.Next, nil
}
