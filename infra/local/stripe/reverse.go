package stripe

import (
	"context"
	"net/http"
	"time"
)

// Reversal is money that went back: a refund or a chargeback.
type Reversal struct {
	ID            string `json:"id"`
	PaymentIntent string `json:"payment_intent"`
	Charge        string `json:"charge"`
	Amount        int64  `json:"amount"` // minor units
	Currency      string `json:"currency"`
	Status        string `json:"status"`
}

// Refund plays a refund made in Stripe's dashboard; amount 0 refunds the rest.
func (s *Server) Refund(ctx context.Context, paymentIntent string, amount int64) (Reversal, error) {
	var result Reversal
	err := s.change(func(at int64) error {
		ch, err := s.paidCharge(paymentIntent)
		if err != nil {
			return err
		}
		if amount == 0 {
			amount = ch.Amount - ch.Refunded
		}
		if amount <= 0 || amount > ch.Amount-ch.Refunded {
			return refuse(http.StatusBadRequest, "refund %d of %s — %d is left to refund — ask for at most that",
				amount, paymentIntent, ch.Amount-ch.Refunded)
		}
		result = reversalOf(s.makeRefund(ch, amount, "requested_by_customer", nil, at))
		return nil
	})
	if err != nil {
		return Reversal{}, err
	}
	s.settle(ctx)
	return result, nil
}

// FailRefund plays a customer's bank that sends a refund back.
func (s *Server) FailRefund(ctx context.Context, refundID string) (Reversal, error) {
	var result Reversal
	err := s.change(func(at int64) error {
		r, ok := s.state.Refunds.get(refundID)
		if !ok {
			return refuse(http.StatusNotFound, "fail refund %q — there is no such refund — use the id that Refund returned", refundID)
		}
		if r.Status == "failed" {
			return refuse(http.StatusConflict, "fail refund %s — it failed already — nothing is left to do", refundID)
		}
		ch := s.state.Charges.index[r.ChargeID]
		before := object{"status": r.Status, "failure_reason": nil, "failure_balance_transaction": nil}
		r.Status, r.FailureReason = "failed", "expired_or_canceled_card"
		r.FailureTransactionID = s.book(transaction{Type: "refund_failure", Category: "refund_failure", Source: r.ID,
			Amount: r.Amount, Currency: r.Currency, Description: "REFUND FAILURE"}, at)
		ch.Refunded -= r.Amount
		s.emit("refund.failed", s.renderRefund(r), nil, at)
		s.emitRefundUpdated(r, before, at)
		result = reversalOf(r)
		return nil
	})
	if err != nil {
		return Reversal{}, err
	}
	s.settle(ctx)
	return result, nil
}

// makeRefund takes the money off the Stripe balance; the fee of the payment is
// not returned. Refunds to a bank account are pending for a day.
func (s *Server) makeRefund(ch *charge, amount int64, reason string, metadata map[string]string, at int64) *refund {
	prefix, kind := "pyr_1", "payment_refund"
	if ch.Method == Card {
		prefix, kind = "re_3", "refund"
	}
	r := s.state.Refunds.add(&refund{ID: s.newID(prefix, 23), ChargeID: ch.ID, IntentID: ch.IntentID, Status: "succeeded",
		Reason: reason, Amount: amount, Currency: ch.Currency, Metadata: metadata, Created: at})
	if !instant(ch.Method) {
		r.Status = "pending"
		s.schedule(settleRefund, r.ID, at+86400)
	}
	r.TransactionID = s.book(transaction{Type: kind, Category: "refund", Source: r.ID, Amount: -amount,
		Currency: ch.Currency, Description: "REFUND FOR PAYMENT"}, at)
	before := object{"amount_refunded": ch.Refunded}
	ch.Refunded += amount
	if ch.Refunded == ch.Amount {
		before["refunded"] = false
	}
	s.emit("refund.created", s.renderRefund(r), nil, at)
	s.emit("charge.refunded", s.renderCharge(ch), before, at)
	return r
}

func (s *Server) finishRefund(r *refund, at int64) {
	if r.Status != "pending" {
		return
	}
	r.Status = "succeeded"
	s.emitRefundUpdated(r, object{"status": "pending"}, at)
}

// emitRefundUpdated sends both events that Stripe has for the same fact.
func (s *Server) emitRefundUpdated(r *refund, before object, at int64) {
	s.emit("charge.refund.updated", s.renderRefund(r), before, at)
	s.emit("refund.updated", s.renderRefund(r), before, at)
}

// ChargebackRequest is what a cardholder or debtor does through the own bank.
type ChargebackRequest struct {
	PaymentIntent string `json:"payment_intent"`
	Amount        int64  `json:"amount,omitempty"`  // minor units; 0 means all of it
	Outcome       string `json:"outcome,omitempty"` // won, lost, or empty: it stays open
	// ClosesAfter delays the outcome ("20d"); empty decides it at once.
	ClosesAfter string `json:"closes_after,omitempty"`
	Reason      string `json:"reason,omitempty"` // Stripe's reason; empty: fraudulent, or debit_not_authorized for SEPA
}

