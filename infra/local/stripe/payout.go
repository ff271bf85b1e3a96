package stripe

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// Payout is a transfer of the Stripe balance to the bank account.
type Payout struct {
	ID        string `json:"id"`
	Amount    int64  `json:"amount"` // minor units that arrive at the bank
	Fees      int64  `json:"fees"`   // minor units that Stripe kept from what is paid out
	Currency  string `json:"currency"`
	Reference string `json:"reference"` // what the bank line will say
}

// Payout pays out all that is available in the given currency (empty: EUR) and
// links the balance transactions that make it up, so that charges − fees −
// refunds ± chargebacks is the amount, to the cent. A balance below zero is collected from the bank account by a payout whose
// amount is below zero (docs.stripe.com/payouts#negative-payouts).
func (s *Server) Payout(ctx context.Context, code string) (Payout, error) {
	var result Payout
	if code == "" {
		code = "eur"
	}
	err := s.change(func(at int64) error {
		included := s.unpaid(code)
		result.Currency = code
		for _, t := range included {
			result.Amount += t.net()
			result.Fees += t.Fee
		}
		if result.Amount == 0 { // below zero it is collected from the bank account
			return refuse(http.StatusConflict, "pay out — the Stripe balance is %s — collect a payment first", pretty(result.Amount, code))
		}
		result.Amount += s.state.PayoutSkew
		s.state.PayoutSkew = 0
		s.payOut(&result, included, at)
		return nil
	})
	if err != nil {
		return Payout{}, err
	}
	s.settle(ctx)
	return result, nil
}

// PayoutByHand pays out a part of the balance in the given currency (empty:
// EUR), as a person asks for in Stripe's dashboard. Stripe does not say what
// such a payout is made of.
func (s *Server) PayoutByHand(ctx context.Context, code string, amount int64) (Payout, error) {
	if code == "" {
		code = "eur"
	}
	result := Payout{Amount: amount, Currency: code}
	err := s.change(func(at int64) error {
		var balance int64
		for _, t := range s.unpaid(code) {
			balance += t.net()
		}
		if amount <= 0 || amount > balance {
			return refuse(http.StatusConflict, "pay out %d — the Stripe balance is %s — ask for at most that", amount, pretty(balance, code))
		}
		s.payOut(&result, nil, at)
		p := s.state.Payouts.index[result.ID]
		p.Manual = true
		return nil
	})
	if err != nil {
		return Payout{}, err
	}
	s.settle(ctx)
	return result, nil
}

// SkewPayout makes the next payout differ from what its transactions add up to,
// by minor units: a break that the product must report and never balance away.
func (s *Server) SkewPayout(minor int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.PayoutSkew = minor
}

// MovePayouts plays somebody who writes another bank account down in Stripe's
// dashboard: later payouts, in every currency, go there.
func (s *Server) MovePayouts() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state.PayoutMoves++
}

// payoutAccount is the id of the bank account that is paid out to; a currency has
// its own.
func (s *Server) payoutAccount(code string) string {
	return fmt.Sprintf("ba_1Loopback%s%d", strings.ToUpper(code), s.state.PayoutMoves+1)
}

// FailPayout plays a bank that sends a payout back: its amount returns to the
// Stripe balance and goes out again with the next payout.
func (s *Server) FailPayout(ctx context.Context, payoutID string) error {
	err := s.change(func(at int64) error {
		p, ok := s.state.Payouts.get(payoutID)
		if !ok {
			return refuse(http.StatusNotFound, "fail payout %q — there is no such payout — use the id that Payout returned", payoutID)
		}
		if p.Status == "failed" {
			return refuse(http.StatusConflict, "fail payout %s — it failed already — nothing is left to do", payoutID)
		}
		p.Status, p.Failure = "failed", "account_closed"
		p.FailureTransactionID = s.book(transaction{Type: "payout_failure", Category: "payout_reversal", Source: p.ID,
			Amount: p.Amount, Currency: p.Currency, Description: "STRIPE PAYOUT FAILURE"}, at)
		s.emit("payout.failed", s.renderPayout(p), object{"status": "paid"}, at)
		return nil
	})
	if err == nil {
		s.settle(ctx)
	}
	return err
}

func (s *Server) payOut(result *Payout, included []*transaction, at int64) {
	p := s.state.Payouts.add(&payout{ID: s.newID("po_1", 23), Status: "pending", Currency: result.Currency,
		Amount: result.Amount, Created: at, ArrivalDate: at, Description: "STRIPE PAYOUT",
		ReconciliationPending: true, Destination: s.payoutAccount(result.Currency)})
	p.TransactionID = s.book(transaction{Type: "payout", Category: "payout", Source: p.ID, Amount: -p.Amount,
		Currency: p.Currency, Description: p.Description}, at)
	s.state.Transactions.index[p.TransactionID].PayoutID = p.ID
	for _, t := range included {
		t.PayoutID = p.ID
	}
	s.emit("payout.created", s.renderPayout(p), nil, at)
	p.Status = "paid"
	s.emit("payout.paid", s.renderPayout(p), nil, at)
	p.ReconciliationPending = false
	s.emit("payout.reconciliation_completed", s.renderPayout(p), nil, at)
	result.ID, result.Reference = p.ID, "STRIPE "+p.ID
}

func (s *Server) unpaid(code string) []*transaction {
	var out []*transaction
	for _, t := range s.state.Transactions.rows {
		if t.PayoutID == "" && t.Currency == code {
			out = append(out, t)
		}
	}
	return out
}
