package document

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// The sheet, in millimetres: A4 with the margins and the fold marks of DIN 5008
// form B.
const (
	pageHeight  = 297.0
	leftEdge    = 25.0
	rightEdge   = 190.0
	bottomEdge  = 270.0 // above the footer
	headerLine  = 18.0  // of the following pages
	followTop   = 27.0  // where the following pages begin
	pointHeight = 25.4 / 72
)

// ink is a colour; red, green and blue from 0 to 255.
type ink [3]int

var (
	black = ink{24, 28, 36}
	grey  = ink{90, 96, 108} // contrast 6.4 : 1 on white
	pale  = ink{214, 218, 224}
	wash  = ink{244, 246, 248}
)

// inkOf reads "#144ea0".
func inkOf(colour string) ink {
	n, err := strconv.ParseUint(strings.TrimPrefix(colour, "#"), 16, 24)
	if err != nil {
		return black
	}
	return ink{int(n >> 16), int(n >> 8 & 0xff), int(n & 0xff)}
}

// sheet writes on pages, in a customer's language.
type sheet struct {
	pdf    *fpdf.Fpdf
	words  text.Words
	about  metadata
	family string
	style  string
	size   float64
	look   o2c.Look
	accent ink
}

func newSheet(look o2c.Look, words text.Words, title, author string, on calendar.Date) *sheet {
	s := &sheet{pdf: fpdf.New("P", "mm", "A4", ""), words: words, look: look, accent: inkOf(look.Accent())}
	s.about = metadata{title: title, author: author, language: words.Language()}
	s.pdf.SetCatalogSort(true)
	s.pdf.SetAutoPageBreak(false, 0)
	dated := time.Date(on.Year, on.Month, on.Day, 0, 0, 0, 0, time.UTC) // a clock would make every copy another file
	s.about.at = dated
	s.pdf.SetCreationDate(dated)
	s.pdf.SetModificationDate(dated)
	s.pdf.SetLang(words.Language())
	s.pdf.SetTitle(title, true)
	s.pdf.SetAuthor(author, true)
	s.pdf.SetCreator("Duly", true)
	for _, style := range []string{"", "B"} {
		f := faces()[style]
		s.pdf.AddFontFromBytes(fastFamily, style, f.definition, f.program)
	}
	s.page()
	return s
}

// The two families: prepared, and whole for what the prepared one lacks.
const (
	fastFamily  = "go"
	wholeFamily = "gowhole"
)

func (s *sheet) page() {
	s.pdf.AddPage()
	s.family = "" // each page states its font
	s.stroke(pale, 0.2)
}

// bytes ends the document.
func (s *sheet) bytes() ([]byte, error) { return s.enclosing(nil) }

// enclosing ends the document with a file inside.
func (s *sheet) enclosing(file *enclosure) ([]byte, error) {
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		return nil, err
	}
	return archival(out.Bytes(), s.about, file)
}

// font chooses style ("" or "B") and size in points for what follows.
func (s *sheet) font(style string, size float64) { s.style, s.size = style, size }

func (s *sheet) ink(c ink) { s.pdf.SetTextColor(c[0], c[1], c[2]) }

func (s *sheet) stroke(c ink, width float64) {
	s.pdf.SetDrawColor(c[0], c[1], c[2])
	s.pdf.SetLineWidth(width)
}

func (s *sheet) fill(c ink) { s.pdf.SetFillColor(c[0], c[1], c[2]) }

// set chooses the family that a string can be written in and spells it so.
func (s *sheet) set(str string) string {
	spelled, ok := encode(str)
	family := fastFamily
	if !ok {
		f := faces()[s.style]
		family, spelled = wholeFamily, f.showable(str)
		s.pdf.AddUTF8FontFromBytes(wholeFamily, s.style, f.whole)
	}
	if now := family + "/" + s.style; now != s.family || !s.sized() {
		s.pdf.SetFont(family, s.style, s.size)
		s.family = now
	}
	return spelled
}

func (s *sheet) sized() bool {
	points, _ := s.pdf.GetFontSize()
	return points == s.size
}

func (s *sheet) width(str string) float64 { return s.pdf.GetStringWidth(s.set(str)) }

// at writes from x on the base line y.
func (s *sheet) at(x, y float64, str string) { s.pdf.Text(x, y, s.set(str)) }

// to writes up to x on the base line y.
func (s *sheet) to(x, y float64, str string) { s.at(x-s.width(str), y, str) }

// link writes like at, and a press on it opens the address.
func (s *sheet) link(x, y float64, str, url string) {
	s.at(x, y, str)
	h := s.size * pointHeight
	s.pdf.LinkString(x, y-h, s.width(str), h*1.3, url)
}

func (s *sheet) rule(x1, x2, y float64) { s.pdf.Line(x1, y, x2, y) }

// wrap breaks a string into lines no wider than wide, at blanks, or inside a
// word that is wider than that itself.
func (s *sheet) wrap(str string, wide float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.Split(str, " ") {
		if line != "" && s.width(line+" "+word) <= wide {
			line += " " + word
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for head := s.fitting(line, wide); head < len(line); head = s.fitting(line, wide) {
			lines = append(lines, line[:head])
			line = line[head:]
		}
	}
	return append(lines, line)
}

// fitting is how many bytes of a word fit, at least one character. The fonts
// have no kerning, so that widths add up.
func (s *sheet) fitting(word string, wide float64) int {
	fits, used := 0, 0.0
	for i, r := range word {
		if used += s.width(string(r)); fits > 0 && used > wide {
			break
		}
		fits = i + len(string(r))
	}
	return fits
}

// clip cuts a string to one line no wider than wide.
func (s *sheet) clip(str string, wide float64) string {
	if s.width(str) <= wide {
		return str
	}
	return str[:s.fitting(str, wide-s.width("…"))] + "…"
}

func (s *sheet) money(a money.Amount) string { return s.words.Money(a.Minor, a.Currency) }

func (s *sheet) date(d calendar.Date) string { return s.words.Date(text.Day(d)) }
