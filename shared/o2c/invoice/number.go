package invoice

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"duly/shared/o2c/calendar"
)

// Numbering is how the documents of a kind are numbered.
type Numbering struct {
	Prefix    string // before the number; {year} stands for the year of the document's date
	StartYear int    // in which the house began to number here; 0: none
	Start     int64  // the first number of that year, when others numbered before us
}

// Numbers are the house's rules by kind of document; a kind without one is
// numbered 2026-0001, CN2026-0001 or Q2026-0001.
type Numbers map[string]Numbering

// Quotes are numbered like legal documents, in a series of their own.
const Quotes = "quote"

// prefixes are those of kinds without a rule.
var prefixes = map[string]string{Invoices: "{year}-", CreditNotes: "CN{year}-", Quotes: "Q{year}-"}

// Prefix is what stands before the numbers of a kind of document; {year} stands for the year.
func (n Numbers) Prefix(docType string) string { return cmp.Or(n[docType].Prefix, prefixes[docType]) }

// SeriesData is what a number series is made of.
type SeriesData struct {
	ID     string        `json:"id"`     // "invoice-2026"
	Prefix string        `json:"prefix"` // "2026-"
	First  int64         `json:"first"`  // where it begins
	Last   int64         `json:"last"`
	LastOn calendar.Date `json:"last_on,omitzero"`
}

// Series numbers legal documents without gaps, 1, 2, 3 … or from where others
// left off, in the order of their dates. It is drawn from in the transaction that
// issues the document.
type Series struct{ data SeriesData }

// Series names the series of a kind of document on a date and starts it. A series
// that has started keeps its prefix and its beginning.
func (n Numbers) Series(docType string, on calendar.Date) *Series {
	rule, first := n[docType], int64(1)
	if rule.StartYear == on.Year && rule.Start > 0 {
		first = rule.Start
	}
	prefix := strings.ReplaceAll(n.Prefix(docType), "{year}", fmt.Sprintf("%04d", on.Year))
	return &Series{data: SeriesData{ID: fmt.Sprintf("%s-%04d", docType, on.Year), Prefix: prefix, First: first, Last: first - 1}}
}

// Dated is the date of a document that is numbered on a day: it never goes back,
// so that a document that comes late takes the series' last date.
func (s *Series) Dated(on calendar.Date) calendar.Date {
	if on.Before(s.data.LastOn) {
		return s.data.LastOn
	}
	return on
}

// Draw spends the next number on a date.
func (s *Series) Draw(on calendar.Date) (number string, dated calendar.Date) {
	on = s.Dated(on)
	s.data.Last++
	s.data.LastOn = on
	return s.Number(s.data.Last), on
}

// Number spells the nth number.
func (s *Series) Number(n int64) string { return fmt.Sprintf("%s%04d", s.data.Prefix, n) }

// First and Last are the numbers that are spent, Last below First when none is.
func (s *Series) First() int64 { return max(1, s.data.First) }
func (s *Series) Last() int64  { return s.data.Last }

// Kind, ID and ListKey make the series a document.
func (s *Series) Kind() string    { return "series" }
func (s *Series) ID() string      { return s.data.ID }
func (s *Series) ListKey() string { return s.data.ID }

// MarshalJSON and UnmarshalJSON are the store's door.
func (s *Series) MarshalJSON() ([]byte, error) { return json.Marshal(s.data) }
func (s *Series) UnmarshalJSON(b []byte) error { return json.Unmarshal(b, &s.data) }

// Reference is the ISO 11649 creditor reference of a number: "RF", two check
// digits by ISO 7064 MOD 97-10, then the number's letters and digits.
func Reference(number string) string {
	var body strings.Builder
	for _, r := range strings.ToUpper(number) {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			body.WriteRune(r)
		}
	}
	return fmt.Sprintf("RF%02d%s", 98-mod97(body.String()+"RF00"), body.String())
}

// ValidReference reports whether s is an ISO 11649 reference.
func ValidReference(s string) bool {
	s = strings.ToUpper(strings.ReplaceAll(s, " ", ""))
	if len(s) < 5 || len(s) > 25 || s[:2] != "RF" {
		return false
	}
	for _, r := range s {
		if (r < '0' || r > '9') && (r < 'A' || r > 'Z') {
			return false
		}
	}
	return mod97(s[4:]+s[:4]) == 1
}

// mod97 reads letters as 10 … 35, as ISO 7064 does.
func mod97(s string) int64 {
	var digits strings.Builder
	for _, r := range s {
		if r >= 'A' {
			digits.WriteString(strconv.Itoa(int(r-'A') + 10))
			continue
		}
		digits.WriteRune(r)
	}
	n, _ := new(big.Int).SetString(digits.String(), 10)
	return n.Mod(n, big.NewInt(97)).Int64()
}
