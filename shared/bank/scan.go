package bank

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
)

// The kinds of tokens.
const (
	tokenStart = iota
	tokenEnd
	tokenText
)

// token is a tag, or text between tags. Its text is the scanner's until the next token.
type token struct {
	kind     int
	name     string // without its prefix
	currency string // the attribute Ccy, the only one that counts
	text     []byte
}

// syntaxError says why a file is no XML.
type syntaxError string

func (e syntaxError) Error() string { return string(e) }

// scanner cuts XML into tokens in place, since encoding/xml, which the tests hold it against, reads a large statement for half
// a minute and allocates a gigabyte. It knows what XML 1.0 knows without document types: those are refused.
type scanner struct {
	from  io.Reader
	buf   []byte
	at    int // buf[at:] is not consumed
	lines int // that are
	ended error
	names map[string]string
	open  []string // the elements that are open, with their prefixes
	empty bool     // the last start tag was its own end
	plain bool     // the file says that it is in another encoding, and is read through its decoder
}

const scanStep = 64 << 10

// more reads on, and fails when there is no more.
func (s *scanner) more() error {
	if s.ended != nil {
		return s.ended
	}
	if s.at > 0 {
		s.buf = s.buf[:copy(s.buf, s.buf[s.at:])]
		s.at = 0
	}
	if cap(s.buf)-len(s.buf) < scanStep/2 {
		s.buf = append(make([]byte, 0, 2*cap(s.buf)+scanStep), s.buf...)
	}
	n, err := s.from.Read(s.buf[len(s.buf):cap(s.buf)])
	s.buf = s.buf[:len(s.buf)+n]
	if n > 0 {
		s.ended = err // told when what came with it is consumed
		return nil
	}
	if err == nil {
		return nil // the reader had nothing yet
	}
	s.ended = err
	return err
}

// cut is what the end of the file means where it must not be.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return syntaxError("unexpected EOF")
	}
	return err
}

// take consumes bytes.
func (s *scanner) take(n int) []byte {
	taken := s.buf[s.at : s.at+n]
	s.at += n
	s.lines += bytes.Count(taken, []byte("\n"))
	return taken
}

// until is how far a word is away.
func (s *scanner) until(word string) (int, error) {
	from := 0
	for {
		rest := s.buf[s.at:]
		if i := bytes.Index(rest[from:], []byte(word)); i >= 0 {
			return from + i, nil
		}
		from = max(0, len(rest)-len(word)+1)
		if err := s.more(); err != nil {
			return 0, err
		}
	}
}

// begins says whether a word is next.
func (s *scanner) begins(word string) (bool, error) {
	for len(s.buf)-s.at < len(word) {
		if !bytes.HasPrefix([]byte(word), s.buf[s.at:]) {
			return false, nil
		}
		if err := s.more(); err != nil {
			return false, cut(err)
		}
	}
	return bytes.HasPrefix(s.buf[s.at:], []byte(word)), nil
}

// next is the next token; io.EOF after the last.
func (s *scanner) next() (token, error) {
	for {
		if s.empty {
			s.empty = false
			return s.close(s.open[len(s.open)-1])
		}
		if s.at == len(s.buf) {
			if err := s.more(); err != nil {
				if len(s.open) > 0 {
					err = cut(err)
				}
				return token{}, err
			}
			continue
		}
		if s.buf[s.at] != '<' {
			return s.text()
		}
		t, ok, err := s.markup()
		if ok || err != nil {
			return t, err
		}
	}
}

// markup is what begins with "<"; ok is false when it says nothing.
func (s *scanner) markup() (t token, ok bool, err error) {
	for len(s.buf)-s.at < 2 {
		if err := s.more(); err != nil {
			return t, false, cut(err)
		}
	}
	switch s.buf[s.at+1] {
	case '/':
		t, err = s.endTag()
		return t, true, err
	case '?':
		return t, false, s.instruction()
	case '!':
		return s.declaration()
	}
	t, err = s.startTag()
	return t, true, err
}

func (s *scanner) endTag() (token, error) {
	if last := len(s.open) - 1; last >= 0 { // most end what was begun last, without a blank
		name, rest := s.open[last], s.buf[s.at+2:]
		if n := len(name); len(rest) > n && rest[n] == '>' && string(rest[:n]) == name {
			s.at += n + 3
			return s.close(name)
		}
	}
	n, err := s.until(">")
	if err != nil {
		return token{}, cut(err)
	}
	name := bytes.TrimRight(s.take(n + 1)[2:n], " \t\r\n")
	if !isName(name) {
		return token{}, syntaxError("expected element name after </")
	}
	return s.close(s.name(name))
}

func (s *scanner) close(name string) (token, error) {
	last := len(s.open) - 1
	switch {
	case last < 0:
		return token{}, syntaxError("unexpected end element </" + local(name) + ">")
	case s.open[last] != name:
		return token{}, syntaxError("element <" + local(s.open[last]) + "> closed by </" + local(name) + ">")
	}
	s.open = s.open[:last]
	return token{kind: tokenEnd, name: local(name)}, nil
}

