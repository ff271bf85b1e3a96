// Package reconcile is the function that closes gaps: bank files that were
// dropped in the bucket, what a payment provider told us in vain, and what shops
// failed to tell. It does not own matching, booking or what becomes of an order.
package reconcile

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"time"

	"duly/shared/bank"
	orderwebhook "duly/shared/handler/order-webhook"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/pay"
	"duly/shared/settle"
)

// Deps is what the function needs.
type Deps struct {
	Cycle  *o2c.Cycle
	Now    func() time.Time
	Fetch  func(ctx context.Context, key string) ([]byte, error)             // an object of the intake bucket
	Read   func(io.Reader) ([]cash.Statement, error)                         // a bank file, its format detected
	Missed func(ctx context.Context, since time.Time) ([]pay.Message, error) // the provider's messages
	Shop   func(context.Context, o2c.Shop) (o2c.ShopAPI, error)              // a shop's own interface; nil: shops are not guarded
	Sheet  func(kind string, raw []byte, books string) (o2c.ImportFile, error)
	Files  func() (o2c.Files, error) // the archive
	Log    *slog.Logger
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{Arrival: d.arrival, Tick: d.tick} }

// arrival books a bank file. One that cannot be read is reported and kept; it
// will not be better the next time.
func (d Deps) arrival(ctx context.Context, a trigger.Arrival) error {
	if id, ok := strings.CutPrefix(a.Key, o2c.UploadPrefix); ok {
		if strings.HasPrefix(id, o2c.EnclosurePrefix) {
			return d.enclosure(ctx, a.Key, id)
		}
		return d.job(ctx, id)
	}
	raw, err := d.Fetch(ctx, a.Key)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", a.Key, err)
	}
	statements, err := d.Read(bytes.NewReader(raw))
	if lines(statements) > o2c.BankJobMin {
		j, err := d.Cycle.OpenBankJob(ctx, o2c.Stamp{At: d.Now(), Actor: "bank"}, a.Key)
		if err != nil {
			return err
		}
		return d.job(ctx, j.ID)
	}
	if err != nil {
		if file, odd := settle.Read(raw); odd == nil {
			return d.settlement(ctx, a.Key, file)
		}
		return d.unreadable(ctx, a.Key, raw, err)
	}
	var line o2c.FileLine
	for _, st := range statements {
		r, err := d.Cycle.ImportStatement(ctx, o2c.Stamp{At: d.Now(), Actor: "bank"}, st)
		if fault.Is(err, fault.Invalid) {
			if _, _, ok := o2c.RoomPlace(a.Key); ok {
				return d.answer(ctx, a.Key, o2c.FileLine{Problem: problem(err)})
			}
			err = d.Cycle.Report(ctx, d.Now(), o2c.Notice{Key: "statement_refused", ID: a.Key}.Because(err))
		}
		if err != nil {
			return err
		}
		line.Account, line.Entries, line.New, line.Applied, line.Unmatched = r.Account, line.Entries+r.Entries, line.New+r.New, line.Applied+r.Applied, line.Unmatched+r.Unmatched
		d.Log.Info("statement", "account", r.Account, "entries", r.Entries, "new", r.New, "applied", r.Applied, "unmatched", r.Unmatched)
	}
	return d.answer(ctx, a.Key, line)
}

// unreadable tells of a file that cannot be read; one of the room that no bank wrote is left alone.
func (d Deps) unreadable(ctx context.Context, key string, raw []byte, why error) error {
	_, _, room := o2c.RoomPlace(key)
	switch {
	case room && !bank.Looks(raw):
		return nil
	case room:
		return d.answer(ctx, key, o2c.FileLine{Problem: problem(why), Reason: fault.ReasonOf(why)})
	}
	return d.Cycle.Report(ctx, d.Now(), o2c.Notice{Key: "bank_file_unreadable", ID: key}.Because(why))
}

// problem is what is wrong with a file and what to do about it; that it was refused, the answer says itself.
func problem(err error) string {
	f := fault.Of(err)
	return f.Why + " — " + f.Do
}

// answer says in the thread of a file of the room what became of it; a file from elsewhere has no thread.
func (d Deps) answer(ctx context.Context, key string, line o2c.FileLine) error {
	at, name, ok := o2c.RoomPlace(key)
	if !ok {
		return nil
	}
	line.Name = name
	return d.Cycle.AnswerFile(ctx, o2c.Stamp{At: d.Now(), Actor: "bank"}, at, line)
}

func lines(all []cash.Statement) (n int) {
	for _, st := range all {
		n += len(st.Entries)
	}
	return n
}

// enclosure keeps a file that somebody put beside a document.
func (d Deps) enclosure(ctx context.Context, key, id string) error {
	files, err := d.Files()
	if err != nil {
		return err
	}
	raw, err := d.Fetch(ctx, key)
	if err != nil {
		return fmt.Errorf("fetch %s: %w", key, err)
	}
	kept, err := d.Cycle.KeepEnclosure(ctx, d.Now(), id, raw, files)
	if fault.Is(err, fault.NotFound) {
		d.Log.WarnContext(ctx, "a file that nobody asked for", "key", key)
		return nil
	}
	d.Log.Info("enclosure", "id", id, "status", kept.Status, "problem", kept.Problem)
	return err
}

