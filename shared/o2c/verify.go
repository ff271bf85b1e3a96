package o2c

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/order"
	"duly/shared/o2c/quote"
)

// Check is one invariant of design §6 and what was found.
type Check struct {
	Name    string
	Checked int      // documents looked at
	Broken  []string // sentences; none is good
}

// VerifyReport is what Verify looked at.
type VerifyReport struct{ Checks []Check }

// OK reports whether every invariant holds.
func (r VerifyReport) OK() bool {
	for _, c := range r.Checks {
		if len(c.Broken) > 0 {
			return false
		}
	}
	return true
}

// String is the report, a line per check and per break.
func (r VerifyReport) String() string {
	var b strings.Builder
	for _, c := range r.Checks {
		state := "ok"
		if len(c.Broken) > 0 {
			state = "BROKEN"
		}
		fmt.Fprintf(&b, "%-6s %-52s %6d looked at\n", state, c.Name, c.Checked)
		for _, s := range c.Broken {
			fmt.Fprintf(&b, "       %s\n", s)
		}
	}
	return b.String()
}

// everything is what Verify reads, each document as it stands.
type everything struct {
	invoices []*invoice.Invoice
	receipts []*cash.Receipt
	orders   []*order.Order
	series   []*invoice.Series
	quotes   []*quote.Quote

	contracts []*quote.Contract
	entries   []ledger.EntryData
}

// Verify recomputes from the documents and entries what the running totals
// say, and looks at the invariants I1, I2, I3, I7, I9 and I11 of design §6.
func (c *Cycle) Verify(ctx context.Context) (VerifyReport, error) {
	return c.verifyBy(ctx, c.verifyTrails, c.ofEvents)
}

// verifySums is Verify without the audit trails: figures are recomputed from the
// documents, whose agreement with their events another walk looks at.
func (c *Cycle) verifySums(ctx context.Context) (VerifyReport, error) {
	return c.verifyBy(ctx, verifyDocuments, ofDocuments)
}

// contributions is what invoices add to the figures, and how much was looked at.
type contributions func(context.Context, everything) ([]kpi.Contribution, int, error)

