package money

import (
	"fmt"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
)

// Rate turns amounts of one currency into another: one unit of From is Per
// units of To. It says where it comes from, because a figure in the books must
// be explained later.
type Rate struct {
	From   string          `json:"from"` // ISO 4217
	To     string          `json:"to"`
	Per    decimal.Decimal `json:"per"`
	On     calendar.Date   `json:"on"`     // the day it was published for
	Source string          `json:"source"` // "ECB euro foreign exchange reference rates"
}

// In is the amount in To, rounded once. An amount of another currency than From
// is a defect of the caller.
func (r Rate) In(a Amount) Amount {
	if a.Currency != r.From {
		panic(fmt.Sprintf("money: a rate of %s for %s", r.From, a))
	}
	out, err := Round(a.Decimal().Mul(r.Per), r.To)
	if err != nil {
		panic("money: " + err.Error())
	}
	return out
}
