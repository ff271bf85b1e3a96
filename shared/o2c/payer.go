package o2c

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/credit"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
)

// The values of a payer counter: what a customer did in a quarter, each behind
// the quarter's name, "2026q1/". They are added to in the commits that they tell
// of, so that a decision reads them and no history.
const (
	didPay      = "payments"
	didPaid     = "paid"      // minor units of the books' currency
	didLateDays = "late_days" // paid × whole days after the due date
	didKeep     = "kept"
	didBreak    = "broken"
	didDispute  = "disputed"
)

func payerKey(customerID string) Key { return Key{Kind: "payer", ID: customerID} }

// quarterOf names the three months of a date, so that names sort by time.
func quarterOf(d calendar.Date) string { return fmt.Sprintf("%04dq%d", d.Year, (int(d.Month)+2)/3) }

// quartersBack names the quarters that a rating looks at, this one first.
func quartersBack(today calendar.Date) []string {
	names := make([]string, credit.QuartersMax)
	for i := range names {
		names[i] = quarterOf(calendar.Date{Year: today.Year, Month: today.Month, Day: 1}.AddMonths(-3 * i))
	}
	return names
}

// history reads a payer counter as a rating wants it.
func history(counter Counter, today calendar.Date) credit.History {
	var h credit.History
	for i, name := range quartersBack(today) {
		value := func(what string) int64 { return counter.Values[name+"/"+what] }
		h[i] = credit.Quarter{
			Payments: value(didPay), Paid: value(didPaid), LateDays: value(didLateDays),
			Kept: value(didKeep), Broken: value(didBreak), Disputes: value(didDispute),
		}
	}
	return h
}

// payerOf is how a customer paid, with those that it stands for.
func (c *Cycle) payerOf(ctx context.Context, tx *Tx, cust party.Data) (Counter, error) {
	keys := []Key{payerKey(cust.ID)}
	for _, id := range cust.Joined {
		keys = append(keys, payerKey(id))
	}
	if err := tx.Gather(ctx, Wanted{Counters: keys}); err != nil {
		return Counter{}, err
	}
	all := Counter{Key: keys[0], Values: map[string]int64{}}
	for _, k := range keys {
		for name, n := range tx.counted[k].Values {
			all.Values[name] += n
		}
	}
	return all, nil
}

// remember adds to what a customer did in the quarter of a day, and forgets what
// no rating looks at any more.
func (c *Cycle) remember(ctx context.Context, tx *Tx, customerID string, on calendar.Date, did map[string]int64) error {
	if customerID == "" || len(did) == 0 {
		return nil
	}
	counter, err := tx.Counter(ctx, payerKey(customerID))
	if err != nil {
		return err
	}
	a := Adjust{Key: counter.Key, Add: map[string]int64{}}
	for what, n := range did {
		a.Add[quarterOf(on)+"/"+what] = n
	}
	oldest := quartersBack(c.today(tx.At()))[credit.QuartersMax-1]
	for _, name := range slices.Sorted(maps.Keys(counter.Values)) {
		if _, moves := a.Add[name]; strings.Compare(name, oldest) < 0 && !moves {
			a.Remove = append(a.Remove, name)
		}
	}
	a.Key = payerKey(customerID)
	tx.Adjust(a)
	return nil
}

// paid tells how the money of a receipt met an invoice, sign −1 when it is taken
// back. What was settled by a credit note or paid at the shop beforehand says
// nothing about a payer.
func (c *Cycle) paid(ctx context.Context, tx *Tx, r cash.ReceiptData, inv invoice.Data, amount money.Amount, sign int64) error {
	did := paidFacts(r, inv, amount, c.Policy.Currency)
	for what := range did {
		did[what] *= sign
	}
	return c.remember(ctx, tx, inv.CustomerID, r.ValueOn, did)
}

func paidFacts(r cash.ReceiptData, inv invoice.Data, amount money.Amount, books string) map[string]int64 {
	if r.Method == "credit_note" || r.Method == "shop" || amount.Currency != books {
		return nil
	}
	late := int64(max(0, r.ValueOn.DaysSince(inv.DueOn)))
	return map[string]int64{didPay: 1, didPaid: amount.Minor, didLateDays: amount.Minor * late}
}

// disputed tells of a chargeback that came, or was won.
func (c *Cycle) disputed(ctx context.Context, tx *Tx, before, after cash.ReceiptData) error {
	n := chargebacks(after) - chargebacks(before)
	if n == 0 {
		return nil
	}
	return c.remember(ctx, tx, after.CustomerID, after.ValueOn, map[string]int64{didDispute: n})
}

// chargebacks counts those that we have not won.
func chargebacks(r cash.ReceiptData) int64 {
	var n int64
	for _, cb := range r.Chargebacks {
		if cb.Status != "won" {
			n++
		}
	}
	return n
}

// Payer is what is known of how a customer pays.
type Payer struct {
	Rating   credit.Rating
	Proposal *credit.Proposal // of a limit; nil: too little is known
	Orders   int              // confirmed ever
	Since    calendar.Date
}

func (c *Cycle) payer(d party.Data, in credit.Input) Payer {
	return Payer{Rating: in.Rating, Proposal: credit.Propose(in.Rating, c.terms(d), in.KnownDays(), in.Trusted()), Orders: in.Orders, Since: in.Since}
}
