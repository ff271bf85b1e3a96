// Package delivery owns what becomes of a document or letter on its way to one
// recipient: by which channel it went, whether it arrived, and why not; and of
// which mailboxes it is known that nothing arrives there. It does not own the
// documents, nor how anything is sent.
package delivery

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/fault"
	"duly/shared/o2c/life"
)

// The channels by which a document reaches its recipient.
const (
	Mail   = "mail"
	Peppol = "peppol" // an access point of the network
	Post   = "post"   // on paper: a colleague prints and posts it
)

// The statuses of a delivery.
const (
	Waiting    = "waiting"    // for a colleague to print and post it
	Sent       = "sent"       // taken by the mail service, the access point or the post
	Delivered  = "delivered"  // the recipient's side took it
	Bounced    = "bounced"    // it came back
	Complained = "complained" // the recipient marked it as unwanted
	Rejected   = "rejected"   // the recipient's access point or system refused it
	Failed     = "failed"     // it never left
	Replaced   = "replaced"   // it was sent again, there or elsewhere
)

// Life is the transition table of a delivery. A mail may come back after it was
// said to have arrived.
var Life = life.Table{
	{From: Waiting, Verb: "post", To: Sent},
	{From: Waiting, Verb: "replace", To: Replaced},
	{From: Sent, Verb: "deliver", To: Delivered},
	{From: Sent, Verb: "bounce", To: Bounced},
	{From: Sent, Verb: "complain", To: Complained},
	{From: Sent, Verb: "reject", To: Rejected},
	{From: Sent, Verb: "replace", To: Replaced},
	{From: Delivered, Verb: "bounce", To: Bounced},
	{From: Delivered, Verb: "complain", To: Complained},
	{From: Delivered, Verb: "reject", To: Rejected},
	{From: Delivered, Verb: "replace", To: Replaced},
	{From: Bounced, Verb: "replace", To: Replaced},
	{From: Complained, Verb: "replace", To: Replaced},
	{From: Rejected, Verb: "replace", To: Replaced},
	{From: Failed, Verb: "replace", To: Replaced},
}

// Data is one delivery.
type Data struct {
	ID         string          `json:"id"`                    // of the effect that sends it
	What       string          `json:"what"`                  // the letter's template, such as "invoice" or "reminder_firm"
	Does       string          `json:"does"`                  // the effect's kind and arguments, so that it can be sent again
	About      string          `json:"about"`                 // kind and id of the effect's subject, "invoice:i_…"
	Args       json.RawMessage `json:"args,omitempty"`        //
	Invoices   []string        `json:"invoices,omitempty"`    // ids of the legal documents that it is about
	Numbers    []string        `json:"numbers,omitempty"`     // and their numbers
	CustomerID string          `json:"customer_id,omitempty"` //
	Customer   string          `json:"customer,omitempty"`    // by name
	Channel    string          `json:"channel"`
	To         string          `json:"to"` // mail address, "0106:12345678" at Peppol, or the place on the envelope
	Status     string          `json:"status"`
	MessageID  string          `json:"message_id,omitempty"` // the service's own
	Record     string          `json:"record,omitempty"`     // the name in the archive under which what was sent is kept
	SentAt     time.Time       `json:"sent_at,omitzero"`
	ChangedAt  time.Time       `json:"changed_at"`
	Code       string          `json:"code,omitempty"`   // of the refusal, such as SMTP's "5.1.1"
	Reason     string          `json:"reason,omitempty"` // in the refusing side's words
	Failure    fault.Reason    `json:"failure,omitzero"` // why it never left; Reason tells it as the log does
	Proof      string          `json:"proof,omitempty"`  // what the recipient's side said as it took it
	By         string          `json:"by,omitempty"`     // who had it sent again, or posted it
	Next       string          `json:"next,omitempty"`   // address that it was sent to instead
}

// Delivery is one thing on its way to one recipient.
type Delivery struct{ data Data }

// New begins a delivery in a status: sent, waiting or failed.
func New(d Data, status string, at time.Time) *Delivery {
	d.Status, d.ChangedAt = status, at.UTC()
	if status == Sent {
		d.SentAt = d.ChangedAt
	}
	return &Delivery{data: d}
}

// Data is a copy.
func (d *Delivery) Data() Data { return d.data }

// Kind and ID make the delivery a document.
func (d *Delivery) Kind() string { return "delivery" }
func (d *Delivery) ID() string   { return d.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (d *Delivery) MarshalJSON() ([]byte, error) { return json.Marshal(d.data) }
func (d *Delivery) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &d.data) }

// Away records what the service said as it took the message; news may have come
// before that.
func (d *Delivery) Away(messageID, record string) {
	d.data.MessageID, d.data.Record = messageID, record
}

// News is what became of a delivery.
type News struct {
	Verb   string // of Life: deliver, bounce, complain, reject
	Code   string
	Reason string
	Proof  string
}

// Hear takes news in; told again, or too late, nothing changes.
func (d *Delivery) Hear(n News, at time.Time) (changed bool) {
	next, err := Life.Next(d.data.Status, n.Verb)
	if err != nil {
		return false
	}
	d.data.Status, d.data.ChangedAt = next, at.UTC()
	d.data.Code, d.data.Reason, d.data.Failure = n.Code, n.Reason, fault.Reason{}
	if n.Proof != "" {
		d.data.Proof = n.Proof
	}
	return true
}

// Replace records that it was sent again, to whom and by whom.
func (d *Delivery) Replace(to, by string, at time.Time) error { return d.act("replace", to, by, at) }

// Posted records that a colleague has posted it.
func (d *Delivery) Posted(by string, at time.Time) error {
	if err := d.act("post", "", by, at); err != nil {
		return err
	}
	d.data.SentAt = at.UTC()
	return nil
}

func (d *Delivery) act(verb, to, by string, at time.Time) error {
	next, err := Life.Next(d.data.Status, verb)
	if err != nil {
		return fmt.Errorf("delivery %s: %w", d.data.ID, err)
	}
	d.data.Status, d.data.ChangedAt, d.data.By, d.data.Next = next, at.UTC(), by, to
	return nil
}

// Open reports whether a person must see to it.
func (d Data) Open() bool {
	switch d.Status {
	case Waiting, Bounced, Complained, Rejected, Failed:
		return true
	}
	return false
}
