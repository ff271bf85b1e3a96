package bank

import (
	"bytes"
	"fmt"
	"html"
	"io"
	"strings"
	"unicode/utf8"

	"duly/shared/o2c/lazy"

	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// ofxBytesMax bounds an OFX file.
const ofxBytesMax = 64 << 20

func isOFX(head []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(head), []byte("OFXHEADER:")) || bytes.Contains(bytes.ToUpper(head), []byte("<OFX>")) || bytes.Contains(head, []byte("<?OFX"))
}

// ofxTag is one element: versions 1 are SGML, whose elements with a value need no end.
var ofxTag = lazy.Pattern(`<(/?)([A-Za-z0-9.]+)>([^<\r\n]*)`)

// ofxDocumentType is what a bank never sends (row 83 of the failure catalogue).
var ofxDocumentType = lazy.Pattern(`(?i)<!(DOCTYPE|ENTITY)`)

// readOFX reads Open Financial Exchange, versions 1 (SGML) and 2 (XML), as banks export it (OFX 2.2, chapter 11). It has no opening
// balance: that is the closing one less the entries, so that a gap to the statement before shows.
func readOFX(r io.Reader) ([]told, error) {
	content, err := io.ReadAll(io.LimitReader(r, ofxBytesMax+1))
	if err != nil {
		return nil, fmt.Errorf("read bank file: %w", err)
	}
	if len(content) > ofxBytesMax {
		return nil, tooLarge(ofxBytesMax)
	}
	if !utf8.Valid(content) {
		if content, err = charmap.Windows1252.NewDecoder().Bytes(content); err != nil {
			return nil, refuse(1, "file.charset", "its letters cannot be read")
		}
	}
	if at := ofxDocumentType().FindIndex(content); at != nil {
		return nil, refuse(lineOf(content, at[0]), "file.doctype", "it declares a document type (<!DOCTYPE or <!ENTITY), which no bank statement has")
	}
	f := ofxFile{content: content}
	for _, m := range ofxTag().FindAllSubmatchIndex(content, -1) {
		name := strings.ToUpper(string(content[m[4]:m[5]]))
		value := html.UnescapeString(strings.TrimSpace(string(content[m[6]:m[7]])))
		if err := f.take(m[0], m[2] < m[3], name, value); err != nil {
			return nil, err
		}
	}
	switch {
	case f.open != nil:
		return nil, refuse(f.open.line, "file.cut", "the statement has no end (</STMTRS>): the file was cut")
	case len(f.all) == 0:
		return nil, refuse(1, "file.empty", "it holds no bank statement (<STMTRS>)")
	}
	return f.all, nil
}

func lineOf(content []byte, at int) int { return 1 + bytes.Count(content[:at], []byte("\n")) }

// ofxFile is a file while it is read.
type ofxFile struct {
	content []byte
	all     []told
	open    *told
	entry   map[string]string // of the transaction in hand
	entryAt int
	within  string // BANKACCTFROM, LEDGERBAL, …
	fields  map[string]string
	count   int
}

// take reads one tag.
func (f *ofxFile) take(at int, ends bool, name, value string) error {
	switch {
	case name == "STMTRS" || name == "CCSTMTRS":
		if ends {
			return f.close()
		}
		f.open, f.fields = &told{line: lineOf(f.content, at)}, map[string]string{}
	case f.open == nil:
	case name == "STMTTRN" && ends:
		return f.add()
	case name == "STMTTRN":
		f.entry, f.entryAt = map[string]string{}, at
	case name == "BANKACCTFROM" || name == "CCACCTFROM" || name == "LEDGERBAL" || name == "AVAILBAL":
		if f.within = name; ends {
			f.within = ""
		}
	case ends:
	case f.entry != nil:
		if f.entry[name] == "" {
			f.entry[name] = value
		}
	default:
		f.fields[f.within+"/"+name] = value
	}
	return nil
}

// add reads a transaction.
func (f *ofxFile) add() error {
	line := lineOf(f.content, f.entryAt)
	e := f.entry
	f.entry = nil
	if e == nil {
		return nil
	}
	currency := strings.ToUpper(f.fields["/CURDEF"])
	if !money.Valid(currency) {
		return refuse(line, "file.currency", `the statement names no currency (CURDEF), but "{typed}"`, "typed", clean(currency, 10))
	}
	amount, err := ofxAmount(e["TRNAMT"], currency)
	if err != nil {
		return refuse(line, "file.amount", `"{typed}" is no amount in {currency}`, "typed", clean(e["TRNAMT"], 40), "currency", currency)
	}
	on, ok := ofxDay(e["DTPOSTED"])
	if !ok {
		return refuse(line, "file.day", `"{typed}" is no day (DTPOSTED)`, "typed", clean(e["DTPOSTED"], 40))
	}
	if f.count++; f.count > EntriesMax {
		return tooManyEntries(line)
	}
	m := movement{ref: clean(e["FITID"], nameCharsMax), on: on}
	m.Amount, m.BookedOn = amount, on
	m.ValueOn, _ = ofxDay(e["DTAVAIL"])
	m.Name, m.IBAN = clean(e["NAME"], nameCharsMax), compact(e["ACCTID"])
	m.Text, m.EndToEnd = clean(e["MEMO"], textCharsMax), meaningful(e["REFNUM"])
	if creditorReference().MatchString(compact(m.Text)) {
		m.Reference = compact(m.Text)
	}
	f.open.movements = append(f.open.movements, m)
	return nil
}

// close ends the statement.
func (f *ofxFile) close() error {
	s := f.open
	f.open = nil
	if s == nil {
		return nil
	}
	account := f.fields["BANKACCTFROM/ACCTID"]
	if account == "" {
		account = f.fields["CCACCTFROM/ACCTID"]
	}
	if s.Account, _ = mt940Account(account, ""); s.Account == "" {
		return refuse(s.line, "file.account", "the statement names no account (ACCTID)")
	}
	s.Currency = strings.ToUpper(f.fields["/CURDEF"])
	closing, err := ofxAmount(f.fields["LEDGERBAL/BALAMT"], s.Currency)
	if err != nil {
		return refuse(s.line, "file.balance", "the statement has no balance (LEDGERBAL): without it nothing proves that no line is missing")
	}
	s.Opening, s.Closing = closing, closing
	for _, m := range s.movements {
		s.Opening = s.Opening.Minus(m.Amount)
	}
	var ok bool
	if s.To, ok = ofxDay(f.fields["LEDGERBAL/DTASOF"]); !ok {
		if s.To, ok = ofxDay(f.fields["/DTEND"]); !ok {
			return refuse(s.line, "file.period", "the statement says no day (DTASOF, DTEND)")
		}
	}
	s.From = s.To
	if from, ok := ofxDay(f.fields["/DTSTART"]); ok {
		s.From = earlier(s.From, from)
	}
	for _, m := range s.movements {
		s.From, s.To = earlier(s.From, m.BookedOn), later(s.To, m.BookedOn)
	}
	s.ID = s.From.String() + "/" + s.To.String()
	f.all = append(f.all, *s)
	return nil
}

func ofxAmount(s, currency string) (money.Amount, error) {
	return money.Parse(strings.TrimPrefix(strings.Replace(s, ",", ".", 1), "+"), currency)
}

// ofxDay reads YYYYMMDD, with a time and zone behind it that do not count.
func ofxDay(s string) (calendar.Date, bool) {
	if len(s) < 8 {
		return calendar.Date{}, false
	}
	d, err := calendar.Parse(s[:4] + "-" + s[4:6] + "-" + s[6:8])
	return d, err == nil
}
