package cash

import (
	"slices"
	"time"

	"duly/shared/o2c/money"
)

// Chargeback is what the holder of a card, or of a debited account, takes back
// of a receipt.
type Chargeback struct {
	ID        string       `json:"id"` // the provider's
	Amount    money.Amount `json:"amount"`
	Status    string       `json:"status"`              // "open", "won", "lost"
	Withdrawn bool         `json:"withdrawn,omitempty"` // the network holds the money while it is open; of an inquiry it does not
	At        time.Time    `json:"at,omitzero"`         // of the message, by the provider's clock
}

// FailedRefund is a refund that did not reach the customer: its money is back.
type FailedRefund struct {
	ID     string       `json:"id"` // the provider's
	Amount money.Amount `json:"amount"`
	At     time.Time    `json:"at"`
}

// Promise is a refund of ours that the provider has not told of: its money has
// left what has no home and is under way.
type Promise struct {
	RefundID string       `json:"refund_id"`
	Amount   money.Amount `json:"amount"`
}

// Reversals is what a provider says of money that went back, or came again.
type Reversals struct {
	GivenBack   money.Amount   `json:"given_back,omitzero"` // by us: the newest total that the provider told
	GivenBackAt time.Time      `json:"given_back_at,omitzero"`
	Failures    []FailedRefund `json:"failed_refunds,omitempty"`
	Chargebacks []Chargeback   `json:"chargebacks,omitempty"`
	Bounced     bool           `json:"bounced,omitempty"`  // the debit itself failed: all of it went
	Left        money.Amount   `json:"left,omitzero"`      // went back through the provider, as booked
	Held        money.Amount   `json:"held,omitzero"`      // withdrawn and not decided upon, as booked
	Promised    []Promise      `json:"promised,omitempty"` // approved to be given back, and not told by the provider as yet
	Moves       int            `json:"moves,omitempty"`    // bookings about what is above; they count their names
}

// GiveBack records the total that was given back as of an instant. An older
// total, or the smaller of one instant, is an older message.
func (r *Receipt) GiveBack(total money.Amount, at time.Time) {
	d := &r.data
	if at.Before(d.GivenBackAt) || (at.Equal(d.GivenBackAt) && total.Cmp(d.GivenBack) <= 0) {
		return
	}
	d.GivenBack, d.GivenBackAt = total, at
}

// RefundFailed records a refund that came back, once by its id.
func (r *Receipt) RefundFailed(f FailedRefund) {
	if !slices.ContainsFunc(r.data.Failures, func(known FailedRefund) bool { return known.ID == f.ID }) {
		r.data.Failures = append(slices.Clone(r.data.Failures), f)
	}
}

// Bounce records that the whole payment came to nothing after it had counted.
func (r *Receipt) Bounce() { r.data.Bounced = true }

// ChargeBack records how a chargeback stands and reports whether that is news:
// each counts once by its id; one that was decided is not open again, and of two
// decisions the later one counts, as a network may give back what was lost
// (row 09 of the failure catalogue).
func (r *Receipt) ChargeBack(cb Chargeback) bool {
	all := slices.Clone(r.data.Chargebacks)
	i := slices.IndexFunc(all, func(known Chargeback) bool { return known.ID == cb.ID })
	if i < 0 {
		r.data.Chargebacks = append(all, cb)
		return true
	}
	known := all[i]
	decided, was := cb.Status != "open", known.Status != "open"
	switch {
	case was && !decided, was == decided && !cb.At.After(known.At), known == cb:
		return false
	}
	all[i], r.data.Chargebacks = cb, all
	return true
}

// Gone is what must have left through the provider: what was given back and
// arrived, and what was lost; at most all of the receipt.
func (r *Receipt) Gone() money.Amount {
	d := r.data
	if d.Bounced {
		return d.Amount
	}
	sum := d.GivenBack.Plus(d.Amount.Zero())
	for _, f := range d.Failures {
		if !f.At.Before(d.GivenBackAt) { // a newer total knows of it
			sum = sum.Minus(f.Amount)
		}
	}
	if sum.IsNegative() {
		sum = sum.Zero()
	}
	for _, cb := range d.Chargebacks {
		if cb.Status == "lost" {
			sum = sum.Plus(cb.Amount)
		}
	}
	return money.Min(sum, d.Amount)
}

// Withdrawn is what the networks hold of chargebacks that are open.
func (r *Receipt) Withdrawn() money.Amount {
	sum := r.data.Amount.Zero()
	for _, cb := range r.data.Chargebacks {
		if cb.Status == "open" && cb.Withdrawn {
			sum = sum.Plus(cb.Amount)
		}
	}
	return sum
}

// Owing is what has to be booked so that the receipt agrees with its provider:
// what more has left since the last booking, or with a minus what came again,
// and what more, or less, is held.
func (r *Receipt) Owing() (left, held money.Amount) {
	zero := r.data.Amount.Zero()
	return r.Gone().Minus(r.data.Left.Plus(zero)), r.Withdrawn().Minus(r.data.Held.Plus(zero))
}

// Move counts a booking and gives its number.
func (r *Receipt) Move() int {
	r.data.Moves++
	return r.data.Moves
}

// Hold records what is held by now.
func (r *Receipt) Hold(held money.Amount) { r.data.Held = r.data.Held.Plus(held) }

// Leave records money that went back through the provider, out of what has no
// home.
func (r *Receipt) Leave(amount money.Amount) error {
	if err := r.Refund(amount); err != nil {
		return err
	}
	r.data.Left = r.data.Left.Plus(amount)
	return nil
}

// Promise takes an approved refund out of what has no home.
func (r *Receipt) Promise(p Promise) error {
	if err := r.Refund(p.Amount); err != nil {
		return err
	}
	r.data.Promised = append(slices.Clone(r.data.Promised), p)
	return nil
}

// Fulfil takes an amount that left through the provider off the promises, the
// oldest first, and gives what it took of each.
func (r *Receipt) Fulfil(left money.Amount) []Promise {
	var kept, done []Promise
	for _, p := range r.data.Promised {
		if take := money.Min(p.Amount, left); take.IsPositive() {
			done = append(done, Promise{RefundID: p.RefundID, Amount: take})
			left, p.Amount = left.Minus(take), p.Amount.Minus(take)
			r.data.Left = r.data.Left.Plus(take)
		}
		if p.Amount.IsPositive() {
			kept = append(kept, p)
		}
	}
	r.data.Promised = kept
	return done
}

// Withdraw gives the money of a promise that comes to nothing its place among
// what has no home again, and tells how much that is.
func (r *Receipt) Withdraw(refundID string) money.Amount {
	back := r.data.Amount.Zero()
	var kept []Promise
	for _, p := range r.data.Promised {
		if p.RefundID != refundID {
			kept = append(kept, p)
			continue
		}
		back = back.Plus(p.Amount)
	}
	r.data.Promised = kept
	r.Unrefund(back)
	return back
}

// Regain records money that had left and came again; it has no home.
func (r *Receipt) Regain(amount money.Amount) {
	r.data.Left = r.data.Left.Minus(amount)
	r.data.Refunded = r.data.Refunded.Minus(amount)
	r.data.Unapplied = r.data.Unapplied.Plus(amount)
}

// Return marks an undone application as one that follows its money.
func (r *Receipt) Return(n int) { r.data.Applications[n-1].Returned = true }
