package o2c

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/kpi"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// verifyClearing: I1, what every gateway owes us by its payments and payouts is
// its clearing account, and what card networks hold is the chargebacks'.
func (c *Cycle) verifyClearing(ctx context.Context, all everything) (Check, error) {
	k := Check{Name: "clearing equals what is under way at each gateway"}
	payouts, err := everyOne[cash.Payout](ctx, c)
	if err != nil {
		return k, err
	}
	zero := money.Of(0, c.Policy.Currency)
	want, held := map[string]money.Amount{}, zero
	add := func(account string, a money.Amount) {
		if strings.HasPrefix(account, ledger.Gateway("")) && a.Currency == zero.Currency {
			code := ledger.Code(account)
			want[code] = want[code].Plus(zero).Plus(a)
		}
	}
	for _, r := range all.receipts {
		d := r.Data()
		if d.Amount.Currency != zero.Currency {
			continue // booked at its own rate
		}
		k.Checked++
		add(d.Account, d.Amount.Minus(d.Left).Minus(d.Held))
		held = held.Plus(d.Held)
	}
	under, err := c.refundsUnderWay(ctx, all, zero)
	if err != nil {
		return k, err
	}
	for _, p := range payouts {
		d := p.Data()
		k.Checked++
		add(ledger.Gateway(d.Gateway), d.Fees.Neg())
		if d.Landed != nil && d.AdoptedBy == "" && d.BackKey == "" {
			add(ledger.Gateway(d.Gateway), d.Landed.Neg())
		}
		if d.GapOn != "" {
			add(ledger.Gateway(d.Gateway), d.Gap)
		}
	}
	for _, a := range ledger.Chart() {
		if strings.HasPrefix(a.Role, ledger.Gateway("")) && want[a.Code].Currency == "" {
			want[a.Code] = zero
		}
	}
	want[ledger.Code(ledger.Chargebacks)] = held
	want[ledger.Code(ledger.Refunds)] = under.Neg()
	booked := ledger.TrialBalance(all.entries)
	for _, code := range slices.Sorted(maps.Keys(want)) {
		i := slices.IndexFunc(booked, func(b ledger.Balance) bool { return b.Code == code && b.Currency == zero.Currency })
		got := zero
		if i >= 0 {
			got = booked[i].Balance
		}
		if a, _ := ledger.AccountOf(code); got != want[code] {
			k.breaks("account %s (%s) stands at %s, payments and payouts say %s", code, a.Role, got, want[code])
		}
	}
	return k, nil
}

// refundsUnderWay is what was approved to be given back and has not left.
func (c *Cycle) refundsUnderWay(ctx context.Context, all everything, zero money.Amount) (money.Amount, error) {
	sum := zero
	refunds, err := everyOne[cash.Refund](ctx, c)
	for _, f := range refunds {
		if d := f.Data(); d.Gateway == "" && (d.Status == cash.RefundApproved || d.Status == cash.RefundFiled) {
			sum = sum.Plus(d.Amount)
		}
	}
	for _, r := range all.receipts {
		for _, p := range r.Data().Promised {
			if p.Amount.Currency == zero.Currency {
				sum = sum.Plus(p.Amount)
			}
		}
	}
	return sum, err
}

// verifyFigures: I11, the running figures equal a recomputation: sales and open
// items from what told says of every invoice;
// what is unexplained from receipts, payouts and bookings (row 73 of the failure
// catalogue).
func (c *Cycle) verifyFigures(ctx context.Context, all everything, told contributions) (Check, error) {
	k := Check{Name: "figures equal their recomputation"}
	fresh := kpi.NewFigures(c.Policy.Currency)
	adds, looked, err := told(ctx, all)
	if err != nil {
		return k, err
	}
	k.Checked += looked
	for _, add := range adds {
		fresh.Swap(kpi.Contribution{}, add)
	}
	unexplained, err := c.unexplained(ctx, all)
	if err != nil {
		return k, err
	}
	fresh.Swap(kpi.Contribution{}, kpi.Contribution{Unexplained: unexplained})
	kept, err := c.Figures(ctx)
	if err != nil {
		return k, err
	}
	last := c.latestDay(all)
	if on, ok := kept.ClosedOn(); ok && on.After(last) { // open items of another package are old, and what is older is forgotten with them
		last = on
	}
	fresh.Forget(last)
	if kept.Receivable() != fresh.Receivable() {
		k.breaks("receivable is kept as %s, the events say %s", kept.Receivable(), fresh.Receivable())
	}
	if kept.Unexplained() != fresh.Unexplained() {
		k.breaks("unexplained money is kept as %s and recomputed as %s", kept.Unexplained(), fresh.Unexplained())
	}
	compareDays(&k, "open items due", kept.Data().Open, fresh.Data().Open)
	compareDays(&k, "sales of", kept.Data().Sold, fresh.Data().Sold)
	return k, nil
}

