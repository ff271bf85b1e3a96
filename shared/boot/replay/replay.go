// Package replay hands a parked message back to the function that parked it. It does not own who may ask for that.
package replay

import (
	"context"
	"time"

	orderwebhook "duly/shared/handler/order-webhook"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Parked gives the way back. live says whether the stage moves real money.
func Parked(c *o2c.Cycle, now func() time.Time, live bool) func(context.Context, o2c.ParkedData) error {
	return func(ctx context.Context, p o2c.ParkedData) error {
		switch p.Function {
		case orderwebhook.Function:
			return orderwebhook.Replay(ctx, c, now(), p)
		case stripewebhook.Function:
			return stripewebhook.Replay(ctx, c, now(), live, p)
		}
		return fault.New(fault.Refused, "The message cannot be replayed", "no function is called "+p.Function, "update Duly")
	}
}
