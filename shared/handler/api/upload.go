package api

import (
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
)

// uploadTime is how long an address for a file is good.
const uploadTime = 15 * time.Minute

// UploadInput asks for the import of a file.
type UploadInput struct {
	Kind  string `json:"kind" enum:"orders,customers,products,open-invoices,balances,bank-statements" doc:"What the file holds; bank files of up to 256 KiB go to /v1/bank-statements too" example:"orders"`
	Name  string `json:"name,omitempty" maxLength:"200" doc:"What you call it" example:"orders-2026-01.csv"`
	Apply bool   `json:"apply,omitempty" doc:"Left out, the file is looked at and nothing is written"`

	Control *Money `json:"control_total,omitempty" doc:"What customers owe in all by the package that the open invoices come from; without it none are imported"`
}

// Upload is where the file goes.
type Upload struct {
	Job    JobView   `json:"job"`
	Method string    `json:"method" example:"PUT"`
	URL    string    `json:"url" doc:"Put the file here; the job begins when it has arrived"`
	Until  time.Time `json:"until" doc:"The address is good until then"`
}

// JobView is a piece of work that goes on after its request.
type JobView struct {
	ID        string         `json:"id"`
	Kind      string         `json:"kind" enum:"orders,customers,products,open-invoices,balances,bank-statements"`
	Name      string         `json:"name"`
	Status    string         `json:"status" enum:"waiting,running,done,failed"`
	Apply     bool           `json:"apply"`
	Applying  bool           `json:"applying" doc:"Rows are being written; before that they are looked at"`
	Rows      int            `json:"rows"`
	Items     int            `json:"items" doc:"Orders, customers or products in the rows"`
	Done      int            `json:"done" doc:"Of the items, in this pass"`
	New       int            `json:"new"`
	Changed   int            `json:"changed"`
	Same      int            `json:"same"`
	Removed   int            `json:"removed" doc:"An import never removes"`
	Failed    int            `json:"failed"`
	Applied   int            `json:"applied" doc:"Of a bank file: lines that found their open item or payout"`
	Unmatched int            `json:"unmatched" doc:"Of a bank file: lines that ask a person"`
	Errors    []o2c.RowError `json:"errors" nullable:"false" doc:"The first 200"`
	Faults    int            `json:"faults" doc:"Errors in all"`
	Ignored   []string       `json:"ignored" nullable:"false" doc:"Columns that mean nothing here"`
	Problem   string         `json:"problem" doc:"Why the file as a whole cannot be used"`
	CreatedAt time.Time      `json:"created_at"`
	EndedAt   *time.Time     `json:"ended_at"`
}

func jobView(d o2c.JobData) JobView {
	v := JobView{
		ID: d.ID, Kind: d.Kind, Name: d.Name, Status: d.Status, Apply: d.Apply, Applying: d.Applying, Rows: d.Rows, Items: d.Items, Done: d.Next,
		New: d.New, Changed: d.Changed, Same: d.Same, Failed: d.Failed, Applied: d.Applied, Unmatched: d.Unmatched, Errors: append([]o2c.RowError{}, d.Errors...), Faults: d.Faults,
		Ignored: append([]string{}, d.Ignored...), Problem: d.Problem, CreatedAt: d.CreatedAt,
	}
	if !d.EndedAt.IsZero() {
		v.EndedAt = &d.EndedAt
	}
	return v
}

func (s server) uploads() {
	type asked struct{ Body UploadInput }
	type byID struct {
		ID string `path:"id"`
	}
	op := operation(http.MethodPost, "upload", "/v1/uploads", "Import a file: answers with an address to put it, and the job that reads it", http.StatusAccepted)
	route(s, op, func(ctx context.Context, in *asked) (*reply[Upload], error) {
		id := s.newID(ctx, "job", in.Body)
		var control *money.Amount
		if m := in.Body.Control; m != nil {
			control = &money.Amount{Minor: m.Amount, Currency: m.Currency}
		}
		d, err := s.Cycle.OpenJob(ctx, s.stamp(ctx), id, in.Body.Kind, in.Body.Name, in.Body.Apply, control)
		if err != nil {
			return nil, err
		}
		url, err := s.Upload(ctx, d.File, uploadTime)
		return &reply[Upload]{Upload{Job: jobView(d), Method: http.MethodPut, URL: url, Until: s.Now().Add(uploadTime)}}, err
	})
	route(s, get("get-job", "/v1/jobs/{id}", "Read how far a job is"), func(ctx context.Context, in *byID) (*reply[JobView], error) {
		j, err := o2c.Read[o2c.Job](ctx, s.Cycle, in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[JobView]{jobView(j.Data())}, nil
	})
	s.batches()
}

// BatchInput asks to go on with a batch.
type BatchInput struct {
	After string `json:"after,omitempty" doc:"The answer's next; left out, from the beginning"`
}

// BatchView is how far a batch was released or undone.
type BatchView struct {
	Done int         `json:"done" doc:"Documents in this step"`
	Kept []BatchKept `json:"kept" nullable:"false" doc:"Documents that stay, because something has happened to them"`
	Next string      `json:"next" doc:"Not empty: ask again with it"`
}

// BatchKept is a document that an undone import leaves as it is.
type BatchKept struct {
	Number string `json:"number"`
	Why    string `json:"why"`
}

// batches release and undo what an import brought forward, a step a request.
func (s server) batches() {
	type asked struct {
		ID   string `path:"id"`
		Body BatchInput
	}
	step := func(verb, summary string, do func(context.Context, o2c.Stamp, string, string) (o2c.BatchStep, error)) {
		op := operation(http.MethodPost, verb+"-job", "/v1/jobs/{id}/"+verb, summary, http.StatusOK)
		route(s, op, func(ctx context.Context, in *asked) (*reply[BatchView], error) {
			b, err := do(ctx, s.stamp(ctx), in.ID, in.Body.After)
			if err != nil {
				return nil, err
			}
			return &reply[BatchView]{BatchView{Done: b.Done, Kept: each(b.Kept, func(k o2c.BatchKept) BatchKept { return BatchKept(k) }), Next: b.Next}}, nil
		})
	}
	step("release", "Let letters about imported open invoices go out", s.Cycle.ReleaseBatch)
	step("undo", "Take back what an import of open invoices or balances brought", s.Cycle.UndoBatch)
}
