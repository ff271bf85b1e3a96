// Command order-webhook is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/function"
	"duly/shared/boot/secrets"
	"duly/shared/boot/webhook"
	orderwebhook "duly/shared/handler/order-webhook"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := webhook.Shops(secrets.Reader(), time.Now, log)
		return orderwebhook.New(deps), err
	})
}
