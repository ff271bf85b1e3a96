package dynamo_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodbstreams"
	streamtypes "github.com/aws/aws-sdk-go-v2/service/dynamodbstreams/types"

	"duly/infra/local/dynamo"
)

// streamed reads the whole stream through the Streams API: event, then whether
// there is an old and a new image.
func (s *store) streamed(t *testing.T) []string {
	t.Helper()
	table := must[*dynamodb.DescribeTableOutput](t)(s.db.DescribeTable(t.Context(), &dynamodb.DescribeTableInput{TableName: &s.table})).Table
	stream := must[*dynamodbstreams.DescribeStreamOutput](t)(s.streams.DescribeStream(t.Context(), &dynamodbstreams.DescribeStreamInput{StreamArn: table.LatestStreamArn}))
	var seen []string
	for _, shard := range stream.StreamDescription.Shards {
		iterator := must[*dynamodbstreams.GetShardIteratorOutput](t)(s.streams.GetShardIterator(t.Context(), &dynamodbstreams.GetShardIteratorInput{
			StreamArn: table.LatestStreamArn, ShardId: shard.ShardId, ShardIteratorType: streamtypes.ShardIteratorTypeTrimHorizon,
		})).ShardIterator
		for empty := 0; iterator != nil && empty < 3; {
			answer := must[*dynamodbstreams.GetRecordsOutput](t)(s.streams.GetRecords(t.Context(), &dynamodbstreams.GetRecordsInput{ShardIterator: iterator}))
			iterator = answer.NextShardIterator
			if len(answer.Records) == 0 {
				empty++
			}
			for _, r := range answer.Records {
				seen = append(seen, fmt.Sprintf("%s %v %v", r.EventName, r.Dynamodb.OldImage != nil, r.Dynamodb.NewImage != nil))
			}
		}
	}
	return seen
}

func TestStream(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		s.put(t, at("streamed", "a", row{"v": num("1")}))
		s.put(t, at("streamed", "a", row{"v": num("2")}))
		s.put(t, at("streamed", "a", row{"v": num("2.0")})) // the same: no record
		must[row](t)(s.update(t, key("streamed", "a"), "REMOVE nothing", "", nil, nil))
		wantCode(t, s.transact(t, "", s.checking(key("streamed", "a"), "attribute_exists(pk)", nil), s.putting(key("streamed", "b"), "")), "")
		must[*dynamodb.DeleteItemOutput](t)(s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &s.table, Key: key("streamed", "a")}))
		must[*dynamodb.DeleteItemOutput](t)(s.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &s.table, Key: key("streamed", "a")}))
		s.eventually(t, "INSERT false true, MODIFY true true, INSERT false true, REMOVE true false", func() string { return strings.Join(s.streamed(t), ", ") })
	})
}

// TestRecords: the local runtime's cheap way to the stream gives what a Lambda
// function would receive.
func TestRecords(t *testing.T) {
	forEachStore(t, func(t *testing.T, s *store) {
		if s.engine == nil {
			return
		}
		changed := s.engine.Changed()
		if len(records(t, s, 0)) != 0 {
			t.Fatal("a new stream is not empty")
		}
		s.put(t, at("recorded", "a", row{"v": num("12.50"), "l": list(str("x"), null(), boolean(true)), "b": bin("\x00\x01"), "s": set("p", "q")}))
		select {
		case <-changed:
		default:
			t.Error("nobody was woken")
		}
		s.put(t, at("recorded", "a", row{"v": num("13")}))
		s.put(t, key("recorded", "b"))
		all := records(t, s, 0)
		var sequences []string
		for _, r := range all {
			sequences = append(sequences, fmt.Sprint(r.Sequence, " ", r.EventName))
		}
		want(t, strings.Join(sequences, ", "), "1 INSERT, 2 MODIFY, 3 INSERT")
		want(t, fmt.Sprintf("%q %q %q", all[0].NewText("sk"), all[0].NewText("v"), all[0].NewText("absent")), `"a" "" ""`)
		if limited := must[[]dynamo.Record](t)(s.engine.Records(s.table, 1, 1)); len(limited) != 1 || limited[0].Sequence != 2 {
			t.Errorf("after 1, one record: got %v", limited)
		}

		var record events.DynamoDBEventRecord
		if err := json.Unmarshal(all[1].JSON, &record); err != nil {
			t.Fatal(err)
		}
		change := record.Change
		want(t, fmt.Sprint(record.EventName, " ", record.EventSource, " ", change.StreamViewType, " ", change.Keys["sk"].String(), " ", change.OldImage["v"].Number(), " to ", change.NewImage["v"].Number(), " at ", change.ApproximateCreationDateTime.Unix()),
			fmt.Sprint("MODIFY aws:dynamodb NEW_AND_OLD_IMAGES a 12.5 to 13 at ", noon.Unix()))
		want(t, fmt.Sprint(change.OldImage["s"].StringSet(), len(change.OldImage["b"].Binary()), len(change.OldImage["l"].List())), "[p q] 2 3")
		if !strings.HasSuffix(record.EventSourceArn, "/stream/2026-01-05T12:00:00.000") {
			t.Errorf("source %s", record.EventSourceArn)
		}
	})
}

// TestStreamForgetsAfterADay: records older than 24 hours go, the newest one stays.
func TestStreamForgetsAfterADay(t *testing.T) {
	now := noon
	s := openStore(t, dynamo.Options{Now: func() time.Time { return now }})
	for i := range 4 {
		s.put(t, key("aged", fmt.Sprint(i)))
		now = now.Add(10 * time.Hour)
	}
	left := func() string {
		var sequences []string
		for _, r := range records(t, s, 0) {
			sequences = append(sequences, fmt.Sprint(r.Sequence))
		}
		return strings.Join(sequences, " ")
	}
	must[int](t)(s.engine.Sweep(now))
	want(t, left(), "3 4")
	now = now.Add(1000 * time.Hour)
	must[int](t)(s.engine.Sweep(now))
	want(t, left(), "4")
	s.put(t, key("aged", "new"))
	want(t, left(), "4 5")
}
