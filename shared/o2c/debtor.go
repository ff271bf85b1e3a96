package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// Debtor is a customer who is late, by the running totals: a hint that costs no look at invoices.
type Debtor struct {
	CustomerID string
	Name       string
	Overdue    money.Amount  // in the books' currency
	Invoices   int           // that are late
	Oldest     int           // days
	Owner      string        // the colleague who took the case, or looks after the customer; "": nobody
	Contact    string        // phone, else mail
	CallBy     calendar.Date // a colleague is to call by then; zero: none is planned
	Rests      bool          // nothing is to be done today: it was called or snoozed, it promised, or a call is planned for later
}

// debtorsMax bounds how many late customers one look goes through, the latest first.
const debtorsMax = 2000

// How many late customers a Home goes through: most of the latest may rest, or be somebody else's; and how many of whoever
// does not collect, who has few of their own.
const (
	debtorsLooks = 200
	ownLooks     = 40
)

// Debtors lists customers who are at least so many days late, the latest first: at most most of them for whom wanted says
// yes (nil: everybody). whole is false when more may follow.
func (c *Cycle) Debtors(ctx context.Context, at time.Time, days, most int, wanted func(Debtor) bool) (all []Debtor, whole bool, err error) {
	return c.debtorsAmong(ctx, at, days, most, debtorsMax, wanted)
}

// debtorsAmong is Debtors of the so many latest.
func (c *Cycle) debtorsAmong(ctx context.Context, at time.Time, days, most, looks int, wanted func(Debtor) bool) (all []Debtor, whole bool, err error) {
	today := c.today(at)
	q := Query{Queue: kpi.DebtorQueue, Until: today.AddDays(-max(days, 1)).Start(time.UTC), Limit: min(100, 4*most)} // some are somebody else's
	for seen := 0; seen < looks; {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return nil, false, err
		}
		some, err := c.debtors(ctx, today, page)
		if err != nil {
			return nil, false, err
		}
		for _, d := range some {
			if wanted != nil && !wanted(d) {
				continue
			}
			if len(all) == most {
				return all, false, nil
			}
			all = append(all, d)
		}
		seen += len(page.Items)
		if q.After = page.Next; q.After == "" {
			return all, true, nil
		}
	}
	return all, false, nil
}

// debtors reads who looks after the customers of a page.
func (c *Cycle) debtors(ctx context.Context, today calendar.Date, page Page) ([]Debtor, error) {
	tx := NewTx(c.Store)
	var keys []Key
	for _, s := range page.Items {
		keys = append(keys, Key{Kind: "case", ID: s.Key.ID}, Key{Kind: "customer", ID: s.Key.ID})
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	cases := make([]*dunningCase, len(page.Items))
	keys = keys[:0]
	for i, s := range page.Items {
		k, err := c.caseOf(ctx, tx, s.Key.ID)
		if err != nil {
			return nil, err
		}
		if cases[i] = k; k.data.Promise != "" {
			keys = append(keys, Key{Kind: "promise", ID: k.data.Promise})
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	all := make([]Debtor, 0, len(page.Items))
	for i, s := range page.Items {
		total, err := restore[kpi.Debtor](s)
		if err != nil {
			return nil, err
		}
		minor, documents := total.Overdue(today)
		d := Debtor{CustomerID: total.ID(), Name: total.Name(), Overdue: money.Of(minor, c.Policy.Currency), Invoices: int(documents), Oldest: today.DaysSince(total.Oldest())}
		if minor <= 0 {
			continue
		}
		k := cases[i]
		if d.Rests, err = c.rests(ctx, tx, k, d.Overdue, today); err != nil {
			return nil, err
		}
		cust, err := find[party.Customer](ctx, tx, d.CustomerID)
		if err != nil {
			return nil, err
		}
		d.Owner, d.CallBy = k.owner(today), k.data.CallBy
		if cust != nil {
			d.Owner, d.Contact = cmp.Or(d.Owner, personID(cust.Data().Owner)), cmp.Or(cust.Data().Phone, cust.Email())
		}
		all = append(all, d)
	}
	return all, nil
}

// rests reports whether nothing is to be done with a late customer today: letters were told to wait, all that is late is
// promised for a day that has not passed, or a colleague called lately. A call that is due ends it.
func (c *Cycle) rests(ctx context.Context, tx *Tx, k *dunningCase, late money.Amount, today calendar.Date) (bool, error) {
	switch d := k.data; {
	case !d.CallBy.IsZero():
		return d.CallBy.After(today), nil
	case !d.HoldUntil.Before(today):
		return true, nil
	case len(d.Calls) > 0 && !today.After(c.Policy.Days.Add(d.Calls[len(d.Calls)-1].On, ackDays)):
		return true, nil
	case d.Promise == "":
		return false, nil
	}
	p, err := find[dunning.Promise](ctx, tx, k.data.Promise)
	if err != nil || p == nil {
		return false, err
	}
	d := p.Data()
	covers := money.Same(d.Amount, late) != nil || d.Amount.Cmp(late) >= 0 // in another currency it is taken at its word
	return d.Status == dunning.PromiseOpen && !d.Date.Before(today) && covers, nil
}

// TopDebtors lists those who are late with the most money.
func (c *Cycle) TopDebtors(ctx context.Context, at time.Time, most int) ([]Debtor, error) {
	all, _, err := c.Debtors(ctx, at, 1, debtorsMax, nil)
	slices.SortStableFunc(all, func(a, b Debtor) int { return cmp.Or(b.Overdue.Cmp(a.Overdue), cmp.Compare(a.Name, b.Name)) })
	return all[:min(len(all), most)], err
}
