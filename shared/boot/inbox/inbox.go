// Package inbox builds a function's own queue from the environment: where it
// puts what it cannot do now, to be woken by it again. It does not own what the
// messages say.
package inbox

import (
	"context"
	"time"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
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
	api *sqs.Client
	url string
}

// New is a queue on a client.
func New(api *sqs.Client, url string) Queue { return Queue{api: api, url: url} }

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
	cfg.HTTPClient, cfg.RetryMaxAttempts = awshttp.NewBuildableClient().WithTimeout(requestMax), 2
	return New(sqs.NewFromConfig(cfg), e.URL), nil
}

// Put keeps a message.
func (q Queue) Put(ctx context.Context, message string) error {
	_, err := q.api.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &message})
	if err != nil {
		return fault.New(fault.Unavailable, "The inbox does not answer", "SQS is throttled or out of reach", "send the message again").Because(err)
	}
	return nil
}
