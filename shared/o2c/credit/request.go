package credit

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/calendar"
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

// Life is the transition table of a request. A void one is final; the others
// are reopened when the answer is taken back, expires, or the order outgrows it.
var Life = life.Table{
	{From: Pending, Verb: "approve", To: Approved},
	{From: Pending, Verb: "decline", To: Declined},
	{From: Pending, Verb: "void", To: Void},
	{From: Pending, Verb: "reopen", To: Pending}, // the order changed before it was answered
	{From: Approved, Verb: "void", To: Void},
	{From: Approved, Verb: "extend", To: Approved}, // from a part to all of it
	{From: Approved, Verb: "reopen", To: Pending},
	{From: Declined, Verb: "reopen", To: Pending},
}

// RequestData is what a request is made of; there is one per order, and one per
// quote that is to be sent.
type RequestData struct {
	OrderID     string       `json:"order_id"`
	Subject     string       `json:"subject,omitempty"` // "quote"; "" is an order
	CustomerID  string       `json:"customer_id"`
	Amount      money.Amount `json:"amount"`   // of the order, in its own currency
	Decision    Decision     `json:"decision"` // the policy's
	Status      string       `json:"status"`
	AskedAt     time.Time    `json:"asked_at"`
	AskedAgain  string       `json:"asked_again,omitempty"`  // why: "expired", "changed" or "undone"; "" for the first time
	RequestedBy string       `json:"requested_by,omitempty"` // the colleague who entered the order
	TwoPeople   bool         `json:"two_people,omitempty"`   // the policy of the day asks for two
	First       *Approval    `json:"first,omitempty"`        // of two: it waits for another person's
	HeldUntil   time.Time    `json:"held_until,omitzero"`    // stock is kept so long
	BackupAt    time.Time    `json:"backup_at,omitzero"`     // when others are called, unless it is answered
	EndsAt      time.Time    `json:"ends_at,omitzero"`       // when the question ends as the policy says
	Ended       time.Time    `json:"ended,omitzero"`         // nobody answered; it is on hold since then
	Snoozed     *Snooze      `json:"snoozed,omitempty"`
	DecidedBy   string       `json:"decided_by,omitempty"` // "policy", or an actor
	DecidedAs   string       `json:"decided_as,omitempty"` // the decider's name
	DecidedFor  string       `json:"decided_for,omitempty"`
	DecidedAt   time.Time    `json:"decided_at,omitzero"`
	Conditions  Conditions   `json:"conditions,omitzero"`
	Reason      string       `json:"reason,omitempty"`
	KeepStock   bool         `json:"keep_stock,omitempty"` // of a refusal
	ExpiresAt   time.Time    `json:"expires_at,omitzero"`  // of an approval that nothing has come of yet
	Undo        *Undo        `json:"undo,omitempty"`
}

// Approval is one colleague's yes.
type Approval struct {
	By         string     `json:"by"` // actor
	Name       string     `json:"name"`
	For        string     `json:"for,omitempty"` // the name of whom the colleague stands in for
	At         time.Time  `json:"at"`
	Conditions Conditions `json:"conditions,omitzero"`
	Reason     string     `json:"reason,omitempty"`
}

// Snooze keeps the reminders of a request quiet for a while.
type Snooze struct {
	By    string    `json:"by"`
	Until time.Time `json:"until"`
}

// Undo is how an answer can be taken back, and until when.
type Undo struct {
	Until     time.Time     `json:"until"`
	TermsDays int           `json:"terms"`              // of the order before
	Limit     *money.Amount `json:"limit,omitempty"`    // of the customer before it was raised; nil: its own was none
	Raised    bool          `json:"raised,omitempty"`   // the limit was raised
	Reserved  []int64       `json:"reserved,omitempty"` // units held before, by line
	HeldUntil time.Time     `json:"held_until,omitzero"`
	DeliverOn calendar.Date `json:"deliver_on,omitzero"` // as the order was expected before
	Letter    string        `json:"letter,omitempty"`    // the effect that tells the customer when it cannot be undone any more
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
		r.data.Conditions.PrepayAll = d.PrepayAll
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

// Waits says who must answer a pending request and until when: who asked, whether
// two people must agree, when a backup is called and when the question ends.
func (r *Request) Waits(requestedBy string, twoPeople bool, backupAt, endsAt time.Time) {
	r.data.RequestedBy, r.data.TwoPeople, r.data.BackupAt, r.data.EndsAt = requestedBy, twoPeople, backupAt, endsAt
}

// Again asks anew, because the answer expired, was taken back, or does not fit
// the order any more.
func (r *Request) Again(why string, d Decision, at, heldUntil time.Time) error {
	next, err := Life.Next(r.data.Status, "reopen")
	if err != nil {
		return err
	}
	was := r.data
	*r = *Ask(was.OrderID, was.CustomerID, d, at, heldUntil)
	r.data.Status, r.data.DecidedBy, r.data.DecidedAt = next, "", time.Time{}
	r.data.AskedAgain, r.data.RequestedBy, r.data.Subject = why, was.RequestedBy, was.Subject
	return nil
}

// Data is a copy.
func (r *Request) Data() RequestData { return r.data }

// Void ends a request whose order changed or ended.
func (r *Request) Void(at time.Time) error {
	next, err := Life.Next(r.data.Status, "void")
	if err != nil {
		return err
	}
	r.data.Status, r.data.DecidedAt, r.data.Undo, r.data.ExpiresAt = next, at, nil, time.Time{}
	return nil
}

// Kind, ID and ListKey make the request a document; it has its order's id. Only what waits for an answer is listed.
func (r *Request) Kind() string { return "credit" }
func (r *Request) ID() string   { return r.data.OrderID }
func (r *Request) ListKey() string {
	if r.data.Status != Pending {
		return ""
	}
	return r.data.AskedAt.UTC().Format(time.RFC3339Nano)
}

// Queue is where requests wait for the next of their deadlines.
const Queue = "credit"

// Due is the next instant at which something is to be done about the request.
func (r *Request) Due() (string, time.Time) {
	var next time.Time
	for _, at := range r.deadlines() {
		if !at.IsZero() && (next.IsZero() || at.Before(next)) {
			next = at
		}
	}
	return Queue, next
}

func (r *Request) deadlines() []time.Time {
	switch r.data.Status {
	case Pending:
		return []time.Time{r.data.HeldUntil, r.data.BackupAt, r.data.EndsAt}
	case Approved:
		return []time.Time{r.data.ExpiresAt}
	case Declined:
		if r.data.KeepStock {
			return []time.Time{r.data.HeldUntil}
		}
	}
	return nil
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Request) MarshalJSON() ([]byte, error) { return json.Marshal(&r.data) }
func (r *Request) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }

// Answered is a request that somebody else decided already.
type Answered struct {
	By     string
	At     time.Time
	Status string
}

func (e *Answered) Error() string {
	return fmt.Sprintf("already %s by %s at %s", e.Status, e.By, e.At.Format("15:04"))
}