// settlement takes in what a gateway says of its payouts, in a file that was
// dropped where the bank's are.
func (d Deps) settlement(ctx context.Context, key string, file settle.File) error {
	fresh, err := d.Cycle.Settle(ctx, o2c.Stamp{At: d.Now(), Actor: "gateway:" + file.Gateway}, file.Gateway, file.Payouts)
	if fault.Is(err, fault.Invalid) {
		err = d.Cycle.Report(ctx, d.Now(), o2c.Notice{Key: "settlement_refused", ID: key}.Because(err))
	}
	d.Log.Info("settlement", "gateway", file.Gateway, "payouts", len(file.Payouts), "new", fresh, "waiting", file.Waiting)
	return err
}

// tick closes the gaps that senders left, and goes on with jobs.
func (d Deps) tick(ctx context.Context, _ trigger.Tick) error {
	return errors.Join(d.payments(ctx), d.shops(ctx), d.jobs(ctx))
}

// job reads an uploaded file, as far as there is time. A file that nobody asked
// for is left to expire.
func (d Deps) job(ctx context.Context, id string) error {
	j, err := d.Cycle.RunJob(ctx, d.Now(), id, o2c.Import{More: budget(ctx), Read: d.sheet, Bank: d.statements})
	if fault.Is(err, fault.NotFound) {
		d.Log.WarnContext(ctx, "a file that no job waits for", "key", o2c.UploadPrefix+id)
		return nil
	}
	if fault.Is(err, fault.Stale) {
		return nil // it is gone on with elsewhere
	}
	if j.Kind == o2c.ImportBank && j.Status == o2c.JobDone {
		err = errors.Join(err, d.answer(ctx, j.File, o2c.FileLine{Entries: j.Items, New: j.New, Applied: j.Applied, Unmatched: j.Unmatched}))
	}
	if j.Kind == o2c.ImportBank && j.Status == o2c.JobFailed {
		err = errors.Join(err, d.answer(ctx, j.File, o2c.FileLine{Problem: j.Problem, Reason: j.Reason}))
		err = errors.Join(err, d.Cycle.Report(ctx, d.Now(), o2c.Notice{Key: "statement_refused", ID: j.Name, Why: j.Problem, Reason: j.Reason}))
	}
	d.Log.Info("import", "job", id, "status", j.Status, "items", j.Items, "done", j.Next, "new", j.New, "changed", j.Changed, "failed", j.Failed)
	return err
}

// statements reads a bank file that is booked as a job.
func (d Deps) statements(ctx context.Context, key string) ([]cash.Statement, error) {
	raw, err := d.Fetch(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("fetch %s: %w", key, err)
	}
	return d.Read(bytes.NewReader(raw))
}

func (d Deps) sheet(ctx context.Context, key, kind string) (o2c.ImportFile, error) {
	raw, err := d.Fetch(ctx, key)
	if err != nil {
		return o2c.ImportFile{}, fmt.Errorf("fetch %s: %w", key, err)
	}
	return d.Sheet(kind, raw, d.Cycle.Policy.Currency)
}

// jobs goes on with those that ran out of time.
func (d Deps) jobs(ctx context.Context) error {
	due, err := d.Cycle.DueJobs(ctx, d.Now())
	for _, id := range due {
		err = errors.Join(err, d.job(ctx, id))
	}
	return err
}

// shops reads what shops failed to post.
func (d Deps) shops(ctx context.Context) error {
	if d.Shop == nil {
		return nil
	}
	report, err := d.Cycle.GuardShops(ctx, d.Now(), o2c.Guard{
		API: d.Shop, More: budget(ctx),
		Take: func(ctx context.Context, at time.Time, endpoint string, m o2c.PulledMessage) error {
			return orderwebhook.Pulled(ctx, d.Cycle, at, endpoint, m)
		},
	})
	if report.Pages > 0 {
		d.Log.Info("shops were read", "pages", report.Pages, "fetched", report.Fetched)
	}
	return err
}

// budget says whether there is time left for another page: a fifth of the
// function's time is kept for writing down how far it came. The context's
// deadline is Lambda's, in the machine's time, so it is asked of the context.
func budget(ctx context.Context) func() bool {
	deadline, limited := ctx.Deadline()
	if !limited {
		return func() bool { return true }
	}
	reserve, cancel := context.WithDeadline(ctx, deadline.Add(-functionTime/5))
	context.AfterFunc(ctx, cancel)
	return func() bool { return reserve.Err() == nil }
}

// functionTime is how long the function may run (functions/manifest.go).
const functionTime = 300 * time.Second

// payments acts on what the provider told since the last look; each message
// counts once, whichever way it comes. One that nobody understands is parked as
// its webhook would be, one that cannot be booked is reported; the place is kept only when nothing has to come again.
func (d Deps) payments(ctx context.Context) error {
	now := d.Now()
	since, err := d.Cycle.PolledSince(ctx, now, pay.Name)
	if err != nil {
		return err
	}
	told, err := d.Missed(ctx, since)
	if err != nil {
		return err
	}
	var failed []error
	for _, m := range told {
		if m.Problem != nil {
			failed = append(failed, d.Cycle.Park(ctx, now, o2c.ParkedData{
				Function: stripewebhook.Function, Endpoint: pay.Name, Topic: m.Type, Body: m.Raw, Key: m.ID, Problem: fault.Of(m.Problem).Error(), Reason: fault.ReasonOf(m.Problem),
			}))
			continue
		}
		err := d.Cycle.HandlePayment(ctx, now, pay.Seen(m.ID), m.Event)
		if err != nil && !fault.Of(err).Code.Meaning().Retry {
			err = d.Cycle.Report(ctx, now, o2c.Notice{Key: "payment_refused", ID: m.ID}.Because(err))
		}
		failed = append(failed, err)
	}
	if err := errors.Join(failed...); err != nil {
		return err
	}
	return d.Cycle.Polled(ctx, now, pay.Name)
}
