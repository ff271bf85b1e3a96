package order

import (
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
	"duly/shared/o2c/statute"
)

// OverallMax bounds the discounts and surcharges of a whole order.
const OverallMax = 10

// checkOverall refuses what no discount or surcharge of a whole order can be.
func (l IncomingLine) checkOverall() error {
	hundred := decimal.NewFromInt(100)
	switch {
	case l.Quantity != 1 || !l.Discount.IsZero() || !l.Charge.IsZero():
		return fault.Breaks("order.overall", "{name} is of the whole order; it has one amount", "name", l.Name)
	case l.Percent.Abs().GreaterThan(hundred) || l.TaxRate.IsNegative() || l.TaxRate.GreaterThan(hundred):
		return fault.Breaks("order.overall_percent", "{percent} percent at a rate of {rate}; write percentages of 0 to 100", "percent", l.Percent, "rate", l.TaxRate)
	}
	return nil
}

// share is what the lines of one rate come to, in the terms of their prices.
type share struct {
	rate     decimal.Decimal
	category statute.Category
	worth    decimal.Decimal
}

// Spread turns each discount and surcharge of the whole order into one row for
// each rate that its lines have, in proportion to what they come to: so the tax
// of no rate is reduced by another's discount (article 79 of directive
// 2006/112/EC). One whose rate the channel says stays as it is. The last rate
// takes what rounding leaves.
func (in Incoming) Spread() Incoming {
	if !slices.ContainsFunc(in.Lines, func(l IncomingLine) bool { return l.Overall }) {
		return in
	}
	var lines, overall []IncomingLine
	for _, l := range in.Lines {
		if l.Overall {
			overall = append(overall, l)
		} else {
			lines = append(lines, l)
		}
	}
	shares, whole := in.shares(lines)
	for _, o := range overall {
		if !o.Percent.IsZero() {
			o.UnitPrice, o.Percent = o.Percent.Mul(whole).Shift(-2).Round(money.Digits(in.Currency)), decimal.Zero
		}
		lines = append(lines, o.over(shares, whole, money.Digits(in.Currency))...)
	}
	in.Lines = lines
	return in
}

// shares are the lines by rate, in the order in which the rates come.
func (in Incoming) shares(lines []IncomingLine) (shares []share, whole decimal.Decimal) {
	for _, l := range lines {
		worth := l.worth()
		whole = whole.Add(worth)
		category := l.category()
		i := 0
		for i < len(shares) && (!shares[i].rate.Equal(l.TaxRate) || shares[i].category != category) {
			i++
		}
		if i == len(shares) {
			shares = append(shares, share{rate: l.TaxRate, category: category})
		}
		shares[i].worth = shares[i].worth.Add(worth)
	}
	return shares, whole
}

func (l IncomingLine) over(shares []share, whole decimal.Decimal, digits int32) []IncomingLine {
	l.Service = true
	if !l.Untaxed || len(shares) == 0 {
		return []IncomingLine{l}
	}
	l.Untaxed = false
	var rows []IncomingLine
	left := l.UnitPrice
	for i, s := range shares {
		part := left
		if i < len(shares)-1 && !whole.IsZero() {
			part = l.UnitPrice.Mul(s.worth).DivRound(whole, digits+8).Round(digits)
		}
		row := l
		row.UnitPrice, row.TaxRate, row.Category = part, s.rate, s.category
		if left = left.Sub(part); !part.IsZero() {
			rows = append(rows, row)
		}
	}
	return rows
}

// worth is what the line comes to in the terms of its price.
func (l IncomingLine) worth() decimal.Decimal {
	return l.UnitPrice.Mul(decimal.NewFromInt(l.Quantity)).Sub(l.Discount).Add(l.Charge)
}

// category is the line's, else what its rate says.
func (l IncomingLine) category() statute.Category {
	switch {
	case l.Category != "":
		return l.Category
	case l.TaxRate.IsZero():
		return statute.ZeroRated
	}
	return statute.Standard
}

// billOverall is what a shipment bills of the discounts and surcharges of the
// whole order: as much of each as of the lines of its rate was billed now, and
// all of it with the last. What was billed before is remembered, so that an
// amount that was changed meanwhile is caught up with.
func (o *Order) billOverall(last bool) []BilledLine {
	var rows []BilledLine
	for i := range o.data.Lines {
		l := &o.data.Lines[i]
		if !l.Overall {
			continue
		}
		done := l.Net.Times(o.billedPart(*l, last))
		net := done.Minus(l.billed())
		l.Billed = done
		if last {
			l.Shipped = l.Quantity
		}
		if !net.IsZero() {
			rows = append(rows, BilledLine{Line: *l, Quantity: 1, Net: net})
		}
	}
	return rows
}

// billedPart is how much of the lines of a rate was billed, from 0 to 1; of all
// lines, where none has that rate.
func (o *Order) billedPart(like Line, last bool) decimal.Decimal {
	one := decimal.NewFromInt(1)
	sum := func(ok func(Line) bool) (done, whole money.Amount) {
		done, whole = like.Net.Zero(), like.Net.Zero()
		for _, l := range o.data.Lines {
			if l.Overall || l.Quantity == 0 || !ok(l) {
				continue
			}
			whole, done = whole.Plus(l.Net), done.Plus(l.NetOf(0, min(l.Shipped, l.Quantity)))
		}
		return done, whole
	}
	done, whole := sum(func(l Line) bool { return l.Category == like.Category && l.TaxRate.Equal(like.TaxRate) })
	if whole.IsZero() {
		done, whole = sum(func(Line) bool { return true })
	}
	switch {
	case done == whole && (last || !whole.IsZero()):
		return one
	case whole.IsZero():
		return decimal.Zero
	}
	return done.Decimal().DivRound(whole.Decimal(), 18)
}

// billed is what of an overall row stands on invoices.
func (l Line) billed() money.Amount {
	if l.Billed.Currency == "" {
		return l.Net.Zero()
	}
	return l.Billed
}
