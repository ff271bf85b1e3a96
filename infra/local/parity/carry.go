package parity

import (
	"context"
	"encoding/json"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
)

// handler carries the triggers that the built-in handler has to the program, as
// the events that Lambda makes of them.
func (p *Program) handler(built trigger.Handler) trigger.Handler {
	var h trigger.Handler
	if built.HTTP != nil {
		h.HTTP = func(ctx context.Context, in events.APIGatewayV2HTTPRequest) (out events.APIGatewayV2HTTPResponse, err error) {
			return out, p.Invoke(ctx, in, &out)
		}
	}
	if built.Stream != nil {
		h.Stream = func(ctx context.Context, in events.DynamoDBEvent) (out events.DynamoDBEventResponse, err error) {
			for i := range in.Records {
				in.Records[i].EventSource = "aws:dynamodb"
			}
			return out, p.Invoke(ctx, in, &out)
		}
	}
	if built.Tick != nil {
		h.Tick = func(ctx context.Context, in trigger.Tick) error { return p.Invoke(ctx, in, nil) }
	}
	if built.Arrival != nil {
		h.Arrival = func(ctx context.Context, in trigger.Arrival) error {
			return p.Invoke(ctx, map[string]any{"source": "aws.s3", "time": time.Now(), "detail": map[string]any{"bucket": map[string]string{"name": in.Bucket}, "object": map[string]string{"key": in.Key}}}, nil)
		}
	}
	if built.News != nil {
		h.News = func(ctx context.Context, in events.CloudWatchEvent) error {
			if in.Detail == nil {
				in.Detail = json.RawMessage("{}")
			}
			return p.Invoke(ctx, in, nil)
		}
	}
	return h
}
