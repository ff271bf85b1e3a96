package stripe

import (
	"strings"

	"github.com/bojanz/currency"
)

// The payment methods that the demo's control knows, by the names of
// interfaces.md. A bank transfer is what Stripe calls customer_balance.
const (
	IDEAL        = "ideal"
	Card         = "card"
	SEPADebit    = "sepa_debit"
	BankTransfer = "bank_transfer"
)

// disputeFee is what Stripe charges for a dispute in the euro area, in minor
// units; it is returned with a dispute that is won.
const disputeFee = 2000

// fee is Stripe's price in the euro area for collecting amount, in minor units,
// rounded half up: iDEAL 0.29, European cards 1.5 % + 0.25, SEPA direct debit
// 0.35, bank transfers 0.5 % and at most 5.00.
func fee(method string, amount int64) int64 {
	switch method {
	case IDEAL:
		return 29
	case Card:
		return (amount*15+500)/1000 + 25
	case SEPADebit:
		return 35
	case BankTransfer:
		return min((amount*5+500)/1000, 500)
	}
	return 0
}

// stripeMethod is the name that Stripe's objects carry for a method of ours.
func stripeMethod(method string) string {
	if method == BankTransfer {
		return "customer_balance"
	}
	return method
}

// instant tells whether a method normally settles while the customer waits.
func instant(method string) bool { return method == IDEAL || method == Card }

// pretty writes an amount for people, in English, as API messages do.
func pretty(minor int64, code string) string { return prettyIn("en", minor, code) }

// prettyIn writes an amount for people in a language of the hosted page.
func prettyIn(lang string, minor int64, code string) string {
	amount, err := currency.NewAmountFromInt64(minor, strings.ToUpper(code))
	if err != nil {
		return strings.ToUpper(code)
	}
	return currency.NewFormatter(currency.NewLocale(lang)).Format(amount)
}
