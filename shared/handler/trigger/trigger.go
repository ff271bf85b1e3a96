// Package trigger owns the door of every function: which kind of event woke it,
// and how HTTP looks on both sides of API Gateway. It does not own what a
// function does.
package trigger

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-lambda-go/events"
)

// Handler is what a function does on each of its triggers; those it does not
// have are nil. The local runtime calls the fields, Lambda calls Invoke.
type Handler struct {
	HTTP    func(context.Context, events.APIGatewayV2HTTPRequest) (events.APIGatewayV2HTTPResponse, error)
	Stream  func(context.Context, events.DynamoDBEvent) (events.DynamoDBEventResponse, error)
	Tick    func(context.Context, Tick) error
	Arrival func(context.Context, Arrival) error
	News    func(context.Context, events.CloudWatchEvent) error
}

// Tick is a schedule's payload, as the manifest has it.
type Tick struct {
	Schedule string `json:"schedule"`
}

// Arrival is a new object in a bucket.
type Arrival struct {
	Bucket string
	Key    string
}

// probe is enough of any event to tell which it is.
type probe struct {
	Schedule       string `json:"schedule"`
	Source         string `json:"source"`
	RequestContext *struct {
		HTTP *struct{} `json:"http"`
	} `json:"requestContext"`
	Records []struct {
		EventSource string `json:"eventSource"`
	} `json:"Records"`
	Detail struct {
		Bucket struct {
			Name string `json:"name"`
		} `json:"bucket"`
		Object struct {
			Key string `json:"key"`
		} `json:"object"`
	} `json:"detail"`
}

// Invoke is the Lambda entry: it passes the event to the trigger it belongs to.
func (h Handler) Invoke(ctx context.Context, event json.RawMessage) (any, error) {
	var p probe
	if err := json.Unmarshal(event, &p); err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	switch {
	case p.RequestContext != nil && p.RequestContext.HTTP != nil && h.HTTP != nil:
		return pass(ctx, event, h.HTTP)
	case len(p.Records) > 0 && p.Records[0].EventSource == "aws:dynamodb" && h.Stream != nil:
		return pass(ctx, event, h.Stream)
	case p.Schedule != "" && h.Tick != nil:
		return nil, h.Tick(ctx, Tick{Schedule: p.Schedule})
	case p.Source == "aws.s3" && h.Arrival != nil:
		return nil, h.Arrival(ctx, Arrival{Bucket: p.Detail.Bucket.Name, Key: p.Detail.Object.Key})
	case p.Source == "aws.ses" && h.News != nil:
		var news events.CloudWatchEvent
		if err := json.Unmarshal(event, &news); err != nil {
			return nil, fmt.Errorf("read the event: %w", err)
		}
		return nil, h.News(ctx, news)
	}
	return nil, fmt.Errorf("no trigger of this function takes the event (source %q, schedule %q)", p.Source, p.Schedule)
}

func pass[In, Out any](ctx context.Context, event json.RawMessage, do func(context.Context, In) (Out, error)) (any, error) {
	var in In
	if err := json.Unmarshal(event, &in); err != nil {
		return nil, fmt.Errorf("read the event: %w", err)
	}
	return do(ctx, in)
}
