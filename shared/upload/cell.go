package upload

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/o2c"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	words "duly/shared/text"
)

// row is one row of a sheet, by fields.
type row struct {
	*sheet
	cells []string
	n     int // as spreadsheets count: the header is 1
}

// each visits the rows that are not blank.
func (s *sheet) each(do func(row)) {
	for i, cells := range s.rows {
		if strings.TrimSpace(strings.Join(cells, "")) != "" {
			do(row{s, cells, i + 2})
		}
	}
}

// text is a cell in one clean line.
func (r row) text(field string) string {
	at, ok := r.at[field]
	if !ok || at >= len(r.cells) {
		return ""
	}
	return words.Plain(strings.TrimPrefix(strings.TrimSpace(r.cells[at]), "'")) // the apostrophe that keeps a formula from running
}

// wrong notes that a cell cannot be used.
func (r row) wrong(field, why, do string) {
	r.file.Wrong(o2c.RowError{Row: r.n, Column: r.file.Columns[field], Value: r.text(field), Why: why, Do: do})
}

// needed is a cell that must not be empty.
func (r row) needed(field string) string {
	s := r.text(field)
	if s == "" {
		if !r.has(field) {
			r.file.Columns[field] = field
		}
		r.wrong(field, "it is empty", "fill it in")
	}
	return s
}

// single is a cell that no other row may have; "" when it is empty or another has it.
func (r row) single(field string, seen map[string]int) string {
	s := r.needed(field)
	first, twice := seen[s]
	switch {
	case s == "":
		return ""
	case twice:
		r.wrong(field, "row "+strconv.Itoa(first)+" has it too", "keep one of the rows")
		return ""
	}
	seen[s] = r.n
	return s
}

// decimal is a number that is not below zero.
func (r row) decimal(field, currency string) (decimal.Decimal, bool) {
	s := r.text(field)
	if s == "" {
		return decimal.Zero, false
	}
	d, err := money.Read(s, currency)
	var m *money.Misread
	switch {
	case errors.As(err, &m) && m.Ambiguous():
		r.wrong(field, "it could be "+m.Large+" or "+m.Small, "write "+m.Write)
	case err != nil:
		r.wrong(field, "it is no amount", "write 1240,00")
	default:
		return d, true
	}
	return decimal.Zero, false
}

// amount is a sum in the currency.
func (r row) amount(field, currency string) (money.Amount, bool) {
	d, ok := r.decimal(field, currency)
	if !ok {
		return money.Amount{}, false
	}
	a, err := money.FromDecimal(d, currency)
	if err != nil {
		r.wrong(field, fmt.Sprintf("%s has more decimals than %s", d, currency), "round it")
	}
	return a, err == nil
}

// percent is a rate, "21" or "21%".
func (r row) percent(field string) (decimal.Decimal, bool) {
	s := strings.TrimSpace(strings.TrimSuffix(r.text(field), "%"))
	if s == "" {
		return decimal.Zero, false
	}
	d, err := decimal.NewFromString(strings.Replace(s, ",", ".", 1))
	if err != nil || d.IsNegative() || d.GreaterThan(decimal.NewFromInt(100)) {
		r.wrong(field, "it is no percentage", "write 21, 9 or 0")
		return decimal.Zero, false
	}
	return d, true
}

// whole is a number of things from low on.
func (r row) whole(field string, low int64) (int64, bool) {
	s := r.text(field)
	if s == "" {
		return 0, false
	}
	d, err := decimal.NewFromString(strings.Replace(s, ",", ".", 1))
	if err != nil || !d.IsInteger() || d.LessThan(decimal.NewFromInt(low)) || d.GreaterThan(decimal.NewFromInt(1_000_000_000)) {
		r.wrong(field, "it is no whole number from "+strconv.FormatInt(low, 10)+" on", "write it in digits, without separators")
		return 0, false
	}
	return d.IntPart(), true
}

// days in which dates are written; one with a slash is read as most of Europe
// does.
var days = []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", "2006-01-02", "02-01-2006", "2-1-2006", "02.01.2006", "2.1.2006", "02/01/2006"}

func (r row) date(field string) time.Time {
	s := r.text(field)
	if s == "" {
		return time.Time{}
	}
	for _, layout := range days {
		if at, err := time.Parse(layout, s); err == nil {
			return at.UTC()
		}
	}
	r.wrong(field, "it is no date", "write 2026-01-31")
	return time.Time{}
}

// yes is a cell that affirms.
func (r row) yes(field string) bool {
	s := strings.ToLower(r.text(field))
	switch {
	case slices.Contains([]string{"yes", "true", "1", "ja", "oui", "x", "incl", "y", "j"}, s):
		return true
	case !slices.Contains([]string{"", "no", "false", "0", "nee", "nein", "non", "excl", "n"}, s):
		r.wrong(field, "it is neither yes nor no", "write yes or no")
	}
	return false
}

func (r row) email(field string) string {
	s := r.text(field)
	if s != "" && party.CheckEmail(s) != nil {
		r.wrong(field, "it is no mail address", "write name@company.example")
		return ""
	}
	return s
}

func (r row) kind(field string) party.Kind {
	k := party.Kind(strings.ReplaceAll(strings.ToLower(r.text(field)), " ", "_"))
	if k != "" && !slices.Contains(party.Kinds(), k) {
		r.wrong(field, "it is none of the kinds", fmt.Sprintf("write one of %v", party.Kinds()))
		return ""
	}
	return k
}

func (r row) language(field string) string {
	s := strings.ToLower(r.text(field))
	if s != "" && !slices.Contains(words.Languages(), s) {
		r.wrong(field, "it is none of the languages", "write "+strings.Join(words.Languages(), ", "))
		return ""
	}
	return s
}

func (r row) address() party.Address {
	country := strings.ToUpper(r.text("country"))
	if country != "" && !party.CountryChecks(country) {
		r.wrong("country", "it is no country code of ISO 3166-1", "write its two letters, such as NL")
		country = ""
	}
	return party.Address{Street: r.text("street"), PostalCode: r.text("postal code"), City: r.text("city"), Country: country}
}
