package dynamo

import (
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes the inside of a JSON string; ok is false when an escape is
// malformed. Rows carry whole documents as text, full of escaped quotes, so
// this is worth its own loop. A lone surrogate becomes U+FFFD, as everywhere.
func unescape(quoted string) (text string, ok bool) {
	var out strings.Builder
	out.Grow(len(quoted))
	for {
		at := strings.IndexByte(quoted, '\\')
		if at < 0 {
			out.WriteString(quoted)
			return out.String(), true
		}
		out.WriteString(quoted[:at])
		if quoted = quoted[at+1:]; quoted == "" {
			return "", false
		}
		if plain := escapes[quoted[0]]; plain != 0 {
			out.WriteByte(plain)
			quoted = quoted[1:]
			continue
		}
		unit, ok := hexUnit(quoted)
		if !ok {
			return "", false
		}
		quoted = quoted[len("uXXXX"):]
		if utf16.IsSurrogate(unit) && strings.HasPrefix(quoted, `\u`) {
			if low, ok := hexUnit(quoted[1:]); ok && utf16.DecodeRune(unit, low) != utf8.RuneError {
				unit = utf16.DecodeRune(unit, low)
				quoted = quoted[len(`\uXXXX`):]
			}
		}
		out.WriteRune(unit)
	}
}

// escapes are the one-letter escapes of JSON.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hexUnit reads the uXXXX at the beginning.
func hexUnit(text string) (rune, bool) {
	if len(text) < len("uXXXX") || text[0] != 'u' {
		return 0, false
	}
	unit := rune(0)
	for _, c := range []byte(text[1:5]) {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 + rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 + rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	return unit, true
}

// appendText writes a JSON string.
func appendText(out []byte, text string) []byte {
	out = append(out, '"')
	start := 0
	for at := 0; at < len(text); at++ {
		c := text[at]
		if c >= ' ' && c != '"' && c != '\\' {
			continue
		}
		out = append(out, text[start:at]...)
		start = at + 1
		switch c {
		case '"', '\\':
			out = append(out, '\\', c)
		case '\n':
			out = append(out, '\\', 'n')
		default:
			const hex = "0123456789abcdef"
			out = append(out, '\\', 'u', '0', '0', hex[c>>4], hex[c&0xf])
		}
	}
	out = append(out, text[start:]...)
	return append(out, '"')
}
