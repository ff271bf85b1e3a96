package local

import (
	"context"

	"duly/infra/local/aws"
	awsboot "duly/shared/boot/aws"
	inboxboot "duly/shared/boot/inbox"
	webhookboot "duly/shared/boot/webhook"
	orderwebhook "duly/shared/handler/order-webhook"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
	"duly/shared/handler/webhook"
	"duly/shared/o2c"
	"duly/shared/o2c/fault"
)

// doors are the functions that senders post to.
func (b builder) doors() (shops, stripe trigger.Handler) {
	deps := func(function string, name func(endpoint string) string) webhook.Deps {
		keys := webhookboot.NewKeyring(b.secret, name, b.Clock.Now)
		return webhook.Deps{Cycle: b.Cycle, Now: b.Clock.Now, Secrets: keys, Inbox: b.inbox(function), Log: b.log(function)}
	}
	shops = orderwebhook.New(deps(orderwebhook.Function, webhookboot.ShopSecret))
	return shops, stripewebhook.New(deps(stripewebhook.Function, webhookboot.StripeSecret), false)
}

// replay hands a parked message to the function that parked it.
func (b builder) replay(ctx context.Context, p o2c.ParkedData) error {
	switch p.Function {
	case orderwebhook.Function:
		return orderwebhook.Replay(ctx, b.Cycle, b.Clock.Now(), p)
	case stripewebhook.Function:
		return stripewebhook.Replay(ctx, b.Cycle, b.Clock.Now(), false, p)
	}
	return fault.Missing("function", p.Function)
}

// inbox is a function's own queue.
func (b builder) inbox(function string) inboxboot.Queue {
	return inboxboot.New(b.call(awsboot.SQS), aws.QueueURL(b.outsideURL("aws"), inbox(function)))
}

// secret reads from the loopback parameter store, as the functions do in AWS.
func (b builder) secret(ctx context.Context, name string) (string, error) {
	var said struct{ Parameter struct{ Value string } }
	err := b.call(awsboot.GetParameter).Do(ctx, map[string]any{"Name": parameters + "/" + name, "WithDecryption": true}, &said)
	return said.Parameter.Value, err
}
