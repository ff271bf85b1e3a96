package stack

import (
	"os"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// builds finds what make build left. Without it the template can still be made, looked at and tested on a fresh
// clone, but CloudFormation refuses to deploy it.
type builds struct {
	stack awscdk.Stack
	root  string
	empty string // folder of the stand-in, once one was needed
}

func newBuilds(stack awscdk.Stack, root string) *builds { return &builds{stack: stack, root: root} }

func (b *builds) code(function string) awslambda.Code {
	folder := filepath.Join(b.root, function)
	if _, err := os.Stat(filepath.Join(folder, "bootstrap")); err != nil {
		folder = b.standIn()
	}
	return awslambda.Code_FromAsset(new(folder), nil)
}

func (b *builds) standIn() string {
	if b.empty != "" {
		return b.empty
	}
	b.empty = writeStandIn()
	const sentence = "The functions are not built: this template can be read, not deployed. Run: make build"
	awscdk.Annotations_Of(b.stack).AddWarningV2(new("duly:not-built"), new(sentence))
	awscdk.NewCfnRule(b.stack, new("Built"), &awscdk.CfnRuleProps{
		Assertions: &[]*awscdk.CfnRuleAssertion{{
			Assert:            awscdk.Fn_ConditionEquals("built", "not built"),
			AssertDescription: new(sentence),
		}},
	})
	return b.empty
}

// close removes the stand-in; CDK has copied it by then.
func (b *builds) close() {
	if b.empty != "" {
		if err := os.RemoveAll(b.empty); err != nil {
			panic(err)
		}
	}
}

func writeStandIn() string {
	folder, err := os.MkdirTemp("", "duly-not-built-")
	if err != nil {
		panic(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "bootstrap"), []byte("#!/bin/false\n"), 0o755); err != nil {
		panic(err)
	}
	return folder
}
