package fulfilment

import (
	"encoding/json"
	"strings"
	"time"

	"duly/shared/o2c/party"
)

// Carried is a line's quantity in a shipment.
type Carried struct {
	Line     int    `json:"line"` // of the order
	SKU      string `json:"sku,omitempty"`
	Name     string `json:"name"`
	Quantity int64  `json:"quantity"`
}

// Delivery is the proof that a shipment arrived: who says so, and who took it.
type Delivery struct {
	At         time.Time `json:"at"`                 // when it was handed over
	Name       string    `json:"name,omitempty"`     // who took it, when that is known
	Said       string    `json:"said"`               // "carrier", "shop", "colleague", "program"
	By         string    `json:"by"`                 // the actor who told us: "shop:demo-shopify", "slack:U02"
	RecordedAt time.Time `json:"recorded_at"`        // when we were told
	Evidence   string    `json:"evidence,omitempty"` // the teller's own reference or words
}

// ShipmentData is what a shipment is made of.
type ShipmentData struct {
	ID        string        `json:"id"`
	OrderID   string        `json:"order_id"`
	N         int           `json:"n,omitempty"` // 1, 2, 3 … of its order
	Lines     []Carried     `json:"lines"`
	ShipTo    party.Address `json:"ship_to,omitzero"`
	Carrier   string        `json:"carrier,omitempty"`
	Tracking  string        `json:"tracking,omitempty"`
	Link      string        `json:"link,omitempty"`     // the tracking page that a shop named; ours is made anew each time
	PackedAt  time.Time     `json:"packed_at,omitzero"` // when it was ready; zero: nobody said so
	ShippedAt time.Time     `json:"shipped_at"`
	InvoiceID string        `json:"invoice_id,omitempty"`
	Delivery  *Delivery     `json:"delivery,omitempty"`
}

// TrackingURL is the page on which the parcel is followed, "" when there is
// none: the carrier's, else the one that the shop named.
func (d ShipmentData) TrackingURL(language string) string {
	if strings.HasPrefix(d.Tracking, "https://") { // some carriers give the address itself
		return d.Tracking
	}
	if c, ok := CarrierOf(d.Carrier); ok && d.Tracking != "" {
		return c.Link(d.Tracking, d.ShipTo, language)
	}
	return d.Link
}

// Shipment is goods gone.
type Shipment struct{ data ShipmentData }

// BilledBy records which invoice bills it now.
func (s *Shipment) BilledBy(invoiceID string) { s.data.InvoiceID = invoiceID }

// NewShipment records goods gone. A carrier is called by its own name, and
// found by its number when nobody said which it is.
func NewShipment(d ShipmentData) *Shipment {
	s := &Shipment{data: d}
	s.data.Carrier, s.data.Tracking, s.data.Link = "", "", ""
	s.Follow(d.Carrier, d.Tracking, d.Link)
	return s
}

// Follow records by whom the shipment travels, and reports whether that is
// news. What is not said stays as it was.
func (s *Shipment) Follow(carrier, tracking, link string) bool {
	before := s.data
	if tracking = strings.TrimSpace(tracking); tracking != "" {
		s.data.Tracking = tracking
	}
	if known, ok := CarrierOf(carrier); ok {
		carrier = known.Name
	}
	if carrier != "" {
		s.data.Carrier = carrier
	} else if known, ok := GuessCarrier(s.data.Tracking); ok && s.data.Carrier == "" {
		s.data.Carrier = known.Name
	}
	if strings.HasPrefix(link, "https://") {
		s.data.Link = link
	}
	return s.data.Carrier != before.Carrier || s.data.Tracking != before.Tracking || s.data.Link != before.Link
}

// Deliver keeps the proof that the shipment arrived, and reports whether that
// is news: the first proof stands.
func (s *Shipment) Deliver(d Delivery) bool {
	if s.data.Delivery != nil {
		return false
	}
	s.data.Delivery = &d
	return true
}

// Data is a copy.
func (s *Shipment) Data() ShipmentData { return s.data }

// Kind and ID make the shipment a document.
func (s *Shipment) Kind() string { return "shipment" }
func (s *Shipment) ID() string   { return s.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *Shipment) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *Shipment) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }
