package o2c

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/money"
)

// CashView is the team's page of money: what has no home, what gateways paid
// out, and which days of the bank came in.
type CashView struct {
	Unexplained money.Amount       // in the books' currency
	Unapplied   []cash.ReceiptData // the oldest first
	Payouts     []cash.PayoutData
	BankDays    []BankDay
	Next        string // of the one list that was asked for
}

// BankDay is an imported statement.
type BankDay struct {
	StatementResult
	From, To         calendar.Date
	Opening, Closing money.Amount
}

// The lists of the page of money.
const (
	CashUnapplied = "unapplied"
	CashPayouts   = "payouts"
	CashBank      = "bank"
	CashLines     = "lines"
)

// cashPage is how many rows a list of the page of money has.
const cashPage = 50

// TeamCash reads one list of the page of money.
func (c *Cycle) TeamCash(ctx context.Context, list, after string) (CashView, error) {
	var v CashView
	f, err := c.Figures(ctx)
	if err != nil {
		return v, err
	}
	v.Unexplained = f.Unexplained()
	switch list {
	case CashLines: // TeamLines has them
		return v, nil
	case CashPayouts:
		page, err := ListOf[cash.Payout](ctx, c, cashPage, after)
		for _, p := range page.Items {
			v.Payouts = append(v.Payouts, p.Data())
		}
		v.Next = page.Next
		return v, err
	case CashBank:
		page, err := ListOf[imported](ctx, c, cashPage, after)
		for _, s := range page.Items {
			v.BankDays = append(v.BankDays, BankDay{s.data.StatementResult, s.data.From, s.data.To, s.data.Opening, s.data.Closing})
		}
		v.Next = page.Next
		return v, err
	}
	page, err := c.Store.List(ctx, Query{Queue: cash.HomelessQueue, Until: farOff, Limit: cashPage, After: after})
	if err != nil {
		return v, err
	}
	for _, s := range page.Items {
		r, err := restore[cash.Receipt](s)
		if err != nil {
			return v, err
		}
		v.Unapplied = append(v.Unapplied, r.Data())
	}
	v.Next = page.Next
	return v, nil
}

// DeliveriesView is the team's page of what came in and went out.
type DeliveriesView struct {
	Parked      []ParkedData // came in, and nobody understood
	In          []Event      // what was caused from outside
	Out         []Event      // what was published
	Subscribers []SubscriberState
	Looked      int
	Next        string
}

// The lists of the page of deliveries.
const (
	DeliveriesParked = "parked"
	DeliveriesIn     = "in"
	DeliveriesOut    = "out"
)

// TeamDeliveries reads one list of the page of deliveries.
func (c *Cycle) TeamDeliveries(ctx context.Context, list, after string) (DeliveriesView, error) {
	var v DeliveriesView
	var err error
	if v.Subscribers, err = c.SubscriberStates(ctx); err != nil {
		return v, err
	}
	if list == DeliveriesParked {
		page, err := ListOf[Parked](ctx, c, cashPage, after)
		for _, p := range page.Items {
			v.Parked = append(v.Parked, p.Data())
		}
		v.Next = page.Next
		return v, err
	}
	for {
		page, err := c.Store.List(ctx, Query{Kind: "event", Limit: 100, After: after})
		if err != nil {
			return v, err
		}
		for _, s := range page.Items {
			var e Event
			if err := json.Unmarshal(s.Body, &e); err != nil {
				return v, err
			}
			v.add(list, e)
		}
		v.Looked += len(page.Items)
		v.Next, after = page.Next, page.Next
		if v.Next == "" || len(v.In)+len(v.Out) >= cashPage || v.Looked >= teamLooks {
			return v, nil
		}
	}
}

// outside begin the actors of what others caused by a message.
var outside = []string{"shop:", "webhook:", "stripe", "gateway:", "bank", "mail:"}

func (v *DeliveriesView) add(list string, e Event) {
	switch {
	case list == DeliveriesOut && slices.Contains(published, e.Type):
		v.Out = append(v.Out, e)
	case list == DeliveriesIn && slices.ContainsFunc(outside, func(begin string) bool { return strings.HasPrefix(e.Actor, begin) }):
		v.In = append(v.In, e)
	}
}
