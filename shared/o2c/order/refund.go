package order

import (
	"slices"
	"time"

	"duly/shared/o2c/money"
)

// Refunded is what the shop gave back of the order, and how much of it is booked.
type Refunded struct {
	ExternalID string         `json:"external_id"`
	Amount     money.Amount   `json:"amount"` // of money
	Booked     money.Amount   `json:"booked"` // of it, against what the shop's gateway took
	Lines      []RefundedLine `json:"lines,omitempty"`
	Reason     string         `json:"reason,omitempty"`
	At         time.Time      `json:"at,omitzero"`
	Credited   money.Amount   `json:"credited,omitzero"` // by credit notes, tax included
	Settled    bool           `json:"settled,omitempty"` // nothing of it is left to credit
}

// Returned is what of it had left, by line.
func (r Refunded) Returned() []RefundedLine {
	return slices.DeleteFunc(slices.Clone(r.Lines), func(l RefundedLine) bool { return l.Unshipped })
}

// GiveBack records a refund of the shop and returns how much of its money is
// news. A refund that is known by its id counts by what it is more than it was;
// one without an amount is all of the order.
func (o *Order) GiveBack(in IncomingRefund) {
	amount := in.Amount
	switch {
	case amount.Currency == "" && len(in.Lines) == 0:
		amount = o.data.Total
	case amount.Currency == "":
		amount = o.worth(in.Lines)
	}
	o.data.Refunds = slices.Clone(o.data.Refunds)
	i := slices.IndexFunc(o.data.Refunds, func(r Refunded) bool { return r.ExternalID == in.ExternalID })
	if i < 0 {
		o.data.Refunds = append(o.data.Refunds, Refunded{
			ExternalID: in.ExternalID, Amount: amount, Booked: amount.Zero(), Lines: in.Lines, Reason: in.Reason, At: in.At, Credited: amount.Zero(),
		})
		return
	}
	if r := &o.data.Refunds[i]; amount.Cmp(r.Amount) > 0 {
		r.Amount, r.Settled = amount, false
	}
}

// worth is what units of the order cost, tax included.
func (o *Order) worth(lines []RefundedLine) money.Amount {
	sum := o.data.Total.Zero()
	for _, said := range lines {
		for _, l := range o.data.Lines {
			if said.Names(l) && l.Quantity > 0 {
				net := l.NetOf(0, min(said.Quantity, l.Quantity))
				sum = sum.Plus(net).Plus(net.Percent(l.TaxRate))
				break
			}
		}
	}
	return sum
}

// Knows reports whether a refund is recorded with at least that amount.
func (o *Order) Knows(in IncomingRefund) bool {
	return slices.ContainsFunc(o.data.Refunds, func(r Refunded) bool {
		return r.ExternalID == in.ExternalID && (in.Amount.Currency == "" || (in.Amount.Currency == r.Amount.Currency && in.Amount.Cmp(r.Amount) <= 0))
	})
}

// Owed is the money that was given back at the shop and is not booked.
func (o *Order) Owed() money.Amount {
	sum := o.data.Total.Zero()
	for _, r := range o.data.Refunds {
		sum = sum.Plus(r.Amount.Minus(r.Booked))
	}
	return sum
}

// Book records that money of the refunds was booked, the first of them first.
func (o *Order) Book(amount money.Amount) {
	o.data.Refunds = slices.Clone(o.data.Refunds)
	for i := range o.data.Refunds {
		r := &o.data.Refunds[i]
		part := money.Min(amount, r.Amount.Minus(r.Booked))
		r.Booked, amount = r.Booked.Plus(part), amount.Minus(part)
	}
}

// Credited records what a credit note took back for a refund: units of each of
// its lines, and an amount with tax. Whole says that nothing is left of it.
func (o *Order) Credited(externalID string, units []int64, amount money.Amount, whole bool) {
	o.data.Refunds = slices.Clone(o.data.Refunds)
	for i := range o.data.Refunds {
		r := &o.data.Refunds[i]
		if r.ExternalID != externalID {
			continue
		}
		r.Credited, r.Lines = r.Credited.Plus(amount), slices.Clone(r.Lines)
		for k, n := range units {
			r.Lines[k].Credited += n
		}
		r.Settled = whole || (r.back() && !r.Allowance().IsPositive())
	}
}

// back reports whether all that came back of goods is credited.
func (r Refunded) back() bool {
	return !slices.ContainsFunc(r.Lines, func(l RefundedLine) bool { return !l.Unshipped && l.Credited < l.Quantity })
}

// Allowance is money that was given back beyond the goods that are credited. A
// cent a line is rounding. A refund of goods that never left has none: the order
// has less to deliver instead.
func (r Refunded) Allowance() money.Amount {
	left := r.Amount.Minus(r.Credited)
	if !r.back() || left.Minor <= int64(len(r.Lines)) || slices.ContainsFunc(r.Lines, func(l RefundedLine) bool { return l.Unshipped }) {
		return left.Zero()
	}
	return left
}

// Refund is a refund by the shop's id.
func (o *Order) Refund(externalID string) Refunded {
	i := slices.IndexFunc(o.data.Refunds, func(r Refunded) bool { return r.ExternalID == externalID })
	return o.data.Refunds[i]
}

// Uncredited are the refunds of which something may be left to credit.
func (o *Order) Uncredited() []Refunded {
	return slices.DeleteFunc(slices.Clone(o.data.Refunds), func(r Refunded) bool { return r.Settled })
}

// Back is all the money that the shop gave back.
func (o *Order) Back() money.Amount {
	sum := o.data.Total.Zero()
	for _, r := range o.data.Refunds {
		sum = sum.Plus(r.Amount)
	}
	return sum
}
