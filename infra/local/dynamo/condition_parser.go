package dynamo

import "strings"

// parseCondition reads the grammar of conditions: OR binds least, then AND,
// then NOT, then comparisons and functions.
func parseCondition(parameter, source string, known *placeholders) (condition, error) {
	p, err := newParser(parameter, source, known)
	if err != nil {
		return nil, err
	}
	c, err := p.disjunction()
	if err != nil {
		return nil, err
	}
	return c, p.end()
}

func (p *parser) disjunction() (condition, error) {
	left, err := p.conjunction()
	for err == nil && p.keyword("OR") {
		if err = p.operator(); err != nil {
			break
		}
		var right condition
		right, err = p.conjunction()
		left = either{left, right}
	}
	return left, err
}

func (p *parser) conjunction() (condition, error) {
	left, err := p.negation()
	for err == nil && p.keyword("AND") {
		if err = p.operator(); err != nil {
			break
		}
		var right condition
		right, err = p.negation()
		left = both{left, right}
	}
	return left, err
}

func (p *parser) negation() (condition, error) {
	if p.keyword("NOT") {
		if err := p.operator(); err != nil {
			return nil, err
		}
		inner, err := p.negation()
		return negation{inner}, err
	}
	return p.primary()
}

func (p *parser) primary() (condition, error) {
	if open := p.next.start; p.symbol("(") {
		inside := p.next.start
		c, err := p.disjunction()
		if err != nil {
			return nil, err
		}
		if p.group == (span{inside, p.before.end}) { // "((a = b))"
			return nil, p.wrong("The expression has redundant parentheses;")
		}
		err = p.expect(")")
		p.group = span{open, p.before.end}
		return c, err
	}
	if name, call := p.function(); call && name != "size" {
		return p.booleanFunction(name)
	}
	subject, err := p.operand()
	if err != nil {
		return nil, err
	}
	if err := p.operator(); err != nil {
		return nil, err
	}
	switch {
	case p.keyword("BETWEEN"):
		return p.between(subject)
	case p.keyword("IN"):
		return p.within(subject)
	}
	for _, operator := range []string{"=", "<>", "<", "<=", ">", ">="} {
		if p.symbol(operator) {
			right, err := p.operand()
			return comparison{operator, subject, right}, err
		}
	}
	return nil, p.unexpected()
}

func (p *parser) between(subject operand) (condition, error) {
	low, err := p.operand()
	if err != nil {
		return nil, err
	}
	if !p.keyword("AND") {
		return nil, p.unexpected()
	}
	high, err := p.operand()
	if err != nil {
		return nil, err
	}
	if from, ok := low.(literal); ok {
		if to, ok := high.(literal); ok {
			order, comparable := from.value.compare(to.value)
			if !comparable {
				return nil, p.wrong("The BETWEEN operator requires same data type for lower and upper bounds; lower bound operand: AttributeValue: {%s}, upper bound operand: AttributeValue: {%s}", from.shown(), to.shown())
			}
			if order > 0 {
				return nil, p.wrong("The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {%s}, upper bound operand: AttributeValue: {%s}", from.shown(), to.shown())
			}
		}
	}
	return between{subject, low, high}, nil
}

func (l literal) shown() string { return l.value.kind.String() + ":" + l.value.text }

// within reads the list of IN, which holds at most 100 operands.
func (p *parser) within(subject operand) (condition, error) {
	if err := p.expect("("); err != nil {
		return nil, err
	}
	const listMax = 100
	var list []operand
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		list = append(list, o)
		if !p.symbol(",") {
			break
		}
	}
	if len(list) > listMax {
		return nil, p.wrong("The IN operator is provided with too many operands; number of operands: %d", len(list))
	}
	return within{subject, list}, p.expect(")")
}

// operand reads a path, a :value or size(path).
func (p *parser) operand() (operand, error) {
	if p.next.kind == tokenValue {
		v, err := p.literal()
		return literal{v}, err
	}
	name, call := p.function()
	if !call {
		return p.path()
	}
	if name != "size" {
		if _, known := functions[name]; !known {
			return nil, p.wrong("Invalid function name; function: %s", name)
		}
		return nil, p.wrong("The function is not allowed to be used this way in an expression; function: %s", name)
	}
	list, err := arguments(p, name, 1, p.operand)
	if err != nil {
		return nil, err
	}
	if l, ok := list[0].(literal); ok {
		if _, sized := l.value.length(); !sized {
			return nil, p.wrongType(name, l.value.kind)
		}
	}
	return sizeOf{list[0]}, nil
}

// functions of the grammar and their number of arguments; those of updates are
// known here only to be refused in conditions by name.
var functions = map[string]int{
	"attribute_exists": 1, "attribute_not_exists": 1, "attribute_type": 2, "begins_with": 2, "contains": 2,
	"size": 1, "if_not_exists": 2, "list_append": 2,
}

func (p *parser) booleanFunction(name string) (condition, error) {
	count, known := functions[name]
	switch {
	case !known:
		return nil, p.wrong("Invalid function name; function: %s", name)
	case name == "if_not_exists" || name == "list_append":
		return nil, p.wrong("The function is not allowed in a condition expression; function: %s", name)
	}
	list, err := arguments(p, name, count, p.operand)
	if err != nil {
		return nil, err
	}
	switch name {
	case "begins_with":
		return p.beginsWith(list[0], list[1])
	case "contains":
		return p.contains(list[0], list[1])
	}
	subject, isPath := list[0].(path)
	if !isPath {
		return nil, p.wrong("Operator or function requires a document path; operator or function: %s", name)
	}
	if name == "attribute_type" {
		return p.hasType(subject, list[1])
	}
	return exists{subject, name == "attribute_exists"}, nil
}

func (p *parser) beginsWith(subject, prefix operand) (condition, error) {
	for _, o := range []operand{subject, prefix} {
		if l, ok := o.(literal); ok && l.value.kind != kindString && l.value.kind != kindBinary {
			return nil, p.wrongType("begins_with", l.value.kind)
		}
	}
	return beginsWith{subject, prefix}, nil
}

func (p *parser) contains(subject, part operand) (condition, error) {
	one, onePath := subject.(path)
	two, twoPath := part.(path)
	if onePath && twoPath && one.compare(two) == 0 {
		return nil, p.wrong("The first operand must be distinct from the remaining operands for this operator or function; operator: contains, first operand: %s", one)
	}
	return contains{subject, part}, nil
}

func (p *parser) hasType(subject path, wanted operand) (condition, error) {
	l, ok := wanted.(literal)
	if !ok || l.value.kind != kindString {
		return nil, p.wrong("Incorrect operand type for operator or function; operator or function: attribute_type, operand type: %s", operandType(wanted))
	}
	k := kindOf(l.value.text)
	if k == 0 {
		return nil, p.wrong("Invalid attribute type name found; type: %s, valid types: {%s}", l.value.text, "B,NULL,SS,BOOL,L,BS,N,NS,S,M")
	}
	return hasType{subject, k}, nil
}

func operandType(o operand) string {
	if l, ok := o.(literal); ok {
		return l.value.kind.String()
	}
	return "path"
}

func (p *parser) wrongType(function string, k kind) error {
	return p.wrong("Incorrect operand type for operator or function; operator or function: %s, operand type: %s", function, strings.ToUpper(k.String()))
}
