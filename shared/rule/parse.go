package rule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"text/scanner"

	"duly/shared/o2c/credit"
	"duly/shared/o2c/money"
)

// nodesMax and lettersMax bound an expression: a policy is read by people.
const (
	nodesMax   = 200
	lettersMax = 4000
)

// node is a part of an expression: what it gives, where it stands, and how it
// is computed.
type node struct {
	kind kind
	at   scanner.Position
	eval func(*facts) value
}

// parser reads an expression from left to right and checks its kinds as it
// goes.
type parser struct {
	scanner  scanner.Scanner
	currency string
	token    string // "" at the end
	sort     rune   // of the token, as the scanner names them
	at       scanner.Position
	last     scanner.Position // of the token before
	letters  int
	nodes    int
	names    []string
	trouble  *Mistake // the first that the scanner met
}

func newParser(text, currency string) *parser {
	p := &parser{currency: currency, letters: len(text)}
	p.scanner.Init(strings.NewReader(text))
	p.scanner.Mode = scanner.ScanIdents | scanner.ScanInts | scanner.ScanFloats | scanner.ScanStrings
	p.scanner.Error = func(s *scanner.Scanner, what string) {
		if p.trouble == nil {
			p.trouble = mistake(s.Position, "%s", what)
		}
	}
	p.next()
	return p
}

func mistake(at scanner.Position, what string, args ...any) *Mistake {
	return &Mistake{Line: max(1, at.Line), Column: max(1, at.Column), What: fmt.Sprintf(what, args...)}
}

// twoLetters are the signs of two letters.
var twoLetters = []string{"==", "!=", "<=", ">=", "&&", "||"}

// words are the operators that are spelled out.
var words = map[string]string{"and": "&&", "or": "||", "not": "!"}

func (p *parser) next() {
	p.last = p.at
	p.sort = p.scanner.Scan()
	p.at, p.token = p.scanner.Position, p.scanner.TokenText()
	switch {
	case p.sort == scanner.EOF:
		p.token, p.at = "", p.last
	case p.sort == scanner.Ident && words[p.token] != "":
		p.token, p.sort = words[p.token], 0
	case p.sort > 0 && slices.Contains(twoLetters, p.token+string(p.scanner.Peek())):
		p.token += string(p.scanner.Next())
	}
}

// is takes the token when it is one of those.
func (p *parser) is(tokens ...string) (string, scanner.Position, bool) {
	if p.sort < 0 || !slices.Contains(tokens, p.token) {
		return "", p.at, false
	}
	token, at := p.token, p.at
	p.next()
	return token, at, true
}

// whole is the expression to its end, which must be true or false.
func (p *parser) whole() (node, error) {
	if p.letters > lettersMax {
		return node{}, mistake(p.at, "the rule has more than %d letters; write two", lettersMax)
	}
	n, err := p.choice()
	switch {
	case p.trouble != nil:
		return n, p.trouble
	case err != nil:
		return n, err
	case p.token != "":
		return n, mistake(p.at, "unexpected %s", p.token)
	case n.kind != aTruth:
		return n, mistake(n.at, "the rule gives %s; it must be true or false", n.kind)
	}
	return n, nil
}

// choice is a ? b : c.
func (p *parser) choice() (node, error) {
	test, err := p.or()
	if err != nil {
		return test, err
	}
	_, at, ok := p.is("?")
	if !ok {
		return test, nil
	}
	yes, err := p.choice()
	if err != nil {
		return yes, err
	}
	if _, _, ok := p.is(":"); !ok {
		return yes, mistake(p.at, "? needs a : after it")
	}
	no, err := p.choice()
	if err != nil {
		return no, err
	}
	if test.kind != aTruth || yes.kind != no.kind {
		return test, mistake(at, "? chooses by true or false between two of a kind, not between %s and %s", yes.kind, no.kind)
	}
	return p.made(node{kind: yes.kind, at: test.at, eval: func(f *facts) value {
		if test.eval(f).yes {
			return yes.eval(f)
		}
		return no.eval(f)
	}})
}

func (p *parser) or() (node, error) {
	return p.joined(p.and, func(a, b node) func(*facts) value {
		return func(f *facts) value { return truth(a.eval(f).yes || b.eval(f).yes) }
	}, "||")
}

func (p *parser) and() (node, error) {
	return p.joined(p.not, func(a, b node) func(*facts) value {
		return func(f *facts) value { return truth(a.eval(f).yes && b.eval(f).yes) }
	}, "&&")
}

// joined is a chain of truths.
func (p *parser) joined(part func() (node, error), join func(a, b node) func(*facts) value, sign string) (node, error) {
	left, err := part()
	for err == nil {
		_, at, ok := p.is(sign)
		if !ok {
			return left, nil
		}
		var right node
		if right, err = part(); err != nil {
			return right, err
		}
		if left.kind != aTruth || right.kind != aTruth {
			return left, mistake(at, "%s joins what is true or false, not %s and %s", sign, left.kind, right.kind)
		}
		left, err = p.made(node{kind: aTruth, at: left.at, eval: join(left, right)})
	}
	return left, err
}

