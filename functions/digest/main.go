// Command digest is the Lambda function of that name; see functions/manifest.go.
package main

import (
	"log/slog"
	"os"
	"time"

	"duly/shared/boot/cycle"
	"duly/shared/boot/files"
	"duly/shared/boot/function"
	"duly/shared/handler/digest"
	"duly/shared/handler/trigger"
)

func main() {
	function.Start(func(*slog.Logger) (trigger.Handler, error) {
		c, err := cycle.FromEnvironment()
		if err != nil {
			return trigger.Handler{}, err
		}
		seals, err := files.Seals()
		return digest.New(digest.Deps{Cycle: c, Now: time.Now, Seals: seals, Metrics: os.Stdout}), err
	})
}
