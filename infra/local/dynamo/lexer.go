package dynamo

import "strings"

// tokenKind sorts the words of an expression.
type tokenKind byte

const (
	tokenEnd      tokenKind = iota
	tokenWord               // attribute name, keyword or function
	tokenName               // #placeholder
	tokenValue              // :placeholder
	tokenDigits             // list index
	tokenSymbol             // operator or punctuation
	tokenNonsense           // a character that no expression contains
)

// token is one word of an expression and where it stands in the source.
type token struct {
	kind       tokenKind
	text       string
	start, end int
}

// lex cuts the next token out of an expression. Nonsense is a token too, so that
// the parser reports it in the context in which it stands.
func lex(source string, at int) token {
	for at < len(source) && strings.IndexByte(" \t\r\n", source[at]) >= 0 {
		at++
	}
	if at == len(source) {
		return token{tokenEnd, "<EOF>", at, at}
	}
	kind, end := classify(source, at)
	return token{kind, source[at:end], at, end}
}

// classify tells what begins at a position, and where it ends.
func classify(source string, at int) (tokenKind, int) {
	switch c := source[at]; {
	case c == '#' || c == ':':
		kind := tokenName
		if c == ':' {
			kind = tokenValue
		}
		end := wordEnd(source, at+1)
		if end == at+1 {
			kind = tokenNonsense
		}
		return kind, end
	case c >= '0' && c <= '9':
		return tokenDigits, wordEnd(source, at)
	case isWordByte(c):
		return tokenWord, wordEnd(source, at)
	case hasOperator(source[at:]):
		return tokenSymbol, at + 2
	case strings.IndexByte("=<>()[],.+-", c) >= 0:
		return tokenSymbol, at + 1
	}
	return tokenNonsense, at + 1
}

func hasOperator(rest string) bool {
	return strings.HasPrefix(rest, "<>") || strings.HasPrefix(rest, "<=") || strings.HasPrefix(rest, ">=")
}

func wordEnd(source string, at int) int {
	for at < len(source) && isWordByte(source[at]) {
		at++
	}
	return at
}

func isWordByte(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
