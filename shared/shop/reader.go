package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
)

const notJSON = "it is not JSON"

// decode reads JSON into a value of a shape, and says what is wrong with the
// text, "" when nothing is. It takes one pass over characters, as every order
// passes here before its shop has an answer: encoding/json takes two, and knows
// nothing of what readers disagree on: a key that stands twice, and depths and
// numbers that some of them cannot hold.
func decode(text []byte, s *shape, into reflect.Value) (problem string) {
	r := reader{text: text, keys: make([][]byte, 0, 128)}
	r.value(s, into)
	if r.peek() != 0 || r.at < len(text) {
		r.refuse(notJSON)
	}
	return r.problem
}

// reader is how far a text is read. It stops at its first problem.
type reader struct {
	text    []byte
	at      int
	depth   int
	keys    [][]byte // of the open objects, the innermost object's last
	problem string
}

func (r *reader) refuse(problem string) {
	if r.problem == "" {
		r.problem = problem
	}
}

// peek is the character that comes next behind blanks; 0 when none does, or
// nothing more is to be read.
func (r *reader) peek() byte {
	for ; r.problem == "" && r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c
		}
	}
	return 0
}

// value reads one value into the place of a shape, and past it when it is of
// another kind than the shape, or of no shape at all: then s is nil.
func (r *reader) value(s *shape, into reflect.Value) {
	c := r.peek()
	if s != nil && s.kind == asPointer {
		s, into = s.target(into, c == 'n')
	}
	from := r.at
	switch c {
	case '{', '[':
		r.nested(c, s, into)
	case '"':
		r.quoted()
	case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
		r.number()
	case 't':
		r.word("true")
	case 'f':
		r.word("false")
	case 'n':
		r.word("null")
	default:
		r.refuse(notJSON)
	}
	if s != nil && r.problem == "" {
		s.set(into, r.text[from:r.at])
	}
}

// nested reads an object or a list.
func (r *reader) nested(c byte, s *shape, into reflect.Value) {
	if r.depth == depthMax {
		r.refuse(fmt.Sprintf("it is nested deeper than %d levels", depthMax))
		return
	}
	r.depth++
	r.at++
	if c == '{' {
		r.object(s.only(asObject), into)
	} else {
		r.list(s.only(asList), into)
	}
	r.depth--
}

// another reports whether an open object or list goes on, and reads past the
// comma or the end.
func (r *reader) another(end byte, begun bool) bool {
	c := r.peek()
	switch {
	case c == end:
		r.at++
		return false
	case c == ',' && begun:
		r.at++
		return true
	case c == 0 || begun:
		r.refuse(notJSON)
		return false
	}
	return true
}

func (r *reader) object(s *shape, into reflect.Value) {
	outer := len(r.keys)
	var seen keys
	for r.another('}', len(r.keys) > outer) {
		key := r.key(outer, &seen)
		if r.peek() != ':' {
			r.refuse(notJSON)
			break
		}
		r.at++
		if f := s.field(key); f != nil {
			r.value(f.shape, into.FieldByIndex(f.index))
		} else {
			r.value(nil, reflect.Value{})
		}
	}
	r.keys = r.keys[:outer]
}

// key reads a key of the innermost object, whose keys stand behind those of the
// outer ones.
func (r *reader) key(outer int, seen *keys) []byte {
	if r.peek() != '"' {
		r.refuse(notJSON)
		return nil
	}
	from := r.at
	escaped := r.quoted()
	if r.problem != "" {
		return nil
	}
	key := r.text[from+1 : r.at-1]
	if escaped { // the same key may be spelled otherwise
		key = []byte(unquote(r.text[from:r.at]))
	}
	own := r.keys[outer:]
	switch {
	case seen.had(key, own):
		r.refuse("it holds the key " + strconv.Quote(shorten(string(key), 40)) + " twice")
	case 2*len(own) >= elementsMax:
		r.refuse(fmt.Sprintf("it lists more than %d things", elementsMax))
	}
	r.keys = append(r.keys, key)
	return key
}

// keys are those that an object had so far.
type keys struct {
	glance glance
	many   map[string]struct{} // all of them, once they are more than are compared
}

// comparedMax is among how many keys an object's next one is looked for by
// comparing; no real object has as many.
const comparedMax = 256

