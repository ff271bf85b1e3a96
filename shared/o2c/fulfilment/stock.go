package fulfilment

// The values of a stock counter, in units. OnHand = Reserved + Available at any
// time, and nothing of it is ever below zero.
const (
	OnHand      = "on_hand"     // on the shelf
	Reserved    = "reserved"    // of it, held for orders
	Available   = "available"   // of it, free
	Backordered = "backordered" // that confirmed orders wait for
	Reorder     = "reorder"     // the product's reorder point
	Alerts      = "alerts"      // how often Available fell to the reorder point
)

// Move is a change of one shelf, in units. A fact stock.received, .reserved,
// .released, .shipped or .adjusted has the moves that it made, so that the
// counters can be computed anew from the facts.
type Move struct {
	SKU         string `json:"sku"`
	OnHand      int64  `json:"on_hand,omitempty"`
	Reserved    int64  `json:"reserved,omitempty"`
	Backordered int64  `json:"backordered,omitempty"`
}

// Moves is what a stock fact says.
type Moves struct {
	Moves  []Move `json:"moves"`
	Reason string `json:"reason,omitempty"` // a delivery note, a shop, a count
}

// None reports whether the move changes nothing.
func (m Move) None() bool { return m.OnHand == 0 && m.Reserved == 0 && m.Backordered == 0 }

// Plus is both moves of one shelf, as one.
func (m Move) Plus(n Move) Move {
	return Move{SKU: n.SKU, OnHand: m.OnHand + n.OnHand, Reserved: m.Reserved + n.Reserved, Backordered: m.Backordered + n.Backordered}
}
