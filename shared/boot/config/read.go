package config

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// selfReading is a value that keeps what is written, right or wrong, and where.
type selfReading interface{ read(n *Node) }

// read fills a value of the file's shape; what is of another kind than its key
// wants, a key that nobody knows and one that stands twice are complained of.
func (c *checker) read(n *Node, into reflect.Value, path string) {
	if n.Kind == Nothing {
		return
	}
	if own, ok := into.Addr().Interface().(selfReading); ok {
		c.plain(n, path, func() bool { own.read(n); return true }, "one value")
		return
	}
	switch into.Kind() {
	case reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		c.read(n, into.Elem(), path)
	case reflect.Struct:
		c.section(n, into, path)
	case reflect.Map:
		if c.kind(n, Section, path, "keys with their values") {
			into.Set(reflect.MakeMap(into.Type()))
			for i := 0; i+1 < len(n.Parts); i += 2 {
				value := reflect.New(into.Type().Elem()).Elem()
				c.once(n, i, path)
				c.read(n.Parts[i+1], value, path+"."+n.Parts[i].Text)
				into.SetMapIndex(reflect.ValueOf(n.Parts[i].Text), value)
			}
		}
	case reflect.Slice:
		if c.kind(n, List, path, "a list, e.g. [ … ]") {
			into.Set(reflect.MakeSlice(into.Type(), len(n.Parts), len(n.Parts)))
			for i, p := range n.Parts {
				c.read(p, into.Index(i), path+"["+strconv.Itoa(i)+"]")
			}
		}
	case reflect.Bool:
		c.plain(n, path, func() bool {
			on := slices.Contains([]string{"true", "yes", "on"}, strings.ToLower(n.Text))
			into.SetBool(on)
			return n.Kind == Plain && (on || slices.Contains([]string{"false", "no", "off"}, strings.ToLower(n.Text)))
		}, "true or false")
	case reflect.Int, reflect.Int64:
		c.plain(n, path, func() bool {
			whole, err := strconv.ParseInt(n.Text, 10, 64)
			into.SetInt(whole)
			return err == nil
		}, "a whole number")
	default:
		c.plain(n, path, func() bool { into.SetString(n.Text); return true }, "a text")
	}
}

// section fills a struct by the names in its tags.
func (c *checker) section(n *Node, into reflect.Value, path string) {
	if !c.kind(n, Section, path, "keys with their values") {
		return
	}
	shape := into.Type()
	names := namesOf(shape)
	for i := 0; i+1 < len(n.Parts); i += 2 {
		key := n.Parts[i]
		full := strings.TrimPrefix(path+"."+key.Text, ".")
		at := slices.Index(names, key.Text)
		if at < 0 {
			c.say(key.place(), fmt.Sprintf("%s is no key of %s; %s", full, FileName, instead(key.Text, names)))
			continue
		}
		c.once(n, i, path)
		c.read(n.Parts[i+1], into.Field(at), full)
	}
}

func namesOf(shape reflect.Type) []string {
	var names []string
	for i := range shape.NumField() {
		names = append(names, shape.Field(i).Tag.Get("yaml"))
	}
	return names
}

// once complains of the key at i when it stood before.
func (c *checker) once(n *Node, i int, path string) {
	key := n.Parts[i]
	for j := 0; j < i; j += 2 {
		if n.Parts[j].Text == key.Text {
			c.say(key.place(), fmt.Sprintf("%s stands twice; the first is on line %d", strings.TrimPrefix(path+"."+key.Text, "."), n.Parts[j].Line))
		}
	}
}

func (c *checker) kind(n *Node, want Kind, path, words string) bool {
	if n.Kind != want {
		c.say(n.place(), fmt.Sprintf("%s %s; write %s", path, shown(n), words))
	}
	return n.Kind == want
}

// plain takes a value that is one text.
func (c *checker) plain(n *Node, path string, take func() bool, words string) {
	if n.Kind == List || n.Kind == Section || !take() {
		c.say(n.place(), fmt.Sprintf("%s %s; write %s", path, shown(n), words))
	}
}

func shown(n *Node) string {
	switch n.Kind {
	case List:
		return "is a list"
	case Section:
		return "is a section"
	}
	return fmt.Sprintf("is %q", n.Text)
}