// ofEvents are the contributions by what the events say.
func (c *Cycle) ofEvents(ctx context.Context, all everything) ([]kpi.Contribution, int, error) {
	adds, looked := make([]kpi.Contribution, 0, len(all.invoices)), 0
	for _, inv := range all.invoices {
		trail, err := c.Store.Events(ctx, KeyOf(inv))
		if err != nil {
			return nil, looked, err
		}
		looked += len(trail)
		add, err := c.toldBy(trail)
		if err != nil {
			return nil, looked, err
		}
		adds = append(adds, add)
	}
	return adds, looked, nil
}

// ofDocuments are the contributions by what the documents say.
func ofDocuments(_ context.Context, all everything) ([]kpi.Contribution, int, error) {
	adds := make([]kpi.Contribution, len(all.invoices))
	for i, inv := range all.invoices {
		adds[i] = ofInvoice(inv)
	}
	return adds, len(adds), nil
}

// compareDays holds two figures by day against one another, for the days that
// the recomputation has.
func compareDays[V comparable](k *Check, what string, kept, fresh map[string]V) {
	for _, day := range slices.Sorted(maps.Keys(fresh)) {
		if kept[day] != fresh[day] {
			k.breaks("%s %s are kept as %v and recomputed as %v", what, day, kept[day], fresh[day])
		}
	}
}

// latestDay is the newest day on which a document was issued or money came:
// sales long before it are forgotten.
func (c *Cycle) latestDay(all everything) calendar.Date {
	var last calendar.Date
	for _, inv := range all.invoices {
		if on := inv.Data().IssuedOn; on.After(last) {
			last = on
		}
	}
	for _, r := range all.receipts {
		if on := c.today(r.Data().ReceivedAt); on.After(last) {
			last = on
		}
	}
	return last
}

// toldBy is what a document contributes by what its events say alone: what was
// issued, and what the newest event left open of it.
func (c *Cycle) toldBy(trail []Event) (kpi.Contribution, error) {
	var add kpi.Contribution
	var issued invoice.Data
	for _, e := range trail {
		switch e.Type {
		case "invoice.withdrawn":
			add, issued = kpi.Contribution{}, invoice.Data{}
			continue
		case "invoice.issued", "invoice.brought_forward", "credit_note.issued":
			var inv invoice.Invoice
			if err := json.Unmarshal(e.Data, &inv); err != nil {
				return add, err
			}
			add, issued = ofInvoice(&inv), inv.Data()
			continue
		}
		var after struct {
			Open *money.Amount `json:"open"`
		}
		// Others, such as a reminder, say what they asked for.
		if !strings.HasPrefix(e.Type, "invoice.") || issued.ID == "" || json.Unmarshal(e.Data, &after) != nil || after.Open == nil {
			continue // it says nothing of what is open
		}
		add.Open, add.Parts = issued.InBooks(*after.Open).Minor, duesAt(issued, *after.Open)
	}
	return add, nil
}

// unexplained is the money that waits for a person: receipts without a home,
// payouts that do not add up, and bank lines that nobody explained.
func (c *Cycle) unexplained(ctx context.Context, all everything) (int64, error) {
	var sum int64
	for _, r := range all.receipts {
		sum += unhomed(r.Data())
	}
	payouts, err := everyOne[cash.Payout](ctx, c)
	if err != nil {
		return 0, err
	}
	for _, p := range payouts {
		sum += p.Data().Unexplained().Minor
	}
	for _, e := range all.entries {
		for _, l := range e.Legs {
			if l.Account != ledger.Code(ledger.Suspense) || e.ID != Name("le", Name("be", l.Of)) {
				continue // a person put it there, which explains it
			}
			line, err := Read[bankLine](ctx, c, Name("bl", l.Of))
			if err != nil {
				return 0, err
			}
			sum += line.data.Unexplained.Abs().Minor
		}
	}
	return sum, nil
}

// unhomed is what of a receipt asks a person.
func unhomed(d cash.ReceiptData) int64 {
	if d.Kept || (d.Method == "shop" && !d.Stranded) { // shop money waits for its shipment, unless there will be none
		return 0
	}
	return d.Unapplied.Minor
}
