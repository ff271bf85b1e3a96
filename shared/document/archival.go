package document

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"time"
)

// enclosure is a file inside a document.
type enclosure struct {
	name    string
	content []byte
	xmp     string // what the document's metadata say of it
	schema  string // and which extension schema describes that
}

// archival makes of fpdf's output a PDF/A-3b (ISO 19005-3): the same pages with
// metadata, a named colour space, and the e-invoice inside where there is one.
// What PDF/A asks of pages and fonts fpdf does already; it is the catalog and
// the trailer that are written anew, after the objects as they are.
func archival(out []byte, m metadata, file *enclosure) ([]byte, error) {
	start := bytes.LastIndex(out, []byte("\nxref\n"))
	if start < 0 {
		return nil, fmt.Errorf("%q — fpdf's output has no table of its objects — tell us", m.title)
	}
	offsets, err := readOffsets(out[start+len("\nxref\n"):])
	if err != nil || len(offsets) < 3 {
		return nil, fmt.Errorf("%q — fpdf's table of objects is unreadable (%v) — tell us", m.title, err)
	}
	last := len(offsets) - 1 // fpdf writes the catalog last, and the document's information before it
	info := last - 1
	p := &rewritten{offsets: offsets[:last]}
	_, _ = p.Write(out[:offsets[info]])
	_, _ = p.Write(bytes.ReplaceAll(out[offsets[info]:offsets[last]], []byte("00)"), []byte("00Z)"))) // its dates name no zone
	sameLength(p.Bytes(), "%PDF-1.3", "%PDF-1.7")
	sameLength(p.Bytes(), "/Type /Annot /Subtype /Link", "/F 4         /Subtype /Link") // a link is printed with its page
	entries := []string{
		"/Type /Catalog", "/Pages 1 0 R", "/Lang (" + m.language + ")",
		fmt.Sprintf("/Metadata %d 0 R", p.stream("/Type /Metadata /Subtype /XML", m.xmp(file))),
		fmt.Sprintf("/OutputIntents [<< /Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB) /Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R >>]", p.stream("/N 3", colours())),
	}
	if file != nil {
		at := "D:" + m.at.Format("20060102150405") + "Z"
		held := p.stream(fmt.Sprintf("/Type /EmbeddedFile /Subtype /text#2Fxml /Filter /FlateDecode /Params << /ModDate (%s) /Size %d >>", at, len(file.content)), compress(file.content))
		spec := p.object(fmt.Sprintf("<< /Type /Filespec /F (%[1]s) /UF (%[1]s) /AFRelationship /Alternative /Desc (Invoice) /EF << /F %[2]d 0 R /UF %[2]d 0 R >> >>", file.name, held))
		entries = append(entries, fmt.Sprintf("/AF [%d 0 R]", spec), fmt.Sprintf("/Names << /EmbeddedFiles << /Names [(%s) %d 0 R] >> >>", file.name, spec))
	}
	catalog := p.object("<<\n" + strings.Join(entries, "\n") + "\n>>")
	return p.end(catalog, info), nil
}

// rewritten is a document while its end is written anew.
type rewritten struct {
	bytes.Buffer
	offsets []int // of the objects, by number; the first is none
}

func (p *rewritten) object(body string) (number int) {
	number = len(p.offsets)
	p.offsets = append(p.offsets, p.Len())
	fmt.Fprintf(p, "%d 0 obj\n%s\nendobj\n", number, body)
	return number
}

func (p *rewritten) stream(entries string, content []byte) (number int) {
	number = len(p.offsets)
	p.offsets = append(p.offsets, p.Len())
	fmt.Fprintf(p, "%d 0 obj\n<< %s /Length %d >>\nstream\n", number, entries, len(content))
	_, _ = p.Write(content)
	_, _ = p.WriteString("\nendstream\nendobj\n")
	return number
}

