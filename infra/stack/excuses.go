package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/constructs-go/constructs/v10"
)

// The rules of cdk-nag that do not fit, and why. `make nag` fails on anything else; a template test lists what is
// excused where.
const (
	ruleAuthorizer      = "AwsSolutions-APIG4"
	ruleWildcards       = "AwsSolutions-IAM5"
	ruleStar            = "Serverless-LambdaStarPermissions"
	ruleQueueHasDead    = "AwsSolutions-SQS3"
	ruleQueueRedrives   = "Serverless-SQSRedrivePolicy"
	ruleFunctionDead    = "Serverless-LambdaDLQ"
	ruleMailboxRedrives = "Serverless-SNSRedrivePolicy"
)

func reason(rule string) string {
	switch rule {
	case ruleAuthorizer:
		return "The function verifies signature, token, key or session over the raw request; only it may read the secret."
	case ruleWildcards, ruleStar:
		return "X-Ray knows no resources; otherwise prefixes of one bucket, one family of secrets, streams of one log " +
			"group. template-tests lists each."
	case ruleQueueHasDead, ruleQueueRedrives:
		return "It is itself where failures end: of inboxes, streams, schedules and rules. An alarm watches it."
	case ruleFunctionDead:
		return "Asynchronous calls end in DeadTriggers by an on-failure destination; the others answer their caller."
	case ruleMailboxRedrives:
		return "A queue for alarms that could not be mailed would need an alarm."
	}
	panic("no reason for " + rule)
}

// excuse notes on a resource, where cdk-nag looks, which rules it breaks knowingly.
func excuse(c constructs.IConstruct, rules ...string) {
	resource, ok := c.(awscdk.CfnResource)
	if !ok {
		resource = c.Node().DefaultChild().(awscdk.CfnResource)
	}
	var list []any
	for _, rule := range rules {
		list = append(list, map[string]any{"id": rule, "reason": reason(rule)})
	}
	resource.AddMetadata(new("cdk_nag"), map[string]any{"rules_to_suppress": list})
}
