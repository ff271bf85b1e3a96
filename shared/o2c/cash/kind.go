package cash

import (
	_ "embed" // the kinds
	"encoding/json"
	"sync"

	"duly/shared/o2c/money"
)

// Kind is what a bank line may be that no customer caused, and the account that it is booked to.
type Kind struct {
	Name    string `json:"kind"`
	Account string `json:"account"` // role in the chart of accounts
	In      bool   `json:"in"`      // money may come in for it
	Out     bool   `json:"out"`     // money may leave for it
}

// Fits reports whether an amount may be of the kind: positive amounts came in.
func (k Kind) Fits(amount money.Amount) bool {
	return amount.IsPositive() && k.In || amount.IsNegative() && k.Out
}

//go:embed kinds.json
var kindFile []byte

// kinds are read when the first line asks: few processes book any.
var kinds = sync.OnceValue(func() []Kind {
	var all []Kind
	if err := json.Unmarshal(kindFile, &all); err != nil {
		panic("cash: kinds.json: " + err.Error())
	}
	return all
})

// Kinds lists what an amount may be that is no customer's, the likeliest first. A new kind is a row of kinds.json and its
// name in the team's languages.
func Kinds(amount money.Amount) []Kind {
	var fit []Kind
	for _, k := range kinds() {
		if k.Fits(amount) {
			fit = append(fit, k)
		}
	}
	return fit
}

// AllKinds lists every kind.
func AllKinds() []Kind { return append([]Kind(nil), kinds()...) }

// KindOf is the kind of a name that fits an amount, or the first that is booked to the account of that role.
func KindOf(name string, amount money.Amount) (Kind, bool) {
	fit := Kinds(amount)
	for _, k := range fit {
		if k.Name == name {
			return k, true
		}
	}
	for _, k := range fit {
		if k.Account == name {
			return k, true
		}
	}
	return Kind{}, false
}

// BankFee is the kind of what our own bank charges.
const BankFee = "bank_fee"
