package o2c

import (
	"context"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/recovery"
)

// fileAfterDays is when an unpaid invoice gets a recovery file of its own accord,
// so that the day of its VAT is not forgotten: later than any term and sooner
// than any relief.
const fileAfterDays = 90

// filing is how far the invoices were looked at; there is one.
type filing struct {
	Through calendar.Date `json:"through"` // of the days on which invoices were drafted
}

const filingID = "claims"

// Kind and ID make it a document.
func (f *filing) Kind() string { return "filing" }
func (f *filing) ID() string   { return filingID }

// RunClaims opens the files of invoices that stay unpaid, and makes each VAT
// relief a task on its day.
func (c *Cycle) RunClaims(ctx context.Context, at time.Time, budget func() bool) (tasks int, err error) {
	var failed failures
	failed.note(c.openFiles(ctx, at, budget))
	tasks, err = c.eachDue(ctx, recovery.Queue, at, func(id string) error { return c.reliefDue(ctx, at, id) })
	failed.note(err)
	return tasks, failed.err()
}

// openFiles looks at each day's invoices once, however many ticks are missed.
func (c *Cycle) openFiles(ctx context.Context, at time.Time, budget func() bool) error {
	until := c.today(at).AddDays(-fileAfterDays)
	mark, err := find[filing](ctx, NewTx(c.Store), filingID)
	if err != nil {
		return err
	}
	from := calendar.Date{Year: until.Year - 10, Month: time.January, Day: 1}
	if mark != nil {
		from = mark.Through.AddDays(1)
	}
	for step := 365; !from.After(until) && budget(); from = from.AddDays(step) {
		to := from.AddDays(step - 1)
		if to.After(until) {
			to = until
		}
		if err := c.openFilesOf(ctx, at, from, to); err != nil {
			return err
		}
		err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:claims"})
			known, err := find[filing](ctx, tx, filingID)
			if err != nil || known != nil && !known.Through.Before(to) {
				return err
			}
			return tx.Save(&filing{Through: to})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (c *Cycle) openFilesOf(ctx context.Context, at time.Time, from, to calendar.Date) error {
	q := Query{Kind: "invoice", From: from.String(), To: to.AddDays(1).String()}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				return err
			}
			if d := inv.Data(); !inv.Collectable() || d.Dunning.Filed || d.Advance != nil {
				continue
			}
			err = c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
				tx.By(Stamp{At: at, Actor: "system:claims"})
				fresh, err := get[invoice.Invoice](ctx, tx, inv.ID())
				if err != nil || !fresh.Collectable() {
					return err
				}
				_, err = c.file(ctx, tx, fresh)
				return err
			})
			if err != nil {
				return err
			}
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
