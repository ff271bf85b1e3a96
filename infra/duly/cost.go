package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"duly/functions"
	"duly/infra/local/cost"
	"duly/shared/o2c/fault"
)

// costVerb estimates the bill.
type costVerb struct {
	Orders   float64 `default:"1000" help:"Orders a month."`
	Sources  bool    `help:"List where each price was read, and of which day that page is."`
	Template string  `placeholder:"FILE" help:"A synthesized template; else one is synthesized now."`
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
	template, err := v.template(c.ctx)
	if err != nil {
		return err
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
	fmt.Fprintf(c.out, "List prices looked up on %s for %s, before tax, in euros at %.2f per dollar; duly cost --sources says where each was\nread. The first sum is at list price, the second after what AWS gives every account for ever.\n\n", prices.Date, prices.Region, prices.EUR)
	fmt.Fprintln(c.out, "A month without an order")
	prices.Print(c.out, idle)
	fmt.Fprintf(c.out, "\nA month with %.0f orders, each shipped, invoiced, mailed and paid\n", v.Orders)
	prices.Print(c.out, busy)
	fmt.Fprintf(c.out, "\n%-34s %10s   %10s\n", "", "list price", "after free")
	sums := []share{{"AWS, a month without an order", idle, cost.AWS}, {fmt.Sprintf("AWS, %.0f orders, without mail", v.Orders), busy, cost.AWS},
		{"Mail (SES)", busy, cost.Mail}, {"Stripe", busy, cost.Stripe}, {"Slack", busy, cost.Slack}, {"Peppol access point", busy, cost.AccessPoint}}
	for _, s := range sums {
		list, free := prices.Of(s.use, s.only)
		fmt.Fprintf(c.out, "%-34s € %8.2f   € %8.2f\n", s.name, list, free)
	}
	list, _ := prices.Of(cost.Dashboard(), cost.AWS)
	fmt.Fprintf(c.out, "\nA dashboard in CloudWatch is not among it: € %.2f a month more at list price, nothing for an account with fewer than three. For one: make deploy SET=\"--set WithDashboard=yes\"\n", list)
	v.age(c, prices)
	return nil
}

// share is a line below the tables: what of a use one of those who are paid gets.
type share struct {
	name string
	use  cost.Use
	only func(id string) bool
}

// age says which prices are old.
func (v *costVerb) age(c *console, prices cost.Prices) {
	aged, undated := prices.Old()
	for _, said := range []struct {
		which []cost.Price
		why   string
	}{{prices.Quoted(), "Not read on the vendor's own page but where another quotes it"}, {aged, "Read on a page more than a year old"}, {undated, "Read on a page that does not name its day"}} {
		var names []string
		for _, p := range said.which {
			names = append(names, p.What)
		}
		if len(names) > 0 {
			fmt.Fprintf(c.out, "%s: %s.\n", said.why, strings.Join(names, "; "))
		}
	}
}

// template is the one that was named, or that this commit gives now: one that lies
// about may be of another commit.
func (v *costVerb) template(ctx context.Context) ([]byte, error) {
	name := v.Template
	if name == "" {
		at, err := os.MkdirTemp("", "duly-cost-")
		if err != nil {
			return nil, err
		}
		defer func() { _ = os.RemoveAll(at) }()
		synth := exec.CommandContext(ctx, "go", "run", "./infra")
		synth.Env = append(os.Environ(), "CDK_OUTDIR="+at, "STAGE="+functions.StageLive, "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION=20")
		if said, err := synth.CombinedOutput(); err != nil {
			first, _, _ := strings.Cut(strings.TrimSpace(string(said)), "\n") // the rest is a trace
			return nil, fault.New(fault.Config, "The template cannot be synthesized", first+" ("+err.Error()+")", "run this where the repository is, with Node 20, or name a template: duly cost --template FILE")
		}
		name = filepath.Join(at, functions.StackName(functions.StageLive)+".template.json")
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.New(fault.Config, "The template is not there", err.Error(), "run: make synth, then: duly cost --template cdk.out/duly-prod.template.json")
	}
	return raw, nil
}
