// Package statute owns what the law computes: value added tax here, interest
// and collection costs where they are built. Figures are data with source and
// date. It does not own documents or bookings.
package statute

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// Category is a VAT category by UNCL 5305 as EN 16931 uses it (BT-118, BT-151).
type Category string

// The categories that the product meets.
const (
	Standard      Category = "S"
	ZeroRated     Category = "Z"
	Exempt        Category = "E"
	ReverseCharge Category = "AE"
	IntraEU       Category = "K"
	Export        Category = "G"
)

// Taxable is one line's net amount (BT-131) with its category and rate.
type Taxable struct {
	Net      money.Amount
	Category Category
	Rate     decimal.Decimal // percent
}

// Tax is one row of the VAT breakdown (BG-23).
type Tax struct {
	Category Category        `json:"category"` // BT-118
	Rate     decimal.Decimal `json:"rate"`     // BT-119, percent
	Base     money.Amount    `json:"base"`     // BT-116
	Tax      money.Amount    `json:"tax"`      // BT-117
}

// Breakdown adds the lines up per category and rate and computes the tax on
// each sum, rounded once (BR-CO-17): never the sum of rounded line taxes.
func Breakdown(lines []Taxable) []Tax {
	var rows []Tax
	for _, l := range lines {
		i := slices.IndexFunc(rows, func(r Tax) bool { return r.Category == l.Category && r.Rate.Equal(l.Rate) })
		if i < 0 {
			i = len(rows)
			rows = append(rows, Tax{Category: l.Category, Rate: l.Rate, Base: l.Net.Zero(), Tax: l.Net.Zero()})
		}
		rows[i].Base = rows[i].Base.Plus(l.Net)
	}
	for i := range rows {
		rows[i].Tax = rows[i].Base.Percent(rows[i].Rate)
	}
	slices.SortFunc(rows, func(a, b Tax) int {
		return cmp.Or(b.Rate.Cmp(a.Rate), cmp.Compare(a.Category, b.Category))
	})
	return rows
}

// Totals are the sum of the lines (BT-109) and of the tax (BT-110).
func Totals(rows []Tax) (net, tax money.Amount) {
	for _, r := range rows {
		net, tax = net.Plus(r.Base), tax.Plus(r.Tax)
	}
	return net, tax
}

// NetOf is the net amount inside a gross one at a rate in percent, rounded once.
func NetOf(gross money.Amount, rate decimal.Decimal) money.Amount {
	hundred := decimal.NewFromInt(100)
	net := gross.Decimal().Mul(hundred).DivRound(hundred.Add(rate), money.Digits(gross.Currency)+8)
	return round(net, gross.Currency)
}

func round(d decimal.Decimal, currency string) money.Amount {
	a, err := money.Round(d, currency)
	if err != nil {
		panic("statute: " + err.Error()) // a part of an amount that fits, fits
	}
	return a
}
