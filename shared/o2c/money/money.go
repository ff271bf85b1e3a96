// Package money owns amounts: whole minor units with a currency, their
// arithmetic, their splitting, their spelling, and their turning at a given rate.
// It does not own which rate holds, taxes or accounts.
package money

import (
	"fmt"
	"math"
	"math/bits"
	"strconv"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/currency"
	"duly/shared/o2c/fault"
)

// Amount is a sum of money: Minor counts the smallest units of Currency (cents
// for EUR, yen for JPY), Currency is its ISO 4217 code. The zero Amount is
// nothing in no currency. In JSON it is {"amount": 124000, "currency": "EUR"}.
type Amount struct {
	Minor    int64  `json:"amount"`
	Currency string `json:"currency"`
}

// Of returns minor units of a currency.
func Of(minor int64, code string) Amount { return Amount{Minor: minor, Currency: code} }

// Valid reports whether code is an ISO 4217 currency.
func Valid(code string) bool {
	_, known := currency.Digits(code)
	return known
}

// Digits is the number of decimals of a currency by ISO 4217: 2 for EUR, 0 for
// JPY, 3 for KWD. An unknown currency has 2.
func Digits(code string) int32 {
	d, known := currency.Digits(code)
	if !known {
		return 2
	}
	return int32(d)
}

// Parse reads a decimal in major units, as shops write it ("1240.00"). More
// decimals than the currency has are refused unless they are zeros.
func Parse(s, code string) (Amount, error) {
	if !Valid(code) {
		return Amount{}, fault.Breaks("money.code", `currency "{code}" is not an ISO 4217 code`, "code", code)
	}
	d, err := decimal.NewFromString(s)
	if err != nil {
		return Amount{}, fault.Breaks("money.number", `amount "{typed}" is not a decimal number`, "typed", s)
	}
	return FromDecimal(d, code)
}

// FromDecimal turns major units into an Amount, exactly or not at all.
func FromDecimal(d decimal.Decimal, code string) (Amount, error) {
	minor := d.Shift(Digits(code))
	if !minor.IsInteger() {
		return Amount{}, fault.Breaks("money.decimals", "amount {number} has more decimals than {currency} allows", "number", d, "currency", code)
	}
	return fromMinor(minor, code)
}

// Round turns major units into an Amount, half away from zero: the one rounding
// rule of the product (EN 16931 asks for "half up" on amounts).
func Round(d decimal.Decimal, code string) (Amount, error) {
	return fromMinor(d.Shift(Digits(code)).Round(0), code)
}

func fromMinor(minor decimal.Decimal, code string) (Amount, error) {
	whole := minor.BigInt()
	if !whole.IsInt64() || whole.Int64() == math.MinInt64 { // whose Abs would not fit
		return Amount{}, fault.Breaks("money.large", "amount {number} {currency} is too large", "number", minor, "currency", code)
	}
	return Amount{Minor: whole.Int64(), Currency: code}, nil
}

// Decimal is the amount in major units.
func (a Amount) Decimal() decimal.Decimal { return decimal.New(a.Minor, -Digits(a.Currency)) }

// Times is the amount multiplied by an exact factor, rounded once. A result
// that does not fit is an assertion failure, like an overflow of Plus.
func (a Amount) Times(factor decimal.Decimal) Amount {
	out, err := Round(a.Decimal().Mul(factor), a.Currency)
	if err != nil {
		panic("money: " + err.Error())
	}
	return out
}

// Percent is p hundredths of the amount, rounded once.
func (a Amount) Percent(p decimal.Decimal) Amount { return a.Times(p.Shift(-2)) }

// Plus adds amounts of one currency; nothing in no currency adds to anything.
// Mixing currencies or overflowing is a defect of the caller, who checks what
// comes from outside with Same: both are assertion failures.
func (a Amount) Plus(b Amount) Amount {
	if a.Currency == "" && a.Minor == 0 {
		return b
	}
	if b.Currency == "" && b.Minor == 0 {
		return a
	}
	a.must(b)
	sum, overflow := add(a.Minor, b.Minor)
	if overflow {
		panic(fmt.Sprintf("money: %s + %s does not fit", a, b))
	}
	return Amount{Minor: sum, Currency: a.Currency}
}

