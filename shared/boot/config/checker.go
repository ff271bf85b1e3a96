package config

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"duly/shared/o2c/lazy"

	"gopkg.in/yaml.v3"

	"duly/shared/o2c/fault"
)

// checker gathers mistakes, each with its place in the file.
type checker struct {
	name  string
	raw   []byte
	root  yaml.Node
	found []mistake
}

// mistake is one sentence and its place.
type mistake struct {
	place
	err error
}

func (c *checker) say(at place, text string) {
	where := c.name
	if at.line > 0 {
		where = fmt.Sprintf("%s:%d:%d", c.name, at.line, at.column)
	}
	c.found = append(c.found, mistake{at, fault.New(fault.Config, where+": "+text, "", "")})
}

func (c *checker) complain(at place, key, got, want string) {
	if at.line == 0 {
		at = c.place(key)
	}
	is := fmt.Sprintf("is %q", got)
	if got == "" {
		is = "is missing"
	}
	c.say(at, fmt.Sprintf("%s %s; write %s", key, is, want))
}

func (c *checker) must(ok bool, key, got, want string) {
	if !ok {
		c.complain(place{}, key, got, want)
	}
}

func (c *checker) within(key string, w whole, low, high int) {
	if !w.ok || w.n < low || w.n > high {
		c.complain(w.place, key, w.text, fmt.Sprintf("a whole number from %d to %d, e.g. %d", low, high, example(low, high)))
	}
}

// example is a sensible number in a range.
func example(low, high int) int { return max(low, min(high, 30)) }

// err is all mistakes, from the top of the file to its end.
func (c *checker) err() error {
	slices.SortStableFunc(c.found, func(a, b mistake) int {
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
	all := make([]error, len(c.found))
	for i, m := range c.found {
		all[i] = m.err
	}
	return errors.Join(all...)
}

// step is one part of a key: a name, or a place in a list.
var step = lazy.Pattern(`[^.\[\]]+`)

// place finds where a key stands, or the last part of it that is there.
func (c *checker) place(key string) place {
	at := &c.root
	if at.Kind == yaml.DocumentNode && len(at.Content) > 0 {
		at = at.Content[0]
	}
	found := place{}
	for _, name := range step().FindAllString(key, -1) {
		next := child(at, name)
		if next == nil {
			return found
		}
		at, found = next, place{next.Line, next.Column}
	}
	return found
}

func child(at *yaml.Node, name string) *yaml.Node {
	switch at.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(at.Content); i += 2 {
			if at.Content[i].Value == name {
				return at.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if n, err := strconv.Atoi(name); err == nil && n < len(at.Content) {
			return at.Content[n]
		}
	}
	return nil
}

// unknownKeys complains of keys that the product does not know.
func (c *checker) unknownKeys(at *yaml.Node, of reflect.Type, path string) {
	if of.Kind() == reflect.Pointer {
		of = of.Elem()
	}
	if reflect.PointerTo(of).Implements(reflect.TypeFor[yaml.Unmarshaler]()) {
		return
	}
	switch {
	case at.Kind == yaml.DocumentNode && len(at.Content) > 0:
		c.unknownKeys(at.Content[0], of, path)
	case at.Kind == yaml.SequenceNode && of.Kind() == reflect.Slice:
		for i, item := range at.Content {
			c.unknownKeys(item, of.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	case at.Kind == yaml.MappingNode && of.Kind() == reflect.Struct:
		known := map[string]reflect.Type{}
		var names []string
		for i := range of.NumField() {
			name, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ",")
			known[name] = of.Field(i).Type
			names = append(names, name)
		}
		for i := 0; i+1 < len(at.Content); i += 2 {
			key := at.Content[i]
			full := strings.TrimPrefix(path+"."+key.Value, ".")
			if field, ok := known[key.Value]; ok {
				c.unknownKeys(at.Content[i+1], field, full)
				continue
			}
			c.say(place{key.Line, key.Column}, fmt.Sprintf("%s is no key of %s; %s", full, FileName, instead(key.Value, names)))
		}
	}
}

// instead says what may have been meant.
func instead(got string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := distance(got, name); d < least {
			best, least = name, d
		}
	}
	if best != "" {
		return "did you mean " + best + "?"
	}
	return "write one of " + strings.Join(names, ", ")
}

// distance is how many letters must be changed, added or taken away.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}

// lineOf reads where the parser stopped.
var lineOf = lazy.Pattern(`^(?:yaml: )?line (\d+): (.*)$`)

// mistyped tells of values that are of another kind than their key wants.
func (c *checker) mistyped(err error) {
	var typed *yaml.TypeError
	if !errors.As(err, &typed) {
		if err != nil {
			c.say(place{}, err.Error())
		}
		return
	}
	for _, text := range typed.Errors {
		c.sayParser(text)
	}
}

// unreadable tells of a file that is no YAML.
func (c *checker) unreadable(err error) error {
	c.sayParser(err.Error())
	return c.err()
}

func (c *checker) sayParser(text string) {
	m := lineOf().FindStringSubmatch(text)
	if m == nil {
		c.say(place{}, strings.TrimPrefix(text, "yaml: "))
		return
	}
	line, _ := strconv.Atoi(m[1]) // digits, by the pattern
	c.say(place{line, c.indent(line) + 1}, m[2])
}

// indent is how far a line is moved in.
func (c *checker) indent(line int) int {
	all := strings.Split(string(c.raw), "\n")
	if line < 1 || line > len(all) {
		return 0
	}
	return len(all[line-1]) - len(strings.TrimLeft(all[line-1], " "))
}
