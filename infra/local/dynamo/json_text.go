package dynamo

import (
	"unicode/utf16"
	"unicode/utf8"
)

// unescape decodes the inside of a JSON string; ok is false when an escape is
// malformed. Rows carry whole documents as text, full of escaped quotes, so
// this is worth its own loop. A lone surrogate becomes U+FFFD, as everywhere.
func unescape(quoted []byte) (text string, ok bool) {
	out := make([]byte, 0, len(quoted))
	for at := 0; at < len(quoted); at++ {
		if quoted[at] != '\\' {
			out = append(out, quoted[at])
			continue
		}
		at++
		if at == len(quoted) {
			return "", false
		}
		if plain := escapes[quoted[at]]; plain != 0 {
			out = append(out, plain)
			continue
		}
		unit, ok := hexUnit(quoted, at)
		if !ok {
			return "", false
		}
		at += 4
		if utf16.IsSurrogate(unit) {
			if low, ok := hexUnit(quoted, at+2); ok && quoted[at+1] == '\\' && utf16.DecodeRune(unit, low) != utf8.RuneError {
				unit = utf16.DecodeRune(unit, low)
				at += 6
			}
		}
		out = utf8.AppendRune(out, unit)
	}
	return string(out), true
}

// escapes are the one-letter escapes of JSON.
var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// hexUnit reads uXXXX at a position.
func hexUnit(quoted []byte, at int) (rune, bool) {
	if at+5 > len(quoted) || quoted[at] != 'u' {
		return 0, false
	}
	unit := rune(0)
	for _, c := range quoted[at+1 : at+5] {
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
