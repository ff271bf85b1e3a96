package orderwebhook

import (
	"context"
	"time"

	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// Pulled acts on what was read from a shop's own interface as on what the shop
// posts, under the same ids: whichever comes second changes nothing. What cannot
// be used is parked, as at the door.
func Pulled(ctx context.Context, c *o2c.Cycle, at time.Time, endpoint string, m o2c.PulledMessage) error {
	err := source{cycle: c, now: func() time.Time { return at }}.Act(ctx, webhook.Message{Endpoint: endpoint, Topic: m.Topic, Body: m.Body, ReceivedAt: at})
	if err == nil || fault.Of(err).Code.Meaning().Retry {
		return err
	}
	return c.Park(ctx, at, o2c.ParkedData{Function: Function, Endpoint: endpoint, Topic: m.Topic, Body: m.Body, Problem: fault.Of(err).Error()})
}
