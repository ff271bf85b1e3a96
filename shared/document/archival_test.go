package document

import (
	"bytes"
	"compress/zlib"
	"encoding/xml"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"
)

// objects reads a document by its own table, as a reader does: each object must
// stand where the table says.
func objects(t *testing.T, pdf []byte) map[int]string {
	t.Helper()
	at, err := strconv.Atoi(regexp.MustCompile(`startxref\n(\d+)\n%%EOF\n$`).FindStringSubmatch(string(pdf))[1])
	if err != nil {
		t.Fatal(err)
	}
	offsets, err := readOffsets(pdf[at+len("xref\n"):])
	if err != nil {
		t.Fatal(err)
	}
	all := map[int]string{}
	for n, offset := range offsets[1:] {
		begin := fmt.Sprintf("%d 0 obj\n", n+1)
		rest := string(pdf[offset:])
		if !strings.HasPrefix(rest, begin) {
			t.Fatalf("object %d is not at %d but %.20q", n+1, offset, rest)
		}
		all[n+1] = rest[len(begin):strings.Index(rest, "\nendobj")]
	}
	return all
}

// enclosed is the e-invoice inside a document.
func enclosed(t *testing.T, pdf []byte) []byte {
	t.Helper()
	for _, body := range objects(t, pdf) {
		if !strings.Contains(body, "/Type /EmbeddedFile") {
			continue
		}
		_, stream, _ := strings.Cut(body, "stream\n")
		z, err := zlib.NewReader(strings.NewReader(stream))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	return nil
}

// TestFacturX: the paper is a PDF/A-3 whose catalog leads to the e-invoice, the
// metadata and the colour space, and the e-invoice inside is the one at the API.
func TestFacturX(t *testing.T) {
	pdf := render(t, sample("de"), sampleLink)
	var catalog string
	for _, body := range objects(t, pdf) {
		if strings.Contains(body, "/Type /Catalog") {
			catalog = body
		}
	}
	for _, want := range []string{"/AF [", "/EmbeddedFiles << /Names [(factur-x.xml) ", "/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1", "/Metadata ", "/Lang (de)"} {
		if !strings.Contains(catalog, want) {
			t.Errorf("the catalog lacks %s:\n%s", want, catalog)
		}
	}
	for _, want := range []string{"%PDF-1.7\n%", "/AFRelationship /Alternative", "/Subtype /text#2Fxml", "/ID [<", "<pdfaid:part>3<", "<fx:ConformanceLevel>EN 16931<", "/F 4 "} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("the document lacks %s", want)
		}
	}
	cii, err := Papers{}.InvoiceCII(sample("de"))
	if err != nil || !bytes.Equal(enclosed(t, pdf), cii) {
		t.Errorf("the e-invoice inside is another (%v)", err)
	}
	xmp := pdf[bytes.Index(pdf, []byte("<x:xmpmeta")) : bytes.Index(pdf, []byte("</x:xmpmeta>"))+len("</x:xmpmeta>")]
	if err := xml.Unmarshal(xmp, new(struct{ XMLName xml.Name })); err != nil {
		t.Errorf("the metadata: %v", err)
	}
}

// TestPapersWithoutEInvoice are PDF/A too: a buyer whom no e-invoice reaches,
// and papers that are no invoices.
func TestPapersWithoutEInvoice(t *testing.T) {
	nobody := consumer()
	nobody.Seller.Name = "Voorbeeld & Zonen <BV>" // words that mean something in XML
	pdf := render(t, nobody, sampleLink)
	if bytes.Contains(pdf, []byte("EmbeddedFile")) || !bytes.Contains(pdf, []byte("<pdfaid:part>3<")) || !bytes.Contains(pdf, []byte("Voorbeeld &amp; Zonen &lt;BV&gt;")) {
		t.Error("a consumer's paper")
	}
	objects(t, pdf)
}

// TestFontsSayTheirWidths: PDF/A wants the widths of the document and those of
// the font inside to agree.
func TestFontsSayTheirWidths(t *testing.T) {
	for style, f := range faces() {
		z, err := zlib.NewReader(bytes.NewReader(f.program))
		if err != nil {
			t.Fatal(err)
		}
		program, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		cut, err := sfnt.Parse(program)
		if err != nil {
			t.Fatal(err)
		}
		var buf sfnt.Buffer
		for code := 32; code < 256; code++ {
			r := charmap.Windows1252.DecodeByte(byte(code))
			whole, err := f.glyphs.GlyphIndex(&buf, r)
			if err != nil || whole == 0 {
				continue
			}
			index, err := cut.GlyphIndex(&buf, r)
			if err != nil || index == 0 {
				t.Errorf("%q of %q is not in the font inside", r, style)
				continue
			}
			want, err := f.glyphs.GlyphAdvance(&buf, whole, fixed.I(1000), font.HintingNone)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := cut.GlyphAdvance(&buf, index, fixed.I(1000), font.HintingNone); err != nil || got != want {
				t.Errorf("%q of %q is %v wide, not %v (%v)", r, style, got, want, err)
			}
		}
	}
}