func (p *parser) not() (node, error) {
	_, at, ok := p.is("!")
	if !ok {
		return p.comparison()
	}
	n, err := p.not()
	if err != nil {
		return n, err
	}
	if n.kind != aTruth {
		return n, mistake(at, "not turns what is true or false, not %s", n.kind)
	}
	return p.made(node{kind: aTruth, at: at, eval: func(f *facts) value { return truth(!n.eval(f).yes) }})
}

// made counts the nodes.
func (p *parser) made(n node) (node, error) {
	if p.nodes++; p.nodes > nodesMax {
		return n, mistake(n.at, "the rule has more than %d parts; write two", nodesMax)
	}
	return n, nil
}

// primary is a value: a fact, a number, a text, a list, sum("…"), or an
// expression in parentheses.
func (p *parser) primary() (node, error) {
	at, token, sort := p.at, p.token, p.sort
	if _, _, ok := p.is("("); ok {
		n, err := p.choice()
		if err != nil {
			return n, err
		}
		if _, _, ok := p.is(")"); !ok {
			return n, mistake(p.at, "( needs a ) after it")
		}
		n.at = at
		return n, nil
	}
	if _, _, ok := p.is("["); ok {
		return p.list(at)
	}
	if _, _, ok := p.is("-"); ok {
		return p.negative(at)
	}
	if token == "" {
		return node{}, mistake(at, "the rule ends too early")
	}
	p.next()
	switch sort {
	case scanner.Ident:
		return p.name(at, token)
	case scanner.Int:
		n, err := strconv.Atoi(token)
		if err != nil {
			return node{}, mistake(at, "%s is too large", token)
		}
		return p.constant(at, number(n))
	case scanner.Float:
		return p.constant(at, value{kind: aDecimal})
	case scanner.String:
		said, err := strconv.Unquote(token)
		if err != nil {
			return node{}, mistake(at, "%s is no text", token)
		}
		return p.constant(at, textValue(said))
	}
	return node{}, mistake(at, "unexpected %s", token)
}

// negative is a number below zero.
func (p *parser) negative(at scanner.Position) (node, error) {
	n, err := p.primary()
	if err != nil {
		return n, err
	}
	if n.kind != aNumber {
		return n, mistake(at, "- stands before a whole number, not before %s", n.kind)
	}
	return p.made(node{kind: aNumber, at: at, eval: func(f *facts) value { return number(-n.eval(f).n) }})
}

func (p *parser) constant(at scanner.Position, v value) (node, error) {
	return p.made(node{kind: v.kind, at: at, eval: func(*facts) value { return v }})
}

// name is a fact, true, false, or the beginning of sum("…").
func (p *parser) name(at scanner.Position, name string) (node, error) {
	switch fact := table[name]; {
	case fact != nil:
		p.names = append(p.names, name)
		return p.made(node{kind: fact(&sample).kind, at: at, eval: fact})
	case name == "true" || name == "false":
		return p.constant(at, truth(name == "true"))
	case name != "sum":
		return node{}, mistake(at, "unknown name %s", name)
	}
	if _, _, ok := p.is("("); !ok {
		return node{}, mistake(at, `sum is written sum("499.95")`)
	}
	said, err := strconv.Unquote(p.token)
	if p.sort != scanner.String || err != nil {
		return node{}, mistake(at, `sum is written sum("499.95")`)
	}
	p.next()
	if _, _, ok := p.is(")"); !ok {
		return node{}, mistake(p.at, "( needs a ) after it")
	}
	a, err := money.Parse(said, p.currency)
	if err != nil {
		return node{}, mistake(at, "%s", err.Error())
	}
	return p.constant(at, sumValue(a))
}

// sample tells the kinds of the facts.
var sample = factsOf(credit.Input{})

// list is ["BE", "LU"] or [1, 2], all of one kind.
func (p *parser) list(at scanner.Position) (node, error) {
	v := value{kind: texts}
	for {
		n, err := p.primary()
		if err != nil {
			return n, err
		}
		if len(v.list) == 0 && n.kind == aNumber {
			v.kind = numbers
		}
		if n.kind != aText && n.kind != aNumber || (n.kind == aNumber) != (v.kind == numbers) {
			return n, mistake(n.at, "a list holds texts or whole numbers, all of one kind")
		}
		v.list = append(v.list, n.eval(&sample))
		if _, _, ok := p.is(","); ok {
			continue
		}
		if _, _, ok := p.is("]"); !ok {
			return n, mistake(p.at, "[ needs a ] after it")
		}
		return p.constant(at, v)
	}
}
