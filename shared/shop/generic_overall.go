package shop

import (
	"github.com/shopspring/decimal"

	"duly/shared/o2c/order"
)

// GenericOverall is a discount or a surcharge of a whole order: an amount, or a
// percentage of what its lines and shipping come to. Without a rate it is spread
// over theirs.
type GenericOverall struct {
	Reason  Text          `json:"reason"`
	Amount  *GenericMoney `json:"amount,omitempty"` // not below zero, in the terms of the prices
	Percent Text          `json:"percent,omitempty"`
	TaxRate Text          `json:"tax_rate,omitempty"`
}

// line reads what is added to an order, or taken off it.
func (g GenericOverall) line(f *figures, at, currency string, sign int64) order.IncomingLine {
	line := order.IncomingLine{Name: name(g.Reason), Quantity: 1, Overall: true, Service: true, Untaxed: g.TaxRate == ""}
	amount := &line.UnitPrice
	if g.Percent != "" {
		amount = &line.Percent
		*amount = f.decimal(at+"/percent", g.Percent)
	} else {
		*amount = f.minor(at+"/amount", g.Amount, currency).Decimal()
	}
	line.TaxRate, line.Category = f.tax(at, g.TaxRate, "")
	switch {
	case g.Percent != "" && g.Amount != nil:
		f.refuse(at, "an amount and a percentage", "send one of them")
	case line.Name == "":
		f.refuse(at+"/reason", "the reason is missing", `write it as "Spring campaign"`)
	case amount.IsNegative():
		f.refuse(at, amount.String()+" is below zero", "discounts stand in allowances, surcharges in charges, both above zero")
	}
	*amount = amount.Mul(decimal.NewFromInt(sign))
	return line
}
