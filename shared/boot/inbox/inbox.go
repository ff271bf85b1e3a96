// Package inbox builds a function's own queue from the environment: where it
// puts what it cannot do now, to be woken by it again. It does not own what the
// messages say.
package inbox

import (
	"context"
	"time"

	"github.com/caarlos0/env/v11"

	"duly/shared/boot/aws"
	"duly/shared/o2c/fault"
)

// requestMax bounds one request: a sender still waits, and has 5 s in all.
const requestMax = time.Second

// environment is what the queue needs besides the SDK's own variables.
type environment struct {
	URL string `env:"INBOX,required,notEmpty"`
}

// Queue is one queue.
type Queue struct {
	send aws.Call
	url  string
}

// New is the queue at a URL, reached by a call of SendMessage.
func New(send aws.Call, url string) Queue { return Queue{send: send, url: url} }

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
	return New(aws.NewCall(cfg, aws.SendMessage, nil, aws.Patience{Timeout: requestMax, Tries: 2}), e.URL), nil
}

// Put keeps a message.
func (q Queue) Put(ctx context.Context, message string) error {
	var said struct{}
	if err := q.send.Do(ctx, map[string]string{"QueueUrl": q.url, "MessageBody": message}, &said); err != nil {
		return fault.New(fault.Unavailable, "The inbox does not answer", "SQS is throttled or out of reach", "send the message again").Because(err)
	}
	return nil
}
