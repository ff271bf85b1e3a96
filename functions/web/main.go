// Command web is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"

	"duly/shared/boot/function"
	"duly/shared/handler/trigger"
	"duly/shared/handler/web"
)

func main() {
	function.Start(func(*slog.Logger) (trigger.Handler, error) { return web.New(), nil })
}
