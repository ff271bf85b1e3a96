// Command dunning is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/cycle"
	"duly/shared/boot/function"
	"duly/shared/handler/dunning"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		c, err := cycle.FromEnvironment()
		return dunning.New(dunning.Deps{Cycle: c, Now: time.Now, Log: log}), err
	})
}
