package api

import (
	"context"
	"net/http"
	"time"

	"duly/shared/o2c"
)

// uploadTime is how long an address for a file is good.
const uploadTime = 15 * time.Minute

// UploadInput asks for the import of a file.
type UploadInput struct {
	Kind  string `json:"kind" enum:"orders,customers,products" doc:"What the file holds" example:"orders"`
	Name  string `json:"name,omitempty" maxLength:"200" doc:"What you call it" example:"orders-2026-01.csv"`
	Apply bool   `json:"apply,omitempty" doc:"Left out, the file is looked at and nothing is written"`
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
	Kind      string         `json:"kind" enum:"orders,customers,products"`
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
		New: d.New, Changed: d.Changed, Same: d.Same, Failed: d.Failed, Errors: append([]o2c.RowError{}, d.Errors...), Faults: d.Faults,
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
		d, err := s.Cycle.OpenJob(ctx, s.stamp(ctx), id, in.Body.Kind, in.Body.Name, in.Body.Apply)
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
}
