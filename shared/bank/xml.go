package bank

import (
	"bytes"
	"encoding/xml"
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
	raw   *xml.Decoder // knows the line
	xml   *xml.Decoder // matches ends with starts, over the tokens that Token lets through
	depth int
}

func isXML(head []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(head, " \t\r\n"), []byte("<")) }

func newDocument(r io.Reader) *document {
	d := &document{meter: meter{from: r}}
	d.raw = xml.NewDecoder(&d.meter)
	d.raw.CharsetReader = charset
	d.xml = xml.NewTokenDecoder(d)
	return d
}

// Token is what the decoder above reads from.
func (d *document) Token() (xml.Token, error) {
	token, err := d.raw.RawToken()
	switch token.(type) {
	case xml.StartElement:
		if d.depth++; d.depth > depthMax {
			return nil, refuse(d.line(), fmt.Sprintf("elements are nested more than %d deep", depthMax))
		}
	case xml.EndElement:
		d.depth--
	case xml.Directive:
		return nil, refuse(d.line(), "it declares a document type (<!DOCTYPE or <!ENTITY), which no bank statement has")
	}
	return token, err
}

// next returns the next start of an element; ended is set when the element in hand ends before one.
func (d *document) next() (start xml.StartElement, ended bool, err error) {
	d.meter.left = elementBytesMax
	for {
		token, err := d.xml.Token()
		if err != nil {
			return xml.StartElement{}, false, d.failed(err)
		}
		switch t := token.(type) {
		case xml.StartElement:
			return t, false, nil
		case xml.EndElement:
			return xml.StartElement{}, true, nil
		}
	}
}

// decode reads the whole element that next has started.
func (d *document) decode(start xml.StartElement, into any) error {
	if err := d.xml.DecodeElement(into, &start); err != nil {
		return d.failed(err)
	}
	return nil
}

// skip drops the element that next has started.
func (d *document) skip() error {
	if err := d.xml.Skip(); err != nil {
		return d.failed(err)
	}
	return nil
}

func (d *document) line() int {
	line, _ := d.raw.InputPos()
	return line
}

// failed turns what a decoder says into the refusal of the file; a failure to read it at all stays what it is.
func (d *document) failed(err error) error {
	var syntax *xml.SyntaxError
	var refusal *fault.Error
	switch {
	case errors.Is(err, io.EOF), errors.As(err, &refusal):
		return err
	case d.meter.broken != nil:
		return fmt.Errorf("read bank file: %w", d.meter.broken)
	case errors.As(err, &syntax):
		return refuse(d.line(), "it is not well-formed XML: "+syntax.Msg)
	case errors.Is(err, errElementTooLong):
		return refuse(d.line(), fmt.Sprintf("one element is longer than %d MiB", elementBytesMax>>20))
	case errors.Is(err, errFileTooLong):
		return tooLarge(FileBytesMax)
	case errors.Is(err, errCharset):
		return refuse(d.line(), errCharset.Error())
	}
	return refuse(d.line(), "it is not well-formed XML: "+strings.TrimPrefix(err.Error(), "xml: "))
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
