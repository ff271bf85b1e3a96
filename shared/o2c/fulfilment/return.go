package fulfilment

import (
	"encoding/json"
	"time"
)

// ReturnData is what a return is made of.
type ReturnData struct {
	ID          string    `json:"id"`
	OrderID     string    `json:"order_id"`
	Lines       []Carried `json:"lines"`
	Restocked   bool      `json:"restocked"`              // back on the shelf; else they are not sold again
	CreditNotes []string  `json:"credit_notes,omitempty"` // numbers; none: credited before, or never invoiced
	Reason      string    `json:"reason,omitempty"`
	ReturnedAt  time.Time `json:"returned_at"`
}

// Return is goods that came back.
type Return struct{ data ReturnData }

// NewReturn records goods that came back.
func NewReturn(d ReturnData) *Return { return &Return{data: d} }

// Data is a copy.
func (r *Return) Data() ReturnData { return r.data }

// Kind and ID make the return a document.
func (r *Return) Kind() string { return "return" }
func (r *Return) ID() string   { return r.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (r *Return) MarshalJSON() ([]byte, error) { return json.Marshal(r.data) }
func (r *Return) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &r.data) }
