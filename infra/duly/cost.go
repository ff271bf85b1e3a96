package main

import (
	"fmt"
	"os"

	"duly/infra/local/cost"
	"duly/shared/o2c/fault"
)

// costVerb estimates the bill.
type costVerb struct {
	Orders   float64 `default:"1000" help:"Orders a month."`
	Sources  bool    `help:"List where each price was read, and of which day that page is."`
	Template string  `default:"cdk.out/duly-prod.template.json" help:"The synthesized template."`
}

// Run prints what the template costs by being there, what orders add, and the
// vendors apart; each at list price, and after what AWS gives for ever.
func (v *costVerb) Run(c *console) error {
	prices, err := cost.Listed()
	if err != nil {
		return err
	}
	if v.Sources {
		for _, p := range prices.List {
			fmt.Fprintf(c.out, "%-38s %-10s %s\n", p.What, p.Seen, p.Source)
		}
		return nil
	}
	template, err := os.ReadFile(v.Template)
	if err != nil {
		return fault.New(fault.Config, "The template is not there", err.Error(), "run: make synth, then: duly cost")
	}
	standing, err := cost.Standing(template)
	if err != nil {
		return err
	}
	ticks, err := cost.Idle(c.ctx)
	if err != nil {
		return err
	}
	order, err := cost.PerOrder(c.ctx)
	if err != nil {
		return err
	}
	idle := standing.Plus(ticks, 1)
	busy := idle.Plus(order, v.Orders)
	fmt.Fprintf(c.out, "List prices looked up on %s, %s, before tax, in euros at %.2f per dollar; prices change: %s.\nThe first sum is at list price, the second after what AWS gives every account for ever.\n\n", prices.Date, prices.Region, prices.EUR, prices.Source)
	fmt.Fprintln(c.out, "A month without an order")
	prices.Print(c.out, idle)
	fmt.Fprintf(c.out, "\nA month with %.0f orders, each shipped, invoiced, mailed and paid\n", v.Orders)
	prices.Print(c.out, busy)
	fmt.Fprintln(c.out)
	for _, sum := range []struct {
		name string
		use  cost.Use
		only func(string) bool
	}{{"AWS, idle", idle, cost.Rest}, {fmt.Sprintf("AWS, %.0f orders, without mail", v.Orders), busy, cost.Rest}, {"Mail (SES)", busy, cost.Mail}, {"Stripe, Slack, access point", busy, cost.Money}} {
		list, free := prices.Of(sum.use, sum.only)
		fmt.Fprintf(c.out, "%-34s € %8.2f   € %8.2f\n", sum.name, list, free)
	}
	return nil
}
