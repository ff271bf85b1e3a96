package order

import (
	"slices"

	"duly/shared/o2c/fault"
)

// PlanReturn resolves what is said to have come back to lines of the order;
// nothing said means all that left and has not come back.
func (o *Order) PlanReturn(said []ShippedLine) ([]Shipping, error) {
	away, back := make([]int64, len(o.data.Lines)), make([]int64, len(o.data.Lines))
	for i, l := range o.data.Lines {
		if !l.Service {
			away[i] = l.Shipped - l.Returned
		}
	}
	if len(said) == 0 {
		copy(back, away)
	}
	for _, s := range said {
		if err := o.recall(s, away, back); err != nil {
			return nil, err
		}
	}
	plan := o.planned(back)
	if len(plan) == 0 {
		return nil, fault.Breaks("return.left", "nothing of order {number} is left to come back", "number", o.data.Number)
	}
	return plan, nil
}

// recall moves what is said of one line, or of several that it names alike,
// from what is away to what came back.
func (o *Order) recall(s ShippedLine, away, back []int64) error {
	named := o.named(s)
	if len(named) == 0 {
		return fault.Breaks("order.no_line", `order {number} has no line "{id}" (SKU "{sku}")`, "number", o.data.Number, "id", s.ExternalID, "sku", s.SKU)
	}
	var sum int64
	for _, i := range named {
		sum += away[i]
	}
	if s.Quantity <= 0 || s.Quantity > sum {
		return fault.Breaks("return.units", `{n} of "{name}" cannot come back; {left} are with the customer`, "n", s.Quantity, "name", o.data.Lines[named[0]].Name, "left", sum)
	}
	rest := s.Quantity
	for _, i := range named {
		units := min(rest, away[i])
		away[i], back[i], rest = away[i]-units, back[i]+units, rest-units
	}
	return nil
}

// CameBack records goods that came back under a return.
func (o *Order) CameBack(returnID string, plan []Shipping) {
	o.data.Lines = slices.Clone(o.data.Lines)
	for _, s := range plan {
		o.data.Lines[s.N-1].Returned += s.Quantity
	}
	o.data.Returns = append(slices.Clone(o.data.Returns), returnID)
}
