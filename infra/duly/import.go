package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"duly/infra/local/demo"
	"duly/shared/handler/api"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// importVerb imports a CSV file: first a look, then, with --apply, for good. What
// was brought from another package is released or undone by its batch.
type importVerb struct {
	target
	Kind  string `arg:"" enum:"orders,customers,products,open-invoices,balances,release,undo" help:"What the file holds: orders, customers, products, open-invoices or balances; or release or undo, for a batch."`
	File  string `arg:"" help:"The CSV file; of release and undo, the batch that the import named."`
	Total string `help:"What customers owe in all by the package that open invoices come from, such as 12.345,67." placeholder:"AMOUNT"`
	Apply bool   `help:"Write it. Without this nothing is written."`
	JSON  bool   `name:"json" help:"Print the outcome as JSON."`
}

// Run looks at the file or writes it, and prints what is wrong with it.
func (v *importVerb) Run(c *console) error {
	if v.Kind == "release" || v.Kind == "undo" {
		return v.with(c, func(d *demo.Client) error { return v.batch(c, d) })
	}
	raw, err := os.ReadFile(v.File)
	if err != nil {
		return fault.New(fault.Unreadable, "The file cannot be read", err.Error(), "check its name").Because(err)
	}
	return v.with(c, func(d *demo.Client) error {
		job, err := v.send(c, d, raw)
		if err != nil {
			return err
		}
		if v.JSON {
			enc := json.NewEncoder(c.out)
			enc.SetIndent("", "  ")
			return enc.Encode(job)
		}
		return outcome(c.out, job)
	})
}

// send puts the file where the job reads it, and waits for the job.
func (v *importVerb) send(c *console, d *demo.Client, raw []byte) (api.JobView, error) {
	var up api.Upload
	in := api.UploadInput{Kind: v.Kind, Name: filepath.Base(v.File), Apply: v.Apply}
	if v.Kind == o2c.ImportOpenItems && v.Total == "" {
		return up.Job, fault.Bad("/control_total", "open invoices are imported against what the old package says that customers owe in all", "add that total: --total 12.345,67")
	}
	if v.Total != "" {
		total, err := moneyOf(v.Total, d.Info.Policy.AutoApprove.Currency)
		if err != nil {
			return up.Job, err
		}
		in.Control = &total
	}
	if err := d.Do(c.ctx, http.MethodPost, "/v1/uploads", in, &up); err != nil {
		return up.Job, err
	}
	if err := d.Put(c.ctx, up.URL, raw); err != nil {
		return up.Job, err
	}
	if err := d.Hurry(c.ctx); err != nil {
		return up.Job, err
	}
	line := progress{to: c.out, live: terminal(c.out) && !v.JSON, quiet: v.JSON}
	for {
		var job api.JobView
		if err := d.Do(c.ctx, http.MethodGet, "/v1/jobs/"+up.Job.ID, nil, &job); err != nil {
			return job, err
		}
		line.show(job)
		if job.EndedAt != nil {
			return job, nil
		}
		if err := wait(c.ctx, pollEvery); err != nil {
			return job, err
		}
	}
}

// pollEvery is how often a waiting verb looks.
const pollEvery = 200 * time.Millisecond

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// terminal reports whether a person looks at the output.
func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// progress is one line that says how far a job is; where nobody looks it is a
// line at each quarter.
type progress struct {
	to          io.Writer
	live, quiet bool
	said        string
}

func (p *progress) show(job api.JobView) {
	if job.Items == 0 || p.quiet {
		return
	}
	verb := "looked at"
	if job.Applying {
		verb = "written"
	}
	what := job.Kind
	if job.Kind == o2c.ImportBank {
		what, verb = "bank lines", "booked"
	}
	done := job.Done
	if !p.live {
		done = done * 4 / job.Items * job.Items / 4
	}
	line := fmt.Sprintf("%d of %d %s %s", done, job.Items, what, verb)
	if line == p.said || done == 0 {
		return
	}
	p.said = line
	if !p.live {
		fmt.Fprintln(p.to, line)
		return
	}
	fmt.Fprintf(p.to, "\r\x1b[K%s", line)
	if job.EndedAt != nil {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}

// outcome prints what is wrong, row by row, and what was or would be done.
func outcome(w io.Writer, job api.JobView) error {
	if job.Problem != "" {
		return fmt.Errorf("%s: %s", job.Name, job.Problem)
	}
	fmt.Fprintf(w, "%s: %d rows, %d %s\n", job.Name, job.Rows, job.Items, job.Kind)
	if len(job.Ignored) > 0 {
		fmt.Fprintf(w, "columns that mean nothing here: %q\n", job.Ignored)
	}
	for _, e := range job.Errors {
		fmt.Fprintf(w, "row %d  %s %q  %s — %s\n", e.Row, e.Column, e.Value, e.Why, e.Do)
	}
	if more := job.Faults - len(job.Errors); more > 0 {
		fmt.Fprintf(w, "… %d more errors\n", more)
	}
	sums := fmt.Sprintf("%d new, %d changed, %d removed", job.New, job.Changed, job.Removed)
	switch {
	case job.Faults > 0 && !job.Applying:
		return fmt.Errorf("%s — nothing was written — mend the rows and import the file again [%s]", errorsOf(job.Faults), fault.Invalid)
	case job.Faults > 0:
		return fmt.Errorf("%s, %d failed — the others are written — mend the rows and import the file again; what is there is left as it is [%s]", sums, job.Failed, fault.Invalid)
	case job.Applying:
		fmt.Fprintf(w, "%s — written\n", sums)
		if job.Kind == o2c.ImportOpenItems {
			fmt.Fprintf(w, "No letter goes out for them until: duly import release %s\nTo take them back: duly import undo %s\n", job.ID, job.ID)
		} else if job.Kind == o2c.ImportBalances {
			fmt.Fprintf(w, "To take them back: duly import undo %s\n", job.ID)
		}
	default:
		fmt.Fprintf(w, "%s — nothing written yet; add --apply\n", sums)
	}
	return nil
}

func errorsOf(n int) string {
	if n == 1 {
		return "1 error"
	}
	return fmt.Sprintf("%d errors", n)
}
