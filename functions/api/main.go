// Command api is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	boot "duly/shared/boot/api"
	"duly/shared/boot/function"
	"duly/shared/handler/api"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := boot.Deps(time.Now, log)
		return api.New(deps), err
	})
}
