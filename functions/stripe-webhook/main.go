// Command stripe-webhook is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/function"
	"duly/shared/boot/secrets"
	"duly/shared/boot/webhook"
	stripewebhook "duly/shared/handler/stripe-webhook"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := webhook.Stripe(secrets.Reader(), time.Now, log)
		return stripewebhook.New(deps, webhook.Live()), err
	})
}
