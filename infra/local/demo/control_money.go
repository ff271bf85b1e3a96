package demo

import (
	"net/http"
	"strings"

	"duly/infra/local/bank"
	"duly/infra/local/stripe"
	"duly/shared/o2c/fault"
)

func (s *site) stripeSessions(r *http.Request) (int, any, error) {
	return list(r, s.runtime.Stripe.Sessions(), func(c stripe.Session) string { return c.ID })
}

func (s *site) stripePay(r *http.Request) (int, any, error) {
	var in struct {
		stripe.PayRequest
		Amount minor `json:"amount"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	in.PayRequest.Amount = int64(in.Amount)
	if in.Method == "" {
		in.Method = stripe.IDEAL
	}
	session, err := s.runtime.Stripe.Pay(r.Context(), r.PathValue("id"), in.PayRequest)
	return http.StatusOK, session, err
}

// stripeMethods lists what customers let Stripe keep.
func (s *site) stripeMethods(r *http.Request) (int, any, error) {
	return list(r, s.runtime.Stripe.Methods(), func(m stripe.Kept) string { return m.ID })
}

// stripeMethod says what the bank of a kept method answers next, or what becomes
// of it.
func (s *site) stripeMethod(r *http.Request) (int, any, error) {
	var in stripe.KeptRequest
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	err := s.runtime.Stripe.Change(r.Context(), r.PathValue("id"), in)
	return http.StatusOK, map[string]bool{"changed": err == nil}, err
}

// reversal asks for money back, by the payment or by the session it was paid in.
type reversal struct {
	stripe.ChargebackRequest
	Session string `json:"session"`
	Amount  minor  `json:"amount"`
}

func (s *site) readReversal(r *http.Request) (reversal, error) {
	var in reversal
	if err := read(r, &in); err != nil {
		return in, err
	}
	in.ChargebackRequest.Amount = int64(in.Amount)
	for _, c := range s.runtime.Stripe.Sessions() {
		if in.PaymentIntent == "" && in.Session != "" && c.ID == in.Session {
			in.PaymentIntent = c.PaymentIntent
		}
	}
	if in.PaymentIntent == "" {
		return in, fault.Bad("/payment_intent", "the payment is not named", "give payment_intent, or the session it was paid in")
	}
	return in, nil
}

func (s *site) stripeRefund(r *http.Request) (int, any, error) {
	in, err := s.readReversal(r)
	if err != nil {
		return 0, nil, err
	}
	out, err := s.runtime.Stripe.Refund(r.Context(), in.PaymentIntent, in.ChargebackRequest.Amount)
	return http.StatusCreated, out, err
}

func (s *site) stripeChargeback(r *http.Request) (int, any, error) {
	in, err := s.readReversal(r)
	if err != nil {
		return 0, nil, err
	}
	out, err := s.runtime.Stripe.Chargeback(r.Context(), in.ChargebackRequest)
	return http.StatusCreated, out, err
}

func (s *site) stripePayout(r *http.Request) (int, any, error) {
	var in struct {
		Currency string `json:"currency"`
	}
	if err := read(r, &in); err != nil {
		return 0, nil, err
	}
	out, err := s.runtime.Stripe.Payout(r.Context(), strings.ToLower(in.Currency))
	return http.StatusCreated, out, err
}

func (s *site) bankAccount(*http.Request) (int, any, error) {
	return http.StatusOK, map[string]any{
		"iban": s.runtime.Policy.Seller.IBAN, "balance": s.euros(s.runtime.Bank.Balance()), "entries": s.runtime.Bank.Entries(),
	}, nil
}

// entryAsked is an entry to book, as the control takes it.
type entryAsked struct {
	bank.Entry
	Amount minor `json:"amount"`
}

// bankBook books entries today, delivers the statement and answers with it. A
// caller that asks for JSON gets it wrapped.
func (s *site) bankBook(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, bodyMax)
	var in struct {
		Entries []entryAsked `json:"entries"`
	}
	if err := read(r, &in); err != nil {
		problem(w, err)
		return
	}
	entries := make([]bank.Entry, len(in.Entries))
	for i, e := range in.Entries {
		entries[i] = e.Entry
		entries[i].Amount = int64(e.Amount)
	}
	booked, statement, err := s.runtime.Book(entries)
	if err != nil {
		problem(w, err)
		return
	}
	s.runtime.Nudge()
	if err := s.runtime.Keep(); err != nil {
		problem(w, err)
		return
	}
	if strings.Contains(r.Header.Get("Accept"), "application/json") {
		writeJSON(w, http.StatusCreated, map[string]any{"entries": booked, "statement": string(statement)})
		return
	}
	w.Header().Set("Content-Type", "application/xml; charset=utf-8")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write(statement) // the caller may be gone
}
