// Package outbox is the function that performs effects: those that the table's
// stream brings at once, and on a schedule those that are due again. It does not
// own what an effect does.
package outbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// Deps is what the function needs.
type Deps struct {
	Outbox  *o2c.Outbox
	Metrics io.Writer // CloudWatch reads embedded metrics from the log
}

// New makes the function.
func New(d Deps) trigger.Handler { return trigger.Handler{Stream: d.stream, Tick: d.tick} }

// stream performs new effects in the order of the stream. A failing effect has
// been written down with its next attempt and counts as handled; only a table
// that cannot be reached hands the rest of the batch back.
func (d Deps) stream(ctx context.Context, in events.DynamoDBEvent) (events.DynamoDBEventResponse, error) {
	var ids, numbers []string
	for _, r := range in.Records {
		if id, ok := r.Change.NewImage["id"]; ok && r.EventName == "INSERT" && id.DataType() == events.DataTypeString {
			ids, numbers = append(ids, id.String()), append(numbers, r.Change.SequenceNumber)
		}
	}
	handled, err := d.Outbox.PerformStreamed(ctx, ids)
	if err != nil {
		return events.DynamoDBEventResponse{BatchItemFailures: []events.DynamoDBBatchItemFailure{{ItemIdentifier: numbers[handled]}}}, nil
	}
	return events.DynamoDBEventResponse{}, nil
}

// tick sweeps: what is due and was not performed from the stream. It also asks
// the access point what became of e-invoices, and looks whose own morning message is due.
func (d Deps) tick(ctx context.Context, _ trigger.Tick) error {
	age, err := d.Outbox.Age(ctx)
	if err != nil {
		return err
	}
	if age > 0 {
		if err := d.measure(age); err != nil {
			return err
		}
	}
	_, err = d.Outbox.Sweep(ctx)
	_, trained := d.Outbox.SweepTraining(ctx)
	return errors.Join(err, d.Outbox.CollectEPost(ctx), trained, d.Outbox.Cycle.TellPersons(ctx, d.Outbox.Now()))
}

// measure writes the age of the oldest due effect in CloudWatch's embedded
// metric format; an alarm watches it. Another watches that the sweeper runs: a
// figure of ours is billed by the hours in which it comes.
func (d Deps) measure(age time.Duration) error {
	_, err := fmt.Fprintf(d.Metrics, `{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Duly","Dimensions":[[]],"Metrics":[{"Name":"OutboxAgeSeconds","Unit":"Seconds"}]}]},"OutboxAgeSeconds":%d}`+"\n",
		d.Outbox.Now().UnixMilli(), int64(age.Seconds()))
	return err
}
