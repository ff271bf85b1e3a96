package credit

import (
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// Conditions are what an approval asks for in return, and how long it holds. At
// most one of deposit, prepayment, part and raised limit is set: each is another
// answer to the same question, how much may stand open.
type Conditions struct {
	TermsDays      int             `json:"terms,omitempty"`          // days to pay, instead of the customer's own
	DepositPercent decimal.Decimal `json:"deposit_percent,omitzero"` // of the order's total, paid before delivery: above 0, below 100
	PrepayAll      bool            `json:"prepay,omitempty"`         // all of it is paid before delivery
	PartAmount     money.Amount    `json:"part_amount,omitzero"`     // goods worth so much, tax included, may leave; the rest stays held
	RaiseLimitTo   money.Amount    `json:"raise_limit_to,omitzero"`  // the customer's limit from now on
	Expires        time.Time       `json:"expires,omitzero"`         // from then on the approval is void, unless goods have left
}

// TermsMax is the longest term in days that businesses may agree on without
// more ado (directive 2011/7/EU, article 3(5)).
const TermsMax = 60

// IsZero reports whether nothing is asked for.
func (c Conditions) IsZero() bool {
	return c.TermsDays == 0 && c.DepositPercent.IsZero() && !c.PrepayAll && c.PartAmount.IsZero() && c.RaiseLimitTo.IsZero() && c.Expires.IsZero()
}

// Equal reports whether two people mean the same.
func (c Conditions) Equal(d Conditions) bool {
	return c.TermsDays == d.TermsDays && c.DepositPercent.Equal(d.DepositPercent) && c.PrepayAll == d.PrepayAll &&
		c.PartAmount == d.PartAmount && c.RaiseLimitTo == d.RaiseLimitTo && c.Expires.Equal(d.Expires)
}

// Upfront is what is paid before anything leaves, of an order of total.
func (c Conditions) Upfront(total money.Amount) money.Amount {
	if c.PrepayAll {
		return total
	}
	return total.Percent(c.DepositPercent)
}

// Part is what may leave, of an order of total.
func (c Conditions) Part(total money.Amount) money.Amount {
	if c.PartAmount.IsZero() {
		return total
	}
	return money.Min(c.PartAmount, total)
}

// Check says what is wrong with conditions on an order of total, for a customer
// with the limit, as of at. pointer names the field as the API does.
func (c Conditions) Check(total money.Amount, limit *money.Amount, at time.Time) (pointer string, err error) {
	modes := 0
	for _, set := range []bool{!c.DepositPercent.IsZero(), c.PrepayAll, !c.PartAmount.IsZero(), !c.RaiseLimitTo.IsZero()} {
		if set {
			modes++
		}
	}
	switch p := c.DepositPercent; {
	case modes > 1:
		return "/conditions", fault.Breaks("credit.exclude", "deposit, prepayment, part and raised limit exclude one another")
	case c.TermsDays < 0 || c.TermsDays > TermsMax:
		return "/conditions/terms", fault.Breaks("credit.terms", "terms of {n} days; from 1 to {most} are possible (directive 2011/7/EU, article 3(5))", "n", c.TermsDays, "most", TermsMax)
	case !p.IsZero() && (p.IsNegative() || p.GreaterThanOrEqual(decimal.NewFromInt(100)) || !p.Equal(p.Truncate(2))):
		return "/conditions/deposit_percent", fault.Breaks("credit.percent", "a deposit of {percent} %; more than 0 and less than 100 are possible, with two decimals", "percent", p)
	case !c.Expires.IsZero() && !c.Expires.After(at):
		return "/conditions/expires", fault.Breaks("credit.expires", "the approval would have expired already")
	}
	if !c.PartAmount.IsZero() && (c.PartAmount.Currency != total.Currency || !c.PartAmount.IsPositive() || c.PartAmount.Cmp(total) >= 0) {
		return "/conditions/part_amount", fault.Breaks("credit.part", "a part of {amount} of an order of {total}; it must be smaller and in the order's currency", "amount", c.PartAmount, "total", total)
	}
	return c.checkLimit(total, limit)
}

func (c Conditions) checkLimit(total money.Amount, limit *money.Amount) (string, error) {
	const pointer = "/conditions/raise_limit_to"
	switch to := c.RaiseLimitTo; {
	case to.IsZero():
		return "", nil
	case to.Currency != total.Currency || !to.IsPositive():
		return pointer, fault.Breaks("credit.limit", "a limit of {amount}; write an amount in {currency}", "amount", to, "currency", total.Currency)
	case limit == nil:
		return pointer, fault.Breaks("credit.no_limit", "the customer has no limit to raise")
	case to.Cmp(*limit) <= 0:
		return pointer, fault.Breaks("credit.limit_now", "the limit is {limit} already", "limit", limit)
	}
	return "", nil
}
