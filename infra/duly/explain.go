package main

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"duly/infra/local/demo"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
)

// explainVerb says what an error code means, or why an order was decided as it
// was.
type explainVerb struct {
	target
	What   string `arg:"" optional:"" placeholder:"DULY-1003" help:"A code, or the word order; all codes when left out."`
	Number string `arg:"" optional:"" placeholder:"SO-1042" help:"The order's number or id."`
}

// Run prints one code, the table of them, or a decision.
func (v *explainVerb) Run(c *console) error {
	switch {
	case v.What == "":
		for _, code := range fault.Codes() {
			fmt.Fprintf(c.out, "%s  %s\n", code, code.Meaning().Text)
		}
		return nil
	case v.What == "order":
		return v.order(c)
	}
	code := fault.Code(strings.ToUpper(v.What))
	if !slices.Contains(fault.Codes(), code) {
		return fault.New(fault.NotFound, "There is no code "+v.What, "the table does not have it", "run duly explain for all of them, or duly explain order SO-1042")
	}
	m := code.Meaning()
	again := "Trying again unchanged does not help."
	if m.Retry {
		again = "Trying again may help."
	}
	fmt.Fprintf(c.out, "%s\n%s\nUsual cause: %s\nWhat to do: %s\n%s Over HTTP the status is %d.\n", code, m.Text, pages[code].Cause, pages[code].Do, again, m.Status)
	return nil
}

// order explains a decision by what was stored with it.
func (v *explainVerb) order(c *console) error {
	if v.Number == "" {
		return fault.Bad("/number", "the order is not named", "write duly explain order SO-1042")
	}
	var was decided
	err := v.with(c, func(d *demo.Client) error {
		return d.Do(c.ctx, http.MethodGet, "/v1/orders/"+url.PathEscape(v.Number)+"/credit-decision", nil, &was)
	})
	if err != nil {
		return err
	}
	tellDecision(c, was)
	return nil
}

func tellDecision(c *console, was decided) {
	in := was.Inputs
	fmt.Fprintf(c.out, "%s of %s, %s, asked %s\n", was.Number, was.Customer, in.Order(), was.AskedAt.Format(time.RFC3339))
	if f := in.Foreign; f != nil {
		fmt.Fprintf(c.out, "  counted as %s: one %s is %s %s on %s (%s)\n", in.Amount, f.Rate.From, f.Rate.Per, f.Rate.To, f.Rate.On, f.Rate.Source)
	}
	fmt.Fprintf(c.out, "The policy (version %s, rules %s) said %s:\n", was.PolicyVersion, was.PolicyDigest, was.Decision)
	for _, r := range was.Reasons {
		fmt.Fprintf(c.out, "  %-20s %s\n", r.Code, r.Text)
		for _, name := range slices.Sorted(maps.Keys(r.Numbers)) {
			fmt.Fprintf(c.out, "  %-20s   %s = %s\n", "", name, r.Numbers[name])
		}
	}
	limit := "no limit"
	if in.Limit != nil {
		limit = "a limit of " + in.Limit.String()
	}
	fmt.Fprintf(c.out, "It knew: %s open + %s confirmed + this order = %s, against %s\n", in.Receivable, in.Confirmed, in.Exposure(), limit)
	if g := in.Group; g != nil && g.Limit != nil {
		fmt.Fprintf(c.out, "  group %s: %s against a limit of %s\n", g.Head, in.GroupExposure(), g.Limit)
	}
	if i := in.Insured; i != nil {
		fmt.Fprintf(c.out, "  insured: %s with %s (%s) until %s\n", i.Limit, i.Insurer, i.Number, i.ValidTo)
	}
	fmt.Fprintf(c.out, "  overdue: %s, the oldest for %d days\n", in.Overdue, in.OverdueDays)
	if r := in.Rating; r.Band != "" {
		fmt.Fprintf(c.out, "  rating %s: 100 − %d for %d days late on average − %d for promises − %d for chargebacks = %d\n", r.Band, r.ForDays, r.DaysLate, r.ForWord, r.ForFight, r.Score)
	} else {
		fmt.Fprintf(c.out, "  no rating: %d payments are too few\n", r.Payments)
	}
	fmt.Fprintf(c.out, "  order %d of a customer since %s, through %s\n", in.Orders+1, in.Since, in.Channel)
	if was.Status == credit.Pending {
		fmt.Fprintln(c.out, "It waits for a person")
		return
	}
	fmt.Fprintf(c.out, "It came to %s%s; %s\n", was.Status, by(was), ended(was.record()))
}

func by(was decided) string {
	if was.DecidedBy == "" {
		return ""
	}
	return fmt.Sprintf(" by %s after %s", was.DecidedBy, was.DecidedAt.Sub(was.AskedAt).Round(time.Minute))
}
