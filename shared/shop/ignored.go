package shop

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// shapeOf is what is read of a platform's body; nil when the topic is not known.
func shapeOf(platform, topic string) reflect.Type {
	family, _, _ := strings.Cut(topic, "/")
	switch {
	case platform == "generic":
		return reflect.TypeFor[envelope]()
	case platform == "woocommerce" && strings.HasPrefix(topic, "order."):
		return reflect.TypeFor[wooOrder]()
	case platform == "bigcommerce":
		return reflect.TypeFor[bigNotice]()
	case platform != "shopify":
		return nil
	}
	switch family {
	case "orders":
		return reflect.TypeFor[shopifyOrder]()
	case "fulfillments":
		return reflect.TypeFor[shopifyParcel]()
	case "refunds":
		return reflect.TypeFor[shopifyBack]()
	}
	return nil
}

// Ignored lists the fields of a body that say nothing to us, by their paths, each
// once: "client_details", "line_items.vendor". For whoever connects a shop and
// wants to know what arrives.
func Ignored(platform, topic string, body []byte) []string {
	shape := shapeOf(platform, topic)
	var read any
	if shape == nil || json.Unmarshal(body, &read) != nil {
		return nil
	}
	var all []string
	ignored("", read, shape, &all)
	slices.Sort(all)
	return slices.Compact(all)
}

// ignored walks over what was sent beside what is read.
func ignored(at string, sent any, shape reflect.Type, all *[]string) {
	for shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	switch sent := sent.(type) {
	case []any:
		if shape.Kind() == reflect.Slice {
			for _, one := range sent {
				ignored(at, one, shape.Elem(), all)
			}
		}
	case map[string]any:
		if shape.Kind() != reflect.Struct {
			return
		}
		for name, value := range sent {
			if field, known := fieldNamed(shape, name); known {
				ignored(at+name+".", value, field, all)
			} else {
				*all = append(*all, at+name)
			}
		}
	}
}

// fieldNamed finds the field that encoding/json would fill.
func fieldNamed(shape reflect.Type, name string) (reflect.Type, bool) {
	for i := range shape.NumField() {
		f := shape.Field(i)
		if f.Anonymous {
			if inner, ok := fieldNamed(f.Type, name); ok {
				return inner, true
			}
			continue
		}
		said, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if said == "" {
			said = f.Name
		}
		if strings.EqualFold(said, name) {
			return f.Type, true
		}
	}
	return nil, false
}
