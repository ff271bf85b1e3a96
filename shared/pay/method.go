package pay

import "slices"

// Method is one way to pay.
type Method struct {
	Type       string   // Stripe's name
	Label      string   // the brand, as customers know it in every language; "" when it has none
	Currencies []string // in which it can be offered; nil: in any
	Settles    string   // "at once" or "in days": whether the page may say "paid"
	Offered    bool     // on the payment page
}

// The two ways in which money arrives.
const (
	AtOnce = "at once"
	InDays = "in days"
)

// methods is the table; its order is the order of the payment page.
var methods = []Method{ideal, card, sepaDebit, transfer}

// Methods lists the ways to pay that a page in the currency offers, the usual
// one first.
func Methods(currency string) []Method {
	return slices.DeleteFunc(slices.Clone(methods), func(m Method) bool {
		return !m.Offered || (m.Currencies != nil && !slices.Contains(m.Currencies, currency))
	})
}

func offered(currency string) []string {
	var types []string
	for _, m := range Methods(currency) {
		types = append(types, m.Type)
	}
	return types
}
