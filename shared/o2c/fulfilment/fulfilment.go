// Package fulfilment owns goods: what is sold, how much of it is there, and
// what left to whom. It does not own orders or invoices.
package fulfilment

import (
	"encoding/json"
	"fmt"
	"time"

	"duly/shared/o2c/money"
)

// ProductData is what a product is made of.
type ProductData struct {
	SKU          string       `json:"sku"`
	Name         string       `json:"name"`
	Price        money.Amount `json:"price"` // net of tax
	VATClass     string       `json:"vat_class,omitempty"`
	ReorderPoint int64        `json:"reorder_point"`
	CreatedAt    time.Time    `json:"created_at"`
}

// Product is something that is kept in stock. An SKU without a product is
// untracked and ships freely.
type Product struct{ data ProductData }

// NewProduct checks and makes a product.
func NewProduct(d ProductData) (*Product, error) {
	if d.SKU == "" {
		return nil, fmt.Errorf("a product needs an SKU")
	}
	if d.Name == "" {
		d.Name = d.SKU
	}
	return &Product{data: d}, nil
}

// Data is a copy.
func (p *Product) Data() ProductData { return p.data }

// Amend changes all but the SKU.
func (p *Product) Amend(change func(*ProductData)) {
	sku, at := p.data.SKU, p.data.CreatedAt
	change(&p.data)
	p.data.SKU, p.data.CreatedAt = sku, at
}

// Kind, ID and ListKey make the product a document.
func (p *Product) Kind() string    { return "product" }
func (p *Product) ID() string      { return p.data.SKU }
func (p *Product) ListKey() string { return p.data.CreatedAt.UTC().Format(time.RFC3339Nano) }

// MarshalJSON and UnmarshalJSON are the store's door.
func (p *Product) MarshalJSON() ([]byte, error) { return json.Marshal(p.data) }
func (p *Product) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &p.data) }

// The values of a stock counter, in units: what is on the shelf, what of it is
// held for orders, what of it is free.
const (
	OnHand    = "on_hand"
	Reserved  = "reserved"
	Available = "available"
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
