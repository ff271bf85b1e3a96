package o2c

import (
	"context"
	"errors"
	"slices"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
)

// DunningReport is what one tick did.
type DunningReport struct {
	Letters  int `json:"letters"`
	Promises int `json:"promises"` // judged
	Released int `json:"released"` // orders whose stock went back
	Asked    int `json:"asked"`    // orders of which news waits for too long
	Deposits int `json:"deposits"` // steps of unpaid deposits
	Charges  int `json:"charges"`  // collections that were looked at
	Held     int `json:"held"`     // customers whose letters wait for newer bank data
	Disputes int `json:"disputes"` // whose answer is due
	Evidence int `json:"evidence"` // chargebacks whose deadline comes near
	Plans    int `json:"plans"`    // payment plans that were looked at
	Drafts   int `json:"drafts"`   // whose period ended, or whose last day of issue comes near

	Quotes QuoteTick `json:"quotes"`
}

// RunDunning does all that is due as of an instant: promises are judged, stock
// of undecided orders goes back, questions about credit are tended, quotes end, and each customer with a due step gets one
// letter. It stops when the budget is used up; the next tick goes on, and any
// number of ticks converge on the same letters.
func (c *Cycle) RunDunning(ctx context.Context, at time.Time, budget func() bool) (DunningReport, error) {
	var r DunningReport
	var failed failures
	var err error
	r.Promises, err = c.judgePromises(ctx, at)
	failed.note(err)
	r.Disputes, err = c.remindDisputes(ctx, at)
	failed.note(err)
	r.Evidence, err = c.remindEvidence(ctx, at)
	failed.note(err)
	r.Plans, err = c.tendPlans(ctx, at)
	failed.note(err)
	failed.note(c.tendPayee(ctx, at))
	failed.note(c.tendVAT(ctx, at))
	r.Drafts, err = c.tendDrafts(ctx, at)
	failed.note(err)
	r.Released, err = c.TendCredit(ctx, at)
	failed.note(err)
	r.Asked, err = c.AskAboutNews(ctx, at)
	failed.note(err)
	r.Quotes, err = c.RunQuotes(ctx, at)
	failed.note(err)
	if failed.hopeless() || !c.letterHours(at) {
		return r, failed.err() // letters wait for a working morning
	}
	fresh, err := c.bankIsFresh(ctx, at)
	if err != nil {
		return r, err
	}
	safe, err := c.SafeMode(ctx)
	if err != nil {
		return r, err
	}
	if fresh && !safe.On && budget() { // what was paid by transfer must be known
		r.Charges, err = c.runCharges(ctx, at)
		failed.note(errors.Join(err, c.sendKept(ctx, at)))
	}
	if fresh { // what was paid by transfer must be known before an order ends
		r.Deposits, err = c.runDeposits(ctx, at, safe.On)
		failed.note(err)
	}
	seen := map[string]bool{}
	page := Page{}
	for budget() && !failed.hopeless() {
		page, err = c.Store.List(ctx, Query{Queue: invoice.Queue, Until: at, After: page.Next})
		if err != nil {
			return r, err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				failed.note(err)
				continue
			}
			customer := inv.Data().CustomerID
			if seen[customer] {
				continue
			}
			seen[customer] = true
			failed.note(c.remindOne(ctx, at, customer, fresh, safe.On, &r))
		}
		if page.Next == "" {
			break
		}
	}
	if fresh && budget() && !failed.hopeless() {
		failed.note(errors.Join(c.conclude(ctx, at), c.foretell(ctx, at)))
	}
	return r, failed.err()
}

func (c *Cycle) remindOne(ctx context.Context, at time.Time, customerID string, fresh, safe bool, r *DunningReport) error {
	if !fresh {
		r.Held++
		return nil
	}
	sent, err := c.remind(ctx, at, customerID, safe)
	if sent {
		r.Letters++
	}
	return err
}

// failures gathers what went wrong with single documents, so that one of them
// never keeps the others from their turn.
type failures struct{ found []error }

func (f *failures) note(err error) {
	if err != nil {
		f.found = append(f.found, err)
	}
}

// hopeless reports whether the table itself is away: going on would fail too.
func (f *failures) hopeless() bool {
	return slices.ContainsFunc(f.found, func(err error) bool { return fault.Is(err, fault.Unavailable) })
}

func (f *failures) err() error { return errors.Join(f.found...) }
