// Package settle owns the settlement files in which payment gateways say what
// their payouts are made of. A gateway is a profile, a data file: what its
// columns are called and what its rows mean. It does not own what a payout does
// to the books, or Stripe, which is asked over its API (shared/pay).
package settle

import (
	"bytes"
	"embed"
	"encoding/csv"
	"encoding/json"
	"io"
	"slices"
	"strings"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/lazy"
)

// Profile says how a gateway's file is to be read.
type Profile struct {
	Gateway string            `json:"gateway"`
	Source  string            `json:"source"`  // where the gateway describes the file
	Header  []string          `json:"header"`  // columns by which the file is known
	Columns columns           `json:"columns"` //
	Kinds   map[string]kind   `json:"kinds"`   // by the words of the kind column, in small letters; "*" is any other
	Only    map[string]string `json:"only"`    // rows count only where a column has this word
	Group   string            `json:"group"`   // "column": rows with one payout id; "total": rows up to the row of the payout
	NetOf   bool              `json:"net_of_fees"`
	FeeSign int64             `json:"fee_sign"` // what turns a fee as written into what the gateway kept
	Order   string            `json:"order_pattern"`
}

// columns are the names of what a row tells; an amount is one column, or a
// credit and a debit.
type columns struct {
	ID       string   `json:"id"`
	Kind     string   `json:"kind"`
	Amount   string   `json:"amount"`
	Credit   string   `json:"credit"`
	Debit    string   `json:"debit"`
	Fees     []string `json:"fees"`
	Currency string   `json:"currency"`
	Payout   string   `json:"payout"`
	Date     string   `json:"date"`
	Arrives  string   `json:"arrives"`
	Ref      string   `json:"ref"`
	Order    string   `json:"order"`
}

// kind is what a row is; sign turns an amount that is written without one.
type kind struct {
	Is   string `json:"is"`   // a kind of cash.Movement, "total" for the payout itself, "skip" for what moves nothing
	Sign int64  `json:"sign"` // 0: as it stands
}

const (
	isTotal = "total"
	isSkip  = "skip"
)

//go:embed profiles/*.json
var files embed.FS

// Profiles are the gateways that are known, by their names.
func Profiles() []Profile {
	entries, err := files.ReadDir("profiles")
	if err != nil {
		panic("settle: " + err.Error()) // embedded
	}
	var all []Profile
	for _, e := range entries {
		raw, err := files.ReadFile("profiles/" + e.Name())
		if err != nil {
			panic("settle: " + err.Error())
		}
		var p Profile
		if err := json.Unmarshal(raw, &p); err != nil {
			panic("settle: " + e.Name() + ": " + err.Error())
		}
		all = append(all, p)
	}
	return all
}

// File is what a settlement file says.
type File struct {
	Gateway string
	Payouts []o2c.PayoutFacts // oldest first
	Waiting int               // rows that no payout has yet
}

// rowsMax bounds a file.
const rowsMax = 50_000

// Read understands a gateway's file, its format found by the names of its
// columns.
func Read(raw []byte) (File, error) {
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	for _, delimiter := range []rune{',', ';', '\t'} {
		r := csv.NewReader(bytes.NewReader(raw))
		r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.TrimLeadingSpace = delimiter, -1, true, true
		for n := 0; n < 12; n++ { // some begin with lines about themselves
			header, err := r.Read()
			if err != nil {
				break
			}
			for _, p := range Profiles() {
				if p.fits(header) {
					return p.read(header, r)
				}
			}
		}
	}
	return File{}, fault.New(fault.Unreadable, "The settlement file cannot be read", "its columns are of no gateway that is known", "export it as CSV in English, or send the gateway's own report").Keyed("settle.columns")
}

func (p Profile) fits(header []string) bool {
	names := make([]string, len(header))
	for i, h := range header {
		names[i] = strings.ToLower(strings.TrimSpace(h))
	}
	return !slices.ContainsFunc(p.Header, func(want string) bool { return !slices.Contains(names, strings.ToLower(want)) })
}

func (p Profile) read(header []string, r *csv.Reader) (File, error) {
	t := table{profile: p, number: lazy.Pattern(p.Order), at: map[string]int{}}
	for i, h := range header {
		t.at[strings.ToLower(strings.TrimSpace(h))] = i
	}
	for n := 0; ; n++ {
		record, err := r.Read()
		if err == io.EOF {
			return t.file()
		}
		if err != nil || n == rowsMax {
			return File{}, fault.New(fault.Unreadable, "The settlement file cannot be read", "row {n} is damaged, or there are too many", "export it again").Keyed("settle.row").With("n", itoa(n+2))
		}
		if err := t.take(n+2, record); err != nil {
			return File{}, err
		}
	}
}
