package store

import (
	"slices"
	"unicode/utf8"
)

// What an order writes goes to DynamoDB as one request of twenty rows and as many kilobytes. By reflection that was a
// twelfth of the processor time of an order; here a request writes its own JSON, and the tests hold it against encoding/json.

// AppendJSON writes the request after what is in out.
func (t transactWrite) AppendJSON(out []byte) []byte {
	out = slices.Grow(out, t.size())
	out = append(out, `{"TransactItems":[`...)
	for i, a := range t.TransactItems {
		if i > 0 {
			out = append(out, ',')
		}
		out = a.append(out)
	}
	out = append(out, ']')
	out = appendMember(out, "ClientRequestToken", t.ClientRequestToken)
	if t.ReturnConsumedCapacity != "" {
		out = appendMember(out, "ReturnConsumedCapacity", t.ReturnConsumedCapacity)
	}
	return append(out, '}')
}

// AppendJSON writes the request after what is in out.
func (b batchGet) AppendJSON(out []byte) []byte {
	n := rowMin
	for _, k := range b.keys {
		n += keyMin + bytesOf(k)
	}
	out = slices.Grow(out, n)
	out = appendText(append(out, `{"RequestItems":{`...), b.table)
	out = append(out, `:{"ConsistentRead":true,"Keys":[`...)
	for i, k := range b.keys {
		if i > 0 {
			out = append(out, ',')
		}
		out = k.append(out)
	}
	out = append(out, "]}}"...)
	if b.returnConsumedCapacity != "" {
		out = appendMember(out, "ReturnConsumedCapacity", b.returnConsumedCapacity)
	}
	return append(out, '}')
}

// size is about what the request takes as JSON: documents are texts full of quotes to escape.
func (t transactWrite) size() int {
	n := 0
	for _, a := range t.TransactItems {
		if a.Put != nil {
			n += bytesOf(a.Put.Item)
		}
	}
	return n + n/4 + rowMin*len(t.TransactItems)
}

// rowMin is what a row takes besides its attributes' texts, keyMin what a key does.
const (
	rowMin = 320
	keyMin = 32
)

func (a action) append(out []byte) []byte {
	switch {
	case a.Put != nil:
		out = a.Put.append(append(out, `{"Put":`...))
	case a.Update != nil:
		out = a.Update.append(append(out, `{"Update":`...))
	default:
		out = a.ConditionCheck.append(append(out, `{"ConditionCheck":`...))
	}
	return append(out, '}')
}

func (r *row) append(out []byte) []byte {
	out = appendText(append(out, `{"TableName":`...), r.TableName)
	for _, m := range [...]struct {
		name string
		item item
	}{{"Item", r.Item}, {"Key", r.Key}, {"ExpressionAttributeValues", r.ExpressionAttributeValues}} {
		if len(m.item) > 0 {
			out = m.item.append(appendName(out, m.name))
		}
	}
	for _, m := range [...]struct{ name, text string }{
		{"UpdateExpression", r.UpdateExpression},
		{"ConditionExpression", r.ConditionExpression},
		{"ReturnValuesOnConditionCheckFailure", r.ReturnValuesOnConditionCheckFailure},
	} {
		if m.text != "" {
			out = appendMember(out, m.name, m.text)
		}
	}
	if len(r.ExpressionAttributeNames) > 0 {
		out = r.ExpressionAttributeNames.append(appendName(out, "ExpressionAttributeNames"))
	}
	return append(out, '}')
}

// append writes the item as DynamoDB has it, {"name": {"S": "value"}}.
func (it item) append(out []byte) []byte {
	out = append(out, '{')
	for i, a := range it {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(out, a.name)
		if a.number {
			out = append(out, `:{"N":`...)
		} else {
			out = append(out, `:{"S":`...)
		}
		out = append(appendText(out, a.value), '}')
	}
	return append(out, '}')
}

func (p placeholders) append(out []byte) []byte {
	out = append(out, '{')
	for i, one := range p {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendText(append(appendText(out, one.as), ':'), one.name)
	}
	return append(out, '}')
}

// MarshalJSON is append for package json.
func (it item) MarshalJSON() ([]byte, error) { return it.append(nil), nil }

// MarshalJSON is append for package json.
func (p placeholders) MarshalJSON() ([]byte, error) { return p.append(nil), nil }

func appendMember(out []byte, name, text string) []byte {
	return appendText(appendName(out, name), text)
}

// appendName writes the name of a member that is not the first.
func appendName(out []byte, name string) []byte {
	return append(append(append(out, `,"`...), name...), `":`...)
}

// appendText writes a JSON string; what is no UTF-8 becomes U+FFFD, as encoding/json has it.
func appendText(out []byte, text string) []byte {
	if !utf8.ValidString(text) {
		text = string([]rune(text)) // one for each wrong byte
	}
	out = append(out, '"')
	start := 0
	for at := 0; at < len(text); at++ {
		c := text[at]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		out = append(out, text[start:at]...)
		if start = at + 1; c >= ' ' {
			out = append(out, '\\', c)
			continue
		}
		const digits = "0123456789abcdef"
		out = append(out, `\u00`...)
		out = append(out, digits[c>>4], digits[c&0xf])
	}
	return append(append(out, text[start:]...), '"')
}
