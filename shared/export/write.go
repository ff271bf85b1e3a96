package export

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/shopspring/decimal"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// write lays the rows out.
func (p Profile) write(b o2c.Books, rows []row) ([]byte, error) {
	var out strings.Builder
	end := p.Newline
	if end == "" {
		end = "\r\n"
	}
	if len(p.Preamble) > 0 {
		cells := make([]string, len(p.Preamble))
		for i, field := range p.Preamble {
			quoted := strings.HasPrefix(field, "'")
			cells[i] = p.cell(row{}.value(b, strings.TrimPrefix(field, "'")), column{Text: quoted}, quoted)
		}
		out.WriteString(strings.Join(cells, p.Comma) + end)
	}
	if !p.Headless {
		names := make([]string, len(p.Columns))
		for i, c := range p.Columns {
			names[i] = p.quoted(c.Name, false)
		}
		out.WriteString(strings.Join(names, p.Comma) + end)
	}
	for _, r := range rows {
		cells := make([]string, len(p.Columns))
		for i, c := range p.Columns {
			cells[i] = p.cell(r.value(b, c.Field), c, c.Text && p.Quote == "text")
		}
		out.WriteString(strings.Join(cells, p.Comma) + end)
	}
	return p.encode(out.String())
}

// encode writes the text in the package's encoding; a character that it lacks
// becomes a question mark, which is what its own programs write.
func (p Profile) encode(text string) ([]byte, error) {
	switch p.Encoding {
	case "windows-1252":
		return encoding.ReplaceUnsupported(charmap.Windows1252.NewEncoder()).Bytes([]byte(strings.ReplaceAll(text, "\u202f", "\u00a0")))
	case "utf-8-bom":
		return append([]byte("\ufeff"), text...), nil
	}
	return []byte(text), nil
}

// cell is a value as the package writes it.
func (p Profile) cell(value any, c column, quote bool) string {
	switch v := value.(type) {
	case calendar.Date:
		if v.IsZero() {
			return p.quoted("", quote)
		}
		layout := c.Date
		if layout == "" {
			layout = p.Date
		}
		return p.quoted(time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC).Format(layout), quote)
	case money.Amount:
		return p.number(v.Decimal(), money.Digits(v.Currency))
	case decimal.Decimal:
		return p.number(v, 0)
	case nil:
		return p.quoted("", quote)
	}
	text := fmt.Sprint(value)
	if mapped, ok := c.Map[text]; ok {
		text = mapped
	} else if other, ok := c.Map["*"]; ok {
		text = other
	}
	if c.Keep != "" {
		text = kept(text, c.Keep)
	}
	if c.Text {
		text = guarded(text)
	}
	return p.quoted(cut(text, c.Max), quote)
}

func (p Profile) number(d decimal.Decimal, digits int32) string {
	s := d.String()
	if int32(-d.Exponent()) <= digits || digits > 0 {
		s = d.StringFixed(digits)
	}
	if p.Decimal != "" {
		s = strings.ReplaceAll(s, ".", p.Decimal)
	}
	return s
}

// guarded keeps a spreadsheet from running what a customer wrote: a text that
// begins like a formula gets an apostrophe in front, and control characters are
// blanks (row 82 of the failure catalogue; OWASP, CSV injection).
func guarded(s string) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s))
	if s != "" && strings.ContainsRune("=+-@", rune(s[0])) {
		return "'" + s
	}
	return s
}

// kept puts a hyphen in the place of each character that the package does not take.
func kept(s, also string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(also, r) {
			return r
		}
		return '-'
	}, s)
}

func cut(s string, most int) string {
	if r := []rune(s); most > 0 && len(r) > most {
		return strings.TrimSpace(string(r[:most]))
	}
	return s
}

// quoted puts a cell in quotation marks where it must be, or where all texts
// are.
func (p Profile) quoted(s string, always bool) string {
	if !always && !strings.ContainsAny(s, "\"\r\n"+p.Comma) {
		return s
	}
	var b bytes.Buffer
	b.WriteByte('"')
	b.WriteString(strings.ReplaceAll(s, `"`, `""`))
	b.WriteByte('"')
	return b.String()
}
