package quote

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"time"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/money"
)

// ContractData is what was agreed, frozen at acceptance. Only what follows Hash
// moves afterwards.
type ContractData struct {
	ID           string        `json:"id"`
	Number       string        `json:"number"` // the quote's
	Version      int           `json:"version"`
	QuoteID      string        `json:"quote_id"`
	OrderID      string        `json:"order_id"`
	CustomerID   string        `json:"customer_id"`
	CustomerName string        `json:"customer_name"`
	Subject      string        `json:"subject,omitempty"`
	Total        money.Amount  `json:"total"`
	TermsDays    int           `json:"terms"`
	Terms        TermsRef      `json:"terms_of"`
	Acceptance   Acceptance    `json:"acceptance"`
	AcceptedOn   calendar.Date `json:"accepted_on"`
	StartOn      calendar.Date `json:"start_on"`
	EndOn        calendar.Date `json:"end_on,omitzero"`    // zero: it ends when both have performed
	NoticeOn     calendar.Date `json:"notice_on,omitzero"` // the last day to renew or end it

	Hash      string    `json:"hash"` // of all above
	Document  Paper     `json:"document,omitzero"`
	WarnAt    time.Time `json:"warn_at,omitzero"`     // when the team is told that the notice day comes; zero: not, or not any more
	WarnedAt  time.Time `json:"warned_at,omitzero"`   //
	RenewedBy string    `json:"renewed_by,omitempty"` // the quote that would follow it
	Reminders int       `json:"reminders,omitempty"`  // mails to the customer about its end
}

// Contract is a row of the contract register: what both agreed, from when until
// when.
type Contract struct{ data ContractData }

// Agree makes the contract of an accepted quote. warnAt is when the team is
// told that its notice day comes.
func Agree(q Data, on calendar.Date, warnAt time.Time) *Contract {
	d := ContractData{
		ID: q.ContractID, Number: q.Number, Version: q.Version, QuoteID: q.ID, OrderID: q.OrderID, CustomerID: q.CustomerID, CustomerName: q.Buyer.Name,
		Subject: q.Subject, Total: q.Total, TermsDays: q.TermsDays, Terms: q.Terms, Acceptance: *q.Acceptance, AcceptedOn: on, StartOn: on,
	}
	if p := q.Period; p != nil {
		d.StartOn, d.EndOn, d.NoticeOn = p.StartOn, p.EndOn, p.NoticeOn()
		d.WarnAt = warnAt
	}
	d.Hash = d.content()
	return &Contract{data: d}
}

// content is the SHA-256 of what was agreed.
func (d ContractData) content() string {
	agreed := d
	agreed.Hash, agreed.Document, agreed.WarnAt, agreed.WarnedAt, agreed.RenewedBy, agreed.Reminders = "", Paper{}, time.Time{}, time.Time{}, "", 0
	b, err := json.Marshal(agreed)
	if err != nil {
		panic("quote: " + err.Error()) // plain data always marshals
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// Intact reports whether the contract is what was agreed.
func (c *Contract) Intact() bool { return c.data.Hash == c.data.content() }

// Data is a copy.
func (c *Contract) Data() ContractData { return c.data }

// Running reports whether the contract is in force on a day.
func (c *Contract) Running(on calendar.Date) bool {
	d := c.data
	return !d.EndOn.IsZero() && !on.Before(d.StartOn) && !on.After(d.EndOn)
}

// Filed records the document as it is kept.
func (c *Contract) Filed(p Paper) { c.data.Document = p }

// Warned records that the team was told of the notice day.
func (c *Contract) Warned(at time.Time) { c.data.WarnAt, c.data.WarnedAt = time.Time{}, at }

// Renewed records the quote that would follow the contract.
func (c *Contract) Renewed(quoteID string) error {
	if c.data.EndOn.IsZero() {
		return fault.Breaks("contract.no_end", "contract {number} has no end to renew", "number", c.data.Number)
	}
	c.data.RenewedBy = quoteID
	return nil
}

// Reminded records a mail to the customer about the contract's end.
func (c *Contract) Reminded() { c.data.Reminders++ }

// Kind, ID and ListKey make the contract a document.
func (c *Contract) Kind() string    { return "contract" }
func (c *Contract) ID() string      { return c.data.ID }
func (c *Contract) ListKey() string { return c.data.Acceptance.At.UTC().Format(time.RFC3339Nano) }

// ContractQueue is where contracts wait for their notice day.
const ContractQueue = "contract"

// Due is when the team is told.
func (c *Contract) Due() (string, time.Time) { return ContractQueue, c.data.WarnAt }

// MarshalJSON and UnmarshalJSON are the store's door.
func (c *Contract) MarshalJSON() ([]byte, error) { return json.Marshal(c.data) }
func (c *Contract) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &c.data) }
