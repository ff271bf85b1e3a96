package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-lambda-go/events"

	"duly/functions"
	"duly/infra/local/dynamo"
)

// stream carries the table's changes to the functions that the manifest wakes
// by them: the INSERTs of one kind of item each, in order, in batches.
type stream struct {
	file      string // where the places are kept; "" in memory
	consumers []*consumer
	kept      map[string]uint64
}

// consumer is one function's place in the stream. After a crash it reads some
// records again, which its idempotence bears.
type consumer struct {
	function functions.Function
	after    uint64
}

func (r *Runtime) openStream() error {
	r.stream.file = r.path("stream.json")
	r.stream.kept = map[string]uint64{}
	if r.stream.file != "" {
		raw, err := os.ReadFile(r.stream.file)
		if err == nil {
			err = json.Unmarshal(raw, &r.stream.kept)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("the place in the table's stream cannot be read — %w — remove %s, records are then delivered again", err, r.stream.file)
		}
	}
	for _, f := range functions.All() {
		if f.Stream != "" && r.handlers[f.Name].Stream != nil {
			r.stream.consumers = append(r.stream.consumers, &consumer{function: f, after: r.stream.kept[f.Name]})
		}
	}
	return nil
}

// readMax is how many records are read at once: few enough that what the first
// set off is carried before the last are read.
const readMax = 24

// pump delivers the next records to every consumer and reports how many moved.
// A consumer whose batch fails stays where it is; the others go on.
func (s *stream) pump(ctx context.Context, r *Runtime) (moved int, err error) {
	for _, c := range s.consumers {
		records, problem := r.Engine.Records(Table, c.after, readMax)
		if problem == nil {
			var n int
			n, problem = c.take(ctx, r, records)
			moved += n
		}
		if problem != nil {
			err = errors.Join(err, fmt.Errorf("deliver the stream to %s: %w", c.function.Name, problem))
		}
	}
	return moved, errors.Join(err, s.keep())
}

// take delivers what is meant for the consumer, in batches, and moves its place
// past the records; it counts every record that it came past.
func (c *consumer) take(ctx context.Context, r *Runtime, records []dynamo.Record) (moved int, err error) {
	var batch []events.DynamoDBEventRecord
	deliver := func(upTo uint64) error {
		if len(batch) > 0 {
			r.giveWay(ctx)
			out, err := r.handler(c.function.Name).Stream(ctx, events.DynamoDBEvent{Records: batch})
			if err == nil && len(out.BatchItemFailures) > 0 {
				err = fmt.Errorf("%d of %d records failed", len(out.BatchItemFailures), len(batch))
			}
			if err != nil {
				return err
			}
		}
		moved += int(upTo - c.after)
		batch, c.after = nil, upTo
		return nil
	}
	last := uint64(0)
	for _, record := range records {
		if record.Sequence <= c.after {
			continue
		}
		if last = record.Sequence; !c.wants(record) {
			continue
		}
		var event events.DynamoDBEventRecord
		if err := json.Unmarshal(record.JSON, &event); err != nil {
			return moved, err
		}
		if batch = append(batch, event); len(batch) == c.function.BatchMax {
			if err := deliver(record.Sequence); err != nil {
				return moved, err
			}
		}
	}
	if last > c.after {
		err = deliver(last)
	}
	return moved, err
}

// wants is the filter of the manifest: new items of one kind.
func (c *consumer) wants(record dynamo.Record) bool {
	if record.EventName != "INSERT" {
		return false
	}
	var item struct {
		Dynamodb struct {
			NewImage struct {
				Kind struct{ S string } `json:"kind"`
			}
		} `json:"dynamodb"`
	}
	return json.Unmarshal(record.JSON, &item) == nil && item.Dynamodb.NewImage.Kind.S == c.function.Stream
}

// keep writes the places down.
func (s *stream) keep() error {
	changed := false
	for _, c := range s.consumers {
		changed = changed || s.kept[c.function.Name] != c.after
		s.kept[c.function.Name] = c.after
	}
	if !changed || s.file == "" {
		return nil
	}
	raw, err := json.Marshal(s.kept)
	if err != nil {
		return err
	}
	return writeFile(s.file, raw)
}
