package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"
	"github.com/aws/aws-cdk-go/awscdk/v2/awseventstargets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
)

// newArrivals wakes a function for new objects under its prefixes and for news about mails that we sent.
func newArrivals(r *resources, f deployed) {
	if len(f.Arrivals) > 0 {
		var prefixes []map[string]string
		for _, p := range f.Arrivals {
			prefixes = append(prefixes, map[string]string{"prefix": p})
		}
		newRule(r, f, "Arrivals", awsevents.EventPattern{
			Source:     &[]*string{new("aws.s3")},
			DetailType: &[]*string{new("Object Created")},
			Detail: &map[string]any{
				"bucket": map[string]any{"name": []*string{r.buckets.intake.BucketName()}},
				"object": map[string]any{"key": prefixes},
			},
		})
	}
	if f.MailNews {
		newRule(r, f, "MailNews", awsevents.EventPattern{
			Source:    &[]*string{new("aws.ses")},
			Resources: &[]*string{new(r.mail.setARN)},
		})
	}
}

// newRule listens on the account's default bus, the only one that AWS services post to.
func newRule(r *resources, f deployed, what string, pattern awsevents.EventPattern) {
	awsevents.NewRule(r.stack, new(f.id+what), &awsevents.RuleProps{
		Description:  new(f.Purpose),
		EventPattern: &pattern,
		Targets: &[]awsevents.IRuleTarget{
			awseventstargets.NewLambdaFunction(f.lambda, &awseventstargets.LambdaFunctionProps{
				DeadLetterQueue: r.queues.deadTriggers,
				RetryAttempts:   new(float64(tickRetriesMax)),
				MaxEventAge:     seconds(tickAgeSecondsMax),
			}),
		},
	})
}

// newAsyncFailures keeps ticks and announcements that reached a function but that it could not handle: Lambda takes
// them asynchronously, so the sender's own dead letters never see them.
func newAsyncFailures(r *resources, f deployed) {
	if !f.Async() {
		return
	}
	awslambda.NewCfnEventInvokeConfig(r.stack, new(f.id+"Async"), &awslambda.CfnEventInvokeConfigProps{
		FunctionName:             f.lambda.FunctionName(),
		Qualifier:                new("$LATEST"),
		MaximumRetryAttempts:     new(float64(tickRetriesMax)),
		MaximumEventAgeInSeconds: new(float64(tickAgeSecondsMax)),
		DestinationConfig: &awslambda.CfnEventInvokeConfig_DestinationConfigProperty{
			OnFailure: &awslambda.CfnEventInvokeConfig_OnFailureProperty{Destination: r.queues.deadTriggers.QueueArn()},
		},
	})
}
