package sim

import (
	"encoding/json"

	"duly/shared/o2c"
	"duly/shared/o2c/cash"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// receiptEvent folds what became of money that came in.
func (o *oracle) receiptEvent(e o2c.Event) {
	if e.Type == "receipt.received" {
		if o.receipts[e.Of.ID] != nil {
			o.world.breaks("I5: receipt %s was received twice", e.Of.ID)
		}
		r := &receiptFacts{ReceiptData: facts[cash.ReceiptData](o, e), applied: map[int]cash.Application{}}
		o.receipts[e.Of.ID] = r
		if r.Source == "credit_note" {
			o.world.teller.gives(r)
		}
		return
	}
	r := o.receipts[e.Of.ID]
	if r == nil {
		o.world.breaks("I1: %s of receipt %s, which was never received", e.Type, e.Of.ID)
		return
	}
	switch e.Type {
	case "receipt.applied", "receipt.unapplied":
		a := facts[cash.Application](o, e)
		inv, sign := o.invoices[a.InvoiceID], int64(1)
		if e.Type == "receipt.unapplied" {
			sign = -1
		}
		if _, twice := r.applied[a.N]; inv == nil || twice == (sign > 0) {
			o.world.breaks("I2: application %d of receipt %s: %s of %s", a.N, r.ID, e.Type, a.Number)
			return
		}
		inv.settled += sign * a.Amount.Minor
		if sign > 0 {
			r.applied[a.N] = a
		} else {
			delete(r.applied, a.N)
		}
	case "receipt.paid_back":
		r.back += facts[struct{ Amount money.Amount }](o, e).Amount.Minor
	case "receipt.refunded":
		r.refunded += facts[struct{ Amount money.Amount }](o, e).Amount.Minor
	case "receipt.regained":
		again := facts[struct {
			Amount money.Amount
			Refund string
		}](o, e)
		if again.Refund != "" {
			r.refunded -= again.Amount.Minor
			return
		}
		r.back -= again.Amount.Minor
	}
}

// entry: I1, every booking sums to zero.
func (o *oracle) entry(body []byte) {
	var e ledger.EntryData
	o.world.must(json.Unmarshal(body, &e))
	o.news = true
	var sum int64
	for _, l := range e.Legs {
		sum += l.Amount.Minor
		o.balances[l.Account] += l.Amount.Minor
		if l.Account == ledger.Code(ledger.Receivable) {
			o.open[l.Of] += l.Amount.Minor
		}
	}
	if sum != 0 {
		o.world.breaks("I1: entry %s (%s) is off by %d", e.ID, e.Narrative, sum)
	}
}

// check compares the two sets of books, which must agree after every commit.
func (o *oracle) check() {
	if !o.news {
		return
	}
	o.checks++
	for _, f := range o.fresh {
		o.confirmed(f)
	}
	for _, f := range o.ended {
		o.closed(f)
	}
	o.news, o.fresh, o.ended = false, nil, nil
	var open, unapplied int64
	for id, inv := range o.invoices {
		left := inv.Total.Minor - inv.settled
		if left < 0 || inv.settled < 0 {
			o.world.breaks("I2: invoice %s of %d took %d", inv.Number, inv.Total.Minor, inv.settled)
		}
		if o.open[id] != left {
			o.world.breaks("I1: invoice %s has %d open, the receivable account says %d", inv.Number, left, o.open[id])
		}
		open += left
	}
	for id, r := range o.receipts {
		given := r.given()
		if given > r.Amount.Minor {
			o.world.breaks("I2: receipt %s of %d gave %d", id, r.Amount.Minor, given)
		}
		unapplied += r.Amount.Minor - given
	}
	o.compare(ledger.Receivable, open, "the open items")
	o.compare(ledger.Unapplied, -unapplied, "the money without a home")
}

// given is what a receipt has no more: it went to invoices, or back.
func (r *receiptFacts) given() int64 {
	given := r.back + r.refunded
	for _, a := range r.applied {
		given += a.Amount.Minor
	}
	return given
}

func (o *oracle) compare(role string, want int64, what string) {
	if got := o.balances[ledger.Code(role)]; got != want {
		o.world.breaks("I1: account %s stands at %d, %s at %d", role, got, what, want)
	}
}
