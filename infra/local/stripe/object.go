package stripe

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

// object is one of Stripe's JSON objects. It is written as Stripe writes it:
// id and object first, the rest in alphabetical order, nulls spelled out.
type object map[string]any

// MarshalJSON writes the fields in Stripe's order.
func (o object) MarshalJSON() ([]byte, error) {
	keys := slices.SortedFunc(maps.Keys(o), func(a, b string) int {
		if d := rank(a) - rank(b); d != 0 {
			return d
		}
		return bytes.Compare([]byte(a), []byte(b))
	})
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	out.WriteByte('{')
	for i, key := range keys {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := encoder.Encode(key); err != nil {
			return nil, err
		}
		out.WriteByte(':')
		if err := encoder.Encode(o[key]); err != nil {
			return nil, err
		}
	}
	out.WriteByte('}')
	return out.Bytes(), nil
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

// indented is how Stripe sends JSON, in answers and in webhooks alike.
func indented(v any) []byte {
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		panic("stripe: an object cannot be written as JSON: " + err.Error())
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
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
