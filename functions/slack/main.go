// Command slack is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/cycle"
	"duly/shared/boot/function"
	"duly/shared/boot/secrets"
	boot "duly/shared/boot/slack"
	"duly/shared/handler/slack"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		secret := secrets.Room()
		c, err := cycle.FromEnvironment()
		if err != nil {
			return trigger.Handler{}, err
		}
		deps, err := boot.Deps(c, secret, time.Now, log)
		if err != nil {
			return trigger.Handler{}, err
		}
		return slack.New(deps)
	})
}
