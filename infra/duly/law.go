package main

import (
	"fmt"
	"net/http"
	"text/tabwriter"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
)

// lawVerb is about the rates that claims are computed by.
type lawVerb struct {
	Show lawShowVerb `cmd:"" default:"1" help:"Show the rates, their sources, and until when they are verified."`
	Rate lawRateVerb `cmd:"" help:"Enter a rate of interest that you read in a source."`
}

// lawShowVerb shows the rates.
type lawShowVerb struct{ target }

// Run prints a table for each kind of interest.
func (v *lawShowVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var l api.Law
		if err := d.Do(c.ctx, http.MethodGet, "/v1/law", nil, &l); err != nil {
			return err
		}
		return printLaw(c, l)
	})
}

// lawRateVerb enters a rate.
type lawRateVerb struct {
	target
	Regime  string `arg:"" enum:"commercial,consumer" help:"commercial or consumer."`
	From    string `arg:"" placeholder:"2026-07-01" help:"First day on which it holds."`
	Percent string `arg:"" placeholder:"10.15" help:"Percent a year."`
	Source  string `required:"" help:"Where you read it."`
	Until   string `placeholder:"2026-12-31" help:"Last day for which the source speaks; else the end of the half-year."`
	As      string `required:"" placeholder:"U07ADMIN" help:"Slack id of the admin who read it."`
}

// Run enters it and shows the rates as they are then.
func (v *lawRateVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		var l api.Law
		in := api.LawRateInput{Regime: v.Regime, From: v.From, Until: v.Until, Percent: v.Percent, Source: v.Source, AsUser: v.As}
		if err := d.Do(c.ctx, http.MethodPost, "/v1/law/rates", in, &l); err != nil {
			return err
		}
		return printLaw(c, l)
	})
}

func printLaw(c *console, l api.Law) error {
	for _, i := range l.Interest {
		fmt.Fprintf(c.out, "%s, %s (%s): verified until %s\n", l.Country, i.Regime, i.Rule, i.VerifiedUntil)
		w := tabwriter.NewWriter(c.out, 2, 0, 2, ' ', 0)
		for _, r := range i.Rates {
			state := "verified"
			if !r.Verified {
				state = "assumed"
			}
			fmt.Fprintf(w, "  %s\t%s %%\t%s\t%s\n", r.From, r.Percent, state, r.Source)
		}
		if err := w.Flush(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(c.out, l.Notice)
	return err
}
