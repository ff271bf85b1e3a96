package shop

import (
	"encoding/json"
	"slices"
	"strings"
)

// shapeFor is what is read of a platform's body; nil when the topic is not known.
func shapeFor(platform, topic string) *shape {
	family, _, _ := strings.Cut(topic, "/")
	switch {
	case platform == "generic":
		return envelopes.shape()
	case platform == "woocommerce" && strings.HasPrefix(topic, "order."):
		return wooOrders.shape()
	case platform == "bigcommerce":
		return bigNotices.shape()
	case platform != "shopify":
		return nil
	}
	switch family {
	case "orders":
		return shopifyOrders.shape()
	case "fulfillments":
		return shopifyParcels.shape()
	case "refunds":
		return shopifyBacks.shape()
	}
	return nil
}

// Ignored lists the fields of a body that say nothing to us, by their paths, each
// once: "client_details", "line_items.vendor". For whoever connects a shop and
// wants to know what arrives.
func Ignored(platform, topic string, body []byte) []string {
	shape := shapeFor(platform, topic)
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
func ignored(at string, sent any, s *shape, all *[]string) {
	for s.kind == asPointer {
		s = s.elem
	}
	switch sent := sent.(type) {
	case []any:
		if s.kind == asList {
			for _, one := range sent {
				ignored(at, one, s.elem, all)
			}
		}
	case map[string]any:
		if s.kind != asObject {
			return
		}
		for name, value := range sent {
			if f := s.field([]byte(name)); f != nil {
				ignored(at+name+".", value, f.shape, all)
			} else {
				*all = append(*all, at+name)
			}
		}
	}
}
