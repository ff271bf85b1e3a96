package store

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
)

func TestTableIsWhatItsDefinitionSays(t *testing.T) {
	b := newBench(t)
	referee := dynamodb.New(dynamodb.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String("http://dynamo.invalid"), Credentials: aws.AnonymousCredentials{},
		HTTPClient: &http.Client{Transport: b.wire},
	})
	out, err := referee.DescribeTable(background, &dynamodb.DescribeTableInput{TableName: aws.String(testTable)})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]string{}
	for _, ix := range out.Table.GlobalSecondaryIndexes {
		keys := string(ix.Projection.ProjectionType)
		for _, k := range ix.KeySchema {
			keys += " " + *k.AttributeName
		}
		got[*ix.IndexName] = keys
	}
	for _, k := range out.Table.KeySchema {
		got[string(k.KeyType)] = *k.AttributeName
	}
	got["stream"] = string(out.Table.StreamSpecification.StreamViewType)
	ttl, err := referee.DescribeTimeToLive(background, &dynamodb.DescribeTimeToLiveInput{TableName: aws.String(testTable)})
	if err != nil {
		t.Fatal(err)
	}
	got["ttl"] = string(ttl.TimeToLiveDescription.TimeToLiveStatus) + " " + *ttl.TimeToLiveDescription.AttributeName
	want := map[string]string{
		"HASH": "pk", "RANGE": "sk", "due": "KEYS_ONLY due_pk due_sk", "list": "KEYS_ONLY list_pk list_sk",
		"stream": "NEW_AND_OLD_IMAGES", "ttl": "ENABLED ttl",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if err := CreateTable(background, b.api, testTable); err != nil {
		t.Errorf("a second time: %v", err)
	}
}

// Everything the store asks for, in one run: no scan, no delete, no read that
// could be stale but those of an index.
func TestRequestsAreLeanAndConsistent(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	b.wire.set(nil)
	typicalCommit(t, s, 1)
	if diff := cmp.Diff([]string{"BatchGetItem", "TransactWriteItems"}, b.wire.operations()); diff != "" {
		t.Errorf("a typical use case: %s", diff)
	}
	save(t, s, &memo{K: "order", Name: "o_9", Listed: "2026-01-05", Queue: "q", DueAt: day})
	walk(t, s, o2c.Query{Kind: "order"}, nil)
	walk(t, s, o2c.Query{Queue: "q", Until: day}, nil)
	if _, err := s.Events(background, orderKey("o_9")); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Links(background, orderKey("o_9"), "x"); err != nil {
		t.Fatal(err)
	}
	count(t, s, headroom)
	for i, op := range b.wire.operations() {
		body := b.wire.bodies[i]
		consistent := strings.Contains(body, `"ConsistentRead":true`)
		switch op {
		case "BatchGetItem":
			if !consistent {
				t.Errorf("may be stale: %s", body)
			}
		case "Query":
			if consistent == strings.Contains(body, `"IndexName"`) {
				t.Errorf("may be stale: %s", body)
			}
		case "TransactWriteItems", "PutItem":
		default:
			t.Errorf("asked for %s", op)
		}
	}
}

func TestMeterHearsOfEveryRequest(t *testing.T) {
	b := newBench(t)
	s := b.store("a")
	b.wire.set(nil)
	typicalCommit(t, s, 1)
	b.wire.once("BatchGetItem", 1, disturbance{status: 500})
	load(t, s, orderKey("o_1"))
	if b.meter.requests["BatchGetItem"] != 3 || b.meter.requests["TransactWriteItems"] != 1 {
		t.Errorf("heard of %v", b.meter.requests)
	}
	// A consistent read is one unit per 4 KB, of an absent item too; a
	// transaction takes two per KB, here for six rows and two index entries.
	if b.meter.read != 3 || b.meter.write != 16 {
		t.Errorf("%v read units, %v write units", b.meter.read, b.meter.write)
	}
	quiet := New(b.api, testTable, Options{Instance: "a"})
	b.wire.set(nil)
	load(t, quiet, orderKey("o_1"))
	if strings.Contains(b.wire.bodies[0], `"ReturnConsumedCapacity":"TOTAL"`) {
		t.Error("asks for figures nobody hears")
	}
}

// typicalCommit is a use case of six rows: a message, a changed and a new
// document with an event each, an effect, and a link in place of an event.
func typicalCommit(t testing.TB, s *Store, n int) {
	t.Helper()
	if err := typical(s, n); err != nil {
		t.Fatal(err)
	}
}

func typical(s *Store, n int) error {
	id := orderID(n)
	return s.Update(context.Background(), func(ctx context.Context, tx *o2c.Tx) error {
		tx.By(by(day))
		tx.Once("shop/" + id)
		if err := tx.Fetch(ctx, orderKey(id), o2c.Key{Kind: "customer", ID: id}); err != nil {
			return err
		}
		o := order(id)
		o.Text = strings.Repeat("x", 300)
		if err := tx.Save(o, fact("order.received")); err != nil {
			return err
		}
		if err := tx.Save(&memo{K: "customer", Name: id}); err != nil {
			return err
		}
		tx.Link(o2c.Link{Parent: o2c.Key{Kind: "customer", ID: id}, Name: "order", Sort: "2026-01-05", To: orderKey(id)})
		return tx.Do(o2c.Effect{Name: "mail/" + id, Does: "mail", Subject: orderKey(id)})
	})
}

func TestTypicalCommitHasSixRows(t *testing.T) {
	b := newBench(t)
	b.wire.set(nil)
	typicalCommit(t, b.store("a"), 1)
	if n := strings.Count(b.wire.bodies[1], `"Put":`); n != 6 {
		t.Errorf("%d rows", n)
	}
}

var _ o2c.Store = (*Store)(nil)
