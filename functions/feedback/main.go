// Command feedback is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	boot "duly/shared/boot/feedback"
	"duly/shared/boot/function"
	"duly/shared/handler/feedback"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(*slog.Logger) (trigger.Handler, error) {
		deps, err := boot.Deps(time.Now)
		return feedback.New(deps), err
	})
}
