package o2c

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/order"
)

// DecisionsOf reads a page of the decisions on orders that came in from … to,
// the newest first, each with what came of it; zero days are no bound.
func (c *Cycle) DecisionsOf(ctx context.Context, at time.Time, from, to calendar.Date, limit int, after string) ([]credit.Record, string, error) {
	q := Query{Kind: "order", Limit: limit, After: after}
	if !from.IsZero() {
		q.From = from.Start(c.Policy.Zone).UTC().Format(time.RFC3339Nano)
	}
	if !to.IsZero() {
		q.To = to.AddDays(1).Start(c.Policy.Zone).UTC().Format(time.RFC3339Nano)
	}
	page, err := c.Store.List(ctx, q)
	if err != nil {
		return nil, "", err
	}
	orders := make([]order.Data, len(page.Items))
	for i, s := range page.Items {
		o, err := restore[order.Order](s)
		if err != nil {
			return nil, "", err
		}
		orders[i] = o.Data()
	}
	details, err := c.OrderDetails(ctx, orders...)
	if err != nil {
		return nil, "", err
	}
	var all []credit.Record
	for _, d := range details {
		if d.Credit != nil {
			all = append(all, c.record(d, c.today(at)))
		}
	}
	return all, page.Next, nil
}

// DecisionOn is the decision on one order.
func (c *Cycle) DecisionOn(ctx context.Context, at time.Time, orderID string) (credit.Record, error) {
	o, err := Read[order.Order](ctx, c, orderID)
	if err != nil {
		return credit.Record{}, err
	}
	details, err := c.OrderDetails(ctx, o.Data())
	if err != nil {
		return credit.Record{}, err
	}
	if details[0].Credit == nil {
		_, err := get[credit.Request](ctx, NewTx(c.Store), orderID) // says that there is none
		return credit.Record{}, err
	}
	return c.record(details[0], c.today(at)), nil
}

func (c *Cycle) record(d OrderDetail, today calendar.Date) credit.Record {
	r := d.Credit
	return credit.Record{
		OrderID: d.Order.ID, Number: d.Order.Number, Customer: d.Order.CustomerName, AskedAt: r.AskedAt.UTC(), Decision: r.Decision, Status: r.Status,
		DecidedBy: r.DecidedBy, DecidedAt: r.DecidedAt.UTC(), Outcome: became(d, today),
	}
}

// became sums up how an order's invoices were paid.
func became(d OrderDetail, today calendar.Date) credit.Outcome {
	zero := d.Order.InBooks(d.Order.Total.Zero())
	out := credit.Outcome{Invoiced: zero, Open: zero}
	for _, inv := range d.Invoices {
		if inv.Status == invoice.Draft {
			continue
		}
		out.Invoiced, out.Open = out.Invoiced.Plus(d.Order.InBooks(inv.Total)), out.Open.Plus(d.Order.InBooks(inv.Open))
		settledOn := today
		if inv.Open.IsZero() {
			settledOn = inv.PaidOn
			if inv.PaidOn.After(out.PaidOn) {
				out.PaidOn = inv.PaidOn
			}
		}
		late := 0
		if !settledOn.IsZero() {
			late = max(0, settledOn.DaysSince(inv.DueOn))
		}
		out.DaysLate = max(out.DaysLate, late)
		if inv.Status == invoice.WrittenOff || (inv.Open.IsPositive() && late > credit.DefaultDays) {
			out.Defaulted = true
		}
	}
	paid := func(inv invoice.Data) bool { return inv.Status == invoice.Paid }
	out.Paid = len(d.Invoices) > 0 && !slices.ContainsFunc(d.Invoices, func(inv invoice.Data) bool { return !paid(inv) })
	if !out.Paid {
		out.PaidOn = calendar.Date{}
	}
	return out
}
