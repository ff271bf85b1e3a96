package stripe

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"
)

// A Refusal says why a control did nothing. Status is the HTTP status that fits.
type Refusal struct {
	Status int
	Text   string
}

func (r *Refusal) Error() string { return r.Text }

func refuse(status int, format string, args ...any) error {
	return &Refusal{Status: status, Text: fmt.Sprintf(format, args...)}
}

// PayRequest is what a customer does on the hosted page.
type PayRequest struct {
	Method string `json:"method"` // ideal, card, sepa_debit or bank_transfer
	// Amount in minor units. Zero means the session's amount; only a bank
	// transfer can bring another one, because there the customer types it.
	Amount  int64  `json:"amount,omitempty"`
	Outcome string `json:"outcome,omitempty"` // succeed (also when empty) or fail
	// SettlesAfter is how long the money is under way ("4d", "36h"). Empty means
	// at once for ideal and card, 4d for sepa_debit and 1d for bank_transfer.
	SettlesAfter string `json:"settles_after,omitempty"`

	Card    string `json:"card,omitempty"`    // one of Stripe's test numbers; "" is 4242 4242 4242 4242
	Expires string `json:"expires,omitempty"` // of the card: "2027-03"
}

// Session is a Checkout Session as the demo's control shows it.
type Session struct {
	ID                string            `json:"id"`
	URL               string            `json:"url"`
	Status            string            `json:"status"`         // open, complete, expired
	PaymentStatus     string            `json:"payment_status"` // unpaid, paid
	Amount            int64             `json:"amount"`
	Currency          string            `json:"currency"`
	ClientReferenceID string            `json:"client_reference_id"`
	PaymentIntent     string            `json:"payment_intent"`
	IntentStatus      string            `json:"intent_status"`
	Charge            string            `json:"charge"`
	Metadata          map[string]string `json:"metadata"`
	Email             string            `json:"email"`
	CreatedAt         time.Time         `json:"created_at"`
	ExpiresAt         time.Time         `json:"expires_at"`
}

// Sessions lists all Checkout Sessions, newest first.
func (s *Server) Sessions() []Session {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Session, 0, len(s.state.Sessions.rows))
	for i := len(s.state.Sessions.rows) - 1; i >= 0; i-- {
		out = append(out, s.view(s.state.Sessions.rows[i]))
	}
	return out
}

func (s *Server) view(r *session) Session {
	v := Session{
		ID: r.ID, URL: r.URL, Status: r.Status, PaymentStatus: r.PaymentStatus, Amount: r.Amount, Currency: r.Currency,
		ClientReferenceID: r.ClientReferenceID, PaymentIntent: r.IntentID, Metadata: orEmpty(r.Metadata), Email: r.Email,
		CreatedAt: time.Unix(r.Created, 0).UTC(), ExpiresAt: time.Unix(r.ExpiresAt, 0).UTC(),
	}
	if in, ok := s.state.Intents.get(r.IntentID); ok {
		v.IntentStatus, v.Charge = in.Status, in.ChargeID
	}
	return v
}

