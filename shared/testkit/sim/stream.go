package sim

import (
	"context"
	"encoding/json"
	"hash/fnv"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"duly/infra/local/dynamo"
)

// stream is the table's stream with its two consumers. As in AWS, a shard
// carries the records of some documents in their order, to one invocation of a
// consumer at a time.
type stream struct {
	writes   uint64 // of the engine, when it was read last
	sequence uint64 // of the last record read
	shards   map[string][]*shard
}

// shard is one queue of records to one consumer.
type shard struct {
	function string
	batchMax int
	waiting  []events.DynamoDBEventRecord
	busy     bool
}

const shardCount = 2

func newStream() stream {
	s := stream{shards: map[string][]*shard{}}
	for range shardCount {
		s.shards["effect"] = append(s.shards["effect"], &shard{function: "outbox", batchMax: 10})
		s.shards["event"] = append(s.shards["event"], &shard{function: "digest", batchMax: 100})
	}
	return s
}

// recordsMax is how many records are read at a time.
const recordsMax = 500

// pump reads what was committed since it was last called, shows it to the
// oracle, and puts it on its way to the consumers.
func (w *world) pump() {
	if n := w.engine.Stats().Writes; n == w.stream.writes {
		return
	} else {
		w.stream.writes = n
	}
	for {
		records, err := w.engine.Records(tableName, w.stream.sequence, recordsMax)
		w.must(err)
		for _, r := range records {
			w.stream.sequence = r.Sequence
			if r.EventName == "INSERT" {
				w.arrived(r)
			}
		}
		if len(records) < recordsMax {
			break
		}
	}
	w.oracle.check()
}

// arrived shows a record to the oracle and puts it on a shard, as the filters
// of the event sources do.
func (w *world) arrived(r dynamo.Record) {
	kind := r.NewText("kind")
	switch kind {
	case "event":
		w.oracle.event([]byte(r.NewText("body")))
	case "entry":
		w.oracle.entry([]byte(r.NewText("body")))
	}
	shards := w.stream.shards[kind]
	if len(shards) == 0 {
		return
	}
	var record events.DynamoDBEventRecord
	w.must(json.Unmarshal(r.JSON, &record))
	h := fnv.New32a()
	_, _ = h.Write([]byte(r.NewText("pk"))) // a hash takes everything
	s := shards[h.Sum32()%shardCount]
	s.waiting = append(s.waiting, record)
	w.feed(s)
}

// feed starts the shard's next batch, unless one is under way.
func (w *world) feed(s *shard) {
	if s.busy || len(s.waiting) == 0 {
		return
	}
	s.busy = true
	pause := w.faults.chance.between(time.Millisecond, 200*time.Millisecond)
	if w.faults.hit(Delay) {
		pause += w.faults.chance.between(0, 10*time.Minute)
	}
	w.after(pause, "stream to "+s.function, func() {
		n := min(len(s.waiting), 1+w.faults.chance.below(s.batchMax))
		w.batch(s, slices.Clone(s.waiting[:n]))
	})
}

// batch hands records over until they are taken.
func (w *world) batch(s *shard, records []events.DynamoDBEventRecord) {
	if s.function == "outbox" && w.faults.hit(BatchLost) {
		w.note("  fault: a batch of %d is lost", len(records))
		w.taken(s, len(records))
		return
	}
	var answer events.DynamoDBEventResponse
	w.invoke(s.function, func(ctx context.Context, e *environment) (err error) {
		answer, err = e.handler.Stream(ctx, events.DynamoDBEvent{Records: records})
		return err
	}, func(v *invocation) {
		left := records
		if !v.failed() {
			left = rest(records, answer)
		}
		switch {
		case len(left) > 0:
			w.after(w.faults.chance.between(time.Second, time.Minute), "stream again to "+s.function, func() { w.batch(s, left) })
			w.drop(s, len(records)-len(left))
		case w.faults.hit(BatchRepeated):
			w.batch(s, records)
		default:
			w.taken(s, len(records))
		}
	})
}

// rest are the records from the first that was not handled.
func rest(records []events.DynamoDBEventRecord, answer events.DynamoDBEventResponse) []events.DynamoDBEventRecord {
	for _, f := range answer.BatchItemFailures {
		i := slices.IndexFunc(records, func(r events.DynamoDBEventRecord) bool { return r.Change.SequenceNumber == f.ItemIdentifier })
		return records[max(i, 0):]
	}
	return nil
}

func (w *world) drop(s *shard, n int) { s.waiting = s.waiting[n:] }

func (w *world) taken(s *shard, n int) {
	w.drop(s, n)
	s.busy = false
	w.feed(s)
}
