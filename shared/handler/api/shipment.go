package api

import (
	"context"
	"time"

	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// Shipment is goods gone.
type Shipment struct {
	ID        string         `json:"id"`
	OrderID   string         `json:"order_id"`
	Lines     []ShipmentLine `json:"lines" nullable:"false"`
	N         int            `json:"n" doc:"1, 2, 3 … of its order"`
	Carrier   string         `json:"carrier" doc:"As it calls itself, or as the channel said; found by the number when nobody said"`
	Tracking  string         `json:"tracking"`
	Link      *string        `json:"tracking_url" doc:"Where the parcel is followed"`
	ShippedAt time.Time      `json:"shipped_at"`
	Delivery  Null[Delivery] `json:"delivery" doc:"The proof that it arrived; null while it is on its way"`
	InvoiceID string         `json:"invoice_id" doc:"Empty when nothing of it is invoiced"`
	Invoice   *string        `json:"invoice" doc:"Its number; null while it is a draft"`
}

// ShipmentLine is a quantity of one line of the order.
type ShipmentLine struct {
	Line     int    `json:"line" doc:"n of the order's line"`
	SKU      string `json:"sku"`
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// ShipmentInput is what left.
type ShipmentInput struct {
	Lines    []ShippedInput `json:"lines,omitempty" maxItems:"500" doc:"Left out: all that is left"`
	Carrier  string         `json:"carrier,omitempty" maxLength:"100" example:"PostNL"`
	Tracking string         `json:"tracking,omitempty" maxLength:"200" example:"3SDULY0000001"`
}

// ShippedInput names a line by its number, its SKU or its external id.
type ShippedInput struct {
	N          int    `json:"n,omitempty" minimum:"1" doc:"Of the order"`
	ExternalID string `json:"external_id,omitempty"`
	SKU        string `json:"sku,omitempty" example:"FLOUR-25"`
	Quantity   int64  `json:"quantity" minimum:"1" example:"5"`
}

func shipmentView(d fulfilment.ShipmentData, number string) Shipment {
	return Shipment{
		ID: d.ID, OrderID: d.OrderID, Lines: each(d.Lines, func(l fulfilment.Carried) ShipmentLine { return ShipmentLine(l) }),
		N: d.N, Carrier: d.Carrier, Tracking: d.Tracking, Link: textOrNull(d.TrackingURL("en")), ShippedAt: d.ShippedAt.UTC(), Delivery: delivery(d.Delivery),
		InvoiceID: d.InvoiceID, Invoice: textOrNull(number),
	}
}

func (s server) shipments() {
	type shipping struct {
		ID   string `path:"id"`
		Body *ShipmentInput
	}
	op := made("ship-order", "/v1/orders/{id}/shipments", "Record goods gone; their invoice follows by itself")
	route(s, exampled(op, shipmentExample), func(ctx context.Context, in *shipping) (*reply[Shipment], error) {
		said := order.IncomingShipment{ExternalID: askedBy(ctx).name}
		if in.Body != nil {
			said.Carrier, said.Tracking = in.Body.Carrier, in.Body.Tracking
			for _, l := range in.Body.Lines {
				said.Lines = append(said.Lines, order.ShippedLine(l))
			}
		}
		gone, err := s.Cycle.Ship(ctx, s.stamp(ctx), in.ID, said)
		if err != nil {
			return nil, err
		}
		return s.shipment(ctx, gone)
	})
	s.deliveries()
}
