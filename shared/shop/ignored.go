package shop

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
)

// bodies are the shapes that are read, by platform and the beginning of the
// topic; a platform has one for everything or one per family.
var bodies = map[string]map[string]reflect.Type{
	"shopify":     {"orders/": reflect.TypeFor[shopifyOrder](), "fulfillments/": reflect.TypeFor[shopifyParcel](), "refunds/": reflect.TypeFor[shopifyBack]()},
	"woocommerce": {"order.": reflect.TypeFor[wooOrder]()},
	"generic":     {"": reflect.TypeFor[envelope]()},
}

// Ignored lists the fields of a body that say nothing to us, by their paths, each
// once: "client_details", "line_items.vendor". For whoever connects a shop and
// wants to know what arrives.
func Ignored(platform, topic string, body []byte) []string {
	for prefix, shape := range bodies[platform] {
		if !strings.HasPrefix(topic, prefix) {
			continue
		}
		var read any
		if json.Unmarshal(body, &read) != nil {
			return nil
		}
		var all []string
		ignored("", read, shape, &all)
		slices.Sort(all)
		return slices.Compact(all)
	}
	return nil
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
