package stripe

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// object is one of Stripe's JSON objects. It is written as Stripe writes it:
// id and object first, the rest in alphabetical order, nulls spelled out.
type object map[string]any

// indented writes v, an object, as Stripe sends JSON in answers and in webhooks
// alike: two spaces per level.
func indented(v object) []byte {
	var out bytes.Buffer
	v.write(&out, "\n")
	return out.Bytes()
}

// MarshalJSON writes the fields in Stripe's order.
func (o object) MarshalJSON() ([]byte, error) { return indented(o), nil }

// write writes the object into one buffer; encoding/json would read and copy
// the inner objects again at each level. newline ends with the indentation.
func (o object) write(out *bytes.Buffer, newline string) {
	keys := slices.SortedFunc(maps.Keys(o), func(a, b string) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a, b))
	})
	inner := newline + "  "
	out.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(inner)
		writeValue(out, key, inner)
		out.WriteString(": ")
		writeValue(out, o[key], inner)
	}
	if len(keys) > 0 {
		out.WriteString(newline)
	}
	out.WriteByte('}')
}

func writeValue(out *bytes.Buffer, v any, newline string) {
	switch v := v.(type) {
	case object:
		v.write(out, newline)
	case []object:
		writeArray(out, v, newline)
	case []string:
		writeArray(out, v, newline)
	case map[string]string:
		o := make(object, len(v))
		for key, value := range v {
			o[key] = value
		}
		o.write(out, newline)
	case json.RawMessage: // an object of ours, written at the outermost level
		out.Write(bytes.ReplaceAll(v, []byte("\n"), []byte(newline)))
	default: // strings, numbers, booleans, null
		scalar, err := json.Marshal(v)
		if err != nil {
			panic(fmt.Sprintf("stripe: assertion failed: %T is not a JSON scalar", v))
		}
		out.Write(scalar)
	}
}

func writeArray[T any](out *bytes.Buffer, items []T, newline string) {
	inner := newline + "  "
	out.WriteByte('[')
	for i, item := range items {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(inner)
		writeValue(out, item, inner)
	}
	if len(items) > 0 {
		out.WriteString(newline)
	}
	out.WriteByte(']')
}

func rank(field string) int {
	switch field {
	case "id":
		return 0
	case "object":
		return 1
	}
	return 2
}

// orNull turns an empty string into JSON null, as Stripe has it.
func orNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// orEmpty makes absent metadata an empty object.
func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

// noAddress is an address of which nothing is known.
func noAddress() object {
	return object{"city": nil, "country": nil, "line1": nil, "line2": nil, "postal_code": nil, "state": nil}
}

// listOf is Stripe's envelope around several objects.
func listOf(url string, more bool, items []object) object {
	if items == nil {
		items = []object{}
	}
	return object{"object": "list", "data": items, "has_more": more, "url": url}
}
