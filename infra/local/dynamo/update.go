package dynamo

import (
	"slices"
	"strings"
)

// action is one clause of an UpdateExpression.
type action struct {
	verb string // SET, REMOVE, ADD or DELETE
	path path
	term term // what SET assigns, what ADD and DELETE apply; nil for REMOVE
}

// term computes a value from the item as it was before the update.
type term interface {
	compute(item) (value, error)
}

type (
	ifNotExists struct {
		path     path
		fallback term
	}
	listAppend struct{ first, second term }
	sum        struct {
		left, right term
		minus       bool
	}
)

func (l literal) compute(item) (value, error) { return *l.value, nil }

func (p path) compute(before item) (value, error) {
	if v := p.in(before); v != nil {
		return *v, nil
	}
	return value{}, invalid("The provided expression refers to an attribute that does not exist in the item")
}

func (t ifNotExists) compute(before item) (value, error) {
	if v := t.path.in(before); v != nil {
		return *v, nil
	}
	return t.fallback.compute(before)
}

var errOperandType = invalid("An operand in the update expression has an incorrect data type")

// computeBoth computes two terms that must have one type.
func computeBoth(before item, first, second term, want kind) (one, two value, err error) {
	if one, err = first.compute(before); err != nil {
		return one, two, err
	}
	if two, err = second.compute(before); err != nil {
		return one, two, err
	}
	if one.kind != want || two.kind != want {
		return one, two, errOperandType
	}
	return one, two, nil
}

func (t listAppend) compute(before item) (value, error) {
	first, second, err := computeBoth(before, t.first, t.second, kindList)
	return listValue(slices.Concat(first.list(), second.list())), err
}

func (t sum) compute(before item) (value, error) {
	left, right, err := computeBoth(before, t.left, t.right, kindNumber)
	if err != nil {
		return value{}, err
	}
	operation := number.plus
	if t.minus {
		operation = number.minus
	}
	result, err := operation(left.number(), right.number())
	return numberValue(result), err
}

// applyActions gives the item after an update. Every right-hand side sees the
// item as it was. Assignments come in order of their paths, so that several
// elements appended to a list keep their order; removals come last and from the
// back, so that an index means what it meant before.
func applyActions(before item, actions []action) (item, error) {
	ordered := slices.Clone(actions)
	slices.SortStableFunc(ordered, func(a, b action) int {
		switch {
		case a.verb == "REMOVE" && b.verb == "REMOVE":
			return b.path.compare(a.path)
		case a.verb == "REMOVE":
			return 1
		case b.verb == "REMOVE":
			return -1
		}
		return a.path.compare(b.path)
	})
	whole := mapValue(before)
	for _, a := range ordered {
		outcome, keep, err := a.outcome(before)
		if err != nil {
			return nil, err
		}
		if keep {
			whole, err = whole.set(a.path, outcome)
		} else {
			whole, err = whole.unset(a.path)
		}
		if err != nil {
			return nil, err
		}
	}
	return whole.fields(), nil
}

// outcome is what the action's path shall hold, or keep = false for nothing.
func (a action) outcome(before item) (v value, keep bool, err error) {
	if a.verb == "REMOVE" {
		return value{}, false, nil
	}
	operand, err := a.term.compute(before)
	if err != nil || a.verb == "SET" {
		return operand, true, err
	}
	current := a.path.in(before)
	switch {
	case current == nil:
		return operand, a.verb == "ADD", nil
	case current.kind != operand.kind:
		return value{}, false, errOperandType
	case a.verb == "DELETE":
		rest := current.difference(&operand)
		return rest, len(rest.members()) > 0, nil // an empty set cannot exist
	case operand.kind == kindNumber:
		total, err := current.number().plus(operand.number())
		return numberValue(total), true, err
	}
	return current.union(&operand), true, nil
}

var errUpdatePath = invalid("The document path provided in the update expression is invalid for update")

// set is the value with something else at the end of a path; everything on the
// way must exist. An index past the end of a list appends.
func (v value) set(p path, inner value) (value, error) {
	if len(p) == 0 {
		return inner, nil
	}
	s := p[0]
	if child := s.in(&v); child != nil {
		var err error
		if inner, err = child.set(p[1:], inner); err != nil {
			return value{}, err
		}
	} else if len(p) > 1 {
		return value{}, errUpdatePath
	}
	switch {
	case !s.list && v.kind == kindMap:
		return mapValue(v.fields().with(s.name, inner)), nil
	case s.list && v.kind == kindList:
		list := slices.Clone(v.list())
		if s.index < len(list) {
			list[s.index] = inner
		} else {
			list = append(list, inner)
		}
		return listValue(list), nil
	}
	return value{}, errUpdatePath
}

