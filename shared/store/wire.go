package store

import (
	"maps"
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

// size is about what the request takes as JSON: documents are texts full of quotes to escape.
func (t transactWrite) size() int {
	n := 0
	for _, a := range t.TransactItems {
		if a.Put != nil {
			n += bytesOf(a.Put.Item)
		}
	}
	return n + n/2 + rowMin*len(t.TransactItems)
}

// rowMin is what a row takes besides its attributes' texts.
const rowMin = 512

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
			out = appendItem(appendName(out, m.name), m.item)
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
		out = appendName(out, "ExpressionAttributeNames")
		separator := byte('{')
		for _, name := range slices.Sorted(maps.Keys(r.ExpressionAttributeNames)) {
			out = appendText(append(out, separator), name)
			out = appendText(append(out, ':'), r.ExpressionAttributeNames[name])
			separator = ','
		}
		out = append(out, '}')
	}
	return append(out, '}')
}

// attributesMax is how many attributes our widest row has; wider ones are sorted in memory of their own.
const attributesMax = 24

// appendItem writes attributes in the order of their names: a commit that is sent again must be the same request.
func appendItem(out []byte, it item) []byte {
	names := make([]string, 0, attributesMax)
	for name := range it {
		names = append(names, name)
	}
	slices.Sort(names)
	separator := byte('{')
	for _, name := range names {
		out = appendText(append(out, separator), name)
		if v := it[name]; v.N != nil {
			out = append(out, `:{"N":"`...)
			out = append(append(out, *v.N...), `"}`...)
		} else {
			out = appendText(append(out, `:{"S":`...), *v.S)
			out = append(out, '}')
		}
		separator = ','
	}
	return append(out, '}')
}

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
