package dynamo

import (
	"encoding/binary"
	"math/big"
	"strings"
)

// number is an exact decimal: ± 0.digits × 10^exponent. The digits carry no
// leading and no trailing zero, so equal numbers have equal fields; no digits
// at all is zero. Money must never pass through a float, therefore neither
// does any number here.
type number struct {
	negative bool
	digits   string
	exponent int
}

// parseNumber reads the decimal notation that the wire uses, with an optional
// minus, point and exponent, and refuses what DynamoDB cannot hold.
func parseNumber(text string) (number, error) {
	if text == "" {
		return number{}, invalid("The parameter cannot be converted to a numeric value")
	}
	mantissa, n := text, number{}
	if mantissa[0] == '-' {
		n.negative = true
		mantissa = mantissa[1:]
	}
	scale := 0
	if at := strings.IndexAny(mantissa, "eE"); at >= 0 {
		var ok bool
		if scale, ok = parseExponent(mantissa[at+1:]); !ok {
			return number{}, notNumeric(text)
		}
		mantissa = mantissa[:at]
	}
	whole, fraction, _ := strings.Cut(mantissa, ".")
	digits := whole + fraction
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return number{}, notNumeric(text)
	}
	significant := strings.TrimLeft(digits, "0")
	n.exponent = scale + len(whole) - (len(digits) - len(significant))
	n.digits = strings.TrimRight(significant, "0")
	return n.checked()
}

func notNumeric(text string) error {
	return invalid("The parameter cannot be converted to a numeric value: %s", text)
}

// parseExponent reads the digits after the E. Four digits already lie far
// outside the supported range, so longer ones need no exact value.
func parseExponent(text string) (int, bool) {
	sign := 1
	if text != "" && (text[0] == '+' || text[0] == '-') {
		if text[0] == '-' {
			sign = -1
		}
		text = text[1:]
	}
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	text = strings.TrimLeft(text, "0")
	if len(text) > 4 {
		return sign * 10000, true
	}
	exponent := 0
	for _, digit := range text {
		exponent = exponent*10 + int(digit-'0')
	}
	return sign * exponent, true
}

// checked applies the documented range: 38 significant digits, magnitudes from
// 1E-130 to 9.99…E+125.
func (n number) checked() (number, error) {
	switch {
	case n.digits == "":
		return number{}, nil
	case len(n.digits) > numberDigitsMax:
		return number{}, invalid("Attempting to store more than 38 significant digits in a Number")
	case n.exponent > numberExponentMax:
		return number{}, invalid("Number overflow. Attempting to store a number with magnitude larger than supported range")
	case n.exponent < numberExponentMin:
		return number{}, invalid("Number underflow. Attempting to store a number with magnitude smaller than supported range")
	}
	return n, nil
}

// String is the canonical form: plain decimal, no exponent, no superfluous zero.
func (n number) String() string {
	if n.digits == "" {
		return "0"
	}
	sign := ""
	if n.negative {
		sign = "-"
	}
	switch {
	case n.exponent <= 0:
		return sign + "0." + strings.Repeat("0", -n.exponent) + n.digits
	case n.exponent >= len(n.digits):
		return sign + n.digits + strings.Repeat("0", n.exponent-len(n.digits))
	default:
		return sign + n.digits[:n.exponent] + "." + n.digits[n.exponent:]
	}
}

// plus adds exactly; a sum that needs more than 38 digits is refused, not rounded.
func (n number) plus(other number) (number, error) {
	lowest := min(n.exponent-len(n.digits), other.exponent-len(other.digits))
	sum := new(big.Int).Add(n.scaled(lowest), other.scaled(lowest))
	digits := new(big.Int).Abs(sum).String()
	if sum.Sign() == 0 {
		return number{}, nil
	}
	return number{
		negative: sum.Sign() < 0,
		digits:   strings.TrimRight(digits, "0"),
		exponent: lowest + len(digits),
	}.checked()
}

// minus subtracts exactly.
func (n number) minus(other number) (number, error) {
	other.negative = !other.negative
	return n.plus(other)
}

// scaled is the number as a count of 10^unit; unit must not exceed its last digit's place.
func (n number) scaled(unit int) *big.Int {
	if n.digits == "" {
		return new(big.Int)
	}
	place := n.exponent - len(n.digits)
	count, _ := new(big.Int).SetString(n.digits+strings.Repeat("0", place-unit), 10)
	if n.negative {
		count.Neg(count)
	}
	return count
}

// compare orders by value.
func (n number) compare(other number) int {
	if n.sign() != other.sign() {
		return n.sign() - other.sign()
	}
	order := n.exponent - other.exponent
	if order == 0 {
		order = strings.Compare(n.digits, other.digits)
	}
	return order * n.sign()
}

func (n number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

// sortable gives bytes that order as the numbers do: a sign byte, the exponent,
// the digits; for a negative number everything after the sign is complemented
// and closed by 0xff, so that the longer of two mantissas sorts first.
func (n number) sortable() []byte {
	const negativeSign, zeroSign, positiveSign = 0x7f, 0x80, 0x81
	if n.digits == "" {
		return []byte{zeroSign}
	}
	const bias = 1000 // keeps the exponent positive
	key := []byte{positiveSign}
	key = binary.BigEndian.AppendUint16(key, uint16(n.exponent+bias)) //nolint:gosec // checked bounds the exponent
	key = append(key, n.digits...)
	if !n.negative {
		return key
	}
	key[0] = negativeSign
	for i := 1; i < len(key); i++ {
		key[i] = ^key[i]
	}
	return append(key, 0xff)
}
