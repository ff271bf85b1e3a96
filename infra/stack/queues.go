package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"duly/functions"
)

const (
	// receiveMax and the visibility below give an outage of the table about twenty minutes before a message that
	// was already acknowledged to a shop needs a person.
	receiveMax = 20
	// inboxCopiesMax keeps a storm of postponed messages from crowding out fresh ones.
	inboxCopiesMax = 5
)

// queues holds every queue: an inbox with its dead letters per function that has one, the metadata of stream batches
// that were given up, and ticks and announcements that no retry could deliver.
type queues struct {
	inboxes      map[string]awssqs.Queue // by function
	dead         map[string]awssqs.Queue // by what they hold
	deadStreams  awssqs.Queue
	deadTriggers awssqs.Queue
}

func newQueues(stack awscdk.Stack) queues {
	q := queues{inboxes: map[string]awssqs.Queue{}, dead: map[string]awssqs.Queue{}}
	q.deadStreams = newQueue(stack, "DeadStreams", awssqs.QueueProps{})
	q.deadTriggers = newQueue(stack, "DeadTriggers", awssqs.QueueProps{})
	q.dead["DeadStreams"], q.dead["DeadTriggers"] = q.deadStreams, q.deadTriggers
	excuse(q.deadStreams, ruleQueueHasDead, ruleQueueRedrives)
	excuse(q.deadTriggers, ruleQueueHasDead, ruleQueueRedrives)
	for _, f := range functions.All() {
		if !f.Inbox {
			continue
		}
		dead := newQueue(stack, pascal(f.Name)+"Dead", awssqs.QueueProps{})
		excuse(dead, ruleQueueRedrives)
		q.dead[pascal(f.Name)+"Dead"] = dead
		q.inboxes[f.Name] = newQueue(stack, pascal(f.Name)+"Inbox", awssqs.QueueProps{
			// Six timeouts, as Lambda's guide asks, so that no message is seen twice while it is being handled.
			VisibilityTimeout: seconds(6 * f.TimeoutSeconds),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: dead, MaxReceiveCount: new(float64(receiveMax))},
		})
	}
	return q
}

// newQueue adds what holds for every queue.
func newQueue(stack awscdk.Stack, id string, p awssqs.QueueProps) awssqs.Queue {
	p.Encryption = awssqs.QueueEncryption_SQS_MANAGED
	p.EnforceSSL = new(true)
	p.RetentionPeriod = awscdk.Duration_Days(new(14.0)) // SQS's longest: two weeks to notice
	return awssqs.NewQueue(stack, new(id), &p)
}

// newInboxSource wakes a function for what it put aside itself.
func newInboxSource(r *resources, f deployed) {
	if !f.Inbox {
		return
	}
	source := awslambda.NewCfnEventSourceMapping(r.stack, new(f.id+"InboxSource"), &awslambda.CfnEventSourceMappingProps{
		FunctionName:          f.lambda.FunctionName(),
		EventSourceArn:        r.queues.inboxes[f.Name].QueueArn(),
		BatchSize:             new(float64(f.BatchMax)),
		FunctionResponseTypes: &[]*string{new("ReportBatchItemFailures")},
		ScalingConfig: &awslambda.CfnEventSourceMapping_ScalingConfigProperty{
			MaximumConcurrency: new(float64(inboxCopiesMax)),
		},
	})
	excuse(source, ruleSourceFailure)
}
