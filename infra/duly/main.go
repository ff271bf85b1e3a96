// Command duly is the operator's tool: it plays the story, serves the demo, and
// answers questions about a state. It owns the verbs and what they print; the
// work is done in the packages that they call.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(execute(ctx, os.Args[1:], os.Stdout, os.Stderr))
}
