// Command infra writes the CloudFormation template of Duly. It owns nothing: what runs is in functions/manifest.go,
// what it becomes in AWS in infra/stack. It needs no account, no credentials and no network.
package main

import (
	"cmp"
	"os"

	"github.com/aws/jsii-runtime-go"

	"duly/functions"
	"duly/infra/stack"
)

func main() {
	defer jsii.Close()
	app := stack.NewApp()
	stack.New(app, stack.Props{Stage: cmp.Or(os.Getenv("STAGE"), functions.StageLive), Build: "build"})
	app.Synth(nil)
}
