package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
)

// linesTogether is how many lines one commit takes: each writes some fifteen
// items, and a transaction takes a hundred.
const linesTogether = 6

// bookLines books lines that name what they pay in one commit, as far as each
// finds its invoice by that; any other gets a commit of its own, so that it is
// judged by all that came before it. A commit that others stood in the way of,
// or that is too large, is divided too.
func (c *Cycle) bookLines(ctx context.Context, s Stamp, st cash.Statement, lines []cash.Entry) ([]outcome, error) {
	named := func(e cash.Entry) bool { return e.Reference != "" && e.Amount.IsPositive() }
	if len(lines) > 1 && !slices.ContainsFunc(lines, func(e cash.Entry) bool { return !named(e) }) {
		if all, err := c.bookTogether(ctx, s, st, lines); err == nil {
			return all, nil
		}
	}
	var all []outcome
	for _, e := range lines {
		o, err := c.bookEntry(ctx, s, st, e)
		if err != nil {
			return all, err
		}
		all = append(all, o)
	}
	return all, nil
}

// errApart sends lines to commits of their own.
var errApart = errors.New("a line has to be looked at by itself")

func (c *Cycle) bookTogether(ctx context.Context, s Stamp, st cash.Statement, lines []cash.Entry) ([]outcome, error) {
	var all []outcome
	err := c.Store.Update(ctx, func(ctx context.Context, tx *Tx) error {
		tx.By(s)
		all = nil
		if err := c.gatherLines(ctx, tx, lines); err != nil {
			return err
		}
		for _, e := range lines {
			o, err := c.bookLineIn(ctx, tx, st, e)
			if err != nil {
				return err
			}
			if o != applied && o != known {
				return errApart
			}
			all = append(all, o)
		}
		return nil
	})
	return all, err
}

// gatherLines reads what lines name, and what comes with it, in a few requests
// instead of a few for each.
func (c *Cycle) gatherLines(ctx context.Context, tx *Tx, lines []cash.Entry) error {
	var first Wanted
	var named []Alias
	for _, e := range lines {
		for _, key := range sameLine(e.Key) {
			first.Documents = append(first.Documents, Key{Kind: "bankline", ID: Name("bl", key)})
		}
		first.Names = append(first.Names, payoutNames(e)...)
		named = append(named, c.said(cash.ReceiptData{Reference: e.Reference, Text: e.Text})...)
	}
	first.Names = append(first.Names, named...)
	if err := tx.Gather(ctx, first); err != nil {
		return err
	}
	var invoices, beside []Key
	for _, name := range named {
		if key := tx.named[name]; !key.IsZero() {
			invoices, beside = append(invoices, key), append(beside, Key{Kind: "checkout", ID: key.ID})
		}
	}
	if err := tx.Fetch(ctx, append(beside, invoices...)...); err != nil {
		return err
	}
	var owners Wanted
	for _, key := range invoices {
		inv, err := find[invoice.Invoice](ctx, tx, key.ID)
		if err != nil {
			return err
		}
		if inv != nil {
			id := inv.Data().CustomerID
			owners.Documents = append(owners.Documents, Key{Kind: "customer", ID: id}, Key{Kind: "order", ID: inv.Data().OrderID})
			owners.Counters = append(owners.Counters, exposureKey(id), payerKey(id))
		}
	}
	return tx.Gather(ctx, owners)
}
