package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"

	"duly/functions"
)

// Secrets are SSM SecureStrings that the operator writes; the template only knows their names. CloudFormation cannot
// make a SecureString, and a value that passed through a template would stay readable in it.
func secretARN(stack awscdk.Stack, stage, name string) string {
	return *stack.FormatArn(&awscdk.ArnComponents{
		Service: new("ssm"), Resource: new("parameter"), ResourceName: new(functions.SecretsPath(stage)[1:] + "/" + name),
	})
}