// startTag reads a tag, whose attributes may hold ">".
func (s *scanner) startTag() (token, error) {
	n, quote := 1, byte(0)
	for ; ; n++ {
		for s.at+n == len(s.buf) {
			if err := s.more(); err != nil {
				return token{}, cut(err)
			}
		}
		b := s.buf[s.at+n]
		if quote == 0 && b == '>' {
			break
		}
		if quote == 0 && (b == '"' || b == '\'') {
			quote = b
		} else if b == quote {
			quote = 0
		}
	}
	inner := s.take(n + 1)[1:n]
	if inner, s.empty = bytes.CutSuffix(inner, []byte("/")); s.empty && len(inner) == 0 {
		return token{}, syntaxError("expected element name after <")
	}
	end := bytes.IndexAny(inner, " \t\r\n/\"'=")
	if end < 0 {
		end = len(inner)
	}
	if !isName(inner[:end]) {
		return token{}, syntaxError("expected element name after <")
	}
	name := s.name(inner[:end])
	if len(s.open) == depthMax {
		return token{}, errTooDeep
	}
	s.open = append(s.open, name)
	currency, err := s.attributes(inner[end:])
	return token{kind: tokenStart, name: local(name), currency: currency}, err
}

// attributes reads what stands in a tag after its name, and gives the currency.
func (s *scanner) attributes(rest []byte) (currency string, err error) {
	for {
		rest = bytes.TrimLeft(rest, " \t\r\n")
		if len(rest) == 0 {
			return currency, nil
		}
		name, after, ok := bytes.Cut(rest, []byte("="))
		if name = bytes.TrimRight(name, " \t\r\n"); !isName(name) {
			return "", syntaxError("expected attribute name in element")
		}
		if after = bytes.TrimLeft(after, " \t\r\n"); !ok || len(after) == 0 || (after[0] != '"' && after[0] != '\'') {
			return "", syntaxError("unquoted or missing attribute value in element")
		}
		end := bytes.IndexByte(after[1:], after[0])
		if end < 0 {
			return "", syntaxError("unexpected EOF")
		}
		value := after[1 : end+1]
		if bytes.IndexByte(value, '<') >= 0 {
			return "", syntaxError("unescaped < inside quoted string")
		}
		if value, err = characters(value, true); err != nil {
			return "", err
		}
		if rest = after[end+2:]; local(s.name(name)) == "Ccy" {
			currency = s.name(value)
		}
	}
}

// text is everything up to the next tag.
func (s *scanner) text() (token, error) {
	n, err := s.until("<")
	if err != nil {
		if n = len(s.buf) - s.at; !errors.Is(err, io.EOF) {
			return token{}, err
		}
	}
	raw := s.take(n)
	if bytes.Contains(raw, []byte("]]>")) {
		return token{}, syntaxError("unescaped ]]> not in CDATA section")
	}
	said, err := characters(raw, true)
	return token{kind: tokenText, text: said}, err
}

// instruction passes over <?…?>; the one that begins a file may say which version and encoding it is in.
func (s *scanner) instruction() error {
	s.take(2)
	n, err := s.until("?>")
	if err != nil {
		return cut(err)
	}
	said := string(s.take(n + 2)[:n])
	switch to := target(said); {
	case !isName([]byte(to)):
		return syntaxError("expected target name after <?")
	case to != "xml":
		return nil
	}
	if version := declared(said, "version"); version != "" && version != "1.0" {
		return syntaxError(fmt.Sprintf("unsupported version %q; only version 1.0 is supported", version))
	}
	if label := declared(said, "encoding"); label != "" && !strings.EqualFold(label, "utf-8") && !s.plain {
		return errCharset
	}
	return nil
}

// target is whom an instruction is for.
func target(said string) string {
	if end := strings.IndexFunc(said, func(r rune) bool { return !isName([]byte("a" + string(r))) }); end >= 0 {
		return said[:end]
	}
	return said
}

// declaration is what begins with "<!": comments say nothing, a CDATA section is text, and a document type is refused.
func (s *scanner) declaration() (token, bool, error) {
	comment, err := s.begins("<!--")
	if err != nil {
		return token{}, false, err
	}
	if comment {
		s.take(4)
		n, err := s.until("--")
		if err != nil {
			return token{}, false, cut(err)
		}
		s.take(n)
		if ends, err := s.begins("-->"); err != nil || !ends {
			return token{}, false, errors.Join(err, syntaxError(`invalid sequence "--" not allowed in comments`))
		}
		s.take(3)
		return token{}, false, nil
	}
	literal, err := s.begins("<![CDATA[")
	if err != nil || !literal {
		return token{}, false, errors.Join(err, errDirective)
	}
	s.take(9)
	n, err := s.until("]]>")
	if err != nil {
		return token{}, false, cut(err)
	}
	said, err := characters(s.take(n + 3)[:n], false)
	return token{kind: tokenText, text: said}, true, err
}

var (
	errTooDeep   = errors.New("nested too deep")
	errDirective = errors.New("a document type")
)
