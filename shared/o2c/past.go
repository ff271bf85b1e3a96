package o2c

import (
	"context"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// Past is the receivables as they were at the end of a day, recomputed from the
// books: a past figure never changes.
type Past struct {
	On      calendar.Date
	Figures *kpi.Figures
	Open    []OpenThen // by due date of the listing, newest document first

	open map[string]money.Amount // what was open then, by invoice
}

// OpenThen is what a document had open then.
type OpenThen struct {
	Invoice invoice.Data // as it is now
	Open    money.Amount // as it was then
}

// AsOf recomputes the receivables of a day from the books: what was booked by
// then as open, and what was sold in the days that figures look at.
func (c *Cycle) AsOf(ctx context.Context, on calendar.Date) (Past, error) {
	booked, err := c.Entries(ctx, calendar.Date{}, on)
	if err != nil {
		return Past{}, err
	}
	past := c.pastBy(on, booked)
	err = c.eachInvoice(ctx, past.add)
	return past, err
}

// pastBy is the past by what was booked until then; its documents are still to
// be added.
func (c *Cycle) pastBy(on calendar.Date, booked []ledger.EntryData) Past {
	return Past{On: on, Figures: kpi.NewFigures(c.Policy.Currency), open: openIn(booked)}
}

func (p *Past) add(inv *invoice.Invoice) {
	add := ofInvoice(inv)
	if add.SoldOn.IsZero() || add.SoldOn.After(p.On) {
		return // a draft then
	}
	open := p.open[inv.ID()]
	add.Open = open.Minor
	p.Figures.Swap(kpi.Contribution{}, add)
	if open.IsPositive() {
		p.Open = append(p.Open, OpenThen{Invoice: inv.Data(), Open: open})
	}
}

// eachInvoice reads every invoice and credit note once, the newest first.
func (c *Cycle) eachInvoice(ctx context.Context, do func(*invoice.Invoice)) error {
	q := Query{Kind: "invoice", Limit: 1000}
	for {
		page, err := c.Store.List(ctx, q)
		if err != nil {
			return err
		}
		for _, s := range page.Items {
			inv, err := restore[invoice.Invoice](s)
			if err != nil {
				return err
			}
			do(inv)
		}
		if q.After = page.Next; q.After == "" {
			return nil
		}
	}
}
