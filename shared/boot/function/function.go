// Package function starts a Lambda function, or says in one line why it cannot.
package function

import (
	"log/slog"
	"os"

	"github.com/aws/aws-lambda-go/lambda"

	"duly/shared/boot/log"
	"duly/shared/handler/trigger"
)

// Start builds the function and serves Lambda's events until the environment
// ends. A function that cannot be built ends at once: every event would fail.
func Start(build func(*slog.Logger) (trigger.Handler, error)) {
	logger := log.New(os.Stdout)
	h, err := build(logger)
	if err != nil {
		logger.Error("the function cannot start", "err", err)
		os.Exit(1)
	}
	lambda.Start(h.Invoke)
}
