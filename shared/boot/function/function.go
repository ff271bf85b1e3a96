// Package function starts a Lambda function, or says in one line why it cannot.
package function

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime/debug"

	"github.com/aws/aws-lambda-go/lambda"

	"duly/shared/boot/log"
	"duly/shared/handler/trigger"
)

// Start builds the function and serves Lambda's events until the environment
// ends. A function that cannot be built ends at once: every event would fail.
func Start(build func(*slog.Logger) (trigger.Handler, error)) {
	logger := log.New(os.Stdout)
	err := played(os.Environ())
	var h trigger.Handler
	if err == nil {
		h, err = build(logger)
	}
	if err != nil {
		logger.Error("the function cannot start", "err", err)
		os.Exit(1)
	}
	lambda.Start(discreet(h.Invoke, logger))
}

// discreet keeps what a failure or a panic says of people and secrets out of the
// log: Lambda itself writes both down as they are.
func discreet(invoke func(context.Context, json.RawMessage) (any, error), logger *slog.Logger) func(context.Context, json.RawMessage) (any, error) {
	return func(ctx context.Context, event json.RawMessage) (out any, err error) {
		defer func() {
			if v := recover(); v != nil {
				logger.ErrorContext(ctx, "the function broke", "err", fmt.Sprint(v), "stack", string(debug.Stack()))
				out, err = nil, errors.New("the function broke — a defect of ours — its log has the place")
			}
		}()
		if out, err = invoke(ctx, event); err != nil {
			err = errors.New(log.Masked(err.Error()))
		}
		return out, err
	}
}
