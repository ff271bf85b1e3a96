package config

import (
	"slices"

	"duly/shared/o2c"
)

// deposits is how long an order waits for money before delivery, and what then.
type deposits struct {
	Days       whole  `yaml:"days"`
	RemindDays whole  `yaml:"remind_days"`
	Then       string `yaml:"then"`
	PrepayOnly string `yaml:"prepay_only"`
}

func (d deposits) policy(c *checker) o2c.DepositPolicy {
	c.within("deposits.days", d.Days, 1, 60)
	c.within("deposits.remind_days", d.RemindDays, 0, 30)
	c.must(slices.Contains([]string{o2c.DepositCancel, o2c.DepositAsk}, d.Then), "deposits.then", d.Then, "cancel or ask")
	c.must(d.PrepayOnly == askMoney || d.PrepayOnly == askPerson, "deposits.prepay_only", d.PrepayOnly, "invoice or refer")
	return o2c.DepositPolicy{Days: d.Days.n, RemindDays: d.RemindDays.n, Then: d.Then}
}

// What happens to an order of somebody who only prepays.
const (
	askMoney  = "invoice" // the money is asked for
	askPerson = "refer"   // a person is asked
)
