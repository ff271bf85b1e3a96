// Package fulfilment owns goods: what is sold and at which price, how much of it
// is there, and what left to whom. It does not own orders or invoices.
package fulfilment
