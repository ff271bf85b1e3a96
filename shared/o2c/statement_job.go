package o2c

import (
	"context"
	"time"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
)

// BankJobMin is how many lines make a bank file a job: it is booked in as many invocations as it takes, and says how far it is.
const BankJobMin = 2_000

// keepEvery is after how many lines a job of a bank file writes down how far it is.
const keepEvery = 1_920

// OpenBankJob makes a job of a bank file that lies in the intake bucket. The same file is the same job.
func (c *Cycle) OpenBankJob(ctx context.Context, s Stamp, file string) (JobData, error) {
	d := JobData{ID: Name("job", "bank", file), Kind: ImportBank, File: file, Name: file, Apply: true, Status: JobWaiting, By: s.Actor, CreatedAt: s.At}
	return d, c.keepNewJob(ctx, s, &d)
}

// goOnWithBank goes on with a bank file where it was left: statement by statement, line by line. What is known already,
// because a worker died before it wrote that down, changes nothing.
func (c *Cycle) goOnWithBank(ctx context.Context, at time.Time, d JobData, in Import) (JobData, error) {
	before := d
	told, err := in.Bank(ctx, d.File)
	if err != nil {
		return c.spoiltJob(ctx, at, before, d, err)
	}
	if d.Status == JobWaiting {
		d.Status, d.Applying = JobRunning, true
		for _, st := range told {
			d.Rows += len(st.Entries)
		}
		d.Items = d.Rows
		if err := c.keepJob(ctx, at, before, &d); err != nil {
			return d, err
		}
		before = d
	}
	for d.Statements < len(told) && in.More() {
		ended, err := c.goOnWithStatement(ctx, at, &d, &before, told, in)
		if err != nil && fault.Of(err).Code.Meaning().Retry {
			return d, err
		} else if err != nil {
			return c.spoiltJob(ctx, at, before, d, err)
		}
		if !ended {
			break
		}
		if d.Statements++; d.Statements == len(told) {
			d.Status = JobDone
		}
		d.Part = nil
		if err := c.keepJob(ctx, at, before, &d); err != nil {
			return d, err
		}
		before = d
	}
	return d, nil
}

// goOnWithStatement books what is left of the statement at hand, as far as there is time.
func (c *Cycle) goOnWithStatement(ctx context.Context, at time.Time, d, before *JobData, told []cash.Statement, in Import) (ended bool, err error) {
	base := 0
	for _, st := range told[:d.Statements] {
		base += len(st.Entries)
	}
	st, so := told[d.Statements], StatementResult{}
	if d.Part != nil {
		so = *d.Part
	}
	kept := d.Next
	note := func(done int, r StatementResult) {
		d.New, d.Applied, d.Unmatched = d.New+r.New-so.New, d.Applied+r.Applied-so.Applied, d.Unmatched+r.Unmatched-so.Unmatched
		d.Next, d.Part, so = base+done, &r, r
		d.Same = d.Next - d.New
	}
	r, done, err := c.importFrom(ctx, Stamp{At: at, Actor: "bank"}, st, so, d.Next-base, func(done int, r StatementResult) (bool, error) {
		note(done, r)
		on := in.More()
		if on && d.Next-kept < keepEvery || done == len(st.Entries) {
			return on || done == len(st.Entries), nil
		}
		if err := c.keepJob(ctx, at, *before, d); err != nil {
			return false, err
		}
		kept, *before = d.Next, *d
		return on, nil
	})
	note(done, r)
	return done == len(st.Entries), err
}

// spoiltJob ends a job whose file cannot be used; what may pass is tried again.
func (c *Cycle) spoiltJob(ctx context.Context, at time.Time, before, d JobData, err error) (JobData, error) {
	f := fault.Of(err)
	if f.Code.Meaning().Retry {
		return d, err
	}
	d.Status, d.Problem, d.Reason = JobFailed, f.Error(), fault.ReasonOf(err)
	return d, c.keepJob(ctx, at, before, &d)
}
