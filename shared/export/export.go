// Package export owns the files in which the books leave for other packages. A
// package is a profile, a data file: its columns, how it writes days and
// amounts, and its encoding. The Dutch auditfile alone is XML and has its own
// writer. It does not own the books, or which of them are new.
package export

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
)

// Profile says how a package wants its file.
type Profile struct {
	Name     string   `json:"name"`
	Title    string   `json:"title"`
	Source   string   `json:"source"`   // where the package describes the file
	Rows     string   `json:"rows"`     // "legs": one per side of an entry; "pairs": one per debit and credit; "lines": one per line of an invoice; "xaf"
	File     string   `json:"file"`     // its name, with {from} and {to}
	Encoding string   `json:"encoding"` // "utf-8", "utf-8-bom", "windows-1252"
	Comma    string   `json:"delimiter"`
	Newline  string   `json:"newline"`
	Quote    string   `json:"quote"` // "": where needed; "text": all texts
	Decimal  string   `json:"decimal"`
	Date     string   `json:"date"`     // Go's layout
	Preamble []string `json:"preamble"` // cells of a line before the header: a field, or "=" and what it says
	Headless bool     `json:"headless"`
	Columns  []column `json:"columns"`
	OneYear  bool     `json:"one_year"` // a file is of one fiscal year
	RowsMax  int      `json:"rows_max"` // documents or rows that the package takes at once; 0: any
	Needs    []need   `json:"needs"`
}

// need is what the package wants of the books as a whole: a field that must have a form, and what to say and do when it has not.
type need struct {
	Field   string `json:"field"`
	Pattern string `json:"pattern"`
	Why     string `json:"why"`
	Do      string `json:"do"`
}

// column is one column: its name, and the field of the row that fills it, or "="
// and a word. text is quoted where all texts are, and guarded against formulas.
type column struct {
	Name  string            `json:"name"`
	Field string            `json:"field"`
	Text  bool              `json:"text"`
	Max   int               `json:"max"`  // characters
	Keep  string            `json:"keep"` // beside letters of ASCII and digits the only characters that the package takes: a hyphen stands for others
	Date  string            `json:"date"` // layout, where it is another than the profile's
	Map   map[string]string `json:"map"`  // what the package calls a value
}

//go:embed profiles/*.json
var files embed.FS

// Profiles are the packages that are known, by name.
func Profiles() []Profile {
	entries, err := files.ReadDir("profiles")
	if err != nil {
		panic("export: " + err.Error()) // embedded
	}
	var all []Profile
	for _, e := range entries {
		raw, err := files.ReadFile("profiles/" + e.Name())
		if err != nil {
			panic("export: " + err.Error())
		}
		var p Profile
		if err := json.Unmarshal(raw, &p); err != nil {
			panic("export: " + e.Name() + ": " + err.Error())
		}
		all = append(all, p)
	}
	return all
}

// Find is the profile of a name.
func Find(name string) (Profile, error) {
	var known []string
	for _, p := range Profiles() {
		if p.Name == name {
			return p, nil
		}
		known = append(known, p.Name)
	}
	return Profile{}, fault.Bad("/profile", fmt.Sprintf("there is no export %q", name), "use one of "+strings.Join(known, ", "))
}

// Exporter is o2c.Exporter on the profiles.
type Exporter struct{}

var _ o2c.Exporter = Exporter{}

// Export writes the books as the package wants them.
func (Exporter) Export(name string, b o2c.Books) (o2c.ExportFile, error) {
	p, err := Find(name)
	if err != nil {
		return o2c.ExportFile{}, err
	}
	file := o2c.ExportFile{
		Name:        strings.NewReplacer("{from}", b.From.String(), "{to}", b.To.String(), "{company}", plainName(b.Seller.Name)).Replace(p.File),
		ContentType: "text/csv; charset=" + strings.TrimSuffix(p.Encoding, "-bom"),
	}
	if p.OneYear && b.From.Year != b.To.Year {
		return file, fault.Bad("/to", p.Title+" takes one fiscal year at a time", "export each year by itself")
	}
	for _, n := range p.Needs {
		if !regexp.MustCompile(n.Pattern).MatchString(fmt.Sprint(row{}.value(b, n.Field))) {
			return file, fault.Bad("/profile", n.Why, n.Do)
		}
	}
	if p.Rows == "xaf" {
		file.ContentType = "application/xml"
		file.Content, file.Rows, err = xaf(b)
		return file, err
	}
	rows, documents := p.rows(b)
	if p.RowsMax > 0 && documents > p.RowsMax {
		return file, fault.Bad("/to", fmt.Sprintf("%s takes %d at once, the period has %d", p.Title, p.RowsMax, documents), "export a shorter period")
	}
	file.Rows = len(rows)
	file.Content, err = p.write(b, rows)
	return file, err
}

// plainName is a company's name as a file may carry it.
func plainName(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '/' || r == '\\' || r == '"' {
			return '-'
		}
		return r
	}, s)
}

// covers are the words of the mail to the accountant, per language: its subject
// and its text.
var covers = map[string][2]string{
	"en": {"Books of %s, %s to %s", "Enclosed are the bookings of %s from %s to %s: %d rows in %s. They follow the last export; nothing is in it twice.\n\nThis mail was sent by Duly."},
	"nl": {"Boekhouding van %s, %s t/m %s", "Bijgaand de boekingen van %s van %s t/m %s: %d regels in %s. Ze sluiten aan op de vorige export; niets staat er dubbel in.\n\nDeze mail is verstuurd door Duly."},
	"de": {"Buchungen von %s, %s bis %s", "Anbei die Buchungen von %s vom %s bis %s: %d Zeilen in %s. Sie schließen an den letzten Export an; nichts steht doppelt darin.\n\nDiese Mail wurde von Duly verschickt."},
	"fr": {"Écritures de %s, du %s au %s", "Ci-joint les écritures de %s du %s au %s : %d lignes dans %s. Elles suivent le dernier export ; rien n’y figure deux fois.\n\nCe courriel a été envoyé par Duly."},
}

// Cover writes the mail that brings the file.
func (Exporter) Cover(language, company string, f o2c.ExportFile, from, to calendar.Date) (subject, text string) {
	words, ok := covers[language]
	if !ok {
		words = covers["en"]
	}
	return fmt.Sprintf(words[0], company, from, to), fmt.Sprintf(words[1], company, from, to, f.Rows, f.Name)
}
