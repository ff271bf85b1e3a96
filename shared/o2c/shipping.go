package o2c

import (
	"context"
	"slices"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// Shipping is the house's rules for what leaves it.
type Shipping struct {
	Tolerance    order.Tolerance // of orders without one of their own
	LeadDays     int             // working days from the confirmation to the expected delivery
	TrackingMail bool            // we tell the customer when goods leave
	Asked        []string        // platforms whose orders are marked as shipped in Slack
}

// asks reports whether orders of a channel are marked as shipped in Slack.
func (s Shipping) asks(from order.Source) bool { return slices.Contains(s.Asked, from.Platform) }

// tolerance is what holds for an order: its own or the house's.
func (c *Cycle) tolerance(d order.Data) order.Tolerance {
	if d.Tolerance != nil {
		return *d.Tolerance
	}
	return c.Policy.Shipping.Tolerance
}

// expect gives an order the day on which its customer may expect it: the
// channel's word, else the house's working days from today. What is back-ordered
// has none.
func (c *Cycle) expect(tx *Tx, o *order.Order) {
	if o.Data().DeliverOn.IsZero() && !o.Short() {
		o.Expect(c.Policy.Days.Add(c.today(tx.At()), c.Policy.Shipping.LeadDays))
	}
}

// MayLeave is how many units of an order's line may leave now, the tolerance
// included.
func (c *Cycle) MayLeave(d order.Data, l order.Line) int64 { return l.MayLeave(c.tolerance(d)) }

// ShipmentsOf reads what left of an order, in its sequence.
func (c *Cycle) ShipmentsOf(ctx context.Context, d order.Data) ([]fulfilment.ShipmentData, error) {
	tx := NewTx(c.Store)
	keys := make([]Key, len(d.Shipments))
	for i, id := range d.Shipments {
		keys[i] = Key{Kind: "shipment", ID: id}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]fulfilment.ShipmentData, len(keys))
	for i, k := range keys {
		s, err := get[fulfilment.Shipment](ctx, tx, k.ID)
		if err != nil {
			return nil, err
		}
		all[i] = s.Data()
	}
	return all, nil
}

// askToShip shows the card on which a colleague marks an order as shipped, when
// its channel does not tell us.
func (c *Cycle) askToShip(tx *Tx, o *order.Order) error {
	if !c.Policy.Shipping.asks(o.Data().Source) || !o.Ships() {
		return nil
	}
	return c.showCard(tx, "ship", KeyOf(o))
}
