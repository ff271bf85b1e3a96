package credit

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a request.
const (
	Pending  = "pending"
	Approved = "approved"
	Declined = "declined"
	Void     = "void" // the order changed or was cancelled
)

// Life is the transition table of a request.
var Life = life.Table{
	{From: Pending, Verb: "approve", To: Approved},
	{From: Pending, Verb: "decline", To: Declined},
	{From: Pending, Verb: "void", To: Void},
	{From: Approved, Verb: "void", To: Void},
}

// RequestData is what a request is made of; there is one per order, and one per
// quote that is to be sent.
type RequestData struct {
	OrderID    string       `json:"order_id"`          // of what it is about: the order or the quote
	Subject    string       `json:"subject,omitempty"` // "quote"; "" is an order
	CustomerID string       `json:"customer_id"`
	Amount     money.Amount `json:"amount"`   // of the order, in its own currency
	Decision   Decision     `json:"decision"` // the policy's
	Status     string       `json:"status"`
	AskedAt    time.Time    `json:"asked_at"`
	HeldUntil  time.Time    `json:"held_until,omitzero"` // stock is kept so long
	DecidedBy  string       `json:"decided_by,omitempty"`
	DecidedAt  time.Time    `json:"decided_at,omitzero"`
	Conditions Conditions   `json:"conditions,omitzero"`
	Reason     string       `json:"reason,omitempty"`
}

// Request is a question about credit and its answer, by the policy or a person.
type Request struct{ data RequestData }

// Ask records the policy's decision on an order. What the policy approves or
// declines is answered at once, by the policy.
func Ask(orderID, customerID string, d Decision, at, heldUntil time.Time) *Request {
	r := &Request{data: RequestData{OrderID: orderID, CustomerID: customerID, Amount: d.Input.Order(), Decision: d, Status: Pending, AskedAt: at, HeldUntil: heldUntil}}
	switch d.Verdict {
	case Approve:
		r.data.Status, r.data.DecidedBy, r.data.DecidedAt = Approved, "policy", at
	case Decline:
		r.data.Status, r.data.DecidedBy, r.data.DecidedAt = Declined, "policy", at
	}
	return r
}

// About says what kind of thing the request is about, when that is no order.
func (r *Request) About(kind string) *Request {
	r.data.Subject = kind
	return r
}

// Data is a copy.
func (r *Request) Data() RequestData { return r.data }

// Answered is a request that somebody else decided already.
type Answered struct {
	By     string
	At     time.Time
	Status string
}

func (e *Answered) Error() string {
	return fmt.Sprintf("already %s by %s at %s", e.Status, e.By, e.At.Format("15:04"))
}

// Approve says yes, under conditions or none.
func (r *Request) Approve(by string, at time.Time, c Conditions, reason string) error {
	return r.answer("approve", by, at, c, reason)
}

// Decline says no.
func (r *Request) Decline(by string, at time.Time, reason string) error {
	return r.answer("decline", by, at, Conditions{}, reason)
}

func (r *Request) answer(verb, by string, at time.Time, c Conditions, reason string) error {
	if r.data.Status != Pending {
		return &Answered{By: r.data.DecidedBy, At: r.data.DecidedAt, Status: r.data.Status}
	}
	next, err := Life.Next(r.data.Status, verb)
	if err != nil {
		return err
	}
	r.data.Status, r.data.DecidedBy, r.data.DecidedAt = next, by, at
	r.data.Conditions, r.data.Reason = c, reason
	return nil
}

// Void ends a request whose order changed or ended.
func (r *Request) Void(at time.Time) error {
	next, err := Life.Next(r.data.Status, "void")
	if err != nil {
		return err
	}
	r.data.Status, r.data.DecidedAt = next, at
	return nil
}

// Kind and ID make the request a document; it has the id of what it is about.
func (r *Request) Kind() string { return "credit" }
func (r *Request) ID() string   { return r.data.OrderID }

// Queue is where undecided requests wait for their stock's deadline.
const Queue = "credit"

// Due is the stock's deadline of a pending request.
func (r *Request) Due() (string, time.Time) {
	if r.data.Status != Pending {
		return Queue, time.Time{}
	}
	return Queue, r.data.HeldUntil
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Request) MarshalJSON() ([]byte, error) { return json.Marshal(r.data) }
func (r *Request) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }

// StockExpired reports whether the question waited longer than its stock may.
func (r *Request) StockExpired(at time.Time) bool {
	return r.data.Status == Pending && !r.data.HeldUntil.IsZero() && !at.Before(r.data.HeldUntil)
}

// LetGo takes the stock's deadline away once the stock was given back.
func (r *Request) LetGo() { r.data.HeldUntil = time.Time{} }
