package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsscheduler"

	"duly/functions"
)

const (
	// A tick says "look at all that is due"; an old one says nothing that the next one does not.
	tickRetriesMax    = 2
	tickAgeSecondsMax = 3600
)

func newSchedules(r *resources, f deployed) {
	if len(f.Schedules) == 0 {
		return
	}
	role := newSchedulerRole(r, f)
	for _, s := range f.Schedules {
		props := awsscheduler.CfnScheduleProps{
			Name:               new(functions.StackName(r.stage) + "-" + s.Name),
			Description:        new(f.Purpose),
			ScheduleExpression: new(s.Expression),
			FlexibleTimeWindow: &awsscheduler.CfnSchedule_FlexibleTimeWindowProperty{Mode: new("OFF")},
			Target: &awsscheduler.CfnSchedule_TargetProperty{
				Arn:     f.lambda.FunctionArn(),
				RoleArn: role.RoleArn(),
				Input:   new(s.Payload),
				DeadLetterConfig: &awsscheduler.CfnSchedule_DeadLetterConfigProperty{
					Arn: r.queues.deadTriggers.QueueArn(),
				},
				RetryPolicy: &awsscheduler.CfnSchedule_RetryPolicyProperty{
					MaximumRetryAttempts:     new(float64(tickRetriesMax)),
					MaximumEventAgeInSeconds: new(float64(tickAgeSecondsMax)),
				},
			},
		}
		if s.Timezone != "" {
			props.ScheduleExpressionTimezone = new(s.Timezone)
		}
		awsscheduler.NewCfnSchedule(r.stack, new(pascal(s.Name)+"Schedule"), &props)
	}
}

// newSchedulerRole lets the scheduler wake this one function. The condition keeps another account's scheduler from
// borrowing it (confused deputy).
func newSchedulerRole(r *resources, f deployed) awsiam.Role {
	p := policy{}
	p.allow("Wake", actions("lambda:InvokeFunction"), *f.lambda.FunctionArn())
	p.allow("DeadTriggers", actions("sqs:SendMessage"), *r.queues.deadTriggers.QueueArn())
	return awsiam.NewRole(r.stack, new(f.id+"SchedulerRole"), &awsiam.RoleProps{
		AssumedBy: awsiam.NewServicePrincipal(new("scheduler.amazonaws.com"), &awsiam.ServicePrincipalOpts{
			Conditions: &map[string]any{"StringEquals": map[string]any{"aws:SourceAccount": r.stack.Account()}},
		}),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"least": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{Statements: &p.statements}),
		},
	})
}
