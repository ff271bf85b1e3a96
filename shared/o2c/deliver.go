package o2c

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// Arrived is word that a shipment was delivered.
type Arrived struct {
	ShipmentID string
	OrderID    string // "": whichever order it is of; else it must be this one's
	At         time.Time
	Name       string // who took it
	Evidence   string
}

// Deliver keeps the proof that a shipment arrived. The first proof stands; told
// again, nothing changes.
func (c *Cycle) Deliver(ctx context.Context, s Stamp, a Arrived) (fulfilment.ShipmentData, error) {
	var after fulfilment.ShipmentData
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		shipment, err := get[fulfilment.Shipment](ctx, tx, a.ShipmentID)
		if err != nil {
			return err
		}
		if a.OrderID != "" && shipment.Data().OrderID != a.OrderID {
			return fault.Missing("shipment", a.ShipmentID)
		}
		o, err := get[order.Order](ctx, tx, shipment.Data().OrderID)
		if err != nil {
			return err
		}
		err = c.deliver(tx, o, shipment, order.IncomingDelivery{At: a.At, Name: a.Name, Evidence: a.Evidence})
		after = shipment.Data()
		return err
	})
	return after, err
}

func (c *Cycle) deliver(tx *Tx, o *order.Order, shipment *fulfilment.Shipment, said order.IncomingDelivery) error {
	at := said.At
	if at.IsZero() {
		at = tx.At()
	}
	if at.After(tx.At().Add(24 * time.Hour)) {
		return fault.Bad("/delivered_at", "a delivery lies in the future", "send the time at which it was handed over").Keyed("delivery.future")
	}
	proof := fulfilment.Delivery{At: at.UTC(), Name: strings.TrimSpace(said.Name), Said: teller(tx.stamp.Actor), By: tx.stamp.Actor, RecordedAt: tx.At().UTC(), Evidence: said.Evidence}
	if !shipment.Deliver(proof) {
		return nil
	}
	return errors.Join(
		tx.Save(shipment, Fact{Type: "goods.delivered", Data: shipment.Data()}),
		c.publish(tx, KeyOf(shipment)),
		c.refreshCard(tx, "ship", KeyOf(o)),
	)
}

// teller is what kind of party an actor is.
func teller(actor string) string {
	kind, _, _ := strings.Cut(actor, ":")
	return cmp.Or(map[string]string{"shop": "shop", "slack": "colleague", "api": "program", "carrier": "carrier"}[kind], "program")
}

// followUp is follow for a parcel that is told again.
func (c *Cycle) followUp(ctx context.Context, tx *Tx, o *order.Order, said order.IncomingShipment) error {
	shipment, err := find[fulfilment.Shipment](ctx, tx, shipmentID(o.ID(), said))
	if err != nil || shipment == nil {
		return err
	}
	return c.follow(ctx, tx, o, shipment, said)
}

// follow takes in what a channel says of a shipment that is known: by whom it
// travels, and that it arrived. A tracking number that comes later is mailed to
// the customer.
func (c *Cycle) follow(ctx context.Context, tx *Tx, o *order.Order, shipment *fulfilment.Shipment, said order.IncomingShipment) error {
	untracked := shipment.Data().Tracking == ""
	if shipment.Follow(said.Carrier, said.Tracking, said.Link) {
		if err := tx.Save(shipment, Fact{Type: "goods.tracked", Data: shipment.Data()}); err != nil {
			return err
		}
		if untracked && shipment.Data().Tracking != "" {
			cust, err := get[party.Customer](ctx, tx, o.Data().CustomerID)
			if err != nil {
				return err
			}
			if err := c.tellShipped(tx, o, cust, shipment); err != nil {
				return err
			}
		}
	}
	if said.Delivered == nil {
		return nil
	}
	return c.deliver(tx, o, shipment, *said.Delivered)
}
