package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsevents"

	"duly/functions"
)

type bus = awsevents.EventBus

// newBus carries our published events to whoever subscribes; nothing of ours listens, so no event can run in a
// circle.
func newBus(stack awscdk.Stack, stage string) bus {
	return awsevents.NewEventBus(stack, new("Bus"), &awsevents.EventBusProps{
		EventBusName: new(functions.StackName(stage)),
		Description:  new("Published events, CloudEvents in the detail"),
	})
}
