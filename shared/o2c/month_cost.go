package o2c

import (
	"context"
	"encoding/json"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// What Duly costs its owner at AWS, mail with it, in euros at list price, as `duly cost` counts it from the template, a
// counted run and dated prices. Tests hold both to that count (infra/local/cost, template-tests).
var (
	CostOfMonth = decimal.New(95, -2) // being there: alarms, schedules
	CostOfOrder = decimal.New(79, -5) // one order from its webhook to the bank, with its mails
)

// monthUse counts the orders of a month, for what the month costs. It has the month as id.
type monthUse struct{ data monthUseData }

type monthUseData struct {
	Month  string    `json:"month"` // 2026-01
	Orders int       `json:"orders"`
	Until  time.Time `json:"until"` // orders received before it are counted
}

// Kind and ID make the count a document.
func (u *monthUse) Kind() string { return "month-use" }
func (u *monthUse) ID() string   { return u.data.Month }

// MarshalJSON and UnmarshalJSON are the store's door.
func (u *monthUse) MarshalJSON() ([]byte, error) { return json.Marshal(u.data) }
func (u *monthUse) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &u.data) }

// settleTime is how long the list of orders may lag behind the orders.
const settleTime = time.Minute

// CountMonth counts the orders that came since it counted last; an order is counted once, whatever nights were missed.
func (c *Cycle) CountMonth(ctx context.Context, at time.Time) error {
	today := c.today(at)
	first := calendar.Date{Year: today.Year, Month: today.Month, Day: 1}
	month := first.String()[:len("2026-01")]
	use, err := find[monthUse](ctx, NewTx(c.Store), month)
	if err != nil {
		return err
	}
	next := monthUseData{Month: month, Until: first.Start(c.Policy.Zone)}
	if use != nil {
		next = use.data
	}
	until := at.Add(-settleTime)
	if !until.After(next.Until) {
		return nil
	}
	q := Query{Kind: "order", From: next.Until.UTC().Format(time.RFC3339Nano), To: until.UTC().Format(time.RFC3339Nano), Limit: 1000}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return err
		}
		next.Orders += len(page.Items)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	counted := next.Until
	next.Until = until
	return c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(Stamp{At: at, Actor: "system:digest"})
		now, err := find[monthUse](ctx, tx, month)
		if err != nil || now != nil && !now.data.Until.Equal(counted) {
			return err // another night was faster
		}
		if now == nil {
			now = &monthUse{}
		}
		now.data = next
		return tx.Save(now)
	})
}

// MonthCost is what Duly has cost in the month so far.
type MonthCost struct {
	Amount money.Amount // euros at list price, before tax
	Orders int          // that were counted
}

// CostSoFar estimates the month's cost: its share of what being there costs, and the orders that were counted.
func (c *Cycle) CostSoFar(ctx context.Context, at time.Time) (MonthCost, error) {
	today := c.today(at)
	use, err := find[monthUse](ctx, NewTx(c.Store), today.String()[:len("2026-01")])
	if err != nil {
		return MonthCost{}, err
	}
	var cost MonthCost
	if use != nil {
		cost.Orders = use.data.Orders
	}
	days := time.Date(today.Year, today.Month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	sum := CostOfMonth.Mul(decimal.NewFromInt(int64(today.Day))).DivRound(decimal.NewFromInt(int64(days)), 6).
		Add(CostOfOrder.Mul(decimal.NewFromInt(int64(cost.Orders))))
	cost.Amount = money.Of(sum.Shift(2).Ceil().IntPart(), "EUR")
	return cost, nil
}
