package bank

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c/fault"
)

const (
	depthMax        = 32      // CAMT.053 nests 15 deep
	elementBytesMax = 1 << 20 // of an element that is read whole: one payment with all its remittance lines
)

// document reads an XML file token by token, so that memory follows the largest element and not the file. It refuses what a
// bank never sends and an attacker does: document types and entities (failures row 83), depth, elements without end.
type document struct {
	meter meter
	scan  scanner
	texts [depthMax + 1][]byte // of the element that is being read whole, and of those within
}

// element is a start tag.
type element struct{ name, currency string }

// content is what an element that is read whole is read into. Of each element within, and of itself last, it is given the
// names that lead there, with its own text and currency.
type content interface {
	set(path, text []byte, currency string)
}

func isXML(head []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<")) }

// declarationMax is where an XML declaration has ended.
const declarationMax = 512

func newDocument(r io.Reader) (*document, error) {
	d := &document{meter: meter{from: r, left: elementBytesMax}}
	ahead := bufio.NewReaderSize(&d.meter, scanStep)
	d.scan = scanner{from: ahead, names: map[string]string{}}
	head, err := ahead.Peek(declarationMax)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, d.failed(err)
	}
	declaration, _, ends := bytes.Cut(bytes.TrimLeft(head, " \t\r\n"), []byte("?>"))
	if ends && bytes.HasPrefix(declaration, []byte("<?")) && target(string(declaration[2:])) == "xml" {
		if label := declared(string(declaration), "encoding"); label != "" && !strings.EqualFold(label, "utf-8") {
			if d.scan.from, err = charset(label, ahead); err != nil {
				return nil, d.failed(err)
			}
			d.scan.plain = true
		}
	}
	return d, nil
}

// next returns the next start of an element; ended is set when the element in hand ends before one.
func (d *document) next() (start element, ended bool, err error) {
	d.meter.left = elementBytesMax
	for {
		t, err := d.scan.next()
		switch {
		case err != nil:
			return element{}, false, d.failed(err)
		case t.kind == tokenStart:
			return element{name: t.name, currency: t.currency}, false, nil
		case t.kind == tokenEnd:
			return element{}, true, nil
		}
	}
}

// decode reads the whole element that next has started.
func (d *document) decode(start element, into content) error {
	var path []byte
	var ends [depthMax + 1]int // of the path to each element above
	var currencies [depthMax + 1]string
	level := 0
	d.texts[0], currencies[0] = d.texts[0][:0], start.currency
	for {
		t, err := d.scan.next()
		if err != nil {
			return d.failed(err)
		}
		switch t.kind {
		case tokenText:
			d.texts[level] = append(d.texts[level], t.text...)
		case tokenStart:
			if ends[level] = len(path); level > 0 {
				path = append(path, '/')
			}
			path = append(path, t.name...)
			level++
			d.texts[level], currencies[level] = d.texts[level][:0], t.currency
		case tokenEnd:
			into.set(path, d.texts[level], currencies[level])
			if level == 0 {
				return nil
			}
			level--
			path = path[:ends[level]]
		}
	}
}

// skip drops the element that next has started.
func (d *document) skip() error {
	for level := 1; level > 0; {
		t, err := d.scan.next()
		if err != nil {
			return d.failed(err)
		}
		switch t.kind {
		case tokenStart:
			level++
		case tokenEnd:
			level--
		}
	}
	return nil
}

// word is the text of an element.
type word string

func (w *word) set(path, text []byte, _ string) {
	if len(path) == 0 {
		*w = word(text)
	}
}

func (d *document) line() int { return d.scan.lines + 1 }

// failed turns what a decoder says into the refusal of the file; a failure to read it at all stays what it is.
func (d *document) failed(err error) error {
	var syntax syntaxError
	var refusal *fault.Error
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &refusal):
		return err
	case d.meter.broken != nil:
		return fmt.Errorf("read bank file: %w", d.meter.broken)
	case errors.As(err, &syntax):
		return refuse(d.line(), "file.xml", "it is not well-formed XML: {problem}", "problem", string(syntax))
	case errors.Is(err, errTooDeep):
		return refuse(d.line(), "file.long", "elements are nested more than {n} deep", "n", depthMax)
	case errors.Is(err, errDirective):
		return refuse(d.line(), "file.doctype", "it declares a document type (<!DOCTYPE or <!ENTITY), which no bank statement has")
	case errors.Is(err, errElementTooLong):
		return refuse(d.line(), "file.long", "one element is longer than {n} MiB", "n", elementBytesMax>>20)
	case errors.Is(err, errFileTooLong):
		return tooLarge(FileBytesMax)
	case errors.Is(err, errCharset):
		return refuse(d.line(), "file.charset", errCharset.Error())
	}
	return refuse(d.line(), "file.xml", "it is not well-formed XML: {problem}", "problem", err.Error())
}

var (
	errElementTooLong = errors.New("element too long")
	errFileTooLong    = errors.New("file too long")
	errCharset        = errors.New("it is written in an encoding other than UTF-8, ISO-8859-1, ISO-8859-15 and Windows-1252")
)

// meter counts bytes, per file and since the decoder last began an element.
type meter struct {
	from        io.Reader
	left, total int
	broken      error // why from cannot be read, if it cannot
}

func (m *meter) Read(p []byte) (int, error) {
	if m.left <= 0 {
		return 0, errElementTooLong
	}
	n, err := m.from.Read(p)
	m.left -= n
	if m.total += n; m.total > FileBytesMax {
		return 0, errFileTooLong
	}
	if err != nil && !errors.Is(err, io.EOF) {
		m.broken = err
	}
	return n, err
}

// charset reads the encodings of banks whose systems are older than the standard.
func charset(label string, input io.Reader) (io.Reader, error) {
	known := map[string]encoding.Encoding{
		"iso-8859-1": charmap.ISO8859_1, "iso-8859-15": charmap.ISO8859_15, "windows-1252": charmap.Windows1252,
		"us-ascii": charmap.Windows1252, // its lower half
	}
	found, ok := known[strings.ToLower(label)]
	if !ok {
		return nil, errCharset
	}
	return found.NewDecoder().Reader(input), nil
}