func add(x, y int64) (int64, bool) {
	sum, _ := bits.Add64(uint64(x), uint64(y), 0)
	s := int64(sum)
	return s, (x > 0 && y > 0 && s < 0) || (x < 0 && y < 0 && s >= 0)
}

// Minus subtracts amounts of one currency; see Plus.
func (a Amount) Minus(b Amount) Amount { return a.Plus(b.Neg()) }

// Neg is the amount with its sign turned.
func (a Amount) Neg() Amount { return Amount{Minor: -a.Minor, Currency: a.Currency} }

// Abs is the amount without its sign.
func (a Amount) Abs() Amount {
	if a.Minor < 0 {
		return a.Neg()
	}
	return a
}

// Zero is nothing in the amount's currency.
func (a Amount) Zero() Amount { return Amount{Currency: a.Currency} }

// IsZero, IsPositive and IsNegative tell the sign.
func (a Amount) IsZero() bool     { return a.Minor == 0 }
func (a Amount) IsPositive() bool { return a.Minor > 0 }
func (a Amount) IsNegative() bool { return a.Minor < 0 }

// Cmp is -1, 0 or 1 as a is below, equal to or above b in one currency.
func (a Amount) Cmp(b Amount) int {
	d := a.Minus(b)
	switch {
	case d.Minor < 0:
		return -1
	case d.Minor > 0:
		return 1
	}
	return 0
}

// Min is the smaller of two amounts of one currency.
func Min(a, b Amount) Amount {
	if a.Cmp(b) <= 0 {
		return a
	}
	return b
}

// Same is the error of mixing currencies, nil when all amounts share one.
func Same(amounts ...Amount) error {
	for _, a := range amounts {
		if a.Currency != amounts[0].Currency {
			return fault.Breaks("money.currencies", "amounts in {one} and {other} cannot be added", "one", amounts[0].Currency, "other", a.Currency)
		}
	}
	return nil
}

func (a Amount) must(b Amount) {
	if err := Same(a, b); err != nil {
		panic("money: " + err.Error())
	}
}

// Split divides the amount by weights so that the parts sum to the whole: each
// part is rounded down and the remaining minor units go to the first parts,
// one each. Weights are not negative and at least one is positive.
func (a Amount) Split(weights ...int64) []Amount {
	var total int64
	for _, w := range weights {
		if w < 0 {
			panic("money: negative weight")
		}
		total += w
	}
	if total == 0 {
		panic("money: weights sum to zero")
	}
	parts := make([]Amount, len(weights))
	rest := a
	for i, w := range weights {
		share := decimal.NewFromInt(a.Minor).Mul(decimal.NewFromInt(w)).Div(decimal.NewFromInt(total)).Truncate(0)
		parts[i] = Amount{Minor: share.IntPart(), Currency: a.Currency}
		rest = rest.Minus(parts[i])
	}
	step := int64(1)
	if rest.Minor < 0 {
		step = -1
	}
	for i := 0; rest.Minor != 0; i = (i + 1) % len(parts) {
		if weights[i] == 0 {
			continue
		}
		parts[i].Minor += step
		rest.Minor -= step
	}
	return parts
}

// String is the amount for logs and tests: "1240.00 EUR".
func (a Amount) String() string {
	if a.Currency == "" {
		return strconv.FormatInt(a.Minor, 10)
	}
	sign, digits, decimals := "", strconv.FormatInt(a.Minor, 10), int(Digits(a.Currency))
	if a.Minor < 0 {
		sign, digits = "-", digits[1:]
	}
	if decimals == 0 {
		return sign + digits + " " + a.Currency
	}
	if short := decimals + 1 - len(digits); short > 0 {
		digits = strings.Repeat("0", short) + digits
	}
	point := len(digits) - decimals
	return sign + digits[:point] + "." + digits[point:] + " " + a.Currency
}
