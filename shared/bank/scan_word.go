package bank

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// name keeps one copy of each name.
func (s *scanner) name(b []byte) string {
	known, ok := s.names[string(b)]
	if !ok {
		known = string(b)
		if len(s.names) < 1_000 {
			s.names[known] = known
		}
	}
	return known
}

// local is a name without its prefix.
func local(name string) string {
	if prefix, rest, ok := strings.Cut(name, ":"); ok && prefix != "" && rest != "" {
		return rest
	}
	return name
}

func isName(b []byte) bool {
	if len(b) == 0 || !utf8.Valid(b) || bytes.Count(b, []byte(":")) > 1 {
		return false
	}
	for i, c := range b {
		switch {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', c == '_', c == ':', c >= utf8.RuneSelf:
		case i > 0 && ('0' <= c && c <= '9' || c == '-' || c == '.'):
		default:
			return false
		}
	}
	return true
}

// declared is what the XML declaration says of a word; "" when it says nothing, or not how.
func declared(said, word string) string {
	for {
		_, rest, ok := strings.Cut(said, word+"=")
		if !ok || rest == "" {
			return ""
		}
		if quote := rest[:1]; quote == `"` || quote == "'" {
			value, _, ended := strings.Cut(rest[1:], quote)
			if !ended {
				return ""
			}
			return value
		}
		said = rest
	}
}

// characters checks that all of a text may stand in XML, and resolves its entities.
func characters(raw []byte, entities bool) ([]byte, error) {
	plain := true
	for _, c := range raw {
		if c < ' ' && c != '\n' && c != '\t' || c == '&' && entities || c >= utf8.RuneSelf {
			plain = false
			break
		}
	}
	if plain {
		return raw, nil
	}
	if bytes.IndexByte(raw, '\r') >= 0 {
		raw = bytes.ReplaceAll(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	}
	if entities && bytes.IndexByte(raw, '&') >= 0 {
		var err error
		if raw, err = resolved(raw); err != nil {
			return nil, err
		}
	}
	if !utf8.Valid(raw) {
		return nil, syntaxError("invalid UTF-8")
	}
	for _, r := range string(raw) {
		if r < ' ' && r != '\n' && r != '\t' && r != '\r' || r == 0xFFFE || r == 0xFFFF {
			return nil, syntaxError(fmt.Sprintf("illegal character code %U", r))
		}
	}
	return raw, nil
}

// resolved replaces the entities that every XML knows, and numbered characters.
func resolved(raw []byte) ([]byte, error) {
	known := map[string]string{"lt": "<", "gt": ">", "amp": "&", "apos": "'", "quot": `"`}
	var out []byte
	for {
		before, after, found := bytes.Cut(raw, []byte("&"))
		out = append(out, before...)
		if !found {
			return out, nil
		}
		name, _, ended := strings.Cut(string(after[:min(len(after), 40)]), ";")
		said, ok := known[name]
		if digits, numbered := strings.CutPrefix(name, "#"); numbered {
			base := 10
			if hex, is := strings.CutPrefix(digits, "x"); is {
				digits, base = hex, 16
			}
			n, err := strconv.ParseUint(digits, base, 32)
			said, ok = string(rune(n)), err == nil && n <= unicode.MaxRune
		}
		if !ok || !ended {
			if ended {
				name += ";"
			}
			return nil, syntaxError("invalid character entity &" + name)
		}
		out, raw = append(out, said...), after[len(name)+1:]
	}
}
