package shop

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// Limits of a body beyond its 256 KiB (row 79 of the failure catalogue). Real
// ones nest 6 deep, list a hundred things and write numbers of 19 digits.
const (
	depthMax    = 64
	elementsMax = 4000 // of one list; keys and values of one object
	numberMax   = 40   // characters
)

// form is what the product reads of one kind of message.
type form[T any] struct{ shape func() *shape }

// formOf makes a form. Its shape is worked out with the first message: a function
// that starts must not wait for what its event does not need.
func formOf[T any]() form[T] {
	return form[T]{shape: sync.OnceValue(func() *shape { return shapeOf(reflect.TypeFor[T]()) })}
}

// read decodes a body tolerantly: a field of another type than expected stays
// empty and costs no order. What is not sound JSON, or means different things to
// different readers, is refused as a whole.
func (f form[T]) read(body []byte) (out T, err error) {
	problem := ""
	switch {
	case !utf8.Valid(body):
		problem = "it is not UTF-8"
	case loneSurrogate(body):
		problem = "it holds half of a character"
	default:
		problem = decode(body, f.shape(), reflect.ValueOf(&out).Elem())
	}
	if problem != "" {
		err = unreadable("shop.body", problem, "look at the body in the shop")
	}
	return out, err
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
