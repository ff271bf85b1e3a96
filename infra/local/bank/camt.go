package bank

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"strconv"
	"time"

	"github.com/bojanz/currency"
	"github.com/shopspring/decimal"

	"duly/shared/o2c/money"
)

// cut is what one statement covers.
type cut struct {
	id       string
	sequence int
	from, to string // days
	entries  []Booked
	opening  int64
}

// The message in the order of the schema camt.053.001.08; only what a Dutch
// bank fills in for single payments. What may be absent is a pointer: for an
// empty string encoding/xml would still write the elements around it.
type document struct {
	XMLName   xml.Name  `xml:"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08 Document"`
	MessageID string    `xml:"BkToCstmrStmt>GrpHdr>MsgId"`
	Created   string    `xml:"BkToCstmrStmt>GrpHdr>CreDtTm"`
	Page      string    `xml:"BkToCstmrStmt>GrpHdr>MsgPgntn>PgNb"`
	Last      bool      `xml:"BkToCstmrStmt>GrpHdr>MsgPgntn>LastPgInd"`
	Statement statement `xml:"BkToCstmrStmt>Stmt"`
}

type statement struct {
	ID       string    `xml:"Id"`
	Sequence int       `xml:"ElctrncSeqNb"`
	Created  string    `xml:"CreDtTm"`
	From     string    `xml:"FrToDt>FrDtTm"`
	To       string    `xml:"FrToDt>ToDtTm"`
	IBAN     string    `xml:"Acct>Id>IBAN"`
	Currency string    `xml:"Acct>Ccy"`
	Owner    *string   `xml:"Acct>Ownr>Nm"`
	BIC      *string   `xml:"Acct>Svcr>FinInstnId>BICFI"`
	Balances []balance `xml:"Bal"`
	Count    int       `xml:"TxsSummry>TtlNtries>NbOfNtries"`
	Sum      string    `xml:"TxsSummry>TtlNtries>Sum"`
	Net      string    `xml:"TxsSummry>TtlNtries>TtlNetNtry>Amt"`
	NetSide  string    `xml:"TxsSummry>TtlNtries>TtlNetNtry>CdtDbtInd"`
	Credits  total     `xml:"TxsSummry>TtlCdtNtries"`
	Debits   total     `xml:"TxsSummry>TtlDbtNtries"`
	Entries  []ntry    `xml:"Ntry"`
}

type total struct {
	Count int    `xml:"NbOfNtries"`
	Sum   string `xml:"Sum"`
}

type balance struct {
	Type   string `xml:"Tp>CdOrPrtry>Cd"`
	Amount amount `xml:"Amt"`
	Side   string `xml:"CdtDbtInd"`
	Day    string `xml:"Dt>Dt"`
}

type amount struct {
	Currency string `xml:"Ccy,attr"`
	Value    string `xml:",chardata"`
}

type ntry struct {
	Number  int    `xml:"NtryRef"`
	Amount  amount `xml:"Amt"`
	Side    string `xml:"CdtDbtInd"`
	Status  string `xml:"Sts>Cd"`
	Booked  string `xml:"BookgDt>Dt"`
	Value   string `xml:"ValDt>Dt"`
	ID      string `xml:"AcctSvcrRef"`
	Domain  string `xml:"BkTxCd>Domn>Cd"`
	Family  string `xml:"BkTxCd>Domn>Fmly>Cd"`
	Sub     string `xml:"BkTxCd>Domn>Fmly>SubFmlyCd"`
	Details detail `xml:"NtryDtls>TxDtls"`
}

type detail struct {
	ID       string    `xml:"Refs>AcctSvcrRef"`
	EndToEnd string    `xml:"Refs>EndToEndId"`
	Amount   amount    `xml:"Amt"`
	Side     string    `xml:"CdtDbtInd"`
	Sent     *amount   `xml:"AmtDtls>InstdAmt>Amt"`
	Debtor   *party    `xml:"RltdPties>Dbtr"`
	DebtorIn *holding  `xml:"RltdPties>DbtrAcct"`
	Creditor *party    `xml:"RltdPties>Cdtr"`
	CreditIn *holding  `xml:"RltdPties>CdtrAcct"`
	Remitted *remitted `xml:"RmtInf"`
}

type party struct {
	Name string `xml:"Pty>Nm"`
}

type holding struct {
	IBAN  *string `xml:"Id>IBAN"`
	Other *string `xml:"Id>Othr>Id"` // what is not formed like an IBAN
}

type remitted struct {
	Lines      []string    `xml:"Ustrd"`
	Structured *structured `xml:"Strd"`
}

type structured struct {
	Code string `xml:"CdtrRefInf>Tp>CdOrPrtry>Cd"`
	Ref  string `xml:"CdtrRefInf>Ref"`
}

func (b *Bank) write(c cut) ([]byte, error) {
	closing := b.balanceAfter(c)
	created := b.created(c)
	s := statement{ID: c.id, Sequence: c.sequence, Created: created, IBAN: b.account.IBAN, Currency: b.account.Currency,
		Owner: given(b.account.Owner), BIC: given(b.account.BIC), From: b.clock(c.from, 0), To: b.clock(c.to, 24*time.Hour-time.Second), Count: len(c.entries),
		Balances: []balance{b.balanceOn("OPBD", c.opening, c.from), b.balanceOn("CLBD", closing, c.to), b.balanceOn("CLAV", closing, c.to)}}
	var in, out int64
	for i, e := range c.entries {
		if e.Amount > 0 {
			in, s.Credits.Count = in+e.Amount, s.Credits.Count+1
		} else {
			out, s.Debits.Count = out-e.Amount, s.Debits.Count+1
		}
		s.Entries = append(s.Entries, b.entry(e, i+1))
	}
	s.Credits.Sum, s.Debits.Sum, s.Sum = b.major(in), b.major(out), b.major(in+out)
	s.Net, s.NetSide = b.major(in-out), side(in-out)
	doc := document{MessageID: b.account.IBAN[max(0, len(b.account.IBAN)-10):] + "-" + c.id, Created: created, Page: "1", Last: true, Statement: s}
	body, err := xml.MarshalIndent(doc, "", " ")
	if err != nil {
		return nil, fmt.Errorf("write the statement of %s — its entries do not fit into XML — look at their texts: %w", c.to, err)
	}
	return append(append([]byte(xml.Header), body...), '\n'), nil
}

