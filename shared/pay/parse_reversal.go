package pay

import (
	"encoding/json"
	"strings"
	"time"

	"duly/shared/o2c"
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
		out.Status, out.Withdrawn = "open", !strings.HasPrefix(d.Status, "warning_")
	}
	if d.Evidence.DueBy > 0 {
		out.DueAt = time.Unix(d.Evidence.DueBy, 0).UTC()
	}
	return out, nil
}

// transferOut is a payout or a refund.
type transferOut struct {
	ID       string            `json:"id"`
	Amount   json.Number       `json:"amount"`
	Currency string            `json:"currency"`
	Intent   ref               `json:"payment_intent"`
	Status   string            `json:"status"`
	Metadata map[string]string `json:"metadata"`
}

func payoutPaid(e envelope) (o2c.PaymentEvent, error) {
	p := object[transferOut](e)
	if p.ID == "" {
		return nil, unreadable("it names no payout")
	}
	return o2c.PayoutPaid{Gateway: Name, ID: p.ID, At: e.at()}, nil
}

// payoutFailed: the transfer is back on Stripe's balance and goes out with a
// later payout.
func payoutFailed(e envelope) (o2c.PaymentEvent, error) {
	p := object[transferOut](e)
	if p.ID == "" {
		return nil, unreadable("it names no payout")
	}
	amount, err := e.sum(p.Amount, p.Currency)
	return o2c.PayoutFailed{Gateway: Name, ID: p.ID, Amount: amount, At: e.at()}, err
}

// refundChanged: how a refund stands. Of one that failed the money is back on
// Stripe's balance, and every one that failed says so by its status, whatever the
// message is called. One that we made carries our id of it; another one is told
// by its charge.
func refundChanged(e envelope) (o2c.PaymentEvent, error) {
	r := object[transferOut](e)
	ours := r.Metadata[metaRefund]
	failed := r.Status == "failed" || r.Status == "canceled" || e.Type == "refund.failed"
	if !failed && (ours == "" || r.Intent == "") {
		return nil, nil
	}
	if !failed {
		return o2c.RefundTold{Gateway: Name, Ref: string(r.Intent), ID: r.ID, Ours: ours, Done: r.Status == "succeeded", At: e.at()}, nil
	}
	amount, err := e.sum(r.Amount, r.Currency)
	switch {
	case err != nil:
		return nil, err
	case r.ID == "":
		return nil, unreadable("it names no refund")
	case r.Intent == "":
		return nil, nil
	}
	return o2c.RefundFailed{Gateway: Name, Ref: string(r.Intent), ID: r.ID, Ours: ours, Amount: amount, At: e.at()}, nil
}
