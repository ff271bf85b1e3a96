package order

import (
	"fmt"

	"github.com/shopspring/decimal"
)

// Tolerance is how far a delivery may be from what was ordered, in percent of
// each line's quantity; 100 and 100 is exactly.
type Tolerance struct {
	CloseAt     decimal.Decimal `json:"close_at"`     // from here on the order is complete, and the rest does not come
	AcceptUpTo  decimal.Decimal `json:"accept_up_to"` // so much may leave
	InvoiceOver bool            `json:"invoice_over"` // what leaves above the order is invoiced
}

// Exactly is the tolerance of who wants what was ordered.
func Exactly() Tolerance {
	return Tolerance{CloseAt: decimal.NewFromInt(100), AcceptUpTo: decimal.NewFromInt(100)}
}

// Check refuses a tolerance that makes no sense.
func (t Tolerance) Check() error {
	hundred := decimal.NewFromInt(100)
	switch {
	case !t.CloseAt.IsPositive() || t.CloseAt.GreaterThan(hundred):
		return fmt.Errorf("an order cannot close at %s percent", t.CloseAt)
	case t.AcceptUpTo.LessThan(hundred) || t.AcceptUpTo.GreaterThan(hundred.Mul(decimal.NewFromInt(2))):
		return fmt.Errorf("up to %s percent cannot be accepted; from 100 to 200 can", t.AcceptUpTo)
	}
	return nil
}

// enough is how many units of an ordered quantity complete it.
func (t Tolerance) enough(ordered int64) int64 {
	return decimal.NewFromInt(ordered).Mul(t.CloseAt).Shift(-2).Ceil().IntPart()
}

// MayLeave is how many units of a line may leave now.
func (l Line) MayLeave(t Tolerance) int64 { return max(0, t.most(l.Quantity)-l.Shipped-l.Cut) }

// most is how many units may leave of an ordered quantity.
func (t Tolerance) most(ordered int64) int64 {
	return max(ordered, decimal.NewFromInt(ordered).Mul(t.AcceptUpTo).Shift(-2).Floor().IntPart())
}
