package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
)

// Delivery is the proof that a shipment arrived.
type Delivery struct {
	At         time.Time `json:"delivered_at"`
	Name       string    `json:"name" doc:"Who took it; empty when that is not known"`
	Said       string    `json:"said_by" enum:"carrier,shop,colleague,program"`
	By         string    `json:"actor" example:"slack:U02SALES"`
	RecordedAt time.Time `json:"recorded_at"`
	Evidence   string    `json:"evidence"`
}

// DeliveryInput is word that a shipment arrived.
type DeliveryInput struct {
	At       *time.Time `json:"delivered_at,omitempty" doc:"Left out: now"`
	Name     string     `json:"name,omitempty" maxLength:"100" doc:"Who took it" example:"J. Jansen"`
	Evidence string     `json:"evidence,omitempty" maxLength:"500" doc:"The teller's own reference" example:"PostNL GetSignature 3SDULY0000001"`
}

func delivery(d *fulfilment.Delivery) Null[Delivery] {
	if d == nil {
		return Null[Delivery]{}
	}
	return some(Delivery{At: d.At.UTC(), Name: d.Name, Said: d.Said, By: d.By, RecordedAt: d.RecordedAt.UTC(), Evidence: d.Evidence})
}

func (s server) deliveries() {
	type delivering struct {
		ID       string `path:"id"`
		Shipment string `path:"shipment"`
		Body     *DeliveryInput
	}
	op := made("deliver-shipment", "/v1/orders/{id}/shipments/{shipment}/delivery", "Keep the proof that a shipment arrived; the first one stands")
	route(s, op, func(ctx context.Context, in *delivering) (*reply[Shipment], error) {
		a := o2c.Arrived{OrderID: in.ID, ShipmentID: in.Shipment}
		if in.Body != nil {
			a.Name, a.Evidence = in.Body.Name, in.Body.Evidence
			if in.Body.At != nil {
				a.At = *in.Body.At
			}
		}
		after, err := s.Cycle.Deliver(ctx, s.stamp(ctx), a)
		if err != nil {
			return nil, err
		}
		return s.shipment(ctx, after)
	})
}

// shipment is a shipment with the number of its invoice.
func (s server) shipment(ctx context.Context, d fulfilment.ShipmentData) (*reply[Shipment], error) {
	number := ""
	if d.InvoiceID != "" {
		inv, err := o2c.Read[invoiceDoc](ctx, s.Cycle, d.InvoiceID)
		if err != nil {
			return nil, err
		}
		number = inv.Number()
	}
	return &reply[Shipment]{shipmentView(d, number)}, nil
}
