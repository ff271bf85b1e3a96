// Command slack is the Lambda function that takes the team's buttons, forms, commands and Home.
package main

import (
	"log"
	"log/slog"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"duly/shared/boot/chat"
	"duly/shared/boot/config"
	"duly/shared/boot/secrets"
	"duly/shared/boot/store"
	"duly/shared/handler/slack"
)

func main() {
	policy, err := config.FromEnvironment()
	must(err)
	table, err := store.Lazy()()
	must(err)
	deps, err := chat.Deps(policy, table, secrets.Reader(), time.Now)
	must(err)
	deps.Log = slog.New(slog.NewJSONHandler(os.Stderr, nil))
	function, err := slack.New(deps)
	must(err)
	lambda.Start(function.Invoke)
}

func must(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
