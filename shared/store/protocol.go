package store

import (
	"context"
	"strconv"
	"strings"
)

// API asks DynamoDB for one operation, once: its own retries would repeat a write whose outcome nobody knows and then report
// a condition that failed because of itself (row 41 of the failure catalogue). The store repeats, and compares. In and out
// marshal as the operation's JSON in docs.aws.amazon.com/amazondynamodb/latest/APIReference. A refusal is a smithy.APIError
// with HTTPStatusCode and Body.
//
// The SDK's client of DynamoDB has fifty-seven operations, of which we need four: 1.3 MB of every function, and a fifth of
// the time that an order takes.
type API interface {
	Ask(ctx context.Context, operation string, in, out any) error
}

// item is a row. It is built and read attribute by attribute: reflection over
// structs costs more than the row is worth.
type item = map[string]attribute

// attribute is a value of a row: a text or a number; the table has no others.
type attribute struct {
	S *string `json:",omitempty"`
	N *string `json:",omitempty"`
}

func text(v string) attribute { return attribute{S: &v} }

func number(v int64) attribute {
	digits := strconv.FormatInt(v, 10)
	return attribute{N: &digits}
}

func textIn(it item, name string) string {
	if v := it[name].S; v != nil {
		return *v
	}
	return ""
}

func numberIn(it item, name string) int64 {
	if v := it[name].N; v != nil {
		n, _ := strconv.ParseInt(*v, 10, 64) // only integers are ever written
		return n
	}
	return 0
}

// row is one row of a request: a Put has an item, the others a key.
type row struct {
	TableName                           string
	Item                                item              `json:",omitempty"`
	Key                                 item              `json:",omitempty"`
	UpdateExpression                    string            `json:",omitempty"`
	ConditionExpression                 string            `json:",omitempty"`
	ExpressionAttributeNames            map[string]string `json:",omitempty"`
	ExpressionAttributeValues           item              `json:",omitempty"`
	ReturnValuesOnConditionCheckFailure string            `json:",omitempty"`
}

// old asks for what a condition met.
const old = "ALL_OLD"

// action is one of a transaction's; exactly one field is set.
type action struct {
	Put, Update, ConditionCheck *row `json:",omitempty"`
}

type transactWrite struct {
	TransactItems          []action
	ClientRequestToken     string
	ReturnConsumedCapacity string `json:",omitempty"`
}

type putItem struct {
	row
	ReturnConsumedCapacity string `json:",omitempty"`
}

type keysOfTable struct {
	Keys           []item
	ConsistentRead bool
}

type batchGet struct {
	RequestItems           map[string]keysOfTable
	ReturnConsumedCapacity string `json:",omitempty"`
}

type query struct {
	TableName                 string
	IndexName                 string            `json:",omitempty"`
	ConsistentRead            bool              `json:",omitempty"`
	KeyConditionExpression    string            `json:",omitempty"`
	ExpressionAttributeNames  map[string]string `json:",omitempty"`
	ExpressionAttributeValues item              `json:",omitempty"`
	ScanIndexForward          bool
	Limit                     int    `json:",omitempty"`
	ExclusiveStartKey         item   `json:",omitempty"`
	ReturnConsumedCapacity    string `json:",omitempty"`
}

// capacity is what a request took, in DynamoDB's units.
type capacity struct{ CapacityUnits, ReadCapacityUnits, WriteCapacityUnits float64 }

type written struct{ ConsumedCapacity *capacity }

type transacted struct{ ConsumedCapacity []capacity }

type batched struct {
	Responses        map[string][]item
	UnprocessedKeys  map[string]keysOfTable
	ConsumedCapacity []capacity
}

type queried struct {
	Items            []item
	LastEvaluatedKey item
	ConsumedCapacity *capacity
}

// reason is what DynamoDB says of one row of a transaction that it cancelled.
type reason struct {
	Code string
	Item item
}

// refusal is the body of an answer without a result.
type refusal struct {
	CancellationReasons []reason
	Item                item
}

// bytesOf is the size DynamoDB counts: names and values in UTF-8, a number as
// about half its digits; rounding up is safe here.
func bytesOf(it item) int {
	n := 0
	for name, v := range it {
		n += len(name)
		if v.S != nil {
			n += len(*v.S)
		}
		if v.N != nil {
			n += len(*v.N)/2 + 2
		}
	}
	return n
}

// metered asks for the consumed capacity only when somebody listens.
func (s *Store) metered() string {
	if s.observe == nil {
		return ""
	}
	return "TOTAL"
}

// meter reports one request. DynamoDB splits the units of a transaction into
// read and write ones and gives a plain request's as a sum.
func (s *Store) meter(op string, used ...capacity) {
	if s.observe == nil {
		return
	}
	var read, write float64
	for _, c := range used {
		switch {
		case c.ReadCapacityUnits+c.WriteCapacityUnits > 0:
			read, write = read+c.ReadCapacityUnits, write+c.WriteCapacityUnits
		case strings.HasPrefix(op, "Put"):
			write += c.CapacityUnits
		default:
			read += c.CapacityUnits
		}
	}
	s.observe(op, read, write)
}

// once is the capacity of a request that has one or none.
func once(c *capacity) []capacity {
	if c == nil {
		return nil
	}
	return []capacity{*c}
}
