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
}

func (d deposits) policy(c *checker) o2c.DepositPolicy {
	c.within("deposits.days", d.Days, 1, 60)
	c.within("deposits.remind_days", d.RemindDays, 0, 30)
	c.must(slices.Contains([]string{o2c.DepositCancel, o2c.DepositAsk}, d.Then), "deposits.then", d.Then, "cancel or ask")
	return o2c.DepositPolicy{Days: d.Days.n, RemindDays: d.RemindDays.n, Then: d.Then}
}
