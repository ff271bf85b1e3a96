package kpi

import "github.com/shopspring/decimal"

// Figure is a number that there may be none of.
type Figure struct {
	Value decimal.Decimal
	OK    bool
}

// figureScale is how many decimals a ratio is computed with.
const figureScale = 6

// Ratio divides; by nothing there is no figure.
func Ratio(part, of int64) Figure {
	if of <= 0 {
		return Figure{}
	}
	return Figure{Value: decimal.NewFromInt(part).DivRound(decimal.NewFromInt(of), figureScale), OK: true}
}

// Times multiplies, such as a fraction into percent.
func (f Figure) Times(n int64) Figure {
	f.Value = f.Value.Mul(decimal.NewFromInt(n))
	return f
}

// Per divides, such as hours into days.
func (f Figure) Per(n int64) Figure {
	f.Value = f.Value.DivRound(decimal.NewFromInt(n), figureScale)
	return f
}
