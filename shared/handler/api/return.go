package api

import (
	"context"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fulfilment"
	"duly/shared/o2c/order"
)

// Return is goods that came back.
type Return struct {
	ID          string         `json:"id"`
	OrderID     string         `json:"order_id"`
	Lines       []ShipmentLine `json:"lines" nullable:"false"`
	Restocked   bool           `json:"restocked"`
	CreditNotes []string       `json:"credit_notes" nullable:"false" doc:"Numbers; none when it was credited before, or not to be"`
	Reason      string         `json:"reason"`
	ReturnedAt  time.Time      `json:"returned_at"`
}

// ReturnInput is what came back.
type ReturnInput struct {
	Lines   []ShippedInput `json:"lines,omitempty" maxItems:"500" doc:"Left out: all that the customer has of the order"`
	Restock bool           `json:"restock,omitempty" doc:"The goods go back on the shelf"`
	Credit  *bool          `json:"credit,omitempty" doc:"false: credit nothing, because a replacement follows; left out: true"`
	Reason  string         `json:"reason,omitempty" maxLength:"500" example:"Wrong size"`
}

const returnExample = `{"lines": [{"sku": "FLOUR-25", "quantity": 3}], "restock": true, "reason": "Wrong sort"}`

func returnView(d fulfilment.ReturnData) Return {
	return Return{
		ID: d.ID, OrderID: d.OrderID, Lines: each(d.Lines, func(l fulfilment.Carried) ShipmentLine { return ShipmentLine(l) }),
		Restocked: d.Restocked, CreditNotes: append([]string{}, d.CreditNotes...), Reason: d.Reason, ReturnedAt: d.ReturnedAt.UTC(),
	}
}

func (s server) returns() {
	type returning struct {
		ID   string `path:"id"`
		Body *ReturnInput
	}
	op := made("return-goods", "/v1/orders/{id}/returns", "Take goods back: exactly what of them was invoiced is credited")
	route(s, exampled(op, returnExample), func(ctx context.Context, in *returning) (*reply[Return], error) {
		r := o2c.ReturnRequest{OrderID: in.ID, Key: askedBy(ctx).name}
		if in.Body != nil {
			r.Restock, r.Reason, r.Keep = in.Body.Restock, in.Body.Reason, in.Body.Credit != nil && !*in.Body.Credit
			r.Lines = each(in.Body.Lines, func(l ShippedInput) order.ShippedLine { return order.ShippedLine(l) })
		}
		back, err := s.Cycle.TakeReturn(ctx, s.stamp(ctx), r)
		if err != nil {
			return nil, err
		}
		return &reply[Return]{returnView(back)}, nil
	})
}