// Pay plays the customer on the hosted page. A method that takes time, or a
// SettlesAfter, completes the session unpaid; Tick settles or fails it later.
// An instant payment that fails leaves the session open for another try.
func (s *Server) Pay(ctx context.Context, sessionID string, request PayRequest) (Session, error) {
	err := s.change(func(at int64) error {
		r, err := s.payable(sessionID, at)
		if err != nil {
			return err
		}
		delay, err := check(r, &request)
		switch {
		case err != nil:
			return err
		case r.Mode == "setup":
			s.completeSetup(r, request, at)
		default:
			s.attempt(r, request, delay, at)
		}
		return nil
	})
	if err != nil {
		return Session{}, err
	}
	s.settle(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.view(s.state.Sessions.index[sessionID]), nil
}

func (s *Server) payable(sessionID string, at int64) (*session, error) {
	r, ok := s.state.Sessions.get(sessionID)
	if !ok {
		return nil, refuse(http.StatusNotFound, "pay session %q — there is no such session — list them with Sessions", sessionID)
	}
	if r.Status == "open" && r.ExpiresAt <= at {
		s.expire(r, at)
	}
	if r.Status != "open" {
		return nil, refuse(http.StatusConflict, "pay session %s — it is %s — start a new payment from the invoice", sessionID, r.Status)
	}
	return r, nil
}

// check fills in what the request left out and says how long the money is under way.
func check(r *session, request *PayRequest) (time.Duration, error) {
	usual := map[string]string{IDEAL: "0d", Card: "0d", SEPADebit: "4d", BankTransfer: "1d"}
	standard, known := usual[request.Method]
	if !known {
		return 0, refuse(http.StatusBadRequest, "pay with %q — the method is unknown — use ideal, card, sepa_debit or bank_transfer", request.Method)
	}
	if request.Outcome == "" {
		request.Outcome = "succeed"
	}
	if request.Outcome != "succeed" && request.Outcome != "fail" {
		return 0, refuse(http.StatusBadRequest, "outcome %q — it is unknown — use succeed or fail", request.Outcome)
	}
	if request.Amount == 0 {
		request.Amount = r.Amount
	}
	if request.Amount < 0 || (request.Amount != r.Amount && request.Method != BankTransfer) {
		return 0, refuse(http.StatusBadRequest, "pay %d — Checkout collects exactly %d by %s — leave amount out, or use bank_transfer",
			request.Amount, r.Amount, request.Method)
	}
	if _, ours := testCards()[request.Card]; request.Card != "" && !ours {
		return 0, refuse(http.StatusBadRequest, "card %s — it is none of Stripe's test cards — leave it out, or look at docs.stripe.com/testing", request.Card)
	}
	if _, _, err := expiry(*request); err != nil {
		return 0, err
	}
	if request.SettlesAfter == "" {
		request.SettlesAfter = standard
	}
	return ParseSpan(request.SettlesAfter)
}

// attempt makes payment intent and charge, then either finishes at once or
// leaves the rest to a timer.
func (s *Server) attempt(r *session, request PayRequest, delay time.Duration, at int64) {
	in := s.intentFor(r, request.Method, at)
	succeed := request.Outcome == "succeed"
	if says := cardOf(request).first; request.Method == Card && says != "" {
		succeed, in.FailAs = false, says
	}
	if r.Keeps && succeed {
		in.CustomerID = s.customerFor(r, at).ID
	}
	ch := s.newCharge(in, request.Method, request.Amount, r.Name, r.Email, at)
	if r.Keeps && succeed {
		m := s.keep(r, request, ch.ID, at)
		if in.MethodID, ch.MethodID = m.ID, m.ID; request.Method == IDEAL {
			in.MethodID, ch.MethodID, ch.GeneratedID = "", "", m.ID
		}
	}
	if instant(request.Method) && delay == 0 {
		if !succeed {
			s.failCharge(in, ch, at)
			return
		}
		s.succeedCharge(in, ch, at)
		r.Status, r.PaymentStatus = "complete", "paid"
		s.emit("checkout.session.completed", s.renderSession(r), nil, at)
		return
	}
	r.Status = "complete"
	in.Status = "processing"
	name := "payment_intent.processing"
	if request.Method == BankTransfer {
		in.Status, name = "requires_action", "payment_intent.requires_action"
	}
	if request.Method != BankTransfer {
		s.emit("charge.pending", s.renderCharge(ch), nil, at)
	}
	s.emit(name, s.renderIntent(in), nil, at)
	s.emit("checkout.session.completed", s.renderSession(r), nil, at)
	kind := settleSession
	if !succeed {
		kind = failSession
	}
	s.schedule(kind, r.ID, at+int64(delay/time.Second))
}

func (s *Server) intentFor(r *session, method string, at int64) *intent {
	in, ok := s.state.Intents.get(r.IntentID)
	if !ok {
		in = s.state.Intents.add(&intent{ID: s.newID("pi_3", 23), SessionID: r.ID, Amount: r.Amount, Currency: r.Currency,
			Metadata: r.IntentMetadata, Description: r.IntentDescription, Status: "requires_payment_method", Created: at})
		r.IntentID = in.ID
		s.emit("payment_intent.created", s.renderIntent(in), nil, at)
	}
	in.Method, in.Failure, in.FailAs = method, nil, ""
	return in
}

// newCharge is pending until it succeeds or fails. Only card payments have ids
// that begin with ch_; those of other methods begin with py_.
func (s *Server) newCharge(in *intent, method string, amount int64, name, email string, at int64) *charge {
	prefix := "py_3"
	if method == Card {
		prefix = "ch_3"
	}
	ch := s.state.Charges.add(&charge{ID: s.newID(prefix, 23), IntentID: in.ID, Status: "pending", Amount: amount,
		Currency: in.Currency, Method: method, Metadata: in.Metadata, Description: in.Description,
		Name: name, Email: email, CustomerID: in.CustomerID, MethodID: in.MethodID, Created: at})
	in.ChargeID = ch.ID
	return ch
}

// succeedCharge books the money on the Stripe balance. A bank transfer may have
// brought another amount than was asked: amount_received and the charge tell.
func (s *Server) succeedCharge(in *intent, ch *charge, at int64) {
	kind := "payment"
	if ch.Method == Card {
		kind = "charge"
	}
	ch.Status = "succeeded"
	ch.TransactionID = s.book(transaction{Type: kind, Category: "charge", Source: ch.ID, Amount: ch.Amount,
		Fee: fee(ch.Method, ch.Amount), Currency: ch.Currency, Description: describe(ch)}, at)
	in.Status, in.Received = "succeeded", ch.Amount
	s.emit("charge.succeeded", s.renderCharge(ch), nil, at)
	s.emit("payment_intent.succeeded", s.renderIntent(in), nil, at)
}

func (s *Server) failCharge(in *intent, ch *charge, at int64) {
	ch.Status, ch.Failure = "failed", reasonToFail(ch.Method, in.FailAs)
	in.Status, in.Failure = "requires_payment_method", ch.Failure
	s.emit("charge.failed", s.renderCharge(ch), nil, at)
	s.emit("payment_intent.payment_failed", s.renderIntent(in), nil, at)
}

// reasonToFail is what Stripe says of a failure; code is what the bank said, ""
// what it says most often.
func reasonToFail(method, code string) *failure {
	switch {
	case method == SEPADebit && code != "":
		return &failure{Code: code, Message: "The payment could not be carried out by the customer's bank."}
	case slices.Contains([]string{"expired_card", "processing_error", "authentication_required"}, code):
		return &failure{Code: code, DeclineCode: map[string]string{"authentication_required": code}[code], Message: "Your card was declined."}
	case code != "" && code != "insufficient_funds":
		return &failure{Code: "card_declined", DeclineCode: code, Message: "Your card was declined."}
	case method == Card:
		return &failure{Code: "card_declined", DeclineCode: "insufficient_funds", Message: "Your card has insufficient funds."}
	}
	return &failure{Code: "payment_intent_payment_attempt_failed", Message: "The customer's bank did not carry out the payment."}
}

// settleDelayed ends a payment that was under way.
func (s *Server) settleDelayed(r *session, succeed bool, at int64) {
	in := s.state.Intents.index[r.IntentID]
	ch := s.state.Charges.index[in.ChargeID]
	if !succeed {
		s.failCharge(in, ch, at)
		s.emit("checkout.session.async_payment_failed", s.renderSession(r), nil, at)
		return
	}
	s.succeedCharge(in, ch, at)
	r.PaymentStatus = "paid"
	s.emit("checkout.session.async_payment_succeeded", s.renderSession(r), nil, at)
}

func (s *Server) expire(r *session, at int64) {
	r.Status = "expired"
	s.emit("checkout.session.expired", s.renderSession(r), nil, at)
}

// book adds a movement to the Stripe balance; its funds are available at once.
func (s *Server) book(t transaction, at int64) string {
	t.ID, t.Created = s.newID("txn_3", 23), at
	return s.state.Transactions.add(&t).ID
}