// end writes the table of the objects and the trailer; the document's id is the
// hash of what it holds.
func (p *rewritten) end(catalog, info int) []byte {
	sum := sha256.Sum256(p.Bytes())
	id := hex.EncodeToString(sum[:16])
	at := p.Len()
	fmt.Fprintf(p, "xref\n0 %d\n0000000000 65535 f \n", len(p.offsets))
	for _, offset := range p.offsets[1:] {
		fmt.Fprintf(p, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(p, "trailer\n<< /Size %d /Root %d 0 R /Info %d 0 R /ID [<%s> <%s>] >>\nstartxref\n%d\n%%%%EOF\n", len(p.offsets), catalog, info, id, id, at)
	return p.Bytes()
}

// readOffsets reads where each object begins; the first entry is that of none.
func readOffsets(table []byte) ([]int, error) {
	lines := strings.Split(string(table), "\n")
	_, size, ok := strings.Cut(lines[0], " ")
	count, err := strconv.Atoi(size)
	if !ok || err != nil || count+1 > len(lines) {
		return nil, fmt.Errorf("size %q", lines[0])
	}
	offsets := make([]int, count)
	for i, line := range lines[1 : count+1] {
		if offsets[i], err = strconv.Atoi(line[:min(10, len(line))]); err != nil {
			return nil, err
		}
	}
	return offsets, nil
}

// sameLength replaces words by others of the same length, so that nothing moves.
func sameLength(in []byte, old, fresh string) {
	for at := 0; ; {
		i := bytes.Index(in[at:], []byte(old))
		if i < 0 {
			return
		}
		at += i + copy(in[at+i:], fresh)
	}
}

// metadata is what a document says of itself, in its information and in XMP
// alike.
type metadata struct {
	title, author, language string
	at                      time.Time
}

// xmp writes the metadata as RDF (ISO 16684-1).
func (m metadata) xmp(file *enclosure) []byte {
	own, schema := "", ""
	if file != nil {
		own, schema = file.xmp, file.schema
	}
	at := m.at.UTC().Format("2006-01-02T15:04:05+00:00")
	var b bytes.Buffer
	fmt.Fprintf(&b, `<?xpacket begin="%s" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/"><pdfaid:part>3</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance></rdf:Description>
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:format>application/pdf</dc:format><dc:title><rdf:Alt><rdf:li xml:lang="x-default">%s</rdf:li></rdf:Alt></dc:title><dc:creator><rdf:Seq><rdf:li>%s</rdf:li></rdf:Seq></dc:creator></rdf:Description>
<rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/"><xmp:CreatorTool>Duly</xmp:CreatorTool><xmp:CreateDate>%s</xmp:CreateDate><xmp:ModifyDate>%s</xmp:ModifyDate><pdf:Producer>%s</pdf:Producer></rdf:Description>
%s%s</rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>`, "\ufeff", inXML(m.title), inXML(m.author), at, at, producer, own, schema)
	return b.Bytes()
}

// producer is what fpdf calls itself.
const producer = "FPDF 1.7"

func inXML(s string) string {
	var b strings.Builder
	if err := xml.EscapeText(&b, []byte(s)); err != nil {
		return "" // a strings.Builder takes everything
	}
	return b.String()
}

// colours is an ICC profile (ICC.1:2001-04) of sRGB's primaries, adapted to the
// white of the profile connection space, with its curve as the usual gamma of 2.2.
var colours = sync.OnceValue(func() []byte {
	be := binary.BigEndian
	fixed := func(v float64) uint32 { return uint32(int32(math.Round(v * 65536))) }
	xyz := func(x, y, z float64) []byte {
		b := append([]byte("XYZ "), 0, 0, 0, 0)
		return be.AppendUint32(be.AppendUint32(be.AppendUint32(b, fixed(x)), fixed(y)), fixed(z))
	}
	name := "sRGB\x00"
	description := be.AppendUint32(append([]byte("desc"), 0, 0, 0, 0), uint32(len(name)))
	description = append(append(description, name...), make([]byte, 4+4+2+1+67)...)
	gamma := append([]byte("curv"), 0, 0, 0, 0, 0, 0, 0, 1, 2, 51, 0, 0) // 2.2 in 8.8 bits, padded
	tags := []struct {
		name    string
		content []byte
	}{
		{"desc", append(description, make([]byte, -len(description)&3)...)},
		{"cprt", append([]byte("text"), 0, 0, 0, 0, 'n', 'o', 'n', 'e', 0, 0, 0, 0)},
		{"wtpt", xyz(0.9642, 1, 0.8249)},
		{"rXYZ", xyz(0.43607, 0.22249, 0.01392)},
		{"gXYZ", xyz(0.38515, 0.71687, 0.09708)},
		{"bXYZ", xyz(0.14307, 0.06061, 0.71410)},
		{"rTRC", gamma}, {"gTRC", gamma}, {"bTRC", gamma},
	}
	header := make([]byte, 128)
	copy(header[8:], []byte{2, 0x10, 0, 0}) // version 2.1
	copy(header[12:], "mntrRGB XYZ ")
	copy(header[24:], []byte{0x07, 0xea, 0, 1, 0, 1}) // any date: 1 January 2026
	copy(header[36:], "acsp")
	be.PutUint32(header[68:], fixed(0.9642))
	be.PutUint32(header[72:], fixed(1))
	be.PutUint32(header[76:], fixed(0.8249))
	table := be.AppendUint32(nil, uint32(len(tags)))
	var body []byte
	first := 128 + 4 + 12*len(tags)
	for _, t := range tags {
		table = be.AppendUint32(be.AppendUint32(append(table, t.name...), uint32(first+len(body))), uint32(len(t.content)))
		body = append(body, t.content...)
	}
	profile := bytes.Join([][]byte{header, table, body}, nil)
	be.PutUint32(profile, uint32(len(profile)))
	return profile
})