// had reports whether a key is among an object's own so far.
func (k *keys) had(key []byte, own [][]byte) bool {
	if len(own) < comparedMax {
		return k.glance.like(key) && slices.ContainsFunc(own, func(o []byte) bool { return string(o) == string(key) })
	}
	if k.many == nil {
		k.many = make(map[string]struct{}, 2*comparedMax)
		for _, o := range own {
			k.many[string(o)] = struct{}{}
		}
	}
	_, twice := k.many[string(key)]
	k.many[string(key)] = struct{}{}
	return twice
}

// glance is what is remembered of an object's keys at a glance: it spares most
// new ones the comparison with all that were there.
type glance [4]uint64

// like reports whether a key that looks like this one was there.
func (g *glance) like(key []byte) bool {
	look := uint8(len(key))
	if n := len(key); n > 0 {
		look = (look*31+key[0])*31 + key[n/2]*7 + key[n-1]
	}
	word, bit := &g[look>>6], uint64(1)<<(look&63)
	there := *word&bit != 0
	*word |= bit
	return there
}

// list reads elements into a slice as encoding/json does, which keeps the
// memory of those that were there.
func (r *reader) list(s *shape, into reflect.Value) {
	n := 0
	for r.another(']', n > 0) {
		if n++; n > elementsMax {
			r.refuse(fmt.Sprintf("it lists more than %d things", elementsMax))
			break
		}
		if s == nil {
			r.value(nil, into)
			continue
		}
		if n > into.Len() {
			into.Grow(1)
			into.SetLen(n)
		}
		r.value(s.elem, into.Index(n-1))
	}
	switch {
	case s == nil:
	case n == 0:
		into.Set(reflect.MakeSlice(into.Type(), 0, 0))
	default:
		into.SetLen(n)
	}
}

// quoted reads a string, with its quotes.
func (r *reader) quoted() (escaped bool) {
	for i := r.at + 1; i < len(r.text); i++ {
		switch c := r.text[i]; {
		case c == '"':
			r.at = i + 1
			return escaped
		case c == '\\':
			n := escape(r.text[i:])
			if n == 0 {
				r.refuse(notJSON)
				return false
			}
			i += n - 1
			escaped = true
		case c < ' ':
			r.refuse(notJSON)
			return false
		}
	}
	r.refuse(notJSON)
	return false
}

// escape is the length of the escape sequence at the start, 0 when it is none.
func escape(b []byte) int {
	switch {
	case escapedUnit(b) >= 0:
		return 6
	case len(b) > 1 && bytes.IndexByte([]byte(`"\/bfnrt`), b[1]) >= 0:
		return 2
	}
	return 0
}

// unquote is what a sound string says.
func unquote(quoted []byte) (text string) {
	_ = json.Unmarshal(quoted, &text)
	return text
}

func (r *reader) word(w string) {
	if !bytes.HasPrefix(r.text[r.at:], []byte(w)) {
		r.refuse(notJSON)
		return
	}
	r.at += len(w)
}

func (r *reader) number() {
	rest := bytes.TrimLeft(r.text[r.at:], "+-.0123456789eE")
	number := r.text[r.at : len(r.text)-len(rest)]
	switch {
	case len(number) > numberMax:
		r.refuse(fmt.Sprintf("it holds a number of %d characters", len(number)))
	case !isNumber(number):
		r.refuse(notJSON)
	}
	r.at += len(number)
}

// isNumber holds a text against the grammar of RFC 8259, section 6.
func isNumber(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("-"))
	whole := digits(b)
	if whole == 0 || whole > 1 && b[0] == '0' {
		return false
	}
	b = b[whole:]
	if len(b) > 0 && b[0] == '.' {
		fraction := digits(b[1:])
		if fraction == 0 {
			return false
		}
		b = b[1+fraction:]
	}
	if len(b) > 0 && (b[0] == 'e' || b[0] == 'E') {
		if b = b[1:]; len(b) > 0 && (b[0] == '+' || b[0] == '-') {
			b = b[1:]
		}
		return len(b) > 0 && digits(b) == len(b)
	}
	return len(b) == 0
}

// digits is how many digits a text begins with.
func digits(b []byte) int {
	n := 0
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}
