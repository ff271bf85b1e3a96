package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"duly/infra/backup"
	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c/fault"
)

// exportVerb writes the books for another package.
type exportVerb struct {
	target
	Profile string `arg:"" enum:"everything,journal,xero,xero-journal,quickbooks,quickbooks-journal,exact,twinfield,e-boekhouden,datev,xaf" help:"The package: journal, xero, xero-journal, quickbooks, quickbooks-journal, exact, twinfield, e-boekhouden, datev or xaf; or everything, into a new folder, to leave with."`
	From    string `placeholder:"2026-01-01" help:"First day; else the day after the last export."`
	To      string `placeholder:"2026-01-31" help:"Last day; else yesterday."`
	Into    string `short:"o" default:"." help:"Folder that the file goes to; of everything, a new one."`
	Table   string `help:"With everything, instead of a state: the table in your AWS account (output TableName)."`
	Archive string `help:"With --table: the bucket of the archive (output ArchiveName)."`
}

// Run exports what is asked for, and says where it is.
func (v *exportVerb) Run(c *console) error {
	if v.Profile == "everything" {
		return v.everything(c)
	}
	return v.with(c, func(d *demo.Client) error {
		var made api.Export
		if err := d.Do(c.ctx, http.MethodPost, "/v1/exports", api.ExportInput{Profile: v.Profile, From: v.From, To: v.To}, &made); err != nil {
			return err
		}
		var file []byte
		if err := d.Do(c.ctx, http.MethodGet, made.URL, nil, &file); err != nil {
			return err
		}
		path := filepath.Join(v.Into, made.Name)
		if err := os.WriteFile(path, file, 0o600); err != nil {
			return fault.New(fault.Config, "The export cannot be written", err.Error(), "choose another folder with --into").Because(err)
		}
		state := "marked as exported"
		if !made.Marked {
			state = "not marked, as its last day has not ended"
		}
		fmt.Fprintf(c.out, "%s: %d rows, %s to %s, %s\n", path, made.Rows, made.From, made.To, state)
		return nil
	})
}

// everything writes all records and documents, readable without Duly.
func (v *exportVerb) everything(c *console) error {
	return place{State: v.State, Stage: v.Stage, Table: v.Table, Archive: v.Archive}.with(c.ctx, time.Now(), func(at backup.Place, now time.Time) error {
		m, err := backup.Leave(c.ctx, at, now, v.Into, c.counted)
		fmt.Fprintln(c.progress)
		if err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %d items, %d documents; README.txt says what is what\n", v.Into, m.Items, m.Documents)
		return nil
	})
}

// settleVerb imports a payment gateway's settlement file.
type settleVerb struct {
	target
	File string `arg:"" type:"existingfile" help:"The CSV file of Shopify Payments, Mollie, PayPal, Klarna or Adyen."`
}

// Run imports the file and prints what its payouts are.
func (v *settleVerb) Run(c *console) error {
	raw, err := os.ReadFile(v.File)
	if err != nil {
		return fault.New(fault.Unreadable, "The file cannot be read", err.Error(), "check its name").Because(err)
	}
	return v.with(c, func(d *demo.Client) error {
		var s api.Settlement
		if err := d.Do(c.ctx, http.MethodPost, "/v1/settlements", raw, &s); err != nil {
			return err
		}
		fmt.Fprintf(c.out, "%s: %d payouts, %d of them new; %d rows wait for a payout\n", s.Gateway, len(s.Payouts), s.New, s.Waiting)
		for _, p := range s.Payouts {
			said := "adds up"
			if p.Problem != "" {
				said = p.Problem
			}
			fmt.Fprintf(c.out, "%s  %s  %s\n", p.Reference, spelled(p.Net), said)
		}
		return nil
	})
}
