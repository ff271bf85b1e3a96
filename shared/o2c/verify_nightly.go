package o2c

import (
	"context"
	"encoding/json"
	"strings"
	"time"
)

// VerifiedData is what the nightly check found.
type VerifiedData struct {
	At      time.Time `json:"at"`
	Checks  int       `json:"checks"`
	Looked  int       `json:"looked"` // at documents, events and bookings
	Broken  int       `json:"broken"`
	Reports []string  `json:"reports,omitempty"` // the first breaks
	Walk    SealWalk  `json:"walk,omitzero"`
}

// booksID is the id of the one check.
const booksID = "books"

// Verified is the newest nightly check.
type Verified struct{ data VerifiedData }

// Data is a copy.
func (v *Verified) Data() VerifiedData { return v.data }

// Kind and ID make it a document; there is one.
func (v *Verified) Kind() string { return "verified" }
func (v *Verified) ID() string   { return booksID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (v *Verified) MarshalJSON() ([]byte, error) { return json.Marshal(v.data) }
func (v *Verified) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &v.data) }

// reportedMax is how many breaks one message names.
const reportedMax = 5

// VerifyWhole is Verify, and the audit chains against their seals.
func (c *Cycle) VerifyWhole(ctx context.Context, seals Files) (VerifyReport, error) {
	report, err := c.Verify(ctx)
	if err != nil {
		return report, err
	}
	anchored, err := c.VerifySeals(ctx, seals)
	report.Checks = append(report.Checks, anchored)
	return report, err
}

// VerifyNightly holds the books against what they are made of, tells the team
// what is broken, and gives the report. Sums are recomputed whole; audit chains
// are read as far as more says that there is time, and the next night goes on
// (see SealWalk). A break is looked at twice: what was written between two reads
// is none.
func (c *Cycle) VerifyNightly(ctx context.Context, at time.Time, seals Files, more func() bool) (VerifyReport, error) {
	before, err := find[Verified](ctx, NewTx(c.Store), booksID)
	if err != nil {
		return VerifyReport{}, err
	}
	var walk SealWalk
	if before != nil {
		walk = before.data.Walk
	}
	report, err := c.verifySums(ctx)
	if err == nil && !report.OK() {
		report, err = c.verifySums(ctx)
	}
	if err != nil {
		return report, err
	}
	walked, err := c.walkSeals(ctx, &walk, seals, more)
	report.Checks = append(report.Checks, walked)
	if err != nil {
		return report, err
	}
	d := VerifiedData{At: at, Checks: len(report.Checks), Walk: walk}
	for _, check := range report.Checks {
		d.Looked += check.Checked
		d.Broken += len(check.Broken)
		for _, s := range check.Broken {
			if len(d.Reports) < reportedMax {
				d.Reports = append(d.Reports, check.Name+": "+s)
			}
		}
	}
	err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		v, err := find[Verified](ctx, tx, booksID)
		if err != nil {
			return err
		}
		if v == nil {
			v = &Verified{}
		}
		v.data = d
		return tx.Save(v)
	})
	if err != nil || d.Broken == 0 {
		return report, err
	}
	return report, c.Report(ctx, at, Notice{Key: "books_broken", Count: d.Broken, Why: strings.Join(d.Reports, "; ")})
}
