package store

import (
	"context"
	"slices"
	"strconv"
	"strings"
)

// API asks DynamoDB for one operation, once: its own retries would repeat a write whose outcome nobody knows and then report
// a condition that failed because of itself (row 41 of the failure catalogue). The store repeats, and compares. In writes
// itself with AppendJSON, or marshals, and out is read, as the operation's JSON in
// docs.aws.amazon.com/amazondynamodb/latest/APIReference. A refusal is a smithy.APIError with HTTPStatusCode and Body.
//
// The SDK's client of DynamoDB has fifty-seven operations, of which we need four: 1.3 MB of every function, and a fifth of
// the time that an order takes.
type API interface {
	Ask(ctx context.Context, operation string, in, out any) error
}

// item is a row, a part of one, or the values of an expression: attributes, each
// name once. There are few, so that looking through them is quicker than a map.
type item []attribute

// attribute is a named text or number; the table has no others.
type attribute struct {
	name, value string
	number      bool // value is its digits
}

func text(name, value string) attribute { return attribute{name: name, value: value} }

func number(name string, value int64) attribute {
	return attribute{name: name, value: strconv.FormatInt(value, 10), number: true}
}

// text is the text of that name, "" when there is none.
func (it item) text(name string) string {
	if at := it.find(name); at >= 0 && !it[at].number {
		return it[at].value
	}
	return ""
}

// number is the number of that name, 0 when there is none.
func (it item) number(name string) int64 {
	if at := it.find(name); at >= 0 && it[at].number {
		n, _ := strconv.ParseInt(it[at].value, 10, 64) // only integers are ever written
		return n
	}
	return 0
}

// set gives the text of that name another value, if there is one.
func (it item) set(name, value string) {
	if at := it.find(name); at >= 0 {
		it[at].value = value
	}
}

func (it item) find(name string) int {
	return slices.IndexFunc(it, func(a attribute) bool { return a.name == name })
}

// placeholder stands for a name in an expression: one that is a word of
// DynamoDB's own.
type placeholder struct{ as, name string }

// placeholders are those of an expression.
type placeholders []placeholder

// row is one row of a request: a Put has an item, the others a key.
type row struct {
	TableName                           string
	Item                                item         `json:",omitempty"`
	Key                                 item         `json:",omitempty"`
	UpdateExpression                    string       `json:",omitempty"`
	ConditionExpression                 string       `json:",omitempty"`
	ExpressionAttributeNames            placeholders `json:",omitempty"`
	ExpressionAttributeValues           item         `json:",omitempty"`
	ReturnValuesOnConditionCheckFailure string       `json:",omitempty"`
}

// old asks for what a condition met.
const old = "ALL_OLD"

// action is one of a transaction's; exactly one field is set.
type action struct {
	Put, Update, ConditionCheck *row
}

type transactWrite struct {
	TransactItems          []action
	ClientRequestToken     string
	ReturnConsumedCapacity string
}

type putItem struct {
	row
	ReturnConsumedCapacity string `json:",omitempty"`
}

// batchGet reads items of one table, consistently.
type batchGet struct {
	table                  string
	keys                   []item
	returnConsumedCapacity string
}

type query struct {
	TableName                 string
	IndexName                 string       `json:",omitempty"`
	ConsistentRead            bool         `json:",omitempty"`
	KeyConditionExpression    string       `json:",omitempty"`
	ExpressionAttributeNames  placeholders `json:",omitempty"`
	ExpressionAttributeValues item         `json:",omitempty"`
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
	UnprocessedKeys  map[string]struct{ Keys []item }
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
	for _, a := range it {
		n += len(a.name)
		if a.number {
			n += len(a.value)/2 + 2
		} else {
			n += len(a.value)
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