func (c *Cycle) verifyBy(ctx context.Context, trails func(context.Context, everything) (Check, error), told contributions) (VerifyReport, error) {
	figures := func(ctx context.Context, all everything) (Check, error) { return c.verifyFigures(ctx, all, told) }
	var all everything
	var err error
	if all.invoices, err = everyOne[invoice.Invoice](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.receipts, err = everyOne[cash.Receipt](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.orders, err = everyOne[order.Order](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.series, err = everyOne[invoice.Series](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.quotes, err = everyOne[quote.Quote](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.contracts, err = everyOne[quote.Contract](ctx, c); err != nil {
		return VerifyReport{}, err
	}
	if all.entries, err = c.Entries(ctx, calendar.Date{}, calendar.Date{}); err != nil {
		return VerifyReport{}, err
	}
	var r VerifyReport
	for _, check := range []func(context.Context, everything) (Check, error){
		c.verifyLedger, c.verifyReceivable, c.verifyBank, c.verifyApplications, c.verifyNotes, c.verifyNumbers, c.verifyExposure, c.verifyPayers, c.verifyStock, trails, c.verifyClearing, c.verifyClosings, figures,
	} {
		found, err := check(ctx, all)
		if err != nil {
			return r, err
		}
		r.Checks = append(r.Checks, found)
	}
	return r, nil
}

func everyOne[D any, P document[D]](ctx context.Context, c *Cycle) ([]*D, error) {
	var all []*D
	after := ""
	for {
		page, err := ListOf[D, P](ctx, c, 1000, after)
		if err != nil {
			return nil, err
		}
		all = append(all, page.Items...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

func (k *Check) breaks(format string, args ...any) {
	k.Broken = append(k.Broken, fmt.Sprintf(format, args...))
}

// verifyLedger: I1, every entry and the whole ledger sum to zero per currency.
func (c *Cycle) verifyLedger(_ context.Context, all everything) (Check, error) {
	k := Check{Name: "every entry and the ledger sum to zero", Checked: len(all.entries)}
	whole := map[string]int64{}
	for _, e := range all.entries {
		sums := map[string]int64{}
		for _, l := range e.Legs {
			sums[l.Amount.Currency] += l.Amount.Minor
			whole[l.Amount.Currency] += l.Amount.Minor
		}
		for currency, sum := range sums {
			if sum != 0 {
				k.breaks("entry %s is off by %s", e.ID, money.Of(sum, currency))
			}
		}
	}
	for currency, sum := range whole {
		if sum != 0 {
			k.breaks("the ledger is off by %s", money.Of(sum, currency))
		}
	}
	return k, nil
}

// verifyReceivable: I1, each open item equals its part of the receivable
// account.
func (c *Cycle) verifyReceivable(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "receivable equals the open items", Checked: len(all.invoices)}
	booked := openIn(all.entries)
	for _, inv := range all.invoices {
		open := inv.Data().InBooks(inv.Open())
		if inv.IsCreditNote() {
			open = open.Neg()
		}
		if got := booked[inv.ID()]; got.Minor != open.Minor {
			k.breaks("invoice %s has %s open, the books say %s", inv.Number(), open, got)
		}
		delete(booked, inv.ID())
	}
	for id, amount := range booked {
		k.breaks("the books have %s open of %s, which is no invoice", amount, id)
	}
	return k, nil
}

// verifyBank: I1, the bank account equals the closing balances of our accounts'
// last statements.
func (c *Cycle) verifyBank(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "bank equals the last statements' closing balances"}
	accounts, err := everyOne[bankAccount](ctx, c)
	if err != nil || len(accounts) == 0 {
		return k, err
	}
	k.Checked = len(accounts)
	closing := map[string]money.Amount{}
	for _, a := range accounts {
		currency := a.data.Closing.Currency
		if _, ok := closing[currency]; !ok {
			closing[currency] = a.data.Closing.Zero()
		}
		closing[currency] = closing[currency].Plus(a.data.Closing)
	}
	for _, currency := range slices.Sorted(maps.Keys(closing)) {
		if got := balance(all.entries, ledger.Bank, currency); got != closing[currency] {
			k.breaks("the books have %s at the bank, the statements say %s", got, closing[currency])
		}
	}
	return k, nil
}

func balance(entries []ledger.EntryData, role, currency string) money.Amount {
	sum := money.Of(0, currency)
	for _, e := range entries {
		for _, l := range e.Legs {
			if l.Account == ledger.Code(role) && l.Amount.Currency == currency {
				sum = sum.Plus(l.Amount)
			}
		}
	}
	return sum
}

// verifyApplications: I2, no receipt gives more than it is, no invoice takes
// more than its total, and both sides tell the same story.
func (c *Cycle) verifyApplications(_ context.Context, all everything) (Check, error) {
	k := Check{Name: "applications fit receipts and invoices", Checked: len(all.receipts)}
	taken := map[string]int64{}
	for _, r := range all.receipts {
		d := r.Data()
		given := d.Refunded
		for _, a := range d.Applications {
			if !a.Undone {
				given = given.Plus(a.Amount)
				if a.Part == "" { // costs and interest are no part of the invoice
					taken[a.InvoiceID] += a.Settles().Minor
				}
			}
		}
		for _, b := range d.Bookings {
			if !b.Undone {
				given = given.Plus(b.Amount)
			}
		}
		if given.Plus(d.Unapplied).Cmp(d.Amount) != 0 {
			k.breaks("receipt %s is %s, but %s is given and %s left", d.ID, d.Amount, given, d.Unapplied)
		}
	}
	for _, inv := range all.invoices {
		d := inv.Data()
		if taken[d.ID] > d.Total.Minor {
			k.breaks("invoice %s took %s of %s", d.Number, money.Of(taken[d.ID], d.Currency), d.Total)
		}
	}
	return k, nil
}

// verifyNotes: I2, the credit notes of an invoice are those that it remembers,
// and take back no more than its total.
func (c *Cycle) verifyNotes(_ context.Context, all everything) (Check, error) {
	k := Check{Name: "credit notes fit their invoices"}
	noted := map[string]int64{}
	for _, inv := range all.invoices {
		if d := inv.Data(); inv.IsCreditNote() {
			noted[d.Refers] += d.Total.Minor
			k.Checked++
		}
	}
	for _, inv := range all.invoices {
		d := inv.Data()
		if got := noted[d.Number]; d.Number != "" && (got != d.Credited().Minor || got > max(0, d.Worth().Minor)) {
			k.breaks("invoice %s of %s remembers %s credited, its notes say %s", d.Number, d.Total, d.Credited(), money.Of(got, d.Currency))
		}
	}
	return k, nil
}

// verifyNumbers: I3, numbers run 1 … n per series and dates never go back.
func (c *Cycle) verifyNumbers(_ context.Context, all everything) (Check, error) {
	k := Check{Name: "numbers run without gaps, dates forwards", Checked: len(all.series)}
	for _, s := range all.series {
		dated := c.datesOf(all, s)
		var last calendar.Date
		for n := s.First(); n <= s.Last(); n++ {
			number := s.Number(n)
			on, ok := dated[number]
			if !ok {
				k.breaks("number %s is missing", number)
				continue
			}
			if on.Before(last) {
				k.breaks("number %s is dated %s, before its predecessor", number, on)
			}
			last = on
			delete(dated, number)
		}
		for number := range dated {
			k.breaks("number %s is beyond the series", number)
		}
	}
	return k, nil
}

// datesOf are the dates of the documents of a series by their numbers; a quote
// has the date of its draft, as its number does.
func (c *Cycle) datesOf(all everything, s *invoice.Series) map[string]calendar.Date {
	dated := map[string]calendar.Date{}
	for _, inv := range all.invoices {
		if d := inv.Data(); d.Series == s.ID() {
			dated[d.Number] = d.IssuedOn
		}
	}
	for _, q := range all.quotes {
		if d := q.Data(); c.Policy.Numbers.Series(invoice.Quotes, d.DraftedOn).ID() == s.ID() {
			dated[d.Number] = d.DraftedOn
		}
	}
	return dated
}

// verifyTrails: I9, every document's audit chain is whole.
func (c *Cycle) verifyTrails(ctx context.Context, all everything) (Check, error) {
	k, err := verifyDocuments(ctx, all)
	if err != nil {
		return k, err
	}
	k.Name, k.Checked = "audit chains and issued documents are untouched", 0
	var keys []Key
	for _, inv := range all.invoices {
		keys = append(keys, KeyOf(inv))
	}
	for _, o := range all.orders {
		keys = append(keys, KeyOf(o))
	}
	for _, q := range all.quotes {
		keys = append(keys, KeyOf(q))
	}
	for _, a := range all.contracts {
		keys = append(keys, KeyOf(a))
	}
	for _, r := range all.receipts {
		keys = append(keys, KeyOf(r))
	}
	for start := 0; start < len(keys); start += 100 {
		part := keys[start:min(start+100, len(keys))]
		heads, err := c.Store.Load(ctx, part...)
		if err != nil {
			return k, err
		}
		for _, head := range heads {
			if _, err := c.verifyTrail(ctx, &k, head); err != nil {
				return k, err
			}
		}
	}
	return k, nil
}

// verifyTrail reads a document's trail; nil when it is broken.
func (c *Cycle) verifyTrail(ctx context.Context, k *Check, head Stored) ([]Event, error) {
	trail, err := c.Store.Events(ctx, head.Key)
	if fault.Is(err, fault.Torn) {
		k.breaks("%s", fault.Of(err).What)
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k.Checked += len(trail)
	prev := ""
	for i, e := range trail {
		if !e.Intact() || e.Prev != prev || e.Seq != int64(i+1) {
			k.breaks("event %d of %s is broken", i+1, head.Key)
			return nil, nil
		}
		if ok, err := c.erasedBy(ctx, e); err != nil || !ok {
			k.breaks("event %d of %s has no words, and no erasure took them", i+1, head.Key)
			return nil, err
		}
		prev = e.Hash
	}
	if prev != head.Head || int64(len(trail)) != head.Count {
		k.breaks("the trail of %s ends before its document", head.Key)
		return nil, nil
	}
	return trail, nil
}
