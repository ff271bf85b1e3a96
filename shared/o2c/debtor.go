package o2c

import (
	"cmp"
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// Debtor is a customer who is late, by the running totals: a hint that costs no look at invoices.
type Debtor struct {
	CustomerID string
	Name       string
	Overdue    money.Amount // in the books' currency
	Invoices   int          // that are late
	Oldest     int          // days
	Owner      string       // the colleague who took the case, or looks after the customer; "": nobody
	Contact    string       // phone, else mail
}

// debtorsMax bounds how many late customers one look goes through, the latest first.
const debtorsMax = 2000

// Debtors lists customers who are at least so many days late, the latest first: at most most of them for whom wanted says
// yes (nil: everybody). whole is false when more may follow.
func (c *Cycle) Debtors(ctx context.Context, at time.Time, days, most int, wanted func(Debtor) bool) (all []Debtor, whole bool, err error) {
	today := c.today(at)
	q := Query{Queue: kpi.DebtorQueue, Until: today.AddDays(-max(days, 1)).Start(time.UTC), Limit: min(100, 4*most)} // some are somebody else's
	for seen := 0; seen < debtorsMax; {
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
	all := make([]Debtor, 0, len(page.Items))
	for _, s := range page.Items {
		total, err := restore[kpi.Debtor](s)
		if err != nil {
			return nil, err
		}
		minor, documents := total.Overdue(today)
		d := Debtor{CustomerID: total.ID(), Name: total.Name(), Overdue: money.Of(minor, c.Policy.Currency), Invoices: int(documents), Oldest: today.DaysSince(total.Oldest())}
		if minor <= 0 {
			continue
		}
		k, err := c.caseOf(ctx, tx, d.CustomerID)
		if err != nil {
			return nil, err
		}
		cust, err := find[party.Customer](ctx, tx, d.CustomerID)
		if err != nil {
			return nil, err
		}
		d.Owner = k.owner(today)
		if cust != nil {
			d.Owner, d.Contact = cmp.Or(d.Owner, personID(cust.Data().Owner)), cmp.Or(cust.Data().Phone, cust.Email())
		}
		all = append(all, d)
	}
	return all, nil
}

// TopDebtors lists those who are late with the most money.
func (c *Cycle) TopDebtors(ctx context.Context, at time.Time, most int) ([]Debtor, error) {
	all, _, err := c.Debtors(ctx, at, 1, debtorsMax, nil)
	slices.SortStableFunc(all, func(a, b Debtor) int { return cmp.Or(b.Overdue.Cmp(a.Overdue), cmp.Compare(a.Name, b.Name)) })
	return all[:min(len(all), most)], err
}
