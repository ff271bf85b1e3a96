// Command web is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"time"

	"duly/shared/boot/function"
	"duly/shared/boot/secrets"
	boot "duly/shared/boot/web"
	"duly/shared/handler/trigger"
	"duly/shared/handler/web"
)

func main() {
	function.Start(func(log *slog.Logger) (trigger.Handler, error) {
		deps, err := boot.Deps(secrets.Room(), time.Now, log)
		return web.New(deps), err
	})
}
