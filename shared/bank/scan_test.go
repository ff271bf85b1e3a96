package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
)

// spoken is what a file says, token by token; adjacent texts are one.
type spoken struct {
	said []string
	text strings.Builder
}

func (s *spoken) flush() {
	if s.text.Len() > 0 {
		s.said = append(s.said, "text "+s.text.String())
		s.text.Reset()
	}
}

func (s *spoken) tag(kind, name, currency string) {
	s.flush()
	s.said = append(s.said, strings.TrimSpace(kind+" "+name+" "+currency))
}

// oracle reads a file by encoding/xml.
func oracle(file []byte) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader(file))
	d.CharsetReader = charset
	var s spoken
	for depth := 0; ; {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			s.flush()
			return s.said, nil
		}
		if err != nil {
			return nil, err
		}
		switch t := t.(type) {
		case xml.StartElement:
			if depth++; depth > depthMax {
				return nil, errTooDeep
			}
			currency := ""
			for _, a := range t.Attr {
				if a.Name.Local == "Ccy" {
					currency = a.Value
				}
			}
			s.tag("start", t.Name.Local, currency)
		case xml.EndElement:
			depth--
			s.tag("end", t.Name.Local, "")
		case xml.CharData:
			s.text.Write(t)
		case xml.Directive:
			return nil, errDirective
		}
	}
}

// scanned reads it by the scanner, in whatever pieces it comes.
func scanned(from io.Reader) ([]string, error) {
	d, err := newDocument(from)
	if err != nil {
		return nil, err
	}
	var s spoken
	for {
		t, err := d.scan.next()
		if errors.Is(err, io.EOF) {
			s.flush()
			return s.said, nil
		}
		if err != nil {
			return nil, err
		}
		switch t.kind {
		case tokenStart:
			s.tag("start", t.name, t.currency)
		case tokenEnd:
			s.tag("end", t.name, "")
		case tokenText:
			s.text.Write(t.text)
		}
	}
}

// TestTheScannerAgreesWithEncodingXML on every sample, on what banks might write,
// and on both damaged in thousands of places.
func TestTheScannerAgreesWithEncodingXML(t *testing.T) {
	samples := [][]byte{
		[]byte(`<?xml version="1.0" encoding='UTF-8' standalone="yes"?>` + "\r\n<!-- a - comment --><a:b x = '1>2' a:Ccy=\"E&amp;R\"\t>t&#233;&#x41;&lt;\r\nx<![CDATA[<&]] >]]>y<c/><c  /></a:b >\n<?pi some?>"),
		[]byte(`<?xml version="1.0" encoding="ISO-8859-1"?><a Ccy="EUR">caf` + "\xe9" + `</a>`),
		[]byte("\xef\xbb\xbf<a>\u20ac &quot;&apos;&gt; \u00df</a> tail"),
	}
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		samples = append(samples, file)
	}
	dice := rand.New(rand.NewPCG(1, 2))
	for _, sample := range samples {
		agree(t, sample)
		for range 1_500 {
			damaged := bytes.Clone(sample)
			for range 1 + dice.IntN(3) {
				at := dice.IntN(len(damaged))
				switch dice.IntN(4) {
				case 0:
					damaged = damaged[:at+1]
				case 1:
					damaged = append(damaged[:at], damaged[min(len(damaged), at+1+dice.IntN(6)):]...)
				default:
					const odd = "<>/&;\"'=!?-[]: \n\rA0#x\x00\x80\xff"
					damaged[at] = odd[dice.IntN(len(odd))]
				}
				if len(damaged) == 0 {
					damaged = []byte("<")
				}
			}
			agree(t, damaged)
		}
	}
}

func agree(t *testing.T, file []byte) {
	t.Helper()
	want, refused := oracle(file)
	for name, from := range map[string]io.Reader{"whole": bytes.NewReader(file), "byte by byte": iotest.OneByteReader(bytes.NewReader(file)), "with its end": iotest.DataErrReader(bytes.NewReader(file))} {
		got, err := scanned(from)
		if errors.Is(err, errCharset) || strings.Contains(fmt.Sprint(err), errCharset.Error()) {
			continue // an encoding is named once, where the file begins
		}
		if refused != nil && strings.Contains(refused.Error(), "invalid XML name") {
			continue // of letters beyond ASCII the scanner takes any
		}
		if (err == nil) != (refused == nil) {
			t.Errorf("%s: %v, encoding/xml %v, of\n%q", name, err, refused, file)
		}
		if diff := cmp.Diff(fmt.Sprint(want), fmt.Sprint(got)); err == nil && diff != "" {
			t.Errorf("%s: of %q\n%s", name, file, diff)
		}
	}
}
