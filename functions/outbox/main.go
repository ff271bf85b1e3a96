// Command outbox is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"os"
	"time"

	"duly/shared/boot/function"
	boot "duly/shared/boot/outbox"
	"duly/shared/boot/secrets"
	"duly/shared/handler/outbox"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(*slog.Logger) (trigger.Handler, error) {
		o, err := boot.FromEnvironment(secrets.Room(), time.Now)
		return outbox.New(outbox.Deps{Outbox: o, Metrics: os.Stdout}), err
	})
}
