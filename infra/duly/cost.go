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
	}{
		{"AWS, idle, without the dashboard", idle, cost.Bare}, {"The dashboard", idle, cost.Board}, {"AWS, idle", idle, cost.Rest},
		{fmt.Sprintf("AWS, %.0f orders, without mail", v.Orders), busy, cost.Rest}, {"Mail (SES)", busy, cost.Mail}, {"Stripe, Slack, access point", busy, cost.Money},
	} {
		list, free := prices.Of(sum.use, sum.only)
		fmt.Fprintf(c.out, "%-34s € %8.2f   € %8.2f\n", sum.name, list, free)
	}
	fmt.Fprintln(c.out, "\nThe first three dashboards of an account cost nothing, so that ours is there unless you say: make deploy SET=\"--set WithDashboard=no\"")
	v.age(c, prices)
	return nil
}

// age says which prices are old.
func (v *costVerb) age(c *console, prices cost.Prices) {
	aged, undated := prices.Old()
	for _, said := range []struct {
		which []cost.Price
		why   string
	}{{aged, "Read on a page more than a year old"}, {undated, "Read on a page that does not name its day"}} {
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
		name = filepath.Join(at, "duly-"+functions.StageLive+".template.json")
	}
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.New(fault.Config, "The template is not there", err.Error(), "run: make synth, then: duly cost --template cdk.out/duly-prod.template.json")
	}
	return raw, nil
}
