package dynamo

import (
	"iter"
	"strconv"
	"unicode/utf8"
)

// jsonReader reads a request in one pass, straight into the engine's own
// values; texts share the request's memory where they can. The first error sticks:
// later reads give zero values, so that callers check once at the end.
type jsonReader struct {
	data string
	at   int
	err  error
	// wrong is the first ValidationException inside an attribute value. DynamoDB
	// reports it only after the parameters themselves have been checked.
	wrong error
	// read is where the attributes of an item gather before their number is known.
	read []attribute
}

func (r *jsonReader) fail(what string) {
	if r.err == nil {
		r.err = refuse(codeSerialization, "request body is not what the protocol says — %s at byte %d — send JSON 1.0 as the SDK does", what, r.at)
	}
}

func (r *jsonReader) disallow(err error) {
	if r.wrong == nil {
		r.wrong = err
	}
}

// peek is the next byte that is not blank, 0 at the end.
func (r *jsonReader) peek() byte {
	for r.at < len(r.data) {
		switch r.data[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return r.data[r.at]
		}
	}
	return 0
}

func (r *jsonReader) take(want byte) bool {
	if r.err == nil && r.peek() == want {
		r.at++
		return true
	}
	r.fail("expected " + strconv.QuoteRune(rune(want)))
	return false
}

func (r *jsonReader) word(word string) bool {
	if r.err == nil && r.peek() != 0 && len(r.data)-r.at >= len(word) && r.data[r.at:r.at+len(word)] == word {
		r.at += len(word)
		return true
	}
	return false
}

// end demands that nothing follows.
func (r *jsonReader) end() {
	if r.err == nil && r.peek() != 0 {
		r.fail("expected the end")
	}
}

// members yields the names of an object; the body must read each one's value.
// A member that is null counts as left out.
func (r *jsonReader) members() iter.Seq[string] {
	return func(yield func(string) bool) {
		if !r.take('{') {
			return
		}
		if r.peek() == '}' {
			r.at++
			return
		}
		for r.err == nil {
			name := r.text()
			if !r.take(':') {
				return
			}
			if !r.word("null") && !yield(name) {
				return
			}
			if r.peek() != ',' {
				r.take('}')
				return
			}
			r.at++
		}
	}
}

// elements yields the positions of an array; the body must read each value.
func (r *jsonReader) elements() iter.Seq[int] {
	return func(yield func(int) bool) {
		if !r.take('[') {
			return
		}
		if r.peek() == ']' {
			r.at++
			return
		}
		for i := 0; r.err == nil; i++ {
			if !yield(i) {
				return
			}
			if r.peek() != ',' {
				r.take(']')
				return
			}
			r.at++
		}
	}
}

func (r *jsonReader) text() string {
	if !r.take('"') {
		return ""
	}
	start := r.at
	for plain := true; r.at < len(r.data); r.at++ {
		switch c := r.data[r.at]; {
		case c == '"':
			r.at++
			return r.unquote(start, plain)
		case c == '\\':
			plain = false
			r.at++
		case c < ' ':
			r.fail("control character in a string")
			return ""
		}
	}
	r.fail("unfinished string")
	return ""
}

// unquote decodes the string literal that ends at the reader's position.
func (r *jsonReader) unquote(start int, plain bool) string {
	text, ok := r.data[start:r.at-1], true
	if !plain {
		text, ok = unescape(text)
	}
	if !ok {
		r.fail("malformed escape")
	}
	if !utf8.ValidString(text) {
		r.fail("string is not UTF-8")
	}
	return text
}

func (r *jsonReader) optionalText() *string {
	text := r.text()
	return &text
}

func (r *jsonReader) boolean() bool {
	if r.word("true") {
		return true
	}
	if !r.word("false") {
		r.fail("expected true or false")
	}
	return false
}

func (r *jsonReader) integer() *int {
	r.peek()
	start := r.at
	for r.at < len(r.data) && (r.data[r.at] == '-' || r.data[r.at] >= '0' && r.data[r.at] <= '9') {
		r.at++
	}
	n, err := strconv.Atoi(r.data[start:r.at])
	if err != nil {
		r.fail("expected a whole number")
	}
	return &n
}