// unset is the value without what is at the end of a path.
func (v value) unset(p path) (value, error) {
	s := p[0]
	if s.list && v.kind != kindList || !s.list && v.kind != kindMap {
		return value{}, errUpdatePath
	}
	child := s.in(&v)
	switch {
	case child == nil && len(p) > 1:
		return value{}, errUpdatePath
	case child == nil:
		return v, nil
	case len(p) > 1:
		inner, err := child.unset(p[1:])
		if err != nil {
			return value{}, err
		}
		return v.set(p[:1], inner)
	case s.list:
		return listValue(slices.Delete(slices.Clone(v.list()), s.index, s.index+1)), nil
	}
	return mapValue(v.fields().without(s.name)), nil
}

// parseUpdate reads an UpdateExpression.
func parseUpdate(source string, known *placeholders) ([]action, error) {
	p, err := newParser("UpdateExpression", source, known)
	if err != nil {
		return nil, err
	}
	var actions []action
	for p.next.kind != tokenEnd {
		verb := strings.ToUpper(p.next.text)
		if p.next.kind != tokenWord || !slices.Contains([]string{"SET", "REMOVE", "ADD", "DELETE"}, verb) {
			return nil, p.unexpected()
		}
		if slices.ContainsFunc(actions, func(a action) bool { return a.verb == verb }) {
			return nil, p.wrong("The %q section can only be used once in an update expression;", verb)
		}
		p.advance()
		for more := true; more; more = p.symbol(",") {
			a, err := p.action(verb)
			if err != nil {
				return nil, err
			}
			actions = append(actions, a)
		}
	}
	targets := make([]path, len(actions))
	for i, a := range actions {
		targets[i] = a.path
	}
	return actions, checkDisjoint(p.parameter, targets)
}

func (p *parser) action(verb string) (action, error) {
	target, err := p.path()
	if err != nil {
		return action{}, err
	}
	a := action{verb: verb, path: target}
	if err := p.operator(); err != nil {
		return a, err
	}
	switch verb {
	case "SET":
		if err := p.expect("="); err != nil {
			return a, err
		}
		a.term, err = p.sum()
	case "ADD", "DELETE":
		var v *value
		if v, err = p.literal(); err != nil {
			return a, err
		}
		if fits := v.kind.isSet() || verb == "ADD" && v.kind == kindNumber; !fits {
			return a, p.wrong("Incorrect operand type for operator or function; operator: %s, operand type: %s", verb, typeWords[v.kind])
		}
		a.term = literal{v}
	}
	return a, err
}

// typeWords are the names of types in the messages about ADD and DELETE.
var typeWords = map[kind]string{
	kindString: "STRING", kindNumber: "NUMBER", kindBinary: "BINARY", kindBool: "BOOLEAN", kindNull: "NULL",
	kindList: "LIST", kindMap: "MAP", kindStringSet: "STRING_SET", kindNumberSet: "NUMBER_SET", kindBinarySet: "BINARY_SET",
}

func (p *parser) sum() (term, error) {
	left, err := p.term()
	if err != nil {
		return nil, err
	}
	for _, operator := range []string{"+", "-"} {
		if p.symbol(operator) {
			if err := p.operator(); err != nil {
				return nil, err
			}
			right, err := p.term()
			if err != nil {
				return nil, err
			}
			for _, side := range []term{left, right} {
				if l, ok := side.(literal); ok && l.value.kind != kindNumber {
					return nil, p.wrong("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", operator, l.value.kind)
				}
			}
			return sum{left, right, operator == "-"}, nil
		}
	}
	return left, nil
}

func (p *parser) term() (term, error) {
	if p.symbol("(") {
		t, err := p.sum()
		if err != nil {
			return nil, err
		}
		return t, p.expect(")")
	}
	if p.next.kind == tokenValue {
		v, err := p.literal()
		return literal{v}, err
	}
	name, call := p.function()
	if !call {
		return p.path()
	}
	if _, known := functions[name]; !known {
		return nil, p.wrong("Invalid function name; function: %s", name)
	}
	if name != "if_not_exists" && name != "list_append" {
		return nil, p.wrong("The function is not allowed in an update expression; function: %s", name)
	}
	list, err := arguments(p, name, functions[name], p.term)
	if err != nil {
		return nil, err
	}
	if name == "list_append" {
		return listAppend{list[0], list[1]}, nil
	}
	target, isPath := list[0].(path)
	if !isPath {
		return nil, p.wrong("Operator or function requires a document path; operator or function: %s", name)
	}
	return ifNotExists{target, list[1]}, nil
}
