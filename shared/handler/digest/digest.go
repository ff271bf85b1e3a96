// Package digest is the function that keeps the figures: it folds events from
// the table's stream into running totals and posts the morning message. It does
// not own the figures' definitions.
package digest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// Deps is what the function needs.
type Deps struct {
	Cycle *o2c.Cycle
	Now   func() time.Time
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{Stream: d.stream, Tick: d.tick} }

// foldMax is how many documents one commit folds.
const foldMax = 40

// stream folds the documents that the events are about, each once per batch.
func (d Deps) stream(ctx context.Context, in events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var of []o2c.Key
	for _, r := range in.Records {
		body, ok := r.Change.NewImage["body"]
		if r.EventName != "INSERT" || !ok || body.DataType() != events.DataTypeString {
			continue
		}
		var e o2c.Event
		if err := json.Unmarshal([]byte(body.String()), &e); err != nil {
			continue // not an event of ours
		}
		if !slices.Contains(of, e.Of) {
			of = append(of, e.Of)
		}
	}
	for part := range slices.Chunk(of, foldMax) {
		if err := d.Cycle.Fold(ctx, d.Now(), part...); err != nil {
			return again(in), nil
		}
	}
	return events.DynamoDBEventResponse{}, nil
}

// again hands the whole batch back: folding it twice changes nothing.
func again(in events.DynamoDBEvent) events.DynamoDBEventResponse {
	return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: in.Records[0].Change.SequenceNumber}}}
}

// tick posts the morning message, sends the accountant the month that ended, and says in January what need no longer be
// kept.
func (d Deps) tick(ctx context.Context, _ trigger.Tick) error {
	return errors.Join(d.Cycle.Digest(ctx, d.Now()), d.Cycle.ExportMonth(ctx, d.Now()), d.Cycle.ProposeDeletion(ctx, d.Now()))
}
