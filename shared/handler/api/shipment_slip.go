package api

import (
	"context"
)

// packingSlips gives the slips of an order's parcels, and takes word that the
// next one is packed.
func (s server) packingSlips() {
	type asking struct {
		ID     string `path:"id"`
		Parcel int    `query:"parcel" minimum:"0" doc:"n of a shipment that left; left out, or 0: the next parcel, with what is in stock for it"`
	}
	route(s, pdfOf(get("get-packing-slip", "/v1/orders/{id}/packing-slip", "Read what lies in a parcel, without prices")), func(ctx context.Context, in *asking) (*file, error) {
		v, err := s.Cycle.PackingSlip(ctx, in.ID, in.Parcel, s.today())
		if err != nil {
			return nil, err
		}
		content, err := s.Papers.PackingSlip(v)
		return &file{ContentType: "application/pdf", Body: content}, err
	})
	type packing struct {
		ID string `path:"id"`
	}
	route(s, post("pack-order", "/v1/orders/{id}/packed", "Record that the next parcel is packed; the customer's page says so"), func(ctx context.Context, in *packing) (*reply[Order], error) {
		if err := s.Cycle.PackOrder(ctx, s.stamp(ctx), in.ID); err != nil {
			return nil, err
		}
		return s.order(ctx, in.ID)
	})
}
