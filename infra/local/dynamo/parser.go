package dynamo

import (
	"slices"
	"strconv"
	"strings"
)

// placeholders are the #names and :values of one request. All its expressions
// share them, and each must be used by at least one.
type placeholders struct {
	names      map[string]string
	values     item
	usedNames  map[string]bool
	usedValues map[string]bool
}

func newPlaceholders(names map[string]string, values item) *placeholders {
	return &placeholders{names: names, values: values, usedNames: map[string]bool{}, usedValues: map[string]bool{}}
}

// checkUsed refuses placeholders that no expression mentioned.
func (p *placeholders) checkUsed() error {
	var unused []string
	for name := range p.names {
		if !p.usedNames[name] {
			unused = append(unused, name)
		}
	}
	if len(unused) > 0 {
		slices.Sort(unused)
		return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	for _, v := range p.values {
		if !p.usedValues[v.name] {
			unused = append(unused, v.name)
		}
	}
	if len(unused) > 0 {
		return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(unused, ", "))
	}
	return nil
}

// parser reads one expression by recursive descent.
type parser struct {
	parameter    string // which expression it is, for messages
	source       string
	tokens       []token
	at           int
	operators    int
	group        span // the last parenthesised condition
	placeholders *placeholders
}

// span is a run of tokens, the end not included.
type span struct{ start, end int }

func newParser(parameter, source string, p *placeholders) (*parser, error) {
	if strings.TrimSpace(source) == "" {
		return nil, invalid("Invalid %s: The expression can not be empty;", parameter)
	}
	if len(source) > expressionBytesMax {
		return nil, invalid("Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %d", parameter, len(source))
	}
	return &parser{parameter: parameter, source: source, tokens: lex(source), placeholders: p}, nil
}

func (p *parser) peek() token { return p.tokens[p.at] }

// symbol takes an operator or punctuation mark if it comes next.
func (p *parser) symbol(text string) bool {
	if t := p.peek(); t.kind == tokenSymbol && t.text == text {
		p.at++
		return true
	}
	return false
}

// keyword takes a word of the grammar, in any case, if it comes next.
func (p *parser) keyword(word string) bool {
	if t := p.peek(); t.kind == tokenWord && strings.EqualFold(t.text, word) {
		p.at++
		return true
	}
	return false
}

// operator counts towards the limit of 300 operators and functions.
func (p *parser) operator() error {
	p.operators++
	if p.operators > operatorsMax {
		return p.wrong("The expression contains too many operators; operator count: %d", p.operators)
	}
	return nil
}

func (p *parser) wrong(format string, args ...any) error {
	return invalid("Invalid "+p.parameter+": "+format, args...)
}

// unexpected reports the next token with its neighbours.
func (p *parser) unexpected() error {
	t := p.peek()
	start, end := t.start, t.end
	if p.at > 0 {
		start = p.tokens[p.at-1].start
	}
	if p.at+1 < len(p.tokens) {
		end = p.tokens[p.at+1].end
	}
	return p.wrong("Syntax error; token: %q, near: %q", t.text, p.source[start:end])
}

func (p *parser) expect(symbol string) error {
	if !p.symbol(symbol) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) end() error {
	if p.peek().kind != tokenEnd {
		return p.unexpected()
	}
	return nil
}

// path reads a document path.
func (p *parser) path() (path, error) {
	name, err := p.attributeName()
	if err != nil {
		return nil, err
	}
	steps := path{{name: name}}
	for {
		switch {
		case p.symbol("."):
			if name, err = p.attributeName(); err != nil {
				return nil, err
			}
			steps = append(steps, step{name: name})
		case p.symbol("["):
			t := p.peek()
			index, err := strconv.Atoi(t.text)
			if t.kind != tokenDigits || err != nil {
				return nil, p.unexpected()
			}
			p.at++
			if err := p.expect("]"); err != nil {
				return nil, err
			}
			steps = append(steps, step{index: index, list: true})
		default:
			if len(steps) > nestingMax {
				return nil, p.wrong("The document path has too many nesting elements; nesting levels: %d", len(steps))
			}
			return steps, nil
		}
	}
}

func (p *parser) attributeName() (string, error) {
	t := p.peek()
	switch t.kind {
	case tokenName:
		name, defined := p.placeholders.names[t.text]
		if !defined {
			return "", p.wrong("An expression attribute name used in the document path is not defined; attribute name: %s", t.text)
		}
		p.placeholders.usedNames[t.text] = true
		p.at++
		return name, nil
	case tokenWord:
		if reservedWords[strings.ToUpper(t.text)] {
			return "", p.wrong("Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
		p.at++
		return t.text, nil
	}
	return "", p.unexpected()
}

// literal reads a :placeholder.
func (p *parser) literal() (*value, error) {
	t := p.peek()
	if t.kind != tokenValue {
		return nil, p.unexpected()
	}
	v := p.placeholders.values.find(t.text)
	if v == nil {
		return nil, p.wrong("An expression attribute value used in expression is not defined; attribute value: %s", t.text)
	}
	p.placeholders.usedValues[t.text] = true
	p.at++
	return v, nil
}

// function tells whether a call comes next, and of what.
func (p *parser) function() (string, bool) {
	t := p.peek()
	if t.kind != tokenWord || p.at+1 >= len(p.tokens) {
		return "", false
	}
	next := p.tokens[p.at+1]
	return t.text, next.kind == tokenSymbol && next.text == "("
}

// arguments reads a call's arguments, each by the given rule, and demands their number.
func arguments[T any](p *parser, name string, want int, argument func() (T, error)) ([]T, error) {
	if err := p.operator(); err != nil {
		return nil, err
	}
	p.at += 2 // the name and its parenthesis
	var list []T
	for {
		a, err := argument()
		if err != nil {
			return nil, err
		}
		list = append(list, a)
		if !p.symbol(",") {
			break
		}
	}
	if err := p.expect(")"); err != nil {
		return nil, err
	}
	if len(list) != want {
		return nil, p.wrong("Incorrect number of operands for operator or function; operator or function: %s, number of operands: %d", name, len(list))
	}
	return list, nil
}
