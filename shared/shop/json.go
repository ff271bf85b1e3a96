package shop

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
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
	if problem := unsound(body); problem != "" {
		return unreadable(problem, "look at the body in the shop")
	}
	_ = json.Unmarshal(body, out) // sound, so that the only error left is a field of an unexpected type
	return nil
}

// unsound says what is wrong with a JSON text, "" when nothing is.
func unsound(body []byte) string {
	switch {
	case !utf8.Valid(body):
		return "it is not UTF-8"
	case !json.Valid(body):
		return "it is not JSON"
	case loneSurrogate(body):
		return "it holds half of a character"
	}
	return ambiguous(body)
}

// ambiguous walks over valid JSON and finds what readers disagree on: a key
// that stands twice, and depths and numbers that some of them cannot hold.
func ambiguous(body []byte) string {
	tokens := json.NewDecoder(bytes.NewReader(body))
	tokens.UseNumber()
	var open nesting
	for {
		token, err := tokens.Token()
		if err == io.EOF {
			return ""
		}
		if err != nil {
			return "it is not JSON"
		}
		if problem := open.take(token); problem != "" {
			return problem
		}
	}
}

// nesting are the objects and arrays around a token, the innermost last.
type nesting []level

// level is one open object, with the keys it had so far, or an array.
type level struct {
	keys     map[string]struct{} // nil in an array
	awaitKey bool
	elements int
}

func (n *nesting) take(token json.Token) string {
	top := len(*n) - 1
	if top >= 0 {
		if (*n)[top].elements++; (*n)[top].elements > elementsMax {
			return fmt.Sprintf("it lists more than %d things", elementsMax)
		}
	}
	if key, ok := token.(string); ok && top >= 0 && (*n)[top].awaitKey {
		return (*n)[top].name(key)
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '}' || token == ']' {
			*n = (*n)[:top]
			return ""
		}
		if len(*n) == depthMax {
			return fmt.Sprintf("it is nested deeper than %d levels", depthMax)
		}
		inner := level{}
		if token == '{' {
			inner = level{keys: map[string]struct{}{}, awaitKey: true}
		}
		*n = append(*n, inner)
	case json.Number:
		if len(token) > numberMax {
			return fmt.Sprintf("it holds a number of %d characters", len(token))
		}
	}
	if top >= 0 {
		(*n)[top].awaitKey = (*n)[top].keys != nil
	}
	return ""
}

func (l *level) name(key string) string {
	if _, twice := l.keys[key]; twice {
		return "it holds the key " + strconv.Quote(shorten(key, 40)) + " twice"
	}
	l.keys[key], l.awaitKey = struct{}{}, false
	return ""
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
