package dynamo

import (
	"slices"
	"strconv"
	"strings"
)

// condition is a parsed ConditionExpression, FilterExpression or KeyConditionExpression.
type condition interface{ holds(item) bool }

// operand gives the value that a condition compares; nil when the item has none.
type operand interface{ of(item) *value }

type literal struct{ value *value }

func (l literal) of(item) *value { return l.value }

func (p path) of(it item) *value { return p.in(it) }

// sizeOf is the function size(path).
type sizeOf struct{ operand operand }

func (s sizeOf) of(it item) *value {
	v := s.operand.of(it)
	if v == nil {
		return nil
	}
	length, ok := v.length()
	if !ok {
		return nil
	}
	return &value{kind: kindNumber, text: strconv.Itoa(length)}
}

type (
	both     struct{ left, right condition }
	either   struct{ left, right condition }
	negation struct{ inner condition }

	comparison struct {
		operator    string
		left, right operand
	}
	between struct{ subject, low, high operand }
	within  struct {
		subject operand
		list    []operand
	}
	exists struct {
		path path
		want bool
	}
	hasType struct {
		path path
		kind kind
	}
	beginsWith struct{ subject, prefix operand }
	contains   struct{ subject, part operand }
)

func (c both) holds(it item) bool     { return c.left.holds(it) && c.right.holds(it) }
func (c either) holds(it item) bool   { return c.left.holds(it) || c.right.holds(it) }
func (c negation) holds(it item) bool { return !c.inner.holds(it) }
func (c exists) holds(it item) bool   { return (c.path.in(it) != nil) == c.want }

// holds treats a missing attribute, or one of another type, as unequal to everything.
func (c comparison) holds(it item) bool {
	left, right := c.left.of(it), c.right.of(it)
	known := left != nil && right != nil
	switch c.operator {
	case "=":
		return known && left.equal(right)
	case "<>":
		return !known || !left.equal(right)
	}
	if !known {
		return false
	}
	order, ok := left.compare(right)
	switch c.operator {
	case "<":
		return ok && order < 0
	case "<=":
		return ok && order <= 0
	case ">":
		return ok && order > 0
	default:
		return ok && order >= 0
	}
}

func (c between) holds(it item) bool {
	return comparison{">=", c.subject, c.low}.holds(it) && comparison{"<=", c.subject, c.high}.holds(it)
}

func (c within) holds(it item) bool {
	return slices.ContainsFunc(c.list, func(o operand) bool { return comparison{"=", c.subject, o}.holds(it) })
}

func (c hasType) holds(it item) bool {
	v := c.path.in(it)
	return v != nil && v.kind == c.kind
}

func (c beginsWith) holds(it item) bool {
	subject, prefix := c.subject.of(it), c.prefix.of(it)
	return subject != nil && prefix != nil && subject.kind == prefix.kind &&
		(subject.kind == kindString || subject.kind == kindBinary) && strings.HasPrefix(subject.text, prefix.text)
}

// holds is substring for strings and binaries, membership for lists and sets.
func (c contains) holds(it item) bool {
	subject, part := c.subject.of(it), c.part.of(it)
	if subject == nil || part == nil {
		return false
	}
	switch {
	case subject.kind == kindString || subject.kind == kindBinary:
		return part.kind == subject.kind && strings.Contains(subject.text, part.text)
	case subject.kind == kindList:
		return slices.ContainsFunc(subject.list(), func(v value) bool { return v.equal(part) })
	case subject.kind.isSet():
		return subject.hasMember(part)
	}
	return false
}

// paths lists every document path that a condition reads.
func paths(c condition) []path {
	switch c := c.(type) {
	case both:
		return append(paths(c.left), paths(c.right)...)
	case either:
		return append(paths(c.left), paths(c.right)...)
	case negation:
		return paths(c.inner)
	case comparison:
		return operandPaths(c.left, c.right)
	case between:
		return operandPaths(c.subject, c.low, c.high)
	case within:
		return operandPaths(append([]operand{c.subject}, c.list...)...)
	case exists:
		return []path{c.path}
	case hasType:
		return []path{c.path}
	case beginsWith:
		return operandPaths(c.subject, c.prefix)
	case contains:
		return operandPaths(c.subject, c.part)
	}
	return nil
}

func operandPaths(operands ...operand) []path {
	var found []path
	for _, o := range operands {
		if s, ok := o.(sizeOf); ok {
			o = s.operand
		}
		if p, ok := o.(path); ok {
			found = append(found, p)
		}
	}
	return found
}
