package config

import (
	"fmt"

	"duly/shared/o2c"
)

// collectingSection is whether customers may have their invoices collected. All
// of it may be left out.
type collectingSection struct {
	Offer      *bool   `yaml:"offer"`
	NoticeDays whole   `yaml:"notice_days"`
	RetryDays  []whole `yaml:"retry_days"`
}

// The rules of a house that says nothing: eight tries within two weeks, as
// Stripe's own retries are set
// (docs.stripe.com/billing/revenue-recovery/smart-retries).
const noticeDays = 3

func retryDays() []int { return []int{1, 2, 4, 6, 8, 11, 14} }

// retriesMax keeps below what the card networks allow: Visa takes 15 tries of
// one payment in 30 days (docs.stripe.com/declines/card#retrying-issuer-declines).
const retriesMax = 14

func (s collectingSection) policy(c *checker) o2c.CollectingPolicy {
	p := o2c.CollectingPolicy{Offer: s.Offer == nil || *s.Offer, NoticeDays: noticeDays, RetryDays: retryDays()}
	if s.NoticeDays.text != "" {
		c.within("collecting.notice_days", s.NoticeDays, 1, 14)
		p.NoticeDays = s.NoticeDays.n
	}
	if s.RetryDays == nil {
		return p
	}
	p.RetryDays = nil
	c.must(len(s.RetryDays) <= retriesMax, "collecting.retry_days", fmt.Sprint(len(s.RetryDays))+" days", fmt.Sprintf("at most %d: card networks count tries", retriesMax))
	for i, day := range s.RetryDays {
		at := fmt.Sprintf("collecting.retry_days[%d]", i)
		c.within(at, day, 1, 30)
		c.must(i == 0 || day.n > s.RetryDays[i-1].n, at, day.text, "a day after the one before")
		p.RetryDays = append(p.RetryDays, day.n)
	}
	return p
}
