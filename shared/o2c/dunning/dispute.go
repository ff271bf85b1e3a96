package dunning

import (
	"encoding/json"
	"slices"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
	"duly/shared/o2c/money"
)

// The statuses of a dispute.
const (
	DisputeOpen     = "open"
	DisputeAccepted = "accepted" // a credit note took the accepted part off
	DisputeRejected = "rejected" // the customer was told why; letters go on
)

// DisputeLife is the transition table of a dispute.
var DisputeLife = life.Table{
	{From: DisputeOpen, Verb: "accept", To: DisputeAccepted},
	{From: DisputeOpen, Verb: "reject", To: DisputeRejected},
}

// The reasons that a customer may choose from; what is none of them is other.
const (
	WrongPrice   = "price"
	WrongGoods   = "goods"
	TooFew       = "quantity"
	Damaged      = "damaged"
	NotReceived  = "not_received"
	NotOrdered   = "not_ordered"
	AlreadyPaid  = "paid"
	OtherReason  = "other"
	DisputeWords = 1000 // how many characters a customer may write
	DisputesMax  = 3    // about one invoice from its page: each of them freezes a part
)

// DisputeReasons lists the reasons in the order in which they are offered.
func DisputeReasons() []string {
	return []string{WrongPrice, WrongGoods, TooFew, Damaged, NotReceived, NotOrdered, AlreadyPaid, OtherReason}
}

// AnswerDays is in how many working days a customer hears from us.
const AnswerDays = 5

// DisputeData is what a dispute is made of.
type DisputeData struct {
	ID         string        `json:"id"`
	InvoiceID  string        `json:"invoice_id"`
	Number     string        `json:"invoice"`
	CustomerID string        `json:"customer_id"`
	Amount     money.Amount  `json:"amount"` // the part that is said to be wrong, with tax
	Reason     string        `json:"reason"`
	Text       string        `json:"text,omitempty"` // the customer's own words
	By         string        `json:"by"`             // who said it, or wrote it down
	Owner      string        `json:"owner,omitempty"`
	Status     string        `json:"status"`
	OpenedAt   time.Time     `json:"opened_at"`
	AnswerBy   calendar.Date `json:"answer_by"`
	RemindAt   time.Time     `json:"remind_at,omitzero"` // when the team is reminded of the answer; zero: it was, or need not be
	ClosedAt   time.Time     `json:"closed_at,omitzero"`
	ClosedBy   string        `json:"closed_by,omitempty"`
	Accepted   money.Amount  `json:"accepted,omitzero"`     // the part that was credited
	CreditNote string        `json:"credit_note,omitempty"` // its number
	Answer     string        `json:"answer,omitempty"`      // what the customer was told
}

// Dispute is a customer's word that a part of an invoice is wrong. It freezes
// that part and nothing else: the rest is due and is dunned as before.
type Dispute struct{ data DisputeData }

// NewDispute opens a dispute about at most what is open and not disputed yet.
func NewDispute(d DisputeData, open money.Amount) (*Dispute, error) {
	if err := money.Same(d.Amount, open); err != nil || !d.Amount.IsPositive() || d.Amount.Cmp(open) > 0 {
		return nil, fault.Breaks("dispute.open_part", "{amount} is not a part of {open}", "amount", d.Amount, "open", open)
	}
	if !slices.Contains(DisputeReasons(), d.Reason) {
		return nil, fault.Breaks("dispute.reason", `"{id}" is no reason`, "id", d.Reason)
	}
	d.Status = DisputeOpen
	return &Dispute{data: d}, nil
}

// Data is a copy.
func (d *Dispute) Data() DisputeData { return d.data }

// Accept ends the dispute in the customer's favour, for a part of it or all.
func (d *Dispute) Accept(part money.Amount, note, by, answer string, at time.Time) error {
	if err := money.Same(part, d.data.Amount); err != nil || !part.IsPositive() || part.Cmp(d.data.Amount) > 0 {
		return fault.Breaks("dispute.credit_part", "{amount} is not a part of {total}", "amount", part, "total", d.data.Amount)
	}
	d.data.Accepted, d.data.CreditNote = part, note
	return d.close("accept", by, answer, at)
}

// Reject ends the dispute: the invoice stands as it is.
func (d *Dispute) Reject(by, answer string, at time.Time) error {
	return d.close("reject", by, answer, at)
}

func (d *Dispute) close(verb, by, answer string, at time.Time) error {
	next, err := DisputeLife.Next(d.data.Status, verb)
	if err != nil {
		return err
	}
	d.data.Status, d.data.ClosedBy, d.data.ClosedAt, d.data.Answer, d.data.RemindAt = next, by, at.UTC(), answer, time.Time{}
	return nil
}

// Take makes a colleague its owner.
func (d *Dispute) Take(who string) { d.data.Owner = who }

// Reminded says that the team was reminded of the answer that is due.
func (d *Dispute) Reminded() { d.data.RemindAt = time.Time{} }

// Kind, ID and ListKey make the dispute a document.
func (d *Dispute) Kind() string    { return "dispute" }
func (d *Dispute) ID() string      { return d.data.ID }
func (d *Dispute) ListKey() string { return d.data.OpenedAt.UTC().Format(time.RFC3339Nano) }

// DisputeQueue is where disputes wait for their answer.
const DisputeQueue = "dispute"

// Due is when the team is reminded of an open dispute.
func (d *Dispute) Due() (string, time.Time) {
	if d.data.Status != DisputeOpen {
		return DisputeQueue, time.Time{}
	}
	return DisputeQueue, d.data.RemindAt
}

// MarshalJSON and UnmarshalJSON are the store's door.
func (d *Dispute) MarshalJSON() ([]byte, error) { return json.Marshal(d.data) }
func (d *Dispute) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &d.data) }
