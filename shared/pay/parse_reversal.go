package pay

import (
	"encoding/json"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// charge is what was taken of a payment.
type charge struct {
	ID       string      `json:"id"`
	Intent   ref         `json:"payment_intent"`
	Refunded json.Number `json:"amount_refunded"`
	Currency string      `json:"currency"`
}

// chargeRefunded carries the total that was given back so far, so that several
// refunds in any order end alike.
func chargeRefunded(e envelope) (o2c.PaymentEvent, error) {
	c := object[charge](e)
	total, err := e.sum(c.Refunded, c.Currency)
	if err != nil {
		return nil, err
	}
	if c.Intent == "" {
		return nil, nil // not a payment of ours: those have a payment intent
	}
	return o2c.MoneyBack{Gateway: Name, Ref: string(c.Intent), Total: total, At: e.at()}, nil
}

// dispute is what the card networks call a chargeback.
type dispute struct {
	ID       string      `json:"id"`
	Intent   ref         `json:"payment_intent"`
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"`
	Status   string      `json:"status"`
	Reason   string      `json:"reason"`
	Evidence struct {
		DueBy int64 `json:"due_by"`
	} `json:"evidence_details"`
}

// disputeStatus is how Stripe's statuses end; what is not here is open. An
// inquiry that is closed never became a chargeback: the money stays.
var disputeStatus = map[string]string{"won": "won", "lost": "lost", "warning_closed": "won", "prevented": "won"}

func disputeChanged(e envelope) (o2c.PaymentEvent, error) {
	d := object[dispute](e)
	amount, err := e.sum(d.Amount, d.Currency)
	switch {
	case err != nil:
		return nil, err
	case d.Intent == "":
		return nil, nil
	case d.ID == "" || d.Status == "":
		return nil, unreadable("the chargeback has no id or no status")
	}
	out := o2c.Chargeback{Gateway: Name, Ref: string(d.Intent), ID: d.ID, Amount: amount, Status: disputeStatus[d.Status], Reason: d.Reason, At: e.at()}
	if out.Status == "" {
		out.Status = "open"
	}
	if d.Evidence.DueBy > 0 {
		out.DueAt = time.Unix(d.Evidence.DueBy, 0).UTC()
	}
	return out, nil
}

// transferOut is a payout or a refund.
type transferOut struct {
	ID       string      `json:"id"`
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"`
	Intent   ref         `json:"payment_intent"`
}

func payoutPaid(e envelope) (o2c.PaymentEvent, error) {
	p := object[transferOut](e)
	if p.ID == "" {
		return nil, unreadable("it names no payout")
	}
	return o2c.PayoutPaid{Gateway: Name, ID: p.ID, At: e.at()}, nil
}

// payoutFailed and refundFailed are for a person: money that was on its way out
// is back on Stripe's balance.
func payoutFailed(e envelope) (o2c.PaymentEvent, error) {
	p := object[transferOut](e)
	return nil, fault.New(fault.Refused, "A payout failed", "payout "+p.ID+" did not reach the bank account; its money is back on the Stripe balance", "check the bank account at Stripe")
}

func refundFailed(e envelope) (o2c.PaymentEvent, error) {
	r := object[transferOut](e)
	why := "refund " + r.ID + " of payment " + string(r.Intent) + " did not reach the customer"
	if amount, err := e.sum(r.Amount, r.Currency); err == nil {
		why += "; " + amount.String() + " is back on the Stripe balance"
	}
	return nil, fault.New(fault.Refused, "A refund failed", why, "pay the customer in another way and book it")
}
