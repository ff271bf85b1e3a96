package document

import (
	"bytes"
	"compress/zlib"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/encoding/charmap"
)

// face is a font made ready to be embedded many times. A document needs two,
// and having fpdf parse, cut and compress them each time costs 9 ms and 10 MB;
// so the part that nearly every document of our languages is written with
// (Windows-1252, which every PDF reader knows by name) is prepared once. What
// it lacks is set in the whole font, at the dear price; see sheet.set.
type face struct {
	definition []byte // fpdf's JSON
	program    []byte // the cut font, compressed
	whole      []byte // the font as it comes
	glyphs     *sfnt.Font
}

// faces are the regular and the bold face, by fpdf's style.
var faces = sync.OnceValue(func() map[string]*face {
	return map[string]*face{
		"":  newFace("DULYAA+Go-Regular", goregular.TTF, fpdf.FontDescType{StemV: 84}),
		"B": newFace("DULYAB+Go-Bold", gobold.TTF, fpdf.FontDescType{StemV: 140}),
	}
})

// nonsymbolic is the descriptor's flag for a font of Latin letters (ISO 32000-1
// table 123); flags count from 1.
const nonsymbolic = 1 << 5

// newFace measures and cuts a font. The fonts are part of the program: a defect
// in them shows on first use in any test.
func newFace(name string, ttf []byte, d fpdf.FontDescType) *face {
	glyphs, err := sfnt.Parse(ttf)
	must(err)
	var buf sfnt.Buffer
	em := fixed.I(1000) // PDF measures in thousandths of the font's size
	metrics, err := glyphs.Metrics(&buf, em, font.HintingNone)
	must(err)
	bounds, err := glyphs.Bounds(&buf, em, font.HintingNone)
	must(err)
	d.Flags = nonsymbolic
	d.Ascent, d.Descent, d.CapHeight = metrics.Ascent.Round(), -metrics.Descent.Round(), metrics.CapHeight.Round()
	d.FontBBox.Xmin, d.FontBBox.Xmax = bounds.Min.X.Floor(), bounds.Max.X.Ceil()
	d.FontBBox.Ymin, d.FontBBox.Ymax = -bounds.Max.Y.Ceil(), -bounds.Min.Y.Floor()

	var repertoire strings.Builder
	widths := make([]int, 256)
	for code := 32; code < 256; code++ {
		r := charmap.Windows1252.DecodeByte(byte(code))
		index, err := glyphs.GlyphIndex(&buf, r)
		must(err)
		advance, err := glyphs.GlyphAdvance(&buf, index, em, font.HintingNone)
		must(err)
		widths[code] = advance.Round()
		if index != 0 {
			repertoire.WriteRune(r)
		}
	}
	cut := fpdf.UTF8CutFont(ttf, repertoire.String())
	definition, err := json.Marshal(map[string]any{
		"Tp": "TrueType", "Name": name, "Desc": d, "Up": -120, "Ut": 50, "Cw": widths,
		"Enc": "cp1252", "File": name + ".z", "OriginalSize": len(cut),
	})
	must(err)
	return &face{definition: definition, program: compress(cut), whole: ttf, glyphs: glyphs}
}

func compress(b []byte) []byte {
	var out bytes.Buffer
	z, err := zlib.NewWriterLevel(&out, zlib.BestCompression)
	must(err)
	_, err = z.Write(b)
	must(err)
	must(z.Close())
	return out.Bytes()
}

// encode spells a string in Windows-1252; ok is false when it needs more.
func encode(s string) (spelled string, ok bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r == '\u202f' { // CLDR's narrow blank is no blank of this encoding
			r = '\u00a0'
		}
		b, has := charmap.Windows1252.EncodeRune(r)
		if !has {
			return "", false
		}
		out = append(out, b)
	}
	return string(out), true
}

// showable replaces what the whole font has no glyph for, on which fpdf would
// stumble beyond the basic plane.
func (f *face) showable(s string) string {
	var buf sfnt.Buffer
	return strings.Map(func(r rune) rune {
		index, err := f.glyphs.GlyphIndex(&buf, r)
		if err != nil || index == 0 || r > 0xffff {
			return '?'
		}
		return r
	}, s)
}

// must stops the program over a defect of what is built into it.
func must(err error) {
	if err != nil {
		panic(fmt.Sprintf("document: a built-in font cannot be used: %v", err))
	}
}
