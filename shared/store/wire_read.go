package store

import (
	"bytes"
	"encoding/json"
	"errors"
)

// attributesFew is how many attributes most rows have at most.
const attributesFew = 12

// UnmarshalJSON reads what append writes. An attribute of a type that the table
// does not have, which somebody may have added by hand, is passed over.
func (it *item) UnmarshalJSON(row []byte) error {
	t := tokens{rest: row}
	switch string(t.next()) {
	case "null":
		return nil
	case "{":
	default:
		return errNoRow
	}
	*it = make(item, 0, attributesFew)
	for {
		name := t.next()
		if string(name) == "}" {
			return nil
		}
		open, quoted, value := t.next(), t.next(), t.next()
		if string(open) != "{" {
			return errNoRow
		}
		kind, err := unquote(quoted)
		switch {
		case err != nil:
			return err
		case kind == "S", kind == "N":
			a := attribute{number: kind == "N"}
			if a.name, err = unquote(name); err != nil {
				return err
			}
			if a.value, err = unquote(value); err != nil {
				return err
			}
			*it = append(*it, a)
		default:
			t.leave(value)
		}
		if string(t.next()) != "}" {
			return errNoRow
		}
	}
}

var errNoRow = errors.New(`a row is not what the protocol says: {"name": {"type": value}}`)

// unquote reads a string. Of those with escapes package json knows the rules.
func unquote(quoted []byte) (string, error) {
	switch {
	case quoted[0] != '"':
		return "", errNoRow
	case bytes.IndexByte(quoted, '\\') >= 0:
		var text string
		err := json.Unmarshal(quoted, &text)
		return text, err
	}
	return string(quoted[1 : len(quoted)-1]), nil
}

// tokens are those of JSON that package json has found to be sound: braces,
// brackets, strings with their quotes, and words. Commas and colons are left out.
type tokens struct{ rest []byte }

func (t *tokens) next() []byte {
	t.rest = bytes.TrimLeft(t.rest, " \t\r\n,:")
	if len(t.rest) == 0 {
		return nil
	}
	end := 1
	switch t.rest[0] {
	case '{', '}', '[', ']':
	case '"':
		for ; t.rest[end] != '"'; end++ {
			if t.rest[end] == '\\' {
				end++
			}
		}
		end++
	default:
		if end = bytes.IndexAny(t.rest, " \t\r\n,}]"); end < 0 {
			end = len(t.rest)
		}
	}
	token := t.rest[:end]
	t.rest = t.rest[end:]
	return token
}

// leave goes to the end of the value that begins with a token.
func (t *tokens) leave(begin []byte) {
	for depth, token := 0, begin; ; token = t.next() {
		switch token[0] {
		case '{', '[':
			depth++
		case '}', ']':
			depth--
		}
		if depth == 0 {
			return
		}
	}
}
