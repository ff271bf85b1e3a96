package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/party"
)

// creditInput gathers what the policy looks at: running totals alone, so that a
// decision costs the same whatever the customer's past.
func (c *Cycle) creditInput(ctx context.Context, tx *Tx, cust party.Data, o order.Data, x exposure) (credit.Input, error) {
	in, err := c.standingOf(ctx, tx, cust, x)
	if err != nil {
		return in, err
	}
	in.Amount = o.InBooks(o.Total)
	if o.Rate != nil {
		in.Foreign = &credit.Foreign{Amount: o.Total, Rate: *o.Rate}
	}
	in.Prepaid = o.PaidAtShop != nil && o.PaidAtShop.Amount.Currency == o.Currency && o.PaidAtShop.Amount.Cmp(o.Total) >= 0
	in.PrepayOnly = len(o.Shipments) == 0 && (cust.InvoiceOn == party.InvoicePrepaid || (in.Limit != nil && in.Limit.IsZero()))
	if state, ok := c.Policy.Credit.StateOf(in); ok && state.Then == credit.StatePrepay && len(o.Shipments) == 0 {
		in.PrepayOnly = true
	}
	in.Channel, in.Platform = o.Source.Endpoint, o.Source.Platform
	return in, nil
}

// standingOf is all of an Input that does not depend on the order.
func (c *Cycle) standingOf(ctx context.Context, tx *Tx, cust party.Data, x exposure) (credit.Input, error) {
	payer, err := c.payerOf(ctx, tx, cust)
	if err != nil {
		return credit.Input{}, err
	}
	today := c.today(tx.At())
	books := func(minor int64) money.Amount { return money.Of(minor, c.Policy.Currency) }
	in := credit.Input{
		Amount: books(0), Receivable: books(x.whole(countOpen)), Confirmed: books(x.whole(countConfirmed)), Limit: x.limit, Overdue: books(0),
		Blocked: cust.Blocked, Orders: int(x.whole(countOrders)), Since: c.since(cust), On: today,
		Kind: cust.Kind, Country: cust.Address.Country, CustomerID: cust.ID, Insured: cust.Insured,
	}
	if cust.Stopped != nil {
		in.Stopped = cust.Stopped.Why
	}
	if x.head != "" {
		in.Group = &credit.Group{Head: x.head, Receivable: books(x.group.Values[countOpen]), Confirmed: books(x.group.Values[countConfirmed])}
		if limit, limited := x.group.Values[countLimit]; limited {
			amount := books(limit)
			in.Group.Limit = &amount
		}
	}
	for _, d := range x.dues() {
		days := today.DaysSince(d.on)
		if days <= 0 {
			continue
		}
		in.Overdue, in.OverdueDays = in.Overdue.Plus(books(d.minor)), max(in.OverdueDays, days)
		if len(in.Late) < credit.LateMax {
			in.Late = append(in.Late, credit.Late{Days: days, Open: books(d.minor)})
		}
	}
	if in.Report, err = reportOn(ctx, tx, cust.ID); err != nil {
		return in, err
	}
	in.Rating = credit.Rate(history(payer, today), in.Late, c.Policy.Currency)
	return in, nil
}

// since is when a customer became one: as the house says, else when we first saw
// it.
func (c *Cycle) since(d party.Data) calendar.Date {
	if !d.Since.IsZero() {
		return d.Since
	}
	return c.today(d.CreatedAt)
}
