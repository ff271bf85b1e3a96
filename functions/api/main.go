// Command api is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/api"
	"duly/shared/boot/function"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		return api.Handler(time.Now, log)
	})
}
