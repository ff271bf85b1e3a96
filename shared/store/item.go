package store

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"duly/shared/o2c"
)

// item is a row. It is built and read attribute by attribute: reflection over
// structs costs more than the row is worth.
type item = map[string]types.AttributeValue

func text(v string) types.AttributeValue { return &types.AttributeValueMemberS{Value: v} }
func number(v int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(v, 10)}
}

func (a address) key() item { return item{attrPK: text(a.pk), attrSK: text(a.sk)} }

func textIn(it item, name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func numberIn(it item, name string) int64 {
	if v, ok := it[name].(*types.AttributeValueMemberN); ok {
		n, _ := strconv.ParseInt(v.Value, 10, 64) // only integers are ever written
		return n
	}
	return 0
}

func addressIn(it item) address { return address{textIn(it, attrPK), textIn(it, attrSK)} }

func timeIn(it item, name string) time.Time {
	t, _ := time.Parse(time.RFC3339Nano, textIn(it, name)) // absent: the zero time
	return t
}

// storedFrom reads a document's row; a missing row is a document of version 0.
func storedFrom(key o2c.Key, it item) o2c.Stored {
	if it == nil {
		return o2c.Stored{Key: key}
	}
	s := o2c.Stored{
		Key: key, Version: numberIn(it, attrVer), Head: textIn(it, attrHead), Count: numberIn(it, attrEvents),
		Body: json.RawMessage(textIn(it, attrBody)), At: timeIn(it, attrAt),
	}
	if ttl := numberIn(it, attrTTL); ttl != 0 {
		s.Expires = time.Unix(ttl, 0).UTC()
	}
	return s
}

func counterFrom(key o2c.Key, it item) o2c.Counter {
	c := o2c.Counter{Key: key, Exists: it != nil, Values: map[string]int64{}}
	for name := range it {
		if value, ok := strings.CutPrefix(name, prefixN); ok {
			c.Values[value] = numberIn(it, name)
		}
	}
	return c
}

// bytesOf is the size DynamoDB counts: names and values in UTF-8, a number as
// about half its digits; rounding up is safe here.
func bytesOf(it item) int {
	n := 0
	for name, v := range it {
		n += len(name)
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			n += len(v.Value)
		case *types.AttributeValueMemberN:
			n += len(v.Value)/2 + 2
		}
	}
	return n
}
