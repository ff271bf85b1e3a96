// Command reconcile is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/function"
	boot "duly/shared/boot/reconcile"
	"duly/shared/boot/secrets"
	"duly/shared/handler/reconcile"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := boot.Deps(secrets.Reader(), time.Now, log)
		return reconcile.New(deps), err
	})
}
