package config

import (
	"slices"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/order"
)

// shipping is the section of the same name: how what leaves may differ from
// what was ordered, and who is told.
type shipping struct {
	CloseAt      percent  `yaml:"close_at_percent"`
	AcceptUpTo   percent  `yaml:"accept_up_to_percent"`
	InvoiceOver  bool     `yaml:"invoice_over"`
	LeadDays     whole    `yaml:"lead_days"`
	TrackingMail bool     `yaml:"tracking_mail"`
	MarkInSlack  []string `yaml:"mark_in_slack"`
}

func (s shipping) policy(c *checker) o2c.Shipping {
	c.within("shipping.lead_days", s.LeadDays, 0, 365)
	for _, platform := range s.MarkInSlack {
		known := []string{"api", "csv", "generic", "quote", "shopify", "slack", "woocommerce", "bigcommerce"}
		c.must(slices.Contains(known, platform), "shipping.mark_in_slack", platform, "a channel: api, csv, generic, quote, shopify, slack, woocommerce or bigcommerce")
	}
	return o2c.Shipping{
		Tolerance: order.Tolerance{
			CloseAt: s.CloseAt.in(c, "shipping.close_at_percent", 1, 100), AcceptUpTo: s.AcceptUpTo.in(c, "shipping.accept_up_to_percent", 100, 200), InvoiceOver: s.InvoiceOver,
		},
		LeadDays: s.LeadDays.n, TrackingMail: s.TrackingMail, Asked: s.MarkInSlack,
	}
}

// percent is a decimal that remembers its place; nothing written is 100.
type percent struct {
	place
	text string
}

func (p *percent) read(node *Node) { *p = percent{place: node.place(), text: node.Text} }

func (p percent) in(c *checker, key string, low, high int64) decimal.Decimal {
	if p.text == "" {
		return decimal.NewFromInt(100)
	}
	d, err := decimal.NewFromString(p.text)
	if err != nil || d.LessThan(decimal.NewFromInt(low)) || d.GreaterThan(decimal.NewFromInt(high)) {
		c.complain(p.place, key, p.text, "a percentage from "+decimal.NewFromInt(low).String()+" to "+decimal.NewFromInt(high).String()+", e.g. \"100\"")
	}
	return d
}
