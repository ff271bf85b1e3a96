package shop

import (
	"encoding"
	"encoding/json"
	"reflect"
	"strings"
)

// shape is what is read of a value.
type shape struct {
	kind   kindOf
	fields map[string]*field // of an object, by their names in lower case
	elem   *shape            // of a list, and of what a pointer leads to
}

type kindOf int

const (
	asText    kindOf = iota // Text
	asFlag                  // bool
	asObject                // a struct
	asList                  // a slice
	asPointer               // nil until something is said
	asOther                 // what encoding/json is left to read
)

// field is a field of a struct, or of one that is embedded in it.
type field struct {
	shape *shape
	index []int
}

// shapeOf is what is read into a type, as its tags say it to encoding/json.
func shapeOf(t reflect.Type) *shape {
	place := reflect.PointerTo(t)
	switch {
	case t == reflect.TypeFor[Text]():
		return &shape{kind: asText}
	case t.Kind() == reflect.Pointer:
		return &shape{kind: asPointer, elem: shapeOf(t.Elem())}
	case place.Implements(reflect.TypeFor[json.Unmarshaler]()), place.Implements(reflect.TypeFor[encoding.TextUnmarshaler]()):
		return &shape{kind: asOther}
	case t == reflect.TypeFor[bool]():
		return &shape{kind: asFlag}
	case t.Kind() == reflect.Slice && t.Elem().Kind() != reflect.Uint8:
		return &shape{kind: asList, elem: shapeOf(t.Elem())}
	case t.Kind() == reflect.Struct:
		s := &shape{kind: asObject, fields: map[string]*field{}}
		for _, f := range reflect.VisibleFields(t) {
			if name, read := nameOf(f); read {
				s.fields[strings.ToLower(name)] = &field{shape: shapeOf(f.Type), index: f.Index}
			}
		}
		return s
	}
	return &shape{kind: asOther}
}

// nameOf is the key that fills a field; an embedded struct has none of its own.
func nameOf(f reflect.StructField) (name string, read bool) {
	name, _, _ = strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		name = f.Name
	}
	return name, !f.Anonymous && f.IsExported() && name != "-"
}

// only is the shape if it is of a kind, else none.
func (s *shape) only(kind kindOf) *shape {
	if s == nil || s.kind != kind {
		return nil
	}
	return s
}

// field is what a key fills, nil when nothing; like encoding/json it takes a key
// in capitals, too.
func (s *shape) field(key []byte) *field {
	if s == nil {
		return nil
	}
	if f, ok := s.fields[string(key)]; ok || plain(key) {
		return f
	}
	for name, f := range s.fields {
		if strings.EqualFold(name, string(key)) {
			return f
		}
	}
	return nil
}

// plain reports whether a key is its own spelling in lower case.
func plain(key []byte) bool {
	for _, c := range key {
		if (c >= 'A' && c <= 'Z') || c >= 0x80 {
			return false
		}
	}
	return true
}

// target is where a pointer leads. Null makes it lead nowhere.
func (s *shape) target(into reflect.Value, null bool) (*shape, reflect.Value) {
	for s != nil && s.kind == asPointer {
		if null {
			into.SetZero()
			return nil, into
		}
		if into.IsNil() {
			into.Set(reflect.New(into.Type().Elem()))
		}
		s, into = s.elem, into.Elem()
	}
	return s, into
}

// set puts a sound value that is no object and no list of its own where it
// belongs, unless it is of another type.
func (s *shape) set(into reflect.Value, raw []byte) {
	switch place := into.Addr().Interface(); {
	case s.kind == asText:
		_ = place.(*Text).UnmarshalJSON(raw)
	case s.kind == asFlag && (raw[0] == 't' || raw[0] == 'f'):
		into.SetBool(raw[0] == 't')
	case s.kind == asList && raw[0] == 'n':
		into.SetZero()
	case s.kind == asOther:
		_ = json.Unmarshal(raw, place)
	}
}
