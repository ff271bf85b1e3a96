package config

import (
	"reflect"
	"slices"
	"strings"
)

// Key is one key of duly.yaml.
type Key struct {
	Path string // "credit.auto_approve", "shops[].endpoint", "dunning.ladders.*"
	Kind string // "text", "number", "yes or no", "list", "section", …
}

// Keys lists every key that duly.yaml may have, in the order of the sections.
func Keys() []Key { return keysOf("", reflect.TypeFor[file]()) }

func keysOf(path string, t reflect.Type) []Key {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.Slice:
		return keysOf(path+"[]", t.Elem())
	case reflect.Map:
		return keysOf(path+".*", t.Elem())
	case reflect.Struct:
	default:
		return []Key{{Path: path, Kind: kindOf(t)}}
	}
	var all []Key
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if name == "" || name == "-" || len(f.Index) > 1 {
			continue
		}
		all = append(all, keysOf(strings.TrimPrefix(path+"."+name, "."), f.Type)...)
	}
	if len(all) == 0 { // a value that reads itself
		return []Key{{Path: path, Kind: kindOf(t)}}
	}
	return all
}

func kindOf(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Bool:
		return "yes or no"
	case slices.Contains([]reflect.Kind{reflect.Int, reflect.Int64}, t.Kind()):
		return "number"
	case t.Kind() == reflect.String || t.Name() == "":
		return "text"
	}
	return t.Name()
}
