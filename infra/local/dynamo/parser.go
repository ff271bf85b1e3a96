package dynamo

import (
	"strconv"
	"strings"
)

// placeholders are the #names and :values of one request. All its expressions
// share them, and each must be used by at least one.
type placeholders struct {
	names      item // to each #name the attribute's name, as a text
	values     item
	usedNames  []bool // in the order of names
	usedValues []bool
}

func newPlaceholders(names, values item) *placeholders {
	return &placeholders{names, values, make([]bool, len(names)), make([]bool, len(values))}
}

// checkUsed refuses placeholders that no expression mentioned.
func (p *placeholders) checkUsed() error {
	if left := unused(p.names, p.usedNames); len(left) > 0 {
		return invalid("Value provided in ExpressionAttributeNames unused in expressions: keys: {%s}", strings.Join(left, ", "))
	}
	if left := unused(p.values, p.usedValues); len(left) > 0 {
		return invalid("Value provided in ExpressionAttributeValues unused in expressions: keys: {%s}", strings.Join(left, ", "))
	}
	return nil
}

func unused(given item, used []bool) []string {
	var left []string
	for i := range given {
		if !used[i] {
			left = append(left, given[i].name)
		}
	}
	return left
}

// parser reads one expression by recursive descent.
type parser struct {
	parameter    string // which expression it is, for messages
	source       string
	before       token // taken last
	next         token // to be taken
	after        token // the one behind it, which tells a call from a path
	operators    int
	group        span // the last parenthesised condition
	placeholders *placeholders
}

// span is a part of the source, the end not included.
type span struct{ start, end int }

func newParser(parameter, source string, p *placeholders) (parser, error) {
	if strings.TrimSpace(source) == "" {
		return parser{}, invalid("Invalid %s: The expression can not be empty;", parameter)
	}
	if len(source) > expressionBytesMax {
		return parser{}, invalid("Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %d", parameter, len(source))
	}
	first := lex(source, 0)
	return parser{parameter: parameter, source: source, next: first, after: lex(source, first.end), placeholders: p}, nil
}

// advance takes the next token.
func (p *parser) advance() { p.before, p.next, p.after = p.next, p.after, lex(p.source, p.after.end) }

// symbol takes an operator or punctuation mark if it comes next.
func (p *parser) symbol(text string) bool {
	if t := p.next; t.kind == tokenSymbol && t.text == text {
		p.advance()
		return true
	}
	return false
}

// keyword takes a word of the grammar, in any case, if it comes next.
func (p *parser) keyword(word string) bool {
	if t := p.next; t.kind == tokenWord && strings.EqualFold(t.text, word) {
		p.advance()
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
	return p.wrong("Syntax error; token: %q, near: %q", p.next.text, p.source[p.near():p.after.end])
}

// near is where the token before begins, the next one where there is none.
func (p *parser) near() int {
	if p.before.text == "" {
		return p.next.start
	}
	return p.before.start
}

func (p *parser) expect(symbol string) error {
	if !p.symbol(symbol) {
		return p.unexpected()
	}
	return nil
}

func (p *parser) end() error {
	if p.next.kind != tokenEnd {
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
			t := p.next
			index, err := strconv.Atoi(t.text)
			if t.kind != tokenDigits || err != nil {
				return nil, p.unexpected()
			}
			p.advance()
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
	t := p.next
	switch t.kind {
	case tokenName:
		at, defined := p.placeholders.names.search(t.text)
		if !defined {
			return "", p.wrong("An expression attribute name used in the document path is not defined; attribute name: %s", t.text)
		}
		p.placeholders.usedNames[at] = true
		p.advance()
		return p.placeholders.names[at].value.text, nil
	case tokenWord:
		if reservedWords[strings.ToUpper(t.text)] {
			return "", p.wrong("Attribute name is a reserved keyword; reserved keyword: %s", t.text)
		}
		p.advance()
		return t.text, nil
	}
	return "", p.unexpected()
}

// literal reads a :placeholder.
func (p *parser) literal() (*value, error) {
	t := p.next
	if t.kind != tokenValue {
		return nil, p.unexpected()
	}
	at, defined := p.placeholders.values.search(t.text)
	if !defined {
		return nil, p.wrong("An expression attribute value used in expression is not defined; attribute value: %s", t.text)
	}
	p.placeholders.usedValues[at] = true
	p.advance()
	return &p.placeholders.values[at].value, nil
}

// function tells whether a call comes next, and of what.
func (p *parser) function() (string, bool) {
	return p.next.text, p.next.kind == tokenWord && p.after.kind == tokenSymbol && p.after.text == "("
}

// arguments reads a call's arguments, each by the given rule, and demands their number.
func arguments[T any](p *parser, name string, want int, argument func() (T, error)) ([]T, error) {
	if err := p.operator(); err != nil {
		return nil, err
	}
	p.advance() // the name
	p.advance() // its parenthesis
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
