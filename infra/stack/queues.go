package stack

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssqs"

	"duly/functions"
)

const (
	// receiveMax and the tick of five minutes give an outage of the table more than an hour and a half before a message
	// that was already acknowledged to a shop needs a person.
	receiveMax = 20
)

// queues holds every queue: an inbox per function that has one; what the inboxes gave up, which SQS itself takes back to
// where it came from; the metadata of stream batches that were given up; and ticks and announcements that no retry could
// deliver. An alarm is paid for each queue that it looks at, so that what is looked into the same way shares one.
type queues struct {
	inboxes      map[string]awssqs.Queue // by function
	deadInboxes  awssqs.Queue
	deadTriggers awssqs.Queue
}

func newQueues(stack awscdk.Stack) queues {
	q := queues{
		inboxes:     map[string]awssqs.Queue{},
		deadInboxes: newQueue(stack, "DeadInboxes", awssqs.QueueProps{}), deadTriggers: newQueue(stack, "DeadTriggers", awssqs.QueueProps{}),
	}
	excuse(q.deadInboxes, ruleQueueRedrives)
	excuse(q.deadTriggers, ruleQueueHasDead, ruleQueueRedrives)
	for _, f := range functions.All() {
		if !f.Inbox {
			continue
		}
		q.inboxes[f.Name] = newQueue(stack, pascal(f.Name)+"Inbox", awssqs.QueueProps{
			// Longer than the function may take, so that no message is seen twice while it is being handled.
			VisibilityTimeout: seconds(2 * f.TimeoutSeconds),
			DeadLetterQueue:   &awssqs.DeadLetterQueue{Queue: q.deadInboxes, MaxReceiveCount: new(float64(receiveMax))},
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
