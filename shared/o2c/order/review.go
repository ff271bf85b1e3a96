package order

import (
	"slices"
	"sort"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Limit lets only goods worth most leave, tax included, until Unlimit: what a
// credit approval of a part means. The lines stay as the channel sent them; the
// rest of them is held, not cut, so that it can still be approved.
func (o *Order) Limit(most money.Amount) {
	if most.Cmp(o.data.Total) < 0 {
		o.data.ShipMost = &most
	}
}

// Limitless takes the limit of an approval away that does not hold any more.
func (o *Order) Limitless() { o.data.ShipMost = nil }

// Unlimit lets all of the order leave. It returns what credit counts from now
// on that it did not count before.
func (o *Order) Unlimit() (more money.Amount) {
	more = o.data.Total.Zero()
	if o.data.ShipMost == nil {
		return more
	}
	if !o.Prepaid() {
		more = o.data.Total.Minus(*o.data.ShipMost)
	}
	o.data.ShipMost, o.data.Committed = nil, o.data.Committed.Plus(more)
	return more
}

// Reservations are the units held of each line.
func (o *Order) Reservations() []int64 {
	held := make([]int64, len(o.data.Lines))
	for i, l := range o.data.Lines {
		held[i] = l.Reserved
	}
	return held
}

// Within cuts a plan to what may leave of an order whose credit was approved in
// part. When all that is left was asked for, whole units are taken in the order
// of the lines for as long as they fit; what was named must fit as it is.
func (o *Order) Within(plan []Shipping, named bool, t Tolerance) ([]Shipping, error) {
	most := o.data.ShipMost
	if most == nil {
		return plan, nil
	}
	fits := func(p []Shipping) bool { return o.billed(p, t).Cmp(most.Minus(o.data.Invoiced)) <= 0 }
	if fits(plan) {
		return plan, nil
	}
	if named {
		return nil, fault.Breaks("ship.approved", "goods worth {goods} would leave; of order {number}, {most} are approved and {left} have left", "goods", o.billed(plan, t), "number", o.data.Number, "most", most, "left", o.data.Invoiced)
	}
	var part []Shipping
	for _, s := range plan {
		units := sort.Search(int(s.Quantity), func(n int) bool {
			return !fits(append(slices.Clone(part), Shipping{N: s.N, Quantity: int64(n + 1)}))
		})
		if units > 0 {
			part = append(part, Shipping{N: s.N, Quantity: int64(units)})
		}
	}
	if len(part) == 0 {
		return nil, fault.Breaks("ship.no_more", "not one unit more of order {number} fits into the {most} that are approved; {left} have left", "number", o.data.Number, "most", most, "left", o.data.Invoiced)
	}
	return part, nil
}

// billed is what the invoice of a shipment would come to.
func (o *Order) billed(plan []Shipping, t Tolerance) money.Amount {
	trial := Order{data: o.data}
	trial.data.Shipments = slices.Clone(o.data.Shipments)
	bill, err := trial.Ship("", plan, t)
	if err != nil {
		return o.data.Total // what cannot be shipped does not fit
	}
	return bill.Total().Plus(bill.Rounding)
}
