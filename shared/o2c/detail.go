package o2c

import (
	"context"
	"time"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// OrderDetail is an order with all that became of it.
type OrderDetail struct {
	Order     order.Data
	Credit    *credit.RequestData // nil: it was cancelled before it was asked about
	Shipments []fulfilment.ShipmentData
	Returns   []fulfilment.ReturnData
	Invoices  []invoice.Data // drafts among them
}

// OrderDetails adds to orders what became of them, in one reading.
func (c *Cycle) OrderDetails(ctx context.Context, orders ...order.Data) ([]OrderDetail, error) {
	tx := NewTx(c.Store)
	var keys []Key
	for _, o := range orders {
		keys = append(keys, Key{Kind: "credit", ID: o.ID})
		for _, id := range o.Shipments {
			keys = append(keys, Key{Kind: "shipment", ID: id})
		}
		for _, id := range o.Returns {
			keys = append(keys, Key{Kind: "return", ID: id})
		}
		for _, id := range o.Invoices {
			keys = append(keys, Key{Kind: "invoice", ID: id})
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]OrderDetail, len(orders))
	for i, o := range orders {
		all[i].Order = o
		if err := all[i].fill(ctx, tx); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func (d *OrderDetail) fill(ctx context.Context, tx *Tx) error {
	req, err := find[credit.Request](ctx, tx, d.Order.ID)
	if err != nil {
		return err
	}
	if req != nil {
		asked := req.Data()
		d.Credit = &asked
	}
	for _, id := range d.Order.Shipments {
		s, err := get[fulfilment.Shipment](ctx, tx, id)
		if err != nil {
			return err
		}
		d.Shipments = append(d.Shipments, s.Data())
	}
	for _, id := range d.Order.Returns {
		r, err := get[fulfilment.Return](ctx, tx, id)
		if err != nil {
			return err
		}
		d.Returns = append(d.Returns, r.Data())
	}
	for _, id := range d.Order.Invoices {
		inv, err := get[invoice.Invoice](ctx, tx, id)
		if err != nil {
			return err
		}
		d.Invoices = append(d.Invoices, inv.Data())
	}
	return nil
}

// Exposure is what a customer has at stake, in the currency of the books.
type Exposure struct {
	Limit     *money.Amount // that holds: its own or the policy's; nil: unlimited
	Open      money.Amount  // invoices
	Confirmed money.Amount  // orders, not yet invoiced
	Overdue   money.Amount  // of what is open
	Oldest    int           // days after its due date
	Group     *credit.Group // of companies, when the customer is in one
	Payer     Payer         // how it pays
}

// Exposures reads what customers have at stake and how they pay, as of an
// instant.
func (c *Cycle) Exposures(ctx context.Context, at time.Time, customers ...party.Data) ([]Exposure, error) {
	tx := NewTx(c.Store)
	tx.By(Stamp{At: at})
	var keys []Key
	for _, d := range customers {
		keys = append(keys, exposureKey(d.ID), payerKey(d.ID))
		if d.Group != "" {
			keys = append(keys, groupKey(d.Group))
		}
	}
	reports := make([]Key, len(customers))
	for i, d := range customers {
		reports[i] = reportKey(d.ID)
	}
	if err := tx.Gather(ctx, Wanted{Documents: reports, Counters: keys}); err != nil {
		return nil, err
	}
	all := make([]Exposure, len(customers))
	for i, d := range customers {
		x, err := c.exposureOf(ctx, tx, d)
		if err != nil {
			return nil, err
		}
		in, err := c.standingOf(ctx, tx, d, x)
		if err != nil {
			return nil, err
		}
		all[i] = Exposure{Limit: in.Limit, Open: in.Receivable, Confirmed: in.Confirmed, Overdue: in.Overdue, Oldest: in.OverdueDays, Group: in.Group, Payer: c.payer(d, in)}
	}
	return all, nil
}

// Shelf is how much of a product there is, in units.
type Shelf struct {
	Tracked                     bool // else it ships freely
	OnHand, Reserved, Available int64
	Backordered                 int64 // confirmed orders wait for it
}

// Shelves reads how much there is of products.
func (c *Cycle) Shelves(ctx context.Context, skus ...string) ([]Shelf, error) {
	keys := make([]Key, len(skus))
	for i, sku := range skus {
		keys[i] = stockKey(sku)
	}
	counters, err := c.Store.Count(ctx, keys...)
	if err != nil {
		return nil, err
	}
	all := make([]Shelf, len(skus))
	for i, n := range counters {
		all[i] = Shelf{Tracked: n.Exists, OnHand: n.Values[fulfilment.OnHand], Reserved: n.Values[fulfilment.Reserved], Available: n.Values[fulfilment.Available], Backordered: n.Values[fulfilment.Backordered]}
	}
	return all, nil
}
