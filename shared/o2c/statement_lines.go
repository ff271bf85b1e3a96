package o2c

import (
	"context"
	"errors"
	"slices"

	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// linesTogether is how many lines one commit takes: each writes some fifteen
// items, and a transaction takes a hundred.
const linesTogether = 6

// runMax is how many lines are looked at together: those of them that certainly concern different customers are booked at
// the same time.
const runMax = 192

// crewMin is how many lines of a run are worth more than one worker.
const crewMin = 4 * linesTogether

// lanesMax is how many workers book a run. It is fixed, so that the same file is divided alike on every machine.
const lanesMax = 4

// bookRun books lines as if one after the other, and gives what became of those that it booked. Lines that name one open
// invoice each are booked together; before any other line all that came before it is booked, so that it is judged by
// that, and so is a second line for the same invoice.
func (c *Cycle) bookRun(ctx context.Context, s Stamp, st cash.Statement, lines []cash.Entry) ([]outcome, error) {
	plan, err := c.planLines(ctx, s, lines)
	if err != nil {
		return nil, err
	}
	all := make([]outcome, 0, len(lines))
	for len(all) < len(lines) {
		from, to := len(all), len(all)
		taken := map[string]bool{}
		for to < len(lines) && plan[to].customer != "" && !taken[plan[to].invoice] {
			taken[plan[to].invoice] = true
			to++
		}
		var some []outcome
		if to > from {
			some, err = c.bookLanes(ctx, s, st, lines[from:to], plan[from:to])
		} else {
			for to < len(lines) && plan[to].customer == "" && to < from+linesTogether {
				to++
			}
			some, err = c.bookLines(ctx, s, st, lines[from:to])
		}
		if all = append(all, some...); err != nil {
			return all, err
		}
	}
	return all, nil
}

// planned is whose invoice a line names; no customer: it has to be looked at by itself.
type planned struct{ invoice, customer string }

// planLines finds the lines that name one open invoice by its checked reference and could be nothing else: no payout, no
// refund of ours, no advised batch.
func (c *Cycle) planLines(ctx context.Context, s Stamp, lines []cash.Entry) ([]planned, error) {
	plan := make([]planned, len(lines))
	tx := NewTx(c.Store)
	tx.By(s)
	var names []Alias
	said := make([]Alias, len(lines))
	for i, e := range lines {
		all := c.said(cash.ReceiptData{Reference: e.Reference, Text: e.Text})
		if e.Amount.IsPositive() && len(all) == 1 && all[0].Space == spaceReference && cash.GatewayOf(e.Name) == "" {
			said[i] = all[0]
			names = append(names, all[0])
		}
	}
	if len(names) < 2 {
		return plan, nil
	}
	if err := tx.Gather(ctx, Wanted{Names: names}); err != nil {
		return nil, err
	}
	var keys []Key
	for _, name := range names {
		if key := tx.named[name]; key.Kind == "invoice" {
			keys = append(keys, key)
		}
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	for i, name := range said {
		if name.Value == "" || tx.named[name].Kind != "invoice" {
			continue
		}
		inv, err := find[invoice.Invoice](ctx, tx, tx.named[name].ID)
		if err != nil {
			return nil, err
		}
		if inv != nil && inv.Collectable() {
			plan[i] = planned{invoice: inv.ID(), customer: inv.Data().CustomerID}
		}
	}
	return plan, nil
}

// bookLanes books lines of different invoices, those of one customer in order by one worker. What a worker could not
// decide alone, because something else happened meanwhile, is decided when all are done, in the file's order.
func (c *Cycle) bookLanes(ctx context.Context, s Stamp, st cash.Statement, lines []cash.Entry, plan []planned) ([]outcome, error) {
	alone := *c
	alone.alone = true
	lanes := divide(plan)
	all := make([]outcome, len(lines))
	later := make([][]int, len(lanes))
	failed := make([]error, len(lanes))
	work := func(lane int) {
		for at := range slices.Chunk(lanes[lane], linesTogether) {
			odd, err := alone.bookGroup(ctx, s, st, lines, at, all)
			later[lane] = append(later[lane], odd...)
			if failed[lane] = err; err != nil {
				return
			}
		}
	}
	if c.Crew == nil || len(lines) < crewMin {
		for lane := range lanes {
			work(lane)
		}
	} else {
		c.Crew(len(lanes), work)
	}
	if err := errors.Join(failed...); err != nil {
		return nil, err
	}
	odd := slices.Concat(later...)
	slices.Sort(odd)
	for _, i := range odd {
		o, err := c.bookEntry(ctx, s, st, lines[i])
		if err != nil {
			return nil, err
		}
		all[i] = o
	}
	return all, nil
}

// divide gives each lane the lines of its customers, in order: every customer to the lane that has least so far.
func divide(plan []planned) [][]int {
	lanes := make([][]int, min(lanesMax, len(plan)))
	of := map[string]int{}
	share := map[string]int{}
	for _, p := range plan {
		share[p.customer]++
	}
	load := make([]int, len(lanes))
	for i, p := range plan {
		lane, known := of[p.customer]
		if !known {
			for l := range load {
				if load[l] < load[lane] {
					lane = l
				}
			}
			of[p.customer] = lane
			load[lane] += share[p.customer]
		}
		lanes[lane] = append(lanes[lane], i)
	}
	return slices.DeleteFunc(lanes, func(lane []int) bool { return len(lane) == 0 })
}

// bookGroup books the lines at some places in one commit, else one by one; it gives the places of those that could not be
// decided by what they name.
func (c *Cycle) bookGroup(ctx context.Context, s Stamp, st cash.Statement, lines []cash.Entry, at []int, all []outcome) (odd []int, err error) {
	group := make([]cash.Entry, len(at))
	for i, n := range at {
		group[i] = lines[n]
	}
	if outcomes, err := c.bookTogether(ctx, s, st, group); err == nil {
		for i, n := range at {
			all[n] = outcomes[i]
		}
		return nil, nil
	}
	for i, n := range at {
		outcomes, err := c.bookTogether(ctx, s, st, group[i:i+1])
		switch {
		case errors.Is(err, errApart):
			odd = append(odd, n)
		case err != nil:
			return odd, err
		default:
			all[n] = outcomes[0]
		}
	}
	return odd, nil
}

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

// AccountEnds is the closing balance of an account's newest statement. It is
// told once the statement that last names is imported too; one without a number
// is none to wait for.
func (c *Cycle) AccountEnds(ctx context.Context, iban string, last func() (id, from, until string)) (closing money.Amount, ok bool, err error) {
	tx := NewTx(c.Store)
	if id, from, until := last(); id != "" {
		if own, err := find[imported](ctx, tx, Name("st", iban, from, until, id)); err != nil || own == nil {
			return closing, false, err
		}
	}
	a, err := find[bankAccount](ctx, tx, iban)
	if err != nil || a == nil {
		return closing, false, err
	}
	return a.data.Closing, true, nil
}
