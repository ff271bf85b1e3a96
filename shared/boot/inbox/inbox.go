// Package inbox builds a function's own queue from the environment: where it
// puts what it cannot do now, and what it drains at its next tick. It does not own
// what the messages say.
package inbox

import (
	"context"
	"strconv"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/handler/webhook"
	"duly/shared/o2c/fault"
)

// requestMax bounds one request: a sender still waits, and has 5 s in all.
const requestMax = time.Second

// environment is what the queue needs besides the SDK's own variables.
type environment struct {
	URL string `env:"INBOX,required,notEmpty"`
}

// batch is how many messages are taken at once: SQS's most.
const batch = 10

// Queue is one queue.
type Queue struct {
	sqs aws.Call
	url string
}

var _ webhook.Inbox = Queue{}

// New is the queue at a URL, reached by calls of SQS.
func New(sqs aws.Call, url string) Queue { return Queue{sqs: sqs, url: url} }

// FromEnvironment builds the function's own queue.
func FromEnvironment() (Queue, error) {
	e, err := env.ParseAs[environment]()
	if err != nil {
		return Queue{}, fault.New(fault.Config, "The inbox cannot be reached", "the variable INBOX is missing", "set INBOX to the queue's URL").Because(err)
	}
	cfg, err := aws.FromEnvironment()
	if err != nil {
		return Queue{}, fault.New(fault.Config, "The inbox cannot be reached", "the AWS configuration cannot be read", "check the variables that begin with AWS_").Because(err)
	}
	return New(aws.NewCall(cfg, aws.SQS, nil, aws.Patience{Timeout: requestMax, Tries: 2}), e.URL), nil
}

// Put keeps a message.
func (q Queue) Put(ctx context.Context, message string) error {
	var said struct{}
	if err := q.sqs.Ask(ctx, "SendMessage", map[string]string{"QueueUrl": q.url, "MessageBody": message}, &said); err != nil {
		return silent("send the message again", err)
	}
	return nil
}

// Take gives up to ten messages; the queue hides them for as long as it says.
func (q Queue) Take(ctx context.Context) ([]webhook.Kept, error) {
	var said struct {
		Messages []struct {
			Body, ReceiptHandle string
			Attributes          map[string]string
		}
	}
	err := q.sqs.Ask(ctx, "ReceiveMessage", map[string]any{
		"QueueUrl": q.url, "MaxNumberOfMessages": batch, "MessageSystemAttributeNames": []string{"ApproximateReceiveCount"},
	}, &said)
	if err != nil {
		return nil, silent("the next tick asks again", err)
	}
	var kept []webhook.Kept
	for _, m := range said.Messages {
		tries, _ := strconv.Atoi(m.Attributes["ApproximateReceiveCount"]) // of SQS
		kept = append(kept, webhook.Kept{Message: m.Body, Receipt: m.ReceiptHandle, Tries: tries})
	}
	return kept, nil
}

// Done deletes a message that was taken.
func (q Queue) Done(ctx context.Context, k webhook.Kept) error {
	var said struct{}
	if err := q.sqs.Ask(ctx, "DeleteMessage", map[string]string{"QueueUrl": q.url, "ReceiptHandle": k.Receipt}, &said); err != nil {
		return silent("the message is taken again, and found to be done", err)
	}
	return nil
}

func silent(do string, err error) error {
	return fault.New(fault.Unavailable, "The inbox does not answer", "SQS is throttled or out of reach", do).Because(err)
}
