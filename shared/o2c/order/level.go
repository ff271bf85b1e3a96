package order

import "time"

// Level is what a shop says of the stock of one product.
type Level struct {
	ItemID string // the shop's id of what is stocked
	SKU    string // "" when the message has the item alone
	Place  string // the shop's id of the location; "" where it has one
	// Available is what the shop can still sell there, which is less than none
	// when it has sold more; OnHand is what is on the shelf, sold or not. Neither
	// is said when the message only introduces an item by its SKU.
	Available *int64
	OnHand    *int64
	At        time.Time
}