// Chargeback opens a dispute and, when an outcome is given, closes it; called
// again for a payment whose dispute is open, it closes that one. A SEPA debit
// that bounces after it succeeded is a dispute lost at once, as with Stripe.
func (s *Server) Chargeback(ctx context.Context, request ChargebackRequest) (Reversal, error) {
	var result Reversal
	err := s.change(func(at int64) error {
		delay, err := checkOutcome(request)
		if err != nil {
			return err
		}
		d, err := s.disputeFor(request, at)
		if err != nil {
			return err
		}
		kinds := map[string]string{"won": winDispute, "lost": loseDispute}
		if kind := kinds[request.Outcome]; kind != "" && delay == 0 {
			s.closeDispute(d, kind == winDispute, at)
		} else if kind != "" {
			s.schedule(kind, d.ID, at+int64(delay/time.Second))
		}
		result = Reversal{ID: d.ID, PaymentIntent: d.IntentID, Charge: d.ChargeID, Amount: d.Amount, Currency: d.Currency, Status: d.Status}
		return nil
	})
	if err != nil {
		return Reversal{}, err
	}
	s.settle(ctx)
	return result, nil
}

func checkOutcome(request ChargebackRequest) (time.Duration, error) {
	switch request.Outcome {
	case "", "won", "lost":
	default:
		return 0, refuse(http.StatusBadRequest, "outcome %q — it is unknown — use won, lost, or leave it out", request.Outcome)
	}
	if request.ClosesAfter == "" {
		return 0, nil
	}
	return ParseSpan(request.ClosesAfter)
}

func (s *Server) disputeFor(request ChargebackRequest, at int64) (*dispute, error) {
	for _, d := range s.state.Disputes.rows {
		if d.IntentID == request.PaymentIntent && d.Status == "needs_response" {
			return d, nil
		}
	}
	ch, err := s.paidCharge(request.PaymentIntent)
	if err != nil {
		return nil, err
	}
	if ch.Disputed {
		return nil, refuse(http.StatusConflict, "charge back %s — it was charged back before — a payment is disputed once", request.PaymentIntent)
	}
	amount, reason := request.Amount, request.Reason
	if amount == 0 {
		amount = ch.Amount - ch.Refunded
	}
	if amount <= 0 || amount > ch.Amount {
		return nil, refuse(http.StatusBadRequest, "charge back %d of %s — the payment was %d — ask for at most that",
			amount, request.PaymentIntent, ch.Amount)
	}
	if reason == "" && ch.Method == SEPADebit {
		reason = "debit_not_authorized"
	} else if reason == "" {
		reason = "fraudulent"
	}
	return s.openDispute(ch, amount, reason, at), nil
}

func (s *Server) openDispute(ch *charge, amount int64, reason string, at int64) *dispute {
	ch.Disputed = true
	d := s.state.Disputes.add(&dispute{ID: s.newID("du_1", 23), ChargeID: ch.ID, IntentID: ch.IntentID,
		Status: "needs_response", Reason: reason, Amount: amount, Currency: ch.Currency, Created: at})
	d.TransactionIDs = append(d.TransactionIDs, s.book(transaction{Type: "adjustment", Category: "dispute", Source: d.ID,
		Amount: -amount, Fee: disputeFee, Currency: ch.Currency, Description: "Chargeback withdrawal for " + ch.ID}, at))
	s.emit("charge.dispute.created", s.renderDispute(d), nil, at)
	s.emit("charge.dispute.funds_withdrawn", s.renderDispute(d), nil, at)
	return d
}

func (s *Server) closeDispute(d *dispute, won bool, at int64) {
	if d.Status != "needs_response" {
		return
	}
	d.Status = "lost"
	if won {
		d.Status = "won"
		d.TransactionIDs = append(d.TransactionIDs, s.book(transaction{Type: "adjustment", Category: "dispute_reversal",
			Source: d.ID, Amount: d.Amount, Fee: -disputeFee, Currency: d.Currency,
			Description: "Chargeback reversal for " + d.ChargeID}, at))
		s.emit("charge.dispute.funds_reinstated", s.renderDispute(d), nil, at)
	}
	s.emit("charge.dispute.closed", s.renderDispute(d), object{"status": "needs_response"}, at)
}

// paidCharge is the charge that collected a payment intent's money.
func (s *Server) paidCharge(paymentIntent string) (*charge, error) {
	in, ok := s.state.Intents.get(paymentIntent)
	if !ok {
		return nil, refuse(http.StatusNotFound, "payment %q — there is no such payment intent — Sessions names them", paymentIntent)
	}
	ch, ok := s.state.Charges.get(in.ChargeID)
	if !ok || ch.Status != "succeeded" {
		return nil, refuse(http.StatusConflict, "payment %s — it is %s, no money came in — wait until it succeeded", paymentIntent, in.Status)
	}
	return ch, nil
}

func reversalOf(r *refund) Reversal {
	return Reversal{ID: r.ID, PaymentIntent: r.IntentID, Charge: r.ChargeID, Amount: r.Amount, Currency: r.Currency, Status: r.Status}
}
