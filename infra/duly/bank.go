package main

import (
	"fmt"
	"net/http"
	"os"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// bankVerb imports bank files.
type bankVerb struct {
	target
	Files []string `arg:"" type:"existingfile" help:"The files as the bank gave them: CAMT.053, .052, .054, MT940, OFX, or the CSV of a bank that is known."`
}

// Run imports the files in the order in which they are named, and prints what became of each statement.
func (v *bankVerb) Run(c *console) error {
	return v.with(c, func(d *demo.Client) error {
		for _, name := range v.Files {
			raw, err := os.ReadFile(name)
			if err != nil {
				return fault.New(fault.Unreadable, "The file cannot be read", err.Error(), "check its name").Because(err)
			}
			if len(raw) > trigger.BodyMax {
				if err := v.large(c, d, name, raw); err != nil {
					return err
				}
				continue
			}
			var done api.Imported
			if err := d.Do(c.ctx, http.MethodPost, "/v1/bank-statements", raw, &done); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			for _, s := range done.Statements {
				fmt.Fprintf(c.out, "%s  %s to %s  %s → %s  %d lines, %d new: %d found their invoice or payout, %d ask\n",
					s.Account, s.From, s.To, spelled(s.Opening), spelled(s.Closing), s.Entries, s.New, s.Applied, s.Unmatched)
			}
		}
		return nil
	})
}

// large books a file as a job, with a line that says how far it is.
func (v *bankVerb) large(c *console, d *demo.Client, name string, raw []byte) error {
	send := importVerb{Kind: o2c.ImportBank, File: name, Apply: true}
	job, err := send.send(c, d, raw)
	if err != nil {
		return err
	}
	if job.Problem != "" {
		return fmt.Errorf("%s: %s", name, job.Problem)
	}
	fmt.Fprintf(c.out, "%s: %d lines, %d new: %d found their invoice or payout, %d ask\n", name, job.Items, job.New, job.Applied, job.Unmatched)
	return nil
}
