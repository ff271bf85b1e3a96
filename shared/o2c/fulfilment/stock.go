package fulfilment

// The values of a stock counter, in units: what is on the shelf, what of it is
// held for orders, what of it is free.
const (
	OnHand    = "on_hand"
	Reserved  = "reserved"
	Available = "available"
)
