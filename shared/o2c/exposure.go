package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// The values of a customer's exposure counter, in minor units of the books'
// currency. Headroom is limit − open − confirmed; it has no value when the
// customer is unlimited, because conditions know no arithmetic (design §3).
const (
	countOpen      = "open"
	countConfirmed = "confirmed"
	countLimit     = "limit"
	countHeadroom  = "headroom"
)

func exposureKey(customerID string) Key { return Key{Kind: "exposure", ID: customerID} }

// exposure is the counter with the limit that holds now.
type exposure struct {
	counter Counter
	limit   *money.Amount
}

func (c *Cycle) exposureOf(ctx context.Context, tx *Tx, cust party.Data) (exposure, error) {
	counter, err := tx.Counter(ctx, exposureKey(cust.ID))
	return exposure{counter: counter, limit: c.limit(cust)}, err
}

func (x exposure) value(name string) int64 { return x.counter.Values[name] }

// current reports whether the counter already knows the limit that holds.
func (x exposure) current() bool {
	known, limited := x.counter.Values[countLimit]
	if !x.counter.Exists {
		return false
	}
	if x.limit == nil {
		return !limited
	}
	return limited && known == x.limit.Minor
}

// move stages a change of what is open and confirmed. With guard, it holds only
// if the headroom does: racing orders cannot exceed the limit together, because
// whoever comes second is decided again.
func (x exposure) move(tx *Tx, open, confirmed int64, guard bool) {
	if !x.current() {
		x.reset(tx, open, confirmed)
		return
	}
	a := Adjust{Key: x.counter.Key, Add: map[string]int64{countOpen: open, countConfirmed: confirmed}}
	if x.limit == nil {
		a.Absent = []string{countLimit}
	} else {
		a.Add[countHeadroom] = -open - confirmed
		if guard {
			a.Floor = map[string]int64{countHeadroom: 0}
		}
	}
	tx.Adjust(a)
}

// reset writes the counter anew under the limit that holds, on the condition
// that nobody moved it meanwhile.
func (x exposure) reset(tx *Tx, open, confirmed int64) {
	a := Adjust{Key: x.counter.Key, Set: map[string]int64{countOpen: x.value(countOpen) + open, countConfirmed: x.value(countConfirmed) + confirmed}}
	if x.counter.Exists {
		a.Expect = map[string]int64{countOpen: x.value(countOpen), countConfirmed: x.value(countConfirmed)}
	} else {
		a.Absent = []string{countOpen}
	}
	if x.limit == nil {
		a.Remove = []string{countLimit, countHeadroom}
	} else {
		a.Set[countLimit] = x.limit.Minor
		a.Set[countHeadroom] = x.limit.Minor - a.Set[countOpen] - a.Set[countConfirmed]
	}
	tx.Adjust(a)
}

// setLimit carries a customer's limit over to the counter.
func (c *Cycle) setLimit(ctx context.Context, tx *Tx, cust *party.Customer) error {
	x, err := c.exposureOf(ctx, tx, cust.Data())
	if err != nil || x.current() || !x.counter.Exists {
		return err
	}
	x.reset(tx, 0, 0)
	return nil
}

// creditInput gathers what the policy looks at: running totals, and of the open
// items only those that are overdue.
func (c *Cycle) creditInput(ctx context.Context, tx *Tx, cust party.Data, o order.Data, x exposure) (credit.Input, error) {
	books := func(minor int64) money.Amount { return money.Of(minor, c.Policy.Currency) }
	in := credit.Input{
		Amount: o.Total, Receivable: books(x.value(countOpen)), Confirmed: books(x.value(countConfirmed)),
		Limit: x.limit, Overdue: books(0), Blocked: cust.Blocked,
		Prepaid: o.PaidAtShop != nil && o.PaidAtShop.Amount.Cmp(o.Total) >= 0,
	}
	if !x.counter.Exists {
		return in, nil // a customer without a past owes nothing
	}
	late, err := c.overdueItems(ctx, tx, cust.ID, c.today(tx.At()))
	if err != nil {
		return in, err
	}
	for _, d := range late {
		in.Overdue = in.Overdue.Plus(d.Open)
		in.OverdueDays = max(in.OverdueDays, c.today(tx.At()).DaysSince(d.DueOn))
	}
	return in, nil
}

// linkOpen is the name of the links from a customer to its open invoices,
// sorted by due date.
const linkOpen = "open"

// overdueMax bounds how many overdue items one decision reads.
const overdueMax = 100

func (c *Cycle) overdueItems(ctx context.Context, tx *Tx, customerID string, today calendar.Date) ([]invoice.Data, error) {
	links, err := tx.Links(ctx, Key{Kind: "customer", ID: customerID}, linkOpen)
	if err != nil {
		return nil, err
	}
	var keys []Key
	for _, l := range links {
		if l.Sort < today.String() && len(keys) < overdueMax {
			keys = append(keys, l.To)
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	var late []invoice.Data
	for _, k := range keys {
		var inv invoice.Invoice
		if err := tx.Get(ctx, k.ID, &inv); err != nil {
			return nil, err
		}
		if inv.Overdue(today) {
			late = append(late, inv.Data())
		}
	}
	return late, nil
}

// inBooks refuses a currency that the books are not kept in.
func (c *Cycle) inBooks(currency string) error {
	if currency == c.Policy.Currency {
		return nil
	}
	return fault.Bad("/currency", "the order is in "+currency+" and the books are kept in "+c.Policy.Currency, "send it in "+c.Policy.Currency)
}
