package o2c

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// The kinds of files that are imported.
const (
	ImportOrders    = "orders"
	ImportCustomers = "customers"
	ImportProducts  = "products"
	ImportOpenItems = "open-invoices" // of the package that was used before
	ImportBalances  = "balances"      // its trial balance on the same day
	ImportBank      = "bank-statements"
)

// The statuses of a job.
const (
	JobWaiting = "waiting" // for its file
	JobRunning = "running"
	JobDone    = "done"
	JobFailed  = "failed" // the file as a whole cannot be used
)

// JobQueue is where jobs wait to be gone on with.
const JobQueue = "job"

// JobPatience is how long a job that nobody works on waits for the next tick;
// longer than one commit takes.
const JobPatience = time.Minute

// RowError says what is wrong in a file, and how to mend it.
type RowError struct {
	Row    int    `json:"row"` // as spreadsheets count: the header is 1
	Column string `json:"column"`
	Value  string `json:"value"`
	Why    string `json:"why"`
	Do     string `json:"do"`
}

// ErrorsMax is how many of a file's errors are named; all are counted.
const ErrorsMax = 200

// JobData is the import of a file: first a look at every row, which writes
// nothing, then, if it was asked to apply them, row by row. It is resumable
// after every row.
type JobData struct {
	ID       string        `json:"id"`
	Kind     string        `json:"kind"`
	File     string        `json:"file"` // key in the intake bucket
	Name     string        `json:"name"` // what its sender calls it
	Apply    bool          `json:"apply"`
	Control  *money.Amount `json:"control,omitempty"` // what all open items come to, by the package they are of
	Status   string        `json:"status"`
	Applying bool          `json:"applying"` // past the look
	Rows     int           `json:"rows"`
	Items    int           `json:"items"` // orders, customers or products in them
	Next     int           `json:"next"`  // item that is looked at or applied next
	New      int           `json:"new"`
	Changed  int           `json:"changed"`
	Same     int           `json:"same"`
	Failed   int           `json:"failed"`
	Errors   []RowError    `json:"errors,omitempty"`
	Faults   int           `json:"faults"`            // errors in all
	Ignored  []string      `json:"ignored,omitempty"` // columns that mean nothing here

	// Of a bank file.
	Statements int              `json:"statements,omitempty"` // booked whole
	Part       *StatementResult `json:"part,omitempty"`       // of the one at hand
	Applied    int              `json:"applied,omitempty"`    // lines that found their open item or payout
	Unmatched  int              `json:"unmatched,omitempty"`  // lines that ask a person

	Problem   string       `json:"problem,omitempty"` // of the file as a whole, as the log says it
	Reason    fault.Reason `json:"reason,omitzero"`   // and for whoever sent it, in their language
	By        string       `json:"by"`
	CreatedAt time.Time    `json:"created_at"`
	WorkedAt  time.Time    `json:"worked_at,omitzero"`
	EndedAt   time.Time    `json:"ended_at,omitzero"`
}

// Wrong counts an error and names it, if not too many were.
func (d *JobData) wrong(e RowError) {
	if d.Faults++; len(d.Errors) < ErrorsMax {
		d.Errors = append(d.Errors, e)
	}
}

// Job is an import.
type Job struct{ data JobData }

// Data is a copy.
func (j *Job) Data() JobData { return j.data }

// Kind, ID and ListKey make the job a document.
func (j *Job) Kind() string    { return "job" }
func (j *Job) ID() string      { return j.data.ID }
func (j *Job) ListKey() string { return j.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (j *Job) MarshalJSON() ([]byte, error) { return json.Marshal(j.data) }
func (j *Job) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &j.data) }

// Due puts a job that was begun into the queue.
func (j *Job) Due() (string, time.Time) {
	if j.data.Status != JobRunning {
		return JobQueue, time.Time{}
	}
	return JobQueue, j.data.WorkedAt.Add(JobPatience)
}

// Finished reports whether nothing more will happen.
func (d JobData) Finished() bool { return d.Status == JobDone || d.Status == JobFailed }

// UploadPrefix is where files that are imported arrive; a job's file is called
// as the job.
const UploadPrefix = "uploads/"

// ImportKinds lists what can be imported.
func ImportKinds() []string {
	return []string{ImportOrders, ImportCustomers, ImportProducts, ImportOpenItems, ImportBalances, ImportBank}
}

// OpenJob makes a job that waits for its file. Open items need a control total:
// what the old package says that customers owe in all.
func (c *Cycle) OpenJob(ctx context.Context, s Stamp, id, kind, name string, apply bool, control *money.Amount) (JobData, error) {
	if !slices.Contains(ImportKinds(), kind) {
		return JobData{}, fault.Bad("/kind", "nothing is called "+kind, "write one of "+strings.Join(ImportKinds(), ", "))
	}
	if kind == ImportOpenItems && (control == nil || control.Currency != c.Policy.Currency) {
		return JobData{}, fault.Bad("/control_total", "open items are imported against what the old package says that customers owe in all", "give that total, in "+c.Policy.Currency)
	}
	d := JobData{ID: id, Kind: kind, File: UploadPrefix + id, Name: name, Apply: apply, Control: control, Status: JobWaiting, By: s.Actor, CreatedAt: s.At}
	return d, c.keepNewJob(ctx, s, &d)
}

// keepNewJob writes a job down, or finds it there.
func (c *Cycle) keepNewJob(ctx context.Context, s Stamp, d *JobData) error {
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		known, err := find[Job](ctx, tx, d.ID)
		if err != nil || known != nil {
			if known != nil {
				*d = known.data
			}
			return err
		}
		return tx.Save(&Job{data: *d}, Fact{Type: "job.opened", Data: *d})
	})
}

// DueJobs lists the jobs that somebody must go on with.
func (c *Cycle) DueJobs(ctx context.Context, at time.Time) ([]string, error) {
	page, err := c.Store.List(ctx, Query{Queue: JobQueue, Until: at})
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(page.Items))
	for i, s := range page.Items {
		ids[i] = s.Key.ID
	}
	return ids, nil
}
