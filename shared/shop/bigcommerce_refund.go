package shop

import (
	"fmt"
	"slices"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
)

// bigParcel is a shipment
// (https://developer.bigcommerce.com/docs/rest-management/orders/order-shipments).
type bigParcel struct {
	ID          Text       `json:"id"`
	CreatedAt   Text       `json:"date_created"`
	Number      Text       `json:"tracking_number"`
	Carrier     Text       `json:"shipping_provider_display_name"`
	Provider    Text       `json:"shipping_provider"`
	CarrierCode Text       `json:"tracking_carrier"`
	Link        Text       `json:"tracking_link"`
	MadeLink    Text       `json:"generated_tracking_link"`
	Items       []bigTaken `json:"items"`
}

type bigTaken struct {
	LineID   Text `json:"order_product_id"`
	Quantity Text `json:"quantity"`
}

// bigBack is a refund
// (https://developer.bigcommerce.com/docs/rest-management/transactions/refunds).
type bigBack struct {
	ID        Text          `json:"id"`
	CreatedAt Text          `json:"created"`
	Reason    Text          `json:"reason"`
	Total     Text          `json:"total_amount"`
	Items     []bigBackItem `json:"items"`
}

type bigBackItem struct {
	Kind     Text `json:"item_type"` // PRODUCT, SHIPPING, ORDER …; only products are goods
	LineID   Text `json:"item_id"`
	Quantity Text `json:"quantity"`
}

// parcels are those that left; one that cannot be read costs no order. An order
// that somebody set to shipped has left in whole, whatever its parcels hold.
func (in bigOrder) parcels(at time.Time) []order.IncomingShipment {
	var all []order.IncomingShipment
	left := map[string]int64{}
	for _, p := range in.Shipments {
		var own figures
		parcel := order.IncomingShipment{
			ExternalID: first(p.ID), Carrier: name(p.Carrier, p.Provider, p.CarrierCode), Tracking: name(p.Number), Link: name(p.Link, p.MadeLink), At: when(p.CreatedAt),
		}
		for i, l := range p.Items {
			n := own.whole(fmt.Sprintf("/items/%d/quantity", i), l.Quantity)
			if line := first(l.LineID); n > 0 && line != "" {
				left[line] += n
				parcel.Lines = append(parcel.Lines, order.ShippedLine{ExternalID: line, Quantity: n})
			}
		}
		if own.problem == nil && parcel.ExternalID != "" && len(parcel.Lines) > 0 {
			all = append(all, parcel)
		}
	}
	more := slices.ContainsFunc(in.Products, func(l bigLine) bool {
		var own figures
		return left[first(l.ID)] < own.whole("", l.Quantity)-in.unshipped(l)
	})
	if more && (in.StatusID == bigShipped || in.StatusID == bigCompleted) {
		all = append(all, order.IncomingShipment{ExternalID: "completed", At: at})
	}
	return all
}

// refunds are what was given back, each with its goods; where only the sum of
// them can be read, it counts as a whole.
func (in bigOrder) refunds(currency string, at time.Time) []order.IncomingRefund {
	var all []order.IncomingRefund
	for _, r := range in.Refunds {
		var own figures
		back := order.IncomingRefund{ExternalID: first(r.ID), Amount: *own.amount("/total_amount", r.Total, currency), Reason: note(string(r.Reason)), At: when(r.CreatedAt)}
		for _, i := range r.Items {
			if n := loose(i.Quantity).IntPart(); i.Kind == "PRODUCT" && n > 0 {
				back.Lines = append(back.Lines, order.RefundedLine{ExternalID: first(i.LineID), Quantity: n, Unshipped: in.unshippedLine(i.LineID) > 0})
			}
		}
		if own.problem == nil && back.ExternalID != "" {
			all = append(all, back)
		}
	}
	var own figures
	if sum := *own.amount("", Text(loose(in.RefundedAmount).String()), currency); len(all) == 0 && own.problem == nil && sum.IsPositive() {
		all = append(all, order.IncomingRefund{Amount: sum, At: at})
	}
	return all
}

// back is how many units of a line were refunded.
func (in bigOrder) back(line Text) (units int64) {
	for _, r := range in.Refunds {
		for _, i := range r.Items {
			if n := loose(i.Quantity).IntPart(); i.Kind == "PRODUCT" && n > 0 && first(i.LineID) == first(line) {
				units += n
			}
		}
	}
	return units
}

// unshipped is how many units of a line were refunded and never left. The shop
// does not say which of them did; those that would be more than there were must
// have come back.
func (in bigOrder) unshipped(l bigLine) int64 {
	var own figures
	ordered, shipped, back := own.whole("", l.Quantity), loose(l.Shipped).IntPart(), in.back(l.ID)
	byHand := in.ShippedAt != "" && len(in.Shipments) == 0 // somebody set the status: all of it left
	if own.problem != nil || shipped+back > ordered || byHand {
		return 0
	}
	return back
}

func (in bigOrder) unshippedLine(id Text) int64 {
	i := slices.IndexFunc(in.Products, func(l bigLine) bool { return first(l.ID) == first(id) })
	if i < 0 {
		return 0
	}
	return in.unshipped(in.Products[i])
}

// emptied reports whether everything was refunded before it left: nothing is to
// be delivered, whether the shop calls that cancelled or not.
func (in bigOrder) emptied() bool {
	return len(in.Products) > 0 && !slices.ContainsFunc(in.Products, func(l bigLine) bool {
		var own figures
		return own.whole("", l.Quantity) != in.unshipped(l)
	})
}

// unshippedWorth is what the order no longer comes to, as part of it was
// refunded before it left, tax included.
func (in bigOrder) unshippedWorth() decimal.Decimal {
	sum := decimal.Zero
	if in.emptied() {
		return sum
	}
	for _, l := range in.Products {
		var own figures
		gone := in.unshipped(l)
		if gone == 0 {
			continue
		}
		quantity, amount, discount := in.read(&own, "", l)
		worth := share(amount.Sub(discount), gone, quantity)
		if !in.TaxIncluded {
			worth = worth.Add(worth.Mul(in.rate(l.TotalEx, l.TotalInc, "item", l.ID)).Shift(-2))
		}
		if own.problem == nil {
			sum = sum.Add(worth)
		}
	}
	return sum.Round(2)
}
