package shop

import (
	"slices"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"
)

// priced is one line, or the shipping, with its sums worked out in minor units.
type priced struct {
	rate     decimal.Decimal // percent
	gross    int64           // quantity × unit price, before discount, in the terms of the prices
	discount int64
	tax      int64 // of gross − discount
}

// net is what the line costs without tax.
func (p priced) net(included bool) int64 {
	if included {
		return p.gross - p.discount - p.tax
	}
	return p.gross - p.discount
}

// sums are an order's amounts in minor units, added up as the shops do it:
// tax is rounded half up per line, totals are sums of what was rounded.
type sums struct {
	lines                               []priced
	shipping                            priced
	gross, discount, shippingTax, total int64
	tax                                 int64 // shipping's included
}

func (o Order) sums() sums {
	var s sums
	for _, l := range o.Lines {
		s.gross += l.Quantity * l.UnitPriceMinor
	}
	s.discount = min(o.DiscountMinor, s.gross)
	off := o.discounts(s.discount, s.gross)
	for i, l := range o.Lines {
		p := priced{rate: percent(l.TaxRatePercent), gross: l.Quantity * l.UnitPriceMinor, discount: off[i]}
		p.tax = taxOf(p.gross-p.discount, p.rate, o.PricesIncludeTax)
		s.tax += p.tax
		s.lines = append(s.lines, p)
	}
	s.shipping = priced{rate: percent(o.Shipping.TaxRatePercent), gross: o.Shipping.PriceMinor}
	s.shipping.tax = taxOf(s.shipping.gross, s.shipping.rate, o.PricesIncludeTax)
	s.shippingTax = s.shipping.tax
	s.tax += s.shippingTax
	s.total = s.gross - s.discount + s.shipping.gross
	if !o.PricesIncludeTax {
		s.total += s.tax
	}
	return s
}

// discounts are the parts of a discount on the lines: the last one takes the
// remainder, and where that is more than it comes to, those before it.
func (o Order) discounts(discount, gross int64) []int64 {
	off, left := make([]int64, len(o.Lines)), discount
	for i, l := range o.Lines[:max(0, len(o.Lines)-1)] {
		off[i] = discount * l.Quantity * l.UnitPriceMinor / max(gross, 1)
		left -= off[i]
	}
	for i := len(o.Lines) - 1; i >= 0 && left > 0; i-- {
		more := min(left, o.Lines[i].Quantity*o.Lines[i].UnitPriceMinor-off[i])
		off[i], left = off[i]+more, left-more
	}
	return off
}

// taxSum is the tax at one rate, apart for lines and shipping.
type taxSum struct {
	rate            decimal.Decimal
	lines, shipping int64
}

// byRate groups the tax, the highest rate first.
func (s sums) byRate() []taxSum {
	var out []taxSum
	at := func(rate decimal.Decimal) *taxSum {
		i := slices.IndexFunc(out, func(t taxSum) bool { return t.rate.Equal(rate) })
		if i < 0 {
			out = append(out, taxSum{rate: rate})
			i = len(out) - 1
		}
		return &out[i]
	}
	for _, p := range s.lines {
		at(p.rate).lines += p.tax
	}
	if s.shipping.gross > 0 {
		at(s.shipping.rate).shipping += s.shipping.tax
	}
	slices.SortFunc(out, func(a, b taxSum) int { return b.rate.Cmp(a.rate) })
	return out
}

func taxOf(amount int64, rate decimal.Decimal, included bool) int64 {
	base := decimal.NewFromInt(100)
	if included {
		base = base.Add(rate)
	}
	return decimal.NewFromInt(amount).Mul(rate).Div(base).Round(0).IntPart()
}

func percent(text string) decimal.Decimal {
	if text == "" {
		return decimal.NewFromInt(21)
	}
	rate, _ := decimal.NewFromString(text) // checked by Order.encode
	return rate
}

// digits is how many decimals a currency has.
func digits(code string) int32 {
	n, _ := currency.GetDigits(code)
	return int32(n)
}

// major writes minor units as the decimal string that shops send: "480.00".
func major(minor int64, code string) string {
	return decimal.New(minor, -digits(code)).StringFixed(digits(code))
}
