package o2c

import (
	"context"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/dunning"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// dunningFile is all that decides on a customer's letters, read at once.
type dunningFile struct {
	k      *dunningCase
	cust   *party.Customer
	ladder dunning.Ladder
	open   []owed // by due date
	netted []money.Amount
	held   []Held // money of the customer without a home
}

// owed is what the customer is reminded of about one open invoice: what is open
// without what is disputed, under way, or covered by money of the customer that
// has no home yet.
type owed struct {
	inv      *invoice.Invoice
	amount   money.Amount
	underWay bool // a payment of it is being confirmed
}

// speaks reports whether a letter may speak of the invoice at all.
func (a owed) speaks() bool {
	return a.amount.IsPositive() && a.inv.Data().PausedBy() == ""
}

func (c *Cycle) fileOf(ctx context.Context, tx *Tx, customerID string) (*dunningFile, error) {
	key := Key{Kind: "customer", ID: customerID}
	if err := tx.Fetch(ctx, key, Key{Kind: "case", ID: customerID}); err != nil {
		return nil, err
	}
	cust, err := get[party.Customer](ctx, tx, customerID)
	if err != nil {
		return nil, err
	}
	f := &dunningFile{cust: cust, ladder: c.Policy.LadderOf(cust.Data())}
	if f.k, err = c.caseOf(ctx, tx, customerID); err != nil {
		return nil, err
	}
	receipts, err := tx.Links(ctx, key, linkUnapplied)
	if err != nil {
		return nil, err
	}
	open, err := c.openInvoices(ctx, tx, customerID, receipts...)
	if err != nil {
		return nil, err
	}
	for _, inv := range open {
		if inv.Data().Advance != nil {
			continue // a deposit has steps of its own
		}
		underWay, err := c.confirming(ctx, tx, inv)
		if err != nil {
			return nil, err
		}
		amount := money.Min(inv.Data().Demandable(), inv.Data().Late(c.today(tx.At()))).Minus(underWay)
		f.open = append(f.open, owed{inv: inv, amount: amount, underWay: underWay.IsPositive()})
	}
	return f, f.net(ctx, tx, receipts)
}

// of is what the customer is reminded of about an invoice.
func (f *dunningFile) of(inv *invoice.Invoice) owed {
	for _, a := range f.open {
		if a.inv.ID() == inv.ID() {
			return a
		}
	}
	return owed{inv: inv, amount: inv.Open().Zero()}
}

// settlesWithin is how long a payment that is under way is believed in: a SEPA
// debit settles or fails within 14 days.
const settlesWithin = 14 * 24 * time.Hour

// confirming is what of an invoice is being paid and not settled yet.
func (c *Cycle) confirming(ctx context.Context, tx *Tx, inv *invoice.Invoice) (money.Amount, error) {
	sum := inv.Open().Zero()
	k, err := find[checkout](ctx, tx, inv.ID())
	if err != nil || k == nil {
		return sum, err
	}
	for _, p := range k.data.Pending {
		if p.Amount.Currency == sum.Currency && tx.At().Sub(p.Since) < settlesWithin {
			sum = sum.Plus(p.Amount)
		}
	}
	return sum, nil
}

// ownedUp is what is open of an invoice and neither disputed nor under way.
func (c *Cycle) ownedUp(ctx context.Context, tx *Tx, inv *invoice.Invoice) (money.Amount, error) {
	underWay, err := c.confirming(ctx, tx, inv)
	return inv.Data().Demandable().Minus(underWay), err
}

// net takes the customer's money without a home off what is asked for, the
// oldest invoice first: nobody is reminded of what we hold already.
func (f *dunningFile) net(ctx context.Context, tx *Tx, receipts []Link) error {
	for _, l := range receipts {
		r, err := find[cash.Receipt](ctx, tx, l.To.ID)
		if err != nil {
			return err
		}
		if r == nil || !r.Unapplied().IsPositive() {
			continue
		}
		f.held = append(f.held, Held{ReceiptID: r.ID(), Amount: r.Unapplied()})
		left := r.Unapplied()
		for i := range f.open {
			a := &f.open[i]
			if a.amount.Currency != left.Currency || !a.amount.IsPositive() {
				continue
			}
			part := money.Min(left, a.amount)
			a.amount, left = a.amount.Minus(part), left.Minus(part)
		}
		if used := r.Unapplied().Minus(left); used.IsPositive() {
			f.netted = addTo(f.netted, used)
		}
	}
	return nil
}

// addTo adds an amount to the sum of its currency.
func addTo(sums []money.Amount, a money.Amount) []money.Amount {
	for i := range sums {
		if sums[i].Currency == a.Currency {
			sums[i] = sums[i].Plus(a)
			return sums
		}
	}
	return append(sums, a)
}

// worth are the currencies of which enough is late, or has a step today, for a
// letter.
func (f *dunningFile) worth(c *Cycle, today calendar.Date) map[string]bool {
	var sums []money.Amount
	inBooks := map[string]money.Amount{}
	for _, a := range f.open {
		if d := a.inv.Data(); a.speaks() && (today.After(d.NextDue()) || len(f.stepsToday(c, a, today)) > 0) {
			sums = addTo(sums, a.amount)
			inBooks[d.Currency] = d.InBooks(a.amount).Plus(inBooks[d.Currency])
		}
	}
	all := map[string]bool{}
	for _, sum := range sums {
		all[sum.Currency] = f.ladder.Enough(sum, inBooks[sum.Currency])
	}
	return all
}

// stepsToday are the steps of an invoice that may be taken, one for each part: what
// is paused, planned, disputed or covered has none.
func (f *dunningFile) stepsToday(c *Cycle, a owed, today calendar.Date) []turn {
	if !a.speaks() {
		return nil
	}
	return slices.DeleteFunc(f.dueTurns(c, a, today), func(t turn) bool { return f.waits(a, t.step) })
}

// dueTurns are the steps whose day has come, whatever stands in their way.
func (f *dunningFile) dueTurns(c *Cycle, a owed, today calendar.Date) []turn {
	return slices.DeleteFunc(c.turns(a.inv.Data(), f.ladder, a.amount, today), func(t turn) bool { return t.on.After(today) })
}

// held reports whether letters to the customer are kept back today.
func (k *dunningCase) held(today calendar.Date) bool {
	return !k.data.HoldUntil.IsZero() && !today.After(k.data.HoldUntil)
}

// tooSoon reports whether the last letter is younger than the gap.
func (k *dunningCase) tooSoon(today calendar.Date, gapDays int) bool {
	last := k.data.LastLetter
	return !last.IsZero() && today.Before(last.AddDays(gapDays))
}

// openInvoices reads a customer's open invoices, by due date, and what is under
// way for them; more documents are read along.
func (c *Cycle) openInvoices(ctx context.Context, tx *Tx, customerID string, more ...Link) ([]*invoice.Invoice, error) {
	links, err := tx.Links(ctx, Key{Kind: "customer", ID: customerID}, linkOpen)
	if err != nil {
		return nil, err
	}
	keys := make([]Key, 0, 2*len(links)+len(more))
	for _, l := range links {
		keys = append(keys, l.To, Key{Kind: "checkout", ID: l.To.ID})
	}
	for _, l := range more {
		keys = append(keys, l.To)
	}
	if err := tx.Fetch(ctx, keys...); err != nil {
		return nil, err
	}
	open := make([]*invoice.Invoice, 0, len(links))
	for _, l := range links {
		inv, err := get[invoice.Invoice](ctx, tx, l.To.ID)
		if err != nil {
			return nil, err
		}
		if inv.Collectable() {
			open = append(open, inv)
		}
	}
	return open, nil
}
