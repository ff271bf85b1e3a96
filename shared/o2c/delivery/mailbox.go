package delivery

import (
	"encoding/json"
	"time"
)

// Mailbox is what is known of a mail address at which something came back.
type Mailbox struct{ data MailboxData }

// MailboxData is a mailbox in the shape the store keeps.
type MailboxData struct {
	ID      string    `json:"id"`
	Address string    `json:"address"`
	Closed  string    `json:"closed,omitempty"` // why nothing is sent there: Bounced or Complained; "": it is
	Code    string    `json:"code,omitempty"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
	By      string    `json:"by,omitempty"` // who opened it again
}

// NewMailbox is a mailbox of which nothing bad is known.
func NewMailbox(id, address string) *Mailbox {
	return &Mailbox{data: MailboxData{ID: id, Address: address}}
}

// Data is a copy.
func (m *Mailbox) Data() MailboxData { return m.data }

// Kind and ID make the mailbox a document.
func (m *Mailbox) Kind() string { return "mailbox" }
func (m *Mailbox) ID() string   { return m.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (m *Mailbox) MarshalJSON() ([]byte, error) { return json.Marshal(m.data) }
func (m *Mailbox) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &m.data) }

// Close stops mail to the address: it does not exist, or its reader does not
// want any.
func (m *Mailbox) Close(why string, n News, at time.Time) {
	m.data.Closed, m.data.Code, m.data.Reason, m.data.At, m.data.By = why, n.Code, n.Reason, at.UTC(), ""
}

// Reopen lets mail go there again, because a person says so.
func (m *Mailbox) Reopen(by string, at time.Time) {
	m.data.Closed, m.data.At, m.data.By = "", at.UTC(), by
}
