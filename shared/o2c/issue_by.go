package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
)

// warnDays is how many days before the last day of issue the team is reminded of
// a draft, and every working day from then on, in the morning.
const (
	warnDays = 5
	warnHour = 9
)

// stillCollects reports whether a draft waits for the end of its period; once
// that is over, it takes nothing more in.
func (c *Cycle) stillCollects(tx *Tx, inv *invoice.Invoice) bool {
	if !inv.Collecting() {
		return false
	}
	if !c.today(tx.At()).After(inv.Data().CollectsTo) {
		return true
	}
	inv.Close()
	return false
}

// warnLater sets when the team is next reminded of a draft that cannot be issued.
func (c *Cycle) warnLater(tx *Tx, inv *invoice.Invoice) {
	by := inv.Data().IssueBy(c.Policy.Country)
	if by.IsZero() {
		inv.Look(time.Time{})
		return
	}
	if inv.Data().VIES.Status == invoice.VIESUnverified { // the answer may come any time
		inv.Look(tx.At().Add(time.Hour))
		return
	}
	on, today := by.AddDays(-warnDays), c.today(tx.At())
	if !on.After(today) {
		on = c.Policy.Days.Add(today, 1)
	}
	inv.Look(on.At(warnHour, 0, c.Policy.Zone))
}

// tendDrafts sees to the drafts whose time has come: a collection whose period
// is over is issued, and of one that cannot be issued the team is told how long
// the law still waits (article 222 of directive 2006/112/EC). What a draft lacked
// may be there by now, so it is tried again as well.
func (c *Cycle) tendDrafts(ctx context.Context, at time.Time) (int, error) {
	return c.eachDue(ctx, invoice.DraftQueue, at, func(id string) error {
		return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
			tx.By(Stamp{At: at, Actor: "system:dunning"})
			inv, err := get[invoice.Invoice](ctx, tx, id)
			if err != nil || inv.Status() != invoice.Draft || inv.Data().LookAt.After(at) || inv.Data().LookAt.IsZero() {
				return err
			}
			fact := Fact{Type: "invoice.period_ended", Data: map[string]any{"to": inv.Data().CollectsTo}}
			warn := !inv.Collecting() && !c.today(at).Before(inv.Data().IssueBy(c.Policy.Country).AddDays(-warnDays))
			if warn {
				fact = Fact{Type: "invoice.issue_due", Data: map[string]any{"by": inv.Data().IssueBy(c.Policy.Country), "missing": inv.Data().Missing}}
			}
			inv.Close()
			c.warnLater(tx, inv)
			if err := errors.Join(tx.Save(inv, fact), tx.ask(doIssue, KeyOf(inv), nil)); err != nil || !warn {
				return err
			}
			return c.showCard(tx, "deadline", KeyOf(inv))
		})
	})
}

// DeadlineCard says until when the law lets a draft be issued.
type DeadlineCard struct {
	Invoice invoice.Data
	By      calendar.Date
	Days    int // that are left; below zero: it is too late
}

func (DeadlineCard) card() {}

func deadlineCard(ctx context.Context, o *Outbox, e Effect, _ cardArgs) (Card, error) {
	inv, err := get[invoice.Invoice](ctx, NewTx(o.Cycle.Store), e.Subject.ID)
	if err != nil {
		return nil, err
	}
	by := inv.Data().IssueBy(o.Cycle.Policy.Country)
	return DeadlineCard{Invoice: inv.Data(), By: by, Days: by.DaysSince(o.Cycle.today(o.Now()))}, nil
}
