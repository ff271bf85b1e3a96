// Package fulfilment owns goods: what is sold and at which price, how much of it
// is there, and what left to whom. It does not own orders or invoices.
package fulfilment

import (
	"encoding/json"
	"time"
)

// Carried is a line's quantity in a shipment.
type Carried struct {
	Line     int    `json:"line"` // of the order
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// ShipmentData is what a shipment is made of.
type ShipmentData struct {
	ID        string    `json:"id"`
	OrderID   string    `json:"order_id"`
	Lines     []Carried `json:"lines"`
	Carrier   string    `json:"carrier,omitempty"`
	Tracking  string    `json:"tracking,omitempty"`
	ShippedAt time.Time `json:"shipped_at"`
	InvoiceID string    `json:"invoice_id,omitempty"`
}

// Shipment is goods gone.
type Shipment struct{ data ShipmentData }

// NewShipment records goods gone.
func NewShipment(d ShipmentData) *Shipment { return &Shipment{data: d} }

// Data is a copy.
func (s *Shipment) Data() ShipmentData { return s.data }

// Kind and ID make the shipment a document.
func (s *Shipment) Kind() string { return "shipment" }
func (s *Shipment) ID() string   { return s.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *Shipment) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *Shipment) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }
