package statute

import (
	_ "embed"
	"slices"

	"duly/shared/o2c/lazy"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
)

// Class says how a country taxes a product, whatever its rate is this year:
// the law changes rates, a product keeps its class.
type Class string

// The classes of a product. Countries with several reduced rates have the
// highest of them as intermediate and the lowest, below 5 percent, as
// super-reduced (directive 2006/112/EC, articles 98 to 105b).
const (
	StandardClass     Class = "standard"
	IntermediateClass Class = "intermediate"
	ReducedClass      Class = "reduced"
	SuperReducedClass Class = "super_reduced"
	ZeroClass         Class = "zero"   // taxed, at nothing
	ExemptClass       Class = "exempt" // articles 132 to 136
	// ReverseClass is of goods and services on which domestic businesses account
	// for the tax themselves (articles 199 and 199a; in the Netherlands article 12
	// (5) Wet OB 1968): everybody else is charged the standard rate.
	ReverseClass Class = "reverse_charge"
)

// Classes lists every class.
func Classes() []Class {
	return []Class{StandardClass, IntermediateClass, ReducedClass, SuperReducedClass, ZeroClass, ExemptClass, ReverseClass}
}

// Rate is what a class is taxed at, and the category that an invoice shows with
// it (BT-151, BT-152).
type Rate struct {
	Percent  decimal.Decimal
	Category Category
}

// rateRow is one rate of one country from a day on, until a newer row.
type rateRow struct {
	Country string          `json:"country"` // ISO 3166-1 alpha-2
	Class   Class           `json:"class"`
	Percent decimal.Decimal `json:"percent"`
	From    calendar.Date   `json:"from"`
}

//go:embed vat_rates.json
var rateTable []byte

// rates is the table; a test keeps it whole.
var rates = lazy.JSON[struct {
	Rates []rateRow `json:"rates"`
}]("statute: vat_rates.json", rateTable)

// RateOf is the rate of a class in a country on a day; false when the country
// has no such class, or is not in the table.
func RateOf(country string, class Class, on calendar.Date) (Rate, bool) {
	switch class {
	case ZeroClass:
		return Rate{Category: ZeroRated}, true
	case ExemptClass:
		return Rate{Category: Exempt}, true
	}
	var found *rateRow
	rows := rates().Rates
	for i := range rows {
		r := &rows[i]
		if r.Country == country && r.Class == class && !r.From.After(on) && (found == nil || r.From.After(found.From)) {
			found = r
		}
	}
	if found == nil {
		return Rate{}, false
	}
	return Rate{Percent: found.Percent, Category: Standard}, true
}

// InUnion reports whether a country is one of the Union's VAT area.
func InUnion(country string) bool {
	return slices.ContainsFunc(rates().Rates, func(r rateRow) bool { return r.Country == country })
}

// IsRate reports whether a country has a rate on a day, whatever the class.
func IsRate(country string, percent decimal.Decimal, on calendar.Date) bool {
	return slices.ContainsFunc([]Class{StandardClass, IntermediateClass, ReducedClass, SuperReducedClass}, func(c Class) bool {
		rate, ok := RateOf(country, c, on)
		return ok && rate.Percent.Equal(percent)
	})
}
