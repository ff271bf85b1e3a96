package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// Shipment is goods gone.
type Shipment struct {
	ID        string         `json:"id"`
	OrderID   string         `json:"order_id"`
	Lines     []ShipmentLine `json:"lines" nullable:"false"`
	Carrier   string         `json:"carrier"`
	Tracking  string         `json:"tracking"`
	ShippedAt time.Time      `json:"shipped_at"`
	InvoiceID string         `json:"invoice_id"`
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

// ShippedInput names a line by its SKU or its external id.
type ShippedInput struct {
	ExternalID string `json:"external_id,omitempty"`
	SKU        string `json:"sku,omitempty" example:"FLOUR-25"`
	Quantity   int64  `json:"quantity" minimum:"1" example:"5"`
}

func shipmentView(d fulfilment.ShipmentData, number string) Shipment {
	return Shipment{
		ID: d.ID, OrderID: d.OrderID, Lines: each(d.Lines, func(l fulfilment.Carried) ShipmentLine { return ShipmentLine(l) }),
		Carrier: d.Carrier, Tracking: d.Tracking, ShippedAt: d.ShippedAt.UTC(), InvoiceID: d.InvoiceID, Invoice: textOrNull(number),
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
		inv, err := o2c.Read[invoiceDoc](ctx, s.Cycle, gone.InvoiceID)
		if err != nil {
			return nil, err
		}
		return &reply[Shipment]{shipmentView(gone, inv.Number())}, nil
	})
}
