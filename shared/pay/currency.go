package pay

import (
	"fmt"
	"strings"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// stripeDigits are the currencies that Stripe counts with other decimals than
// ISO 4217 (https://docs.stripe.com/currencies#special-cases): amounts in them
// end in zeros, or have none to begin with.
var stripeDigits = map[string]int32{"ISK": 2, "UGX": 2, "MGA": 0}

// toStripe is an amount in Stripe's smallest units.
func toStripe(a money.Amount) (int64, error) {
	digits, special := stripeDigits[a.Currency]
	if !special {
		return a.Minor, nil
	}
	units := a.Decimal().Shift(digits)
	if !units.IsInteger() {
		return 0, fmt.Errorf("there are no fractions of %s at Stripe", a.Currency)
	}
	return units.IntPart(), nil
}

// fromStripe is Stripe's amount as money.
func fromStripe(units int64, currency string) (money.Amount, error) {
	code := strings.ToUpper(currency)
	if !money.Valid(code) {
		return money.Amount{}, fmt.Errorf("currency %q is not an ISO 4217 code", currency)
	}
	digits, special := stripeDigits[code]
	if !special {
		return money.Of(units, code), nil
	}
	return money.FromDecimal(decimal.New(units, -digits), code)
}
