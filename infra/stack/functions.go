package stack

import (
	"os"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"

	"duly/functions"
)

// deployed is a function of the manifest as the template holds it.
type deployed struct {
	functions.Function
	id     string // OrderWebhook
	lambda awslambda.Function
}

func newFunction(r *resources, f functions.Function, b *builds) deployed {
	id := pascal(f.Name)
	logs := newLogs(r.stack, id+"Logs")
	role := awsiam.NewRole(r.stack, new(id+"Role"), &awsiam.RoleProps{
		AssumedBy:      awsiam.NewServicePrincipal(new("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{"least": access(r, f, logs)},
	})
	excuse(role, ruleWildcards, ruleStar)
	lambda := awslambda.NewFunction(r.stack, new(id), &awslambda.FunctionProps{
		FunctionName:  new(functions.StackName(r.stage) + "-" + f.Name),
		Description:   new(f.Purpose),
		Runtime:       awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:  awslambda.Architecture_ARM_64(),
		Handler:       new("bootstrap"),
		Code:          b.code(f.Name),
		MemorySize:    new(float64(f.MemoryMB)),
		Timeout:       seconds(f.TimeoutSeconds),
		Tracing:       awslambda.Tracing_ACTIVE,
		LogGroup:      logs,
		LoggingFormat: awslambda.LoggingFormat_JSON,
		Role:          role.WithoutPolicyUpdates(nil), // no construct adds a permission that access.go does not state
		Environment:   environment(r, f),
	})
	excuse(lambda, ruleFunctionDead)
	lambda.Node().DefaultChild().(awslambda.CfnFunction).AddPropertyOverride(
		new("ReservedConcurrentExecutions"), r.asked.concurrency)
	d := deployed{Function: f, id: id, lambda: lambda}
	newAsyncFailures(r, d)
	return d
}

// environment names what a function may reach and nothing else; a secret is never in it, only where secrets are.
func environment(r *resources, f functions.Function) *map[string]*string {
	e := map[string]*string{
		functions.EnvStage:   new(r.stage),
		functions.EnvTable:   r.table.TableName(),
		functions.EnvBaseURL: r.api.baseURL,
	}
	for _, entry := range os.Environ() { // of whoever deploys: it prevails over duly.yaml
		if name, value, ok := strings.Cut(entry, "="); ok && strings.HasPrefix(name, functions.EnvPolicy) {
			e[name] = new(value)
		}
	}
	if len(f.Secrets) > 0 {
		e[functions.EnvSecrets] = new(functions.SecretsPath(r.stage))
	}
	if len(f.Archive.Read)+len(f.Archive.Write) > 0 {
		e[functions.EnvArchive] = r.buckets.archive.BucketName()
	}
	if len(f.Intake.Read)+len(f.Intake.Write) > 0 {
		e[functions.EnvIntake] = r.buckets.intake.BucketName()
	}
	if f.Inbox {
		e[functions.EnvInbox] = r.queues.inboxes[f.Name].QueueUrl()
	}
	if f.Publishes {
		e[functions.EnvBus] = r.bus.EventBusName()
	}
	if f.SendsMail {
		e[functions.EnvMailDomain] = r.asked.mailDomain
		e[functions.EnvMailSet] = r.mail.set.ConfigurationSetName()
		e[functions.EnvReplyDomain] = r.mail.replyDomain
	}
	return &e
}

// newLogs keeps logs for a quarter; facts that matter longer are events in the table.
func newLogs(stack awscdk.Stack, id string) awslogs.LogGroup {
	return awslogs.NewLogGroup(stack, new(id), &awslogs.LogGroupProps{
		Retention:     awslogs.RetentionDays_THREE_MONTHS,
		RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
}

func seconds(n int) awscdk.Duration { return awscdk.Duration_Seconds(new(float64(n))) }

// pascal makes a construct's id of a function's name: "order-webhook" is "OrderWebhook".
func pascal(name string) string {
	var b strings.Builder
	for part := range strings.SplitSeq(name, "-") {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