func (b *Bank) balanceAfter(c cut) int64 {
	sum := c.opening
	for _, e := range c.entries {
		sum += e.Amount
	}
	return sum
}

// created is when the bank made the file: at the last entry, or in the evening
// of a day without any.
func (b *Bank) created(c cut) string {
	if n := len(c.entries); n > 0 {
		return stamp(c.entries[n-1].At.In(b.account.Zone))
	}
	return b.clock(c.to, 18*time.Hour)
}

// clock is the instant at which the account's clock shows a time of day.
func (b *Bank) clock(day string, sinceMidnight time.Duration) string {
	t, _ := time.Parse(time.DateOnly, day) // written by Bank.day
	t = t.Add(sinceMidnight)
	return stamp(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, b.account.Zone))
}

func stamp(t time.Time) string { return t.Format("2006-01-02T15:04:05-07:00") }

func (b *Bank) balanceOn(kind string, minor int64, day string) balance {
	return balance{Type: kind, Amount: b.amount(minor), Side: side(minor), Day: day}
}

// amount is without sign: CdtDbtInd carries it.
func (b *Bank) amount(minor int64) amount {
	return amount{Currency: b.account.Currency, Value: b.major(minor)}
}

func (b *Bank) major(minor int64) string {
	digits, _ := currency.GetDigits(b.account.Currency)
	return decimal.New(minor, -int32(digits)).Abs().StringFixed(int32(digits))
}

func side(minor int64) string {
	if minor < 0 {
		return "DBIT"
	}
	return "CRDT"
}

func (b *Bank) entry(e Booked, n int) ntry {
	day := b.day(e.At)
	out := ntry{Number: n, Amount: b.amount(e.Amount), Side: side(e.Amount), Status: "BOOK", Booked: day, Value: day, ID: e.ID,
		Domain: "PMNT", Family: "RCDT", Sub: "ESCT",
		Details: detail{ID: e.ID, EndToEnd: cmp.Or(e.EndToEnd, "NOTPROVIDED"), Sent: sent(e.Sent), Amount: b.amount(e.Amount), Side: side(e.Amount), Remitted: remit(e.Entry)}}
	other, account := (*party)(nil), hold(e.IBAN)
	if e.Name != "" {
		other = &party{Name: clip(e.Name, 140)}
	}
	if e.Amount < 0 {
		out.Family = "ICDT"
		out.Details.Creditor, out.Details.CreditIn = other, account
	} else {
		out.Details.Debtor, out.Details.DebtorIn = other, account
	}
	if e.Fee {
		out.Domain, out.Family, out.Sub = "ACMT", "MDOP", "CHRG" // ISO 20022: account management, miscellaneous debit, charges
	}
	return out
}

// sent is what the payer sent in another currency.
func sent(a money.Amount) *amount {
	if a.IsZero() {
		return nil
	}
	return &amount{Currency: a.Currency, Value: a.Decimal().StringFixed(money.Digits(a.Currency))}
}

func hold(iban string) *holding {
	iban = compact(iban)
	switch {
	case iban == "":
		return nil
	case ibanForm(iban):
		return &holding{IBAN: &iban}
	}
	return &holding{Other: given(clip(iban, 34))}
}

// given is nil for what was not given.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// ibanForm is the schema's pattern; the check digits are not its business.
func ibanForm(s string) bool {
	if len(s) < 5 || len(s) > 34 {
		return false
	}
	for i, r := range s {
		letter, digit := r >= 'A' && r <= 'Z', r >= '0' && r <= '9'
		if (i < 2 && !letter) || ((i == 2 || i == 3) && !digit) || (!letter && !digit) {
			return false
		}
	}
	return true
}

func remit(e Entry) *remitted {
	out := &remitted{}
	text := e.Text
	if reference := compact(e.Reference); creditorReference(reference) {
		out.Structured = &structured{Code: "SCOR", Ref: reference}
	} else if text != "" && e.Reference != "" {
		text = e.Reference + " " + text
	} else if text == "" {
		text = e.Reference
	}
	const lineMax = 140 // characters of one Ustrd
	for rest := []rune(text); len(rest) > 0; rest = rest[min(lineMax, len(rest)):] {
		out.Lines = append(out.Lines, string(rest[:min(lineMax, len(rest))]))
	}
	if out.Lines == nil && out.Structured == nil {
		return nil
	}
	return out
}

// creditorReference checks an RF reference: ISO 11649, remainder 1 modulo 97.
func creditorReference(s string) bool {
	if len(s) < 5 || len(s) > 25 || s[:2] != "RF" {
		return false
	}
	remainder := 0
	for _, r := range s[4:] + s[:4] {
		n, err := strconv.ParseInt(string(r), 36, 32)
		if err != nil {
			return false
		}
		if n >= 10 {
			remainder *= 10
		}
		remainder = (remainder*10 + int(n)) % 97
	}
	return remainder == 1
}

func clip(s string, n int) string {
	r := []rune(s)
	return string(r[:min(n, len(r))])
}
