// Package digest is the function that keeps the figures: it folds events from
// the table's stream into running totals and posts the morning message. It does
// not own the figures' definitions.
package digest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/shared/handler/trigger"
	"duly/shared/o2c"
)

// Deps is what the function needs.
type Deps struct {
	Cycle   *o2c.Cycle
	Now     func() time.Time
	Seals   o2c.Files // where the audit chains are anchored
	Metrics io.Writer // CloudWatch reads embedded metrics from the log; nil: nobody does
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

// nightly is the schedule that verifies the books.
const nightly = "verify"

// tick keeps the week's forecast, posts the morning message, sends the accountant the month that ended, and says in January what need no longer be
// kept; at night it seals the audit chains and verifies the books.
func (d Deps) tick(ctx context.Context, t trigger.Tick) error {
	if t.Schedule == nightly {
		_, err := d.Cycle.SealChains(ctx, d.Now(), d.Seals, budget(ctx, 2*time.Minute))
		return errors.Join(err, d.Cycle.CountMonth(ctx, d.Now()), d.verify(ctx))
	}
	return errors.Join(d.Cycle.TrackForecast(ctx, d.Now()), d.Cycle.TellRetro(ctx, d.Now()), d.Cycle.AskTeam(ctx, d.Now()), d.Cycle.Refresh(ctx, d.Now()), d.Cycle.Digest(ctx, d.Now()), d.Cycle.ExportMonth(ctx, d.Now()), d.Cycle.ProposeDeletion(ctx, d.Now()))
}

// verify holds the books against what they are made of and writes down how many
// invariants are broken, zero too: an alarm watches the figure.
func (d Deps) verify(ctx context.Context) error {
	report, err := d.Cycle.VerifyNightly(ctx, d.Now(), d.Seals, budget(ctx, time.Minute))
	if err != nil {
		return err
	}
	broken := 0
	for _, c := range report.Checks {
		broken += len(c.Broken)
	}
	if d.Metrics == nil {
		return nil
	}
	_, err = fmt.Fprintf(d.Metrics, `{"_aws":{"Timestamp":%d,"CloudWatchMetrics":[{"Namespace":"Duly","Dimensions":[[]],"Metrics":[{"Name":"InvariantsBroken","Unit":"Count"}]}]},"InvariantsBroken":%d}`+"\n",
		d.Now().UnixMilli(), broken)
	return err
}

// budget says whether more than a reserve is left of the time: the books are to
// be verified after the seals, and what was verified is to be written down. The
// context's deadline is Lambda's, in the machine's time, so it is asked of the
// context.
func budget(ctx context.Context, kept time.Duration) func() bool {
	deadline, limited := ctx.Deadline()
	if !limited {
		return func() bool { return true }
	}
	reserve, cancel := context.WithDeadline(ctx, deadline.Add(-kept))
	context.AfterFunc(ctx, cancel)
	return func() bool { return reserve.Err() == nil }
}
