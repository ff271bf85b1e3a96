package dynamo

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
)

// step is one part of a document path: a name inside a map, or an index inside a list.
type step struct {
	name  string
	index int // counts when isIndex
	list  bool
}

// path leads to an attribute or to something inside it: a.b[1].c.
type path []step

// String shows the path as error messages do.
func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 {
			b.WriteString(", ")
		}
		if s.list {
			b.WriteString("[" + strconv.Itoa(s.index) + "]")
		} else {
			b.WriteString(s.name)
		}
	}
	return "[" + b.String() + "]"
}

// in follows the path; nil when there is nothing at its end.
func (p path) in(it item) *value {
	v := it.find(p[0].name)
	for _, s := range p[1:] {
		if v == nil {
			return nil
		}
		v = s.in(v)
	}
	return v
}

func (s step) in(v *value) *value {
	switch {
	case s.list && v.kind == kindList && s.index < len(v.list()):
		return &v.list()[s.index]
	case !s.list && v.kind == kindMap:
		return v.fields().find(s.name)
	}
	return nil
}

// compare orders paths so that list elements come in order of their index.
func (p path) compare(other path) int {
	return slices.CompareFunc(p, other, func(a, b step) int {
		return cmp.Or(strings.Compare(a.name, b.name), cmp.Compare(a.index, b.index))
	})
}

// checkDisjoint refuses paths of which one contains another, or that use the
// same place as a map and as a list.
func checkDisjoint(parameter string, paths []path) error {
	for i, one := range paths {
		for _, two := range paths[i+1:] {
			common := 0
			for common < len(one) && common < len(two) && one[common] == two[common] {
				common++
			}
			if common == len(one) || common == len(two) {
				return invalid("Invalid %s: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", parameter, one, two)
			}
			if common > 0 && one[common].list != two[common].list {
				return invalid("Invalid %s: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: %s, path two: %s", parameter, one, two)
			}
		}
	}
	return nil
}
