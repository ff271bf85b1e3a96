package dynamo

import (
	"encoding/base64"
	"slices"
	"strings"
)

// item reads a map of attribute values: an Item, a Key, or ExpressionAttributeValues.
// It is never nil.
func (r *jsonReader) item(depth int) item {
	return r.named(func() value { return r.value(depth) })
}

// texts reads a map of plain texts: ExpressionAttributeNames.
func (r *jsonReader) texts() item {
	return r.named(func() value { return value{kind: kindString, text: r.text()} })
}

// attributesUsual is how many attributes most items have at most.
const attributesUsual = 16

// named reads the members of an object, each value by the given rule.
func (r *jsonReader) named(read func() value) item {
	if r.read == nil {
		r.read = make([]attribute, 0, attributesUsual)
	}
	start := len(r.read) // below are those of the items around
	for name := range r.members() {
		v := read()
		r.read = append(r.read, attribute{name, v})
	}
	attributes := append(make(item, 0, len(r.read)-start), r.read[start:]...)
	r.read = r.read[:start]
	byName := func(a, b attribute) int { return strings.Compare(a.name, b.name) }
	slices.SortStableFunc(attributes, byName)
	return slices.CompactFunc(attributes, func(a, b attribute) bool { return a.name == b.name })
}

// value reads one {"type": content}.
func (r *jsonReader) value(depth int) value {
	if depth > nestingMax && r.err == nil {
		r.err = invalid("Nesting Levels have exceeded supported limits: Attributes have nested levels beyond supported limit")
	}
	var v value
	types := 0
	for name := range r.members() {
		types++
		v.kind = kindOf(name)
		if v.kind == 0 {
			r.fail("unknown attribute type " + name)
			break
		}
		r.content(&v, depth)
	}
	if types == 0 {
		r.disallow(invalid("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"))
	}
	if types > 1 {
		r.disallow(invalid("Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"))
	}
	return v
}

func (r *jsonReader) content(v *value, depth int) {
	switch v.kind {
	case kindString, kindNumber, kindBinary:
		v.text = r.scalar(v.kind)
	case kindBool:
		v.truth = r.boolean()
	case kindNull:
		if !r.boolean() {
			r.disallow(invalid("One or more parameter values were invalid: Null attribute value types must have the value of true"))
		}
	case kindList:
		var list []value
		for range r.elements() {
			list = append(list, r.value(depth+1))
		}
		*v = listValue(list)
	case kindMap:
		*v = mapValue(r.item(depth + 1))
	default:
		*v = setValue(v.kind, r.set(v.kind))
	}
}

// scalar reads the text of a string, number or binary and brings it into the form values keep.
func (r *jsonReader) scalar(k kind) string {
	text := r.text()
	switch k {
	case kindNumber:
		n, err := parseNumber(text)
		if err != nil {
			r.disallow(err)
		}
		return n.String()
	case kindBinary:
		raw, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			r.fail("binary is not base64")
		}
		return string(raw)
	}
	return text
}

// set reads the members of a set of a kind.
func (r *jsonReader) set(k kind) []string {
	var members []string
	for range r.elements() {
		members = append(members, r.scalar(k.element()))
	}
	if len(members) == 0 {
		r.disallow(invalid("One or more parameter values were invalid: %s", map[kind]string{
			kindStringSet: "An string set  may not be empty",
			kindNumberSet: "An number set  may not be empty",
			kindBinarySet: "Binary sets should not be empty",
		}[k]))
		return nil
	}
	given := strings.Join(members, ", ")
	slices.Sort(members)
	if len(slices.Compact(slices.Clone(members))) < len(members) {
		r.disallow(invalid("One or more parameter values were invalid: Input collection [%s] contains duplicates.", given))
	}
	return members
}

// MarshalJSON writes the item in the wire's form.
func (it item) MarshalJSON() ([]byte, error) {
	return it.appendJSON(make([]byte, 0, 64*(len(it)+1))), nil
}

func (it item) appendJSON(out []byte) []byte {
	out = append(out, '{')
	for i := range it {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(appendText(out, it[i].name), ':')
		out = it[i].value.appendJSON(out)
	}
	return append(out, '}')
}

func appendItems(out []byte, items []*item) []byte {
	out = append(out, '[')
	for i, it := range items {
		if i > 0 {
			out = append(out, ',')
		}
		out = it.appendJSON(out)
	}
	return append(out, ']')
}

func (v *value) appendJSON(out []byte) []byte {
	out = append(out, '{', '"')
	out = append(out, v.kind.String()...)
	out = append(out, '"', ':')
	switch v.kind {
	case kindString, kindNumber, kindBinary:
		out = appendScalar(out, v.kind, v.text)
	case kindBool:
		if v.truth {
			out = append(out, "true"...)
		} else {
			out = append(out, "false"...)
		}
	case kindNull:
		out = append(out, "true"...)
	case kindList:
		out = append(out, '[')
		for i := range v.list() {
			if i > 0 {
				out = append(out, ',')
			}
			out = v.list()[i].appendJSON(out)
		}
		out = append(out, ']')
	case kindMap:
		out = v.fields().appendJSON(out)
	default:
		out = append(out, '[')
		for i, member := range v.members() {
			if i > 0 {
				out = append(out, ',')
			}
			out = appendScalar(out, v.kind.element(), member)
		}
		out = append(out, ']')
	}
	return append(out, '}')
}

func appendScalar(out []byte, k kind, text string) []byte {
	if k != kindBinary {
		return appendText(out, text)
	}
	out = append(out, '"')
	out = base64.StdEncoding.AppendEncode(out, []byte(text))
	return append(out, '"')
}
