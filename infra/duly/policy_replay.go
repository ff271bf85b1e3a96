package main

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"duly/infra/local/demo"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// policyReplayVerb decides the past again under a policy.
type policyReplayVerb struct {
	target
	From   string `placeholder:"2026-01-05" help:"First day of the orders; the first there are when left out."`
	To     string `placeholder:"2026-03-31" help:"Last day; today when left out."`
	Policy string `placeholder:"duly.yaml" help:"The policy to try; duly.yaml here, else the one that ships with the product."`
}

// decided is a decision as the API tells it.
type decided struct {
	OrderID       string          `json:"order_id"`
	Number        string          `json:"number"`
	Customer      string          `json:"customer"`
	AskedAt       time.Time       `json:"asked_at"`
	Decision      credit.Verdict  `json:"decision"`
	Reasons       []credit.Reason `json:"reasons"`
	PolicyVersion string          `json:"policy_version"`
	PolicyDigest  string          `json:"policy_digest"`
	Inputs        credit.Input    `json:"inputs"`
	Status        string          `json:"status"`
	DecidedBy     string          `json:"decided_by"`
	DecidedAt     time.Time       `json:"decided_at"`
	Outcome       credit.Outcome  `json:"outcome"`
}

func (d decided) record() credit.Record {
	return credit.Record{
		OrderID: d.OrderID, Number: d.Number, Customer: d.Customer, AskedAt: d.AskedAt, Status: d.Status, DecidedBy: d.DecidedBy, DecidedAt: d.DecidedAt, Outcome: d.Outcome,
		Decision: credit.Decision{Verdict: d.Decision, Reasons: d.Reasons, PolicyVersion: d.PolicyVersion, PolicyDigest: d.PolicyDigest, Input: d.Inputs},
	}
}

// Run says what would have been otherwise.
func (v *policyReplayVerb) Run(c *console) error {
	for name, day := range map[string]string{"--from": v.From, "--to": v.To} {
		if _, err := calendar.Parse(day); day != "" && err != nil {
			return fault.New(fault.Config, name+" "+day+" is no date", err.Error(), "write it as 2026-01-05")
		}
	}
	p, _, err := readPolicy(v.Policy)
	if err != nil {
		return err
	}
	replay := credit.NewReplay(p.Credit)
	if err := v.with(c, func(d *demo.Client) error { return v.pages(c, d, replay) }); err != nil {
		return err
	}
	replay.Close()
	tellReplay(c.out, p, replay)
	if n := len(replay.Broken); n > 0 {
		return fmt.Errorf("%d decisions cannot be reproduced under the rules that they were taken by — %s is one — stop, keep a copy of the state, and tell us", n, replay.Broken[0].Number)
	}
	return nil
}

// pageMax is how many decisions one request brings.
const pageMax = 1000

// pages decides page by page, the newest orders first.
func (v *policyReplayVerb) pages(c *console, d *demo.Client, replay *credit.Replay) error {
	began, after := time.Now(), ""
	for {
		query := url.Values{"limit": {strconv.Itoa(pageMax)}}
		for name, value := range map[string]string{"from": v.From, "to": v.To, "after": after} {
			if value != "" {
				query.Set(name, value)
			}
		}
		var page struct {
			Items []decided `json:"items"`
			Next  string    `json:"next"`
		}
		if err := d.Do(c.ctx, http.MethodGet, "/v1/credit-decisions?"+query.Encode(), nil, &page); err != nil {
			return err
		}
		for _, item := range page.Items {
			replay.Add(item.record())
		}
		if n := len(page.Items); n > 0 {
			fmt.Fprintf(c.progress, "\r%d decisions, back to %s, %.1f s ", replay.Decisions, page.Items[n-1].AskedAt.Format(time.DateOnly), time.Since(began).Seconds())
		}
		if after = page.Next; after == "" {
			fmt.Fprintln(c.progress)
			return nil
		}
	}
}

func tellReplay(out io.Writer, p *o2c.Policy, r *credit.Replay) {
	fmt.Fprintf(out, "%d decisions under version %s (rules %s)\n", r.Decisions, p.Version, p.Credit.Digest())
	fmt.Fprintf(out, "  %6d the very same, %d the same for other reasons, %d otherwise\n", r.Same, r.Decisions-r.Same-r.Changed, r.Changed)
	if r.Changed == 0 {
		return
	}
	zero := money.Of(0, p.Currency)
	for _, row := range []struct {
		what  string
		tally credit.Tally
		more  string
	}{
		{"held up, and paid in the end", r.BlockedPaid, ""},
		{"held up, and lost", r.AvoidedDefault, ""},
		{"let through, and lost", r.ApprovedDefault, ""},
		{"spared a person's decision", r.Freed, fmt.Sprintf("%.1f days of waiting saved", r.Waited.Hours()/24)},
		{"sent to a person", r.Asked, fmt.Sprintf("about %.1f days of waiting more", r.WouldWait.Hours()/24)},
		{"declined outright", r.Declined, ""},
	} {
		fmt.Fprintf(out, "  %6d %-30s %16s  %s\n", row.tally.Orders, row.what, row.tally.Amount.Plus(zero), row.more)
	}
	for _, ch := range r.Examples {
		why := ""
		for i, reason := range ch.Reasons {
			if i > 0 {
				why += "; "
			}
			why += reason.Text
		}
		fmt.Fprintf(out, "  %s %s of %s, %s: %s instead of %s (%s); %s\n", ch.Record.AskedAt.Format(time.DateOnly), ch.Record.Number, ch.Record.Customer, ch.Record.Decision.Input.Order(), ch.Verdict, ch.Record.Decision.Verdict, why, ended(ch.Record))
	}
	fmt.Fprintln(out, "Each order is decided on what was known of it then: one that would not have been taken still counts for those after it.")
}

// ended says what became of an order.
func ended(r credit.Record) string {
	switch {
	case r.Status != credit.Approved:
		return "it was " + r.Status
	case r.Outcome.Defaulted:
		return fmt.Sprintf("%s of it is %d days late", r.Outcome.Open, r.Outcome.DaysLate)
	case r.Outcome.Paid && r.Outcome.DaysLate > 0:
		return fmt.Sprintf("paid %d days late", r.Outcome.DaysLate)
	case r.Outcome.Paid:
		return "paid in time"
	}
	return "not paid yet"
}
