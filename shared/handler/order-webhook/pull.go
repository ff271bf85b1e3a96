package orderwebhook

import (
	"context"
	"time"

	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/shop"
)

// Pulled acts on what was read from a shop's own interface as on what the shop
// posts, under the same ids: whichever comes second changes nothing. What cannot
// be used is parked, as at the door.
func Pulled(ctx context.Context, c *o2c.Cycle, at time.Time, endpoint string, m o2c.PulledMessage) error {
	err := source{cycle: c, now: func() time.Time { return at }}.Act(ctx, webhook.Message{Endpoint: endpoint, Topic: m.Topic, Body: m.Body, ReceivedAt: at})
	if err == nil || fault.Of(err).Code.Meaning().Retry {
		return err
	}
	return c.Park(ctx, at, o2c.ParkedData{Function: Function, Endpoint: endpoint, Topic: m.Topic, Body: m.Body, Problem: fault.Of(err).Error(), Reason: fault.ReasonOf(err)})
}

// Look reads a thing that a shop said had changed, and acts on it as on what the
// shop posts; open gives the shop's own interface.
func Look(c *o2c.Cycle, open func(context.Context, o2c.Shop) (o2c.ShopAPI, error)) o2c.LookIntoShop {
	return func(ctx context.Context, at time.Time, s o2c.Shop, about string) error {
		api, err := open(ctx, s)
		if err != nil {
			return err
		}
		reader, err := shop.Reader(api)
		if err != nil {
			return err
		}
		told, err := reader.Read(ctx, about)
		if err != nil {
			return err
		}
		for _, m := range told {
			if err := Pulled(ctx, c, at, s.Endpoint, m); err != nil {
				return err
			}
		}
		return nil
	}
}
