package config

import (
	"cmp"

	"duly/shared/o2c/cash"
)

// cashSection is how money finds its invoices. All of it may be left out.
type cashSection struct {
	AutoScore     whole     `yaml:"auto_score"`
	ItemsMax      whole     `yaml:"items_max"`
	Short         tolerance `yaml:"short"`
	Over          tolerance `yaml:"over"`
	BankFees      amount    `yaml:"bank_fees"`
	OwnFees       amount    `yaml:"own_fees"`
	DiscountTaken percent   `yaml:"discount_taken_percent"`
}

type tolerance struct {
	Amount  amount  `yaml:"amount"`
	Percent percent `yaml:"percent"`
}

// or is the percentage, or what stands in for one that is not written.
func (p percent) or(otherwise string) percent {
	p.text = cmp.Or(p.text, otherwise)
	return p
}

// The rules of a house that says nothing.
const (
	autoScore     = 80
	itemsMax      = 5
	toleranceIs   = "0.05"
	toleranceOf   = "1"
	ownFees       = "50"
	discountTaken = "10"
)

func (s cashSection) policy(c *checker, currency string) cash.Rules {
	r := cash.Rules{AutoScore: autoScore, ItemsMax: itemsMax}
	if s.AutoScore.text != "" {
		c.within("cash.auto_score", s.AutoScore, 60, 100)
		r.AutoScore = s.AutoScore.n
	}
	if s.ItemsMax.text != "" {
		c.within("cash.items_max", s.ItemsMax, 1, 8)
		r.ItemsMax = s.ItemsMax.n
	}
	r.Short = s.Short.in(c, "cash.short", currency)
	r.Over = s.Over.in(c, "cash.over", currency)
	r.FeeMax = or(s.BankFees, "0").in(c, "cash.bank_fees", currency)
	r.OwnFees = or(s.OwnFees, ownFees).in(c, "cash.own_fees", currency)
	r.TakenMax = s.DiscountTaken.or(discountTaken).in(c, "cash.discount_taken_percent", 0, 100)
	return r
}

func (t tolerance) in(c *checker, key, currency string) cash.Tolerance {
	return cash.Tolerance{Amount: or(t.Amount, toleranceIs).in(c, key+".amount", currency), Percent: t.Percent.or(toleranceOf).in(c, key+".percent", 0, 100)}
}

func or(a amount, otherwise string) amount {
	a.text = cmp.Or(a.text, otherwise)
	return a
}
