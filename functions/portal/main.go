// Command portal is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/function"
	"duly/shared/boot/page"
	"duly/shared/boot/secrets"
	"duly/shared/handler/portal"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := page.Deps(secrets.Pages(), time.Now, log)
		return portal.New(deps), err
	})
}
