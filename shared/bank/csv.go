package bank

import (
	"bytes"
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"duly/shared/o2c/lazy"

	"golang.org/x/text/encoding/charmap"
)

// csvBytesMax bounds a CSV file.
const csvBytesMax = 64 << 20

// profile is how one bank writes CSV: data, in profiles.json. A column may be written as "=" and a value that every line has.
type profile struct {
	Name      string   `json:"name"`
	Needs     []string `json:"needs"`     // columns by which the file is known
	Columns   []string `json:"columns"`   // of a file without a header, by which the other fields name them
	First     string   `json:"first"`     // and how its first line begins
	Account   string   `json:"account"`   // ours
	Home      string   `json:"home"`      // the bank's four letters, for accounts without an IBAN
	Booked    string   `json:"booked"`    //
	Value     string   `json:"value"`     // day of value
	Dates     []string `json:"dates"`     // forms, as Go writes them
	Amount    string   `json:"amount"`    //
	Direction string   `json:"direction"` // of amounts without a sign
	Debits    []string `json:"debits"`    // what it says of money that left
	Fee       string   `json:"fee"`       // taken off beside the amount
	Currency  string   `json:"currency"`  //
	Before    string   `json:"before"`    // balance before the line
	Balance   string   `json:"balance"`   // and after it
	Person    []string `json:"payer"`     // of the other party; the first that is there
	IBAN      string   `json:"iban"`      // of the other party
	Text      []string `json:"text"`      //
	Details   string   `json:"details"`   // all of it in one, as MT940's field 86 has it
	Reference string   `json:"reference"` // structured
	EndToEnd  string   `json:"end_to_end"`
	ID        string   `json:"id"` // the bank's own reference
	Returned  string   `json:"returned"`
	Sent      string   `json:"sent"` // amount in the payer's currency
	SentIn    string   `json:"sent_currency"`
	State     string   `json:"state"`
	Done      []string `json:"done"` // states of lines that count

	begins func() *regexp.Regexp // First, once it was asked for
}

//go:embed profiles.json
var profilesFile []byte

// profiles are the banks whose CSV is read; the first that fits reads a file.
var profiles = sync.OnceValue(func() []profile {
	all := lazy.JSON[[]profile]("bank: profiles.json", profilesFile)()
	for i := range all {
		all[i].begins = lazy.Pattern(all[i].First)
	}
	return all
})

// separators are those of banks.
const separators = ";,\t"

// csvKind is a file's profile and separator, as its first line tells.
func csvKind(line string) (p profile, separator rune, ok bool) {
	for _, p := range profiles() {
		if p.First != "" {
			if p.begins().MatchString(line) {
				return p, '\t', true
			}
			continue
		}
		for _, sep := range separators {
			columns := splitHeader(line, sep)
			if !slices.ContainsFunc(p.Needs, func(need string) bool { return !slices.Contains(columns, need) }) {
				return p, sep, true
			}
		}
	}
	return profile{}, 0, false
}

func splitHeader(line string, separator rune) []string {
	r := csv.NewReader(strings.NewReader(line))
	r.Comma, r.LazyQuotes = separator, true
	row, err := r.Read()
	if err != nil {
		return nil
	}
	for i := range row {
		row[i] = strings.TrimSpace(row[i])
	}
	return row
}

// stripeBalance is Stripe's own report of its balance, which is no bank's.
var stripeBalance = []string{"id", "Type", "Source", "Amount", "Fee", "Net", "Currency"}

func isStripeBalance(head []byte) bool {
	line, _, _ := strings.Cut(string(head), "\n")
	columns := splitHeader(line, ',')
	return !slices.ContainsFunc(stripeBalance, func(need string) bool { return !slices.Contains(columns, need) })
}

func isCSV(head []byte) bool {
	line, _, _ := strings.Cut(string(head), "\n")
	_, _, ok := csvKind(strings.TrimRight(line, "\r"))
	return ok
}

// readCSV reads the CSV file of a bank by its profile.
func readCSV(r io.Reader) ([]told, error) {
	content, err := io.ReadAll(io.LimitReader(r, csvBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("read bank file: %w", err)
	}
	if len(content) > csvBytesMax {
		return nil, tooLarge(csvBytesMax)
	}
	if !utf8.Valid(content) {
		if content, err = charmap.Windows1252.NewDecoder().Bytes(content); err != nil {
			return nil, refuse(1, "file.charset", "its letters cannot be read")
		}
	}
	line, _, _ := bytes.Cut(content, []byte("\n"))
	p, separator, _ := csvKind(strings.TrimRight(string(line), "\r"))
	rows := csv.NewReader(bytes.NewReader(content))
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes = separator, -1, p.First != "" // TAB files know no quotes
	file := csvFile{profile: p, columns: map[string]int{}}
	if err := file.read(rows); err != nil {
		return nil, err
	}
	return file.statements()
}

// csvFile is a file while it is read.
type csvFile struct {
	profile  profile
	columns  map[string]int
	accounts []*csvAccount
	count    int
}

// read takes the header and every line.
func (f *csvFile) read(rows *csv.Reader) error {
	names := f.profile.Columns
	if len(names) == 0 {
		header, err := rows.Read()
		if err != nil {
			return csvFault(rows, err)
		}
		names = header
	}
	for i, name := range names {
		if _, twice := f.columns[strings.TrimSpace(name)]; !twice {
			f.columns[strings.TrimSpace(name)] = i
		}
	}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return csvFault(rows, err)
		}
		line, _ := rows.FieldPos(0)
		if len(row) < len(names) {
			return refuse(line, "file.columns", "it has {n} columns instead of {most}: the file was cut, or changed by a spreadsheet", "n", len(row), "most", len(names))
		}
		if err := f.take(csvRow{f, row, line}); err != nil {
			return err
		}
	}
}

func csvFault(rows *csv.Reader, err error) error {
	var bad *csv.ParseError
	if errors.As(err, &bad) {
		return refuse(bad.Line, "file.csv", "it is not well-formed CSV: {problem}", "problem", bad.Err.Error())
	}
	if errors.Is(err, io.EOF) {
		return refuse(1, "file.empty", "it holds no line")
	}
	return fmt.Errorf("read bank file: %w", err)
}
