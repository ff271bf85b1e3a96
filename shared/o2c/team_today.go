package o2c

import (
	"context"
	"errors"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/order"
)

// TodayView is what the team sees first: the money, and what waits for a person.
type TodayView struct {
	Today    calendar.Date
	Figures  *kpi.Figures
	Credits  []CreditWait
	Late     []Debtor // the latest first
	Promises []dunning.PromiseData
	Disputes []dunning.DisputeData
	Asked    []Asking          // the other questions that stand in the room
	Verified *VerifiedData     // the last look at the books; nil: none yet
	Expected *kpi.ForecastData // the newest that was kept; nil: none yet
}

// CreditWait is a question on credit that is open.
type CreditWait struct {
	Order   order.Data
	Request credit.RequestData
	Version int64
}

// What a list of the first page holds at most, and how many documents it looks at
// for it.
const (
	todayShown = 12
	todayLooks = 200
)

// farOff is after everything that waits in a queue.
var farOff = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

// TeamToday reads the team's first page. It changes nothing.
func (c *Cycle) TeamToday(ctx context.Context, at time.Time) (TodayView, error) {
	v := TodayView{Today: c.today(at)}
	var err error
	if v.Figures, err = c.Figures(ctx); err != nil {
		return v, err
	}
	if checked, err := find[Verified](ctx, NewTx(c.Store), "books"); err != nil {
		return v, err
	} else if checked != nil {
		v.Verified = &checked.data
	}
	kept, err := ListOf[kpi.Forecast](ctx, c, 1, "")
	if err != nil {
		return v, err
	}
	for _, f := range kept.Items {
		d := f.Data()
		v.Expected = &d
	}
	if v.Late, _, err = c.Debtors(ctx, at, 1, todayShown, nil); err != nil {
		return v, err
	}
	if v.Asked, err = c.Asked(ctx); err != nil {
		return v, err
	}
	return v, errors.Join(c.waitingCredits(ctx, &v), c.waitingCases(ctx, &v))
}

// queued reads the first documents of a queue, whenever they are due.
func queued[D any, P document[D]](ctx context.Context, c *Cycle, queue string, limit int) ([]P, error) {
	page, err := c.Store.List(ctx, Query{Queue: queue, Until: farOff, Limit: limit})
	if err != nil {
		return nil, err
	}
	all := make([]P, 0, len(page.Items))
	for _, s := range page.Items {
		if s.Key.Kind != P(new(D)).Kind() {
			continue
		}
		one, err := restore[D, P](s)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (c *Cycle) waitingCredits(ctx context.Context, v *TodayView) error {
	page, err := c.Store.List(ctx, Query{Queue: credit.Queue, Until: farOff, Limit: todayLooks})
	if err != nil {
		return err
	}
	tx := NewTx(c.Store)
	for _, s := range page.Items {
		req, err := restore[credit.Request](s)
		if err != nil {
			return err
		}
		if req.Data().Status != credit.Pending || len(v.Credits) == todayShown {
			continue
		}
		o, err := c.inQuestion(ctx, tx, req.ID())
		if err != nil {
			return err
		}
		v.Credits = append(v.Credits, CreditWait{Order: o, Request: req.Data(), Version: s.Version})
	}
	return nil
}

// waitingCases are promises up to today, and disputes that nobody has answered.
func (c *Cycle) waitingCases(ctx context.Context, v *TodayView) error {
	promises, err := queued[dunning.Promise](ctx, c, dunning.PromiseQueue, todayLooks)
	if err != nil {
		return err
	}
	for _, p := range promises {
		if d := p.Data(); !d.Date.After(v.Today) && len(v.Promises) < todayShown {
			v.Promises = append(v.Promises, d)
		}
	}
	disputes, err := ListOf[dunning.Dispute](ctx, c, todayLooks, "")
	for _, dispute := range disputes.Items {
		if d := dispute.Data(); d.Status == dunning.DisputeOpen && len(v.Disputes) < todayShown {
			v.Disputes = append(v.Disputes, d)
		}
	}
	return err
}
