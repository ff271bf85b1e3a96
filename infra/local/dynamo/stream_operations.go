package dynamo

import (
	"encoding/binary"
	"strconv"
	"strings"
)

// The Streams API. A table has one stream with one shard that never closes.

const shardID = "shardId-00000000000000000000-00000000"

type describeStreamRequest struct {
	StreamArn             string
	Limit                 *int
	ExclusiveStartShardId string
}

type streamDescription struct {
	StreamArn               string
	StreamLabel             string
	StreamStatus            string
	StreamViewType          string
	CreationRequestDateTime float64
	TableName               string
	KeySchema               []keyElement
	Shards                  []shard
}

type shard struct {
	ShardId             string
	SequenceNumberRange sequenceRange
}

type sequenceRange struct{ StartingSequenceNumber string }

// streamTable finds the table of a stream. The caller holds the schema lock.
func (e *Engine) streamTable(arn string) (*table, error) {
	name, _, ok := strings.Cut(strings.TrimPrefix(arn, arnPrefix), "/stream/")
	t := e.tables[name]
	if !ok || t == nil || t.StreamView == "" || t.streamARN() != arn {
		return nil, refuse(codeNotFound, "Requested resource not found: Stream: %s not found", arn)
	}
	return t, nil
}

func (e *Engine) describeStream(body string) (any, error) {
	var q describeStreamRequest
	if err := decodeStrictly(body, &q); err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.streamTable(q.StreamArn)
	if err != nil {
		return nil, err
	}
	var reply struct{ StreamDescription streamDescription }
	reply.StreamDescription = streamDescription{
		StreamArn:               q.StreamArn,
		StreamLabel:             t.StreamLabel,
		StreamStatus:            "ENABLED",
		StreamViewType:          t.StreamView,
		CreationRequestDateTime: seconds(t.CreatedAt),
		TableName:               t.Name,
		KeySchema:               t.Key.describe(),
		Shards:                  []shard{},
	}
	if q.ExclusiveStartShardId == "" {
		reply.StreamDescription.Shards = []shard{{shardID, sequenceRange{"000000000000000000001"}}}
	}
	return reply, nil
}

type shardIteratorRequest struct {
	StreamArn         string
	ShardId           string
	ShardIteratorType string
	SequenceNumber    string
}

func (e *Engine) getShardIterator(body string) (any, error) {
	var q shardIteratorRequest
	if err := decodeStrictly(body, &q); err != nil {
		return nil, err
	}
	var c constraints
	c.present("shardIteratorType", q.ShardIteratorType != "")
	c.enum("shardIteratorType", q.ShardIteratorType, "TRIM_HORIZON", "LATEST", "AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER")
	if err := c.err(); err != nil {
		return nil, err
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.streamTable(q.StreamArn)
	if err != nil {
		return nil, err
	}
	if q.ShardId != shardID {
		return nil, refuse(codeNotFound, "Requested resource not found: Shard: %s in Stream: %s not found", q.ShardId, q.StreamArn)
	}
	from, err := e.iteratorStart(t, &q)
	if err != nil {
		return nil, err
	}
	return struct{ ShardIterator string }{iterator(q.StreamArn, from)}, nil
}

// iteratorStart is the sequence number of the first record an iterator shall give.
func (e *Engine) iteratorStart(t *table, q *shardIteratorRequest) (uint64, error) {
	switch q.ShardIteratorType {
	case "TRIM_HORIZON":
		return 1, nil
	case "LATEST":
		next := uint64(1)
		err := e.pages.view(func(r reader) error {
			if last, _ := r.cursor(t.streamSpace).last(); last != nil {
				next = binary.BigEndian.Uint64(last) + 1
			}
			return nil
		})
		return next, err
	}
	sequence, err := strconv.ParseUint(q.SequenceNumber, 10, 64)
	if err != nil {
		return 0, invalid("Invalid SequenceNumber: %s", q.SequenceNumber)
	}
	if q.ShardIteratorType == "AFTER_SEQUENCE_NUMBER" {
		sequence++
	}
	return sequence, nil
}

// iterator names a position: the stream and the next sequence number.
func iterator(arn string, from uint64) string {
	return arn + "|" + strconv.FormatUint(from, 10)
}

type getRecordsRequest struct {
	ShardIterator string
	Limit         *int
}

func (e *Engine) getRecords(body string) (any, error) {
	var q getRecordsRequest
	if err := decodeStrictly(body, &q); err != nil {
		return nil, err
	}
	limit := streamRecordsMax
	if q.Limit != nil {
		limit = *q.Limit
	}
	var c constraints
	c.between("limit", limit, 1, streamRecordsMax)
	if err := c.err(); err != nil {
		return nil, err
	}
	arn, position, _ := strings.Cut(q.ShardIterator, "|")
	from, err := strconv.ParseUint(position, 10, 64)
	if err != nil {
		return nil, invalid("Invalid ShardIterator")
	}
	e.schema.RLock()
	defer e.schema.RUnlock()
	t, err := e.streamTable(arn)
	if err != nil {
		return nil, err
	}
	stored, err := e.storedRecords(t, from, limit)
	if err != nil {
		return nil, err
	}
	var reply struct {
		Records           []recordBody
		NextShardIterator string
	}
	reply.Records = []recordBody{}
	for i := range stored {
		reply.Records = append(reply.Records, stored[i].forAPI(t))
		from = stored[i].sequence + 1
	}
	reply.NextShardIterator = iterator(arn, from)
	return reply, nil
}
