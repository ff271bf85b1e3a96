package shop

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Limits of a body beyond its 256 KiB (row 79 of the failure catalogue). Real
// ones nest 6 deep, list a hundred things and write numbers of 19 digits.
const (
	depthMax    = 64
	elementsMax = 4000 // of one list; keys and values of one object
	numberMax   = 40   // characters
)

// read decodes a body into out, which is tolerant: a field of another type than
// expected stays empty and costs no order, because encoding/json skips it and
// goes on. What is not sound JSON, or means different things to different
// readers, is refused as a whole.
func read(body []byte, out any) error {
	problem := unsound(body)
	if problem == "" {
		err := json.Unmarshal(body, out)
		if syntax := (*json.SyntaxError)(nil); errors.As(err, &syntax) { // any other is a field of an unexpected type
			problem = notJSON
		}
	}
	if problem != "" {
		return unreadable("shop.body", problem, "look at the body in the shop")
	}
	return nil
}

const notJSON = "it is not JSON"

// unsound says what is wrong with a text beyond its being no JSON, which
// package json finds, "" when nothing is.
func unsound(body []byte) string {
	switch {
	case !utf8.Valid(body):
		return "it is not UTF-8"
	case loneSurrogate(body):
		return "it holds half of a character"
	}
	return ambiguous(string(body))
}

// ambiguous walks over JSON and finds what readers disagree on: a key that
// stands twice, and depths and numbers that some of them cannot hold. It
// reads characters, as every order passes here before its shop has an answer.
func ambiguous(body string) string {
	open := make([]level, 0, 8)
	for i := 0; i < len(body); {
		problem, next := "", i+1
		switch c := body[i]; {
		case c == '{' || c == '[':
			if len(open) == depthMax {
				return fmt.Sprintf("it is nested deeper than %d levels", depthMax)
			}
			problem = inside(open).value()
			open = opened(open, c == '{')
		case c == '}' || c == ']':
			if len(open) == 0 {
				return notJSON
			}
			open = open[:len(open)-1]
		case c == '"':
			if next = stringEnd(body, i); next > len(body) {
				return notJSON
			}
			problem = inside(open).text(body[i:next])
		case c == '-' || (c >= '0' && c <= '9'):
			if next = numberEnd(body, i); next-i > numberMax {
				return fmt.Sprintf("it holds a number of %d characters", next-i)
			}
			problem = inside(open).value()
		case c == 't' || c == 'f' || c == 'n': // true, false, null
			next = i + 4
			problem = inside(open).value()
		}
		if problem != "" {
			return problem
		}
		i = next
	}
	return ""
}

// opened adds a level, in the memory of one of that depth that was closed.
func opened(open []level, object bool) []level {
	var few []string
	if n := len(open); n < cap(open) {
		few = open[:n+1][n].few[:0]
	}
	return append(open, level{object: object, awaitKey: object, few: few})
}

// inside is the innermost open level; nil outside of all.
func inside(open []level) *level {
	if len(open) == 0 {
		return nil
	}
	return &open[len(open)-1]
}

// stringEnd is where the string that starts at i ends, behind the text when it does not.
func stringEnd(body string, i int) int {
	for i++; i < len(body) && body[i] != '"'; i++ {
		if body[i] == '\\' {
			i++
		}
	}
	return i + 1
}

func numberEnd(body string, i int) int {
	for i < len(body) && strings.IndexByte("+-.0123456789eE", body[i]) >= 0 {
		i++
	}
	return i
}

// level is one open object, with the keys it had so far, or an array.
type level struct {
	object   bool
	awaitKey bool
	elements int
	few      []string            // its first keys, as written
	many     map[string]struct{} // all of them, once they are more
}

// fewKeys is up to how many keys a look through all is quicker than a map.
const fewKeys = 24

// value counts a value of the level.
func (l *level) value() string {
	if l == nil {
		return ""
	}
	l.awaitKey = l.object
	if l.elements++; l.elements > elementsMax {
		return fmt.Sprintf("it lists more than %d things", elementsMax)
	}
	return ""
}

// text takes a string, which is a key where one is awaited.
func (l *level) text(quoted string) string {
	if l == nil || !l.awaitKey {
		return l.value()
	}
	problem := l.value()
	l.awaitKey = false
	key := quoted[1 : len(quoted)-1]
	if strings.IndexByte(key, '\\') >= 0 { // the same key may be spelled with escapes
		key = spelled(quoted)
	}
	if l.had(key) {
		return "it holds the key " + strconv.Quote(shorten(key, 40)) + " twice"
	}
	return problem
}

// spelled is the text that a string spells, or its spelling when it is no JSON.
func spelled(quoted string) string {
	text := quoted
	_ = json.Unmarshal([]byte(quoted), &text)
	return text
}

// had reports whether the key stood before, and remembers it.
func (l *level) had(key string) bool {
	if l.many == nil && len(l.few) < fewKeys {
		if slices.Contains(l.few, key) {
			return true
		}
		l.few = append(l.few, key)
		return false
	}
	if l.many == nil {
		l.many = make(map[string]struct{}, 2*fewKeys)
		for _, k := range l.few {
			l.many[k] = struct{}{}
		}
	}
	_, twice := l.many[key]
	l.many[key] = struct{}{}
	return twice
}

// loneSurrogate finds a \uD800–\uDFFF escape without its other half, which
// encoding/json would silently replace. In JSON a backslash stands in strings
// alone, so the text needs no parsing for it.
func loneSurrogate(body []byte) bool {
	for i := bytes.IndexByte(body, '\\'); i >= 0 && i < len(body); {
		if body[i] != '\\' {
			next := bytes.IndexByte(body[i:], '\\')
			if next < 0 {
				return false
			}
			i += next
			continue
		}
		unit := escapedUnit(body[i:])
		switch {
		case unit < 0:
			i += 2
		case unit >= 0xDC00 && unit <= 0xDFFF:
			return true
		case unit >= 0xD800 && unit <= 0xDBFF:
			if low := escapedUnit(body[min(i+6, len(body)):]); low < 0xDC00 || low > 0xDFFF {
				return true
			}
			i += 12
		default:
			i += 6
		}
	}
	return false
}

// escapedUnit is the UTF-16 unit of the \uXXXX at the start, -1 when there is none.
func escapedUnit(b []byte) int {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	unit, err := strconv.ParseUint(string(b[2:6]), 16, 16)
	if err != nil {
		return -1
	}
	return int(unit)
}

// Text is a string, or a number as it is written: ids beyond 2^53 survive.
// Anything else is empty.
type Text string

// UnmarshalJSON never fails.
func (t *Text) UnmarshalJSON(b []byte) error {
	switch {
	case b[0] == '"':
		if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
			*t = Text(b[1 : len(b)-1])
			return nil
		}
		var s string
		err := json.Unmarshal(b, &s)
		*t = Text(s)
		return err
	case b[0] == '-' || (b[0] >= '0' && b[0] <= '9'):
		*t = Text(b)
	}
	return nil
}

// shorten cuts a text after n characters.
func shorten(s string, n int) string {
	if utf8.RuneCountInString(s) <= n {
		return s
	}
	return string([]rune(s)[:n]) + "…"
}

// first is the first text that is not blank.
func first(texts ...Text) string {
	for _, t := range texts {
		if s := strings.TrimSpace(string(t)); s != "" {
			return s
		}
	}
	return ""
}
