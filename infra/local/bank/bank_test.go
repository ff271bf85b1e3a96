package bank_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"duly/infra/local/bank"
)

func open(t *testing.T) *bank.Bank {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Amsterdam")
	if err != nil {
		t.Fatal(err)
	}
	return bank.New(bank.Account{IBAN: "NL91 ABNA 0417 1643 00", BIC: "ABNANL2A", Owner: "Voorbeeld Groothandel BV", OpeningMinor: 1_000_000, Zone: zone})
}

// monday is 10:00 in Amsterdam.
var monday = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

func book(t *testing.T, b *bank.Bank, at time.Time, entries ...bank.Entry) {
	t.Helper()
	if _, err := b.Book(at, entries); err != nil {
		t.Fatal(err)
	}
}

// read is what any reader of CAMT finds in a statement.
type read struct {
	ID       string `xml:"BkToCstmrStmt>Stmt>Id"`
	Sequence int    `xml:"BkToCstmrStmt>Stmt>ElctrncSeqNb"`
	IBAN     string `xml:"BkToCstmrStmt>Stmt>Acct>Id>IBAN"`
	From     string `xml:"BkToCstmrStmt>Stmt>FrToDt>FrDtTm"`
	To       string `xml:"BkToCstmrStmt>Stmt>FrToDt>ToDtTm"`
	Count    int    `xml:"BkToCstmrStmt>Stmt>TxsSummry>TtlNtries>NbOfNtries"`
	Net      string `xml:"BkToCstmrStmt>Stmt>TxsSummry>TtlNtries>TtlNetNtry>Amt"`
	Balances []struct {
		Type string `xml:"Tp>CdOrPrtry>Cd"`
		Amt  string `xml:"Amt"`
		Side string `xml:"CdtDbtInd"`
		Day  string `xml:"Dt>Dt"`
	} `xml:"BkToCstmrStmt>Stmt>Bal"`
	Entries []struct {
		Amt      string   `xml:"Amt"`
		Side     string   `xml:"CdtDbtInd"`
		Day      string   `xml:"BookgDt>Dt"`
		ID       string   `xml:"AcctSvcrRef"`
		Debtor   string   `xml:"NtryDtls>TxDtls>RltdPties>Dbtr>Pty>Nm"`
		Creditor string   `xml:"NtryDtls>TxDtls>RltdPties>Cdtr>Pty>Nm"`
		From     string   `xml:"NtryDtls>TxDtls>RltdPties>DbtrAcct>Id>IBAN"`
		Lines    []string `xml:"NtryDtls>TxDtls>RmtInf>Ustrd"`
		RF       string   `xml:"NtryDtls>TxDtls>RmtInf>Strd>CdtrRefInf>Ref"`
	} `xml:"BkToCstmrStmt>Stmt>Ntry"`
}

func parse(t *testing.T, body []byte) read {
	t.Helper()
	var r read
	if err := xml.Unmarshal(body, &r); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
	if empty := regexp.MustCompile(`<\w+></`).Find(body); empty != nil {
		t.Fatalf("the schema forbids the empty element %s", empty)
	}
	if r.Balances[0].Type != "OPBD" || r.Balances[1].Type != "CLBD" {
		t.Fatalf("balances %+v", r.Balances)
	}
	return r
}

// file fails the test when a statement cannot be had.
func file(t *testing.T) func([]byte, error) []byte {
	return func(body []byte, err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return body
	}
}

func TestStatementOfADay(t *testing.T) {
	b := open(t)
	book(t, b, monday.Add(-48*time.Hour), bank.Entry{Amount: 50_000, Name: "Zaterdag BV", Reference: "weekend"})
	book(t, b, monday,
		bank.Entry{Amount: 124_000, Name: "Bakkerij Vos & Zn. <hdr>", IBAN: "nl20 ingb 0001 2345 67", Reference: "RF18 5390 0754 7034"},
		bank.Entry{Amount: -2_500, Name: "Energie NV", Reference: "2026-001", Text: strings.Repeat("é", 150)},
		bank.Entry{Amount: 61_907, Name: "STRIPE PAYMENTS EUROPE LTD", Reference: "STRIPE po_1abc"})
	first := file(t)(b.Statement(monday))
	r := parse(t, first)
	if r.IBAN != "NL91ABNA0417164300" || r.Sequence != 5 || r.Count != 3 || r.Net != "1834.07" || r.From != "2026-01-05T00:00:00+01:00" || r.To != "2026-01-05T23:59:59+01:00" {
		t.Errorf("%+v", r)
	}
	if got := r.Balances[0].Amt + " " + r.Balances[1].Amt; got != "10500.00 12334.07" || b.Balance() != 1_233_407 {
		t.Errorf("balances %s, now %d", got, b.Balance())
	}
	e := r.Entries
	if e[0].Amt != "1240.00" || e[0].Side != "CRDT" || e[0].Debtor != "Bakkerij Vos & Zn. <hdr>" || e[0].From != "NL20INGB0001234567" || e[0].RF != "RF18539007547034" || e[0].Lines != nil {
		t.Errorf("credit %+v", e[0])
	}
	if e[1].Amt != "25.00" || e[1].Side != "DBIT" || e[1].Creditor != "Energie NV" || e[1].Debtor != "" || len(e[1].Lines) != 2 || len([]rune(e[1].Lines[0])) != 140 {
		t.Errorf("debit %+v", e[1])
	}
	if e[2].Lines[0] != "STRIPE po_1abc" || e[2].RF != "" || e[2].ID == e[0].ID {
		t.Errorf("payout %+v", e[2])
	}
	if again := file(t)(b.Statement(monday.Add(5 * time.Hour))); !bytes.Equal(first, again) {
		t.Error("the same day gave another file")
	}
}

func TestEmptyDaysAndOverdraft(t *testing.T) {
	b := open(t)
	book(t, b, monday, bank.Entry{Amount: -1_000_100, Name: "Belastingdienst", Reference: "btw"})
	r := parse(t, file(t)(b.Statement(monday.AddDate(0, 0, 1))))
	if r.Count != 0 || len(r.Entries) != 0 || r.Net != "0.00" {
		t.Errorf("%+v", r)
	}
	for _, balance := range r.Balances {
		if balance.Amt != "1.00" || balance.Side != "DBIT" || balance.Day != "2026-01-06" {
			t.Errorf("%+v", balance)
		}
	}
}

// A day begins at midnight in the account's zone, not in UTC.
func TestDaysAreTheAccounts(t *testing.T) {
	b := open(t)
	book(t, b, time.Date(2026, 1, 5, 23, 30, 0, 0, time.UTC), bank.Entry{Amount: 100, Reference: "night"})
	if r := parse(t, file(t)(b.Statement(monday))); r.Count != 0 {
		t.Error("booked a day early")
	}
	if r := parse(t, file(t)(b.Statement(monday.AddDate(0, 0, 1)))); r.Count != 1 || r.Entries[0].Day != "2026-01-06" {
		t.Errorf("%+v", r)
	}
}

func TestNextChainsWithoutGapOrOverlap(t *testing.T) {
	b := open(t)
	var files [][]byte
	book(t, b, monday, bank.Entry{Amount: 100, Reference: "a"})
	files = append(files, file(t)(b.Next(monday)))
	book(t, b, monday.Add(time.Hour), bank.Entry{Amount: 200, Reference: "b"}, bank.Entry{Amount: -50, Reference: "c"})
	files = append(files, file(t)(b.Next(monday.Add(time.Hour))), file(t)(b.Next(monday.Add(9*time.Hour))))
	book(t, b, monday.AddDate(0, 0, 1), bank.Entry{Amount: 400, Reference: "d"})
	snapshot, err := b.Snapshot()
	if err != nil {
		t.Fatal(err)
	}
	b = open(t) // a demo that is started again
	if err := b.Restore(snapshot); err != nil {
		t.Fatal(err)
	}
	files = append(files, file(t)(b.Next(monday.AddDate(0, 0, 3))))
	closing, seen := "10000.00", map[string]bool{}
	for i, f := range files {
		r := parse(t, f)
		if r.Balances[0].Amt != closing || r.Sequence != i+1 {
			t.Errorf("file %d: number %d opens with %s, the one before closed with %s", i, r.Sequence, r.Balances[0].Amt, closing)
		}
		closing = r.Balances[1].Amt
		for _, e := range r.Entries {
			if seen[e.ID] {
				t.Errorf("%s stands in two files", e.ID)
			}
			seen[e.ID] = true
		}
	}
	if len(seen) != 4 || closing != "10006.50" {
		t.Errorf("%d entries, closing %s", len(seen), closing)
	}
	if err := b.Restore([]byte("[")); err == nil {
		t.Error("restored from nonsense")
	}
}

func TestRefusals(t *testing.T) {
	b := bank.New(bank.Account{IBAN: "NL91ABNA0417164300"})
	book(t, b, monday, bank.Entry{Amount: 1, IBAN: "12.34.56.789"})
	if r := parse(t, file(t)(b.Statement(monday))); r.Entries[0].From != "" || b.Balance() != 1 {
		t.Errorf("an old account number passed as an IBAN: %+v", r)
	}
	if _, err := b.Book(monday, []bank.Entry{{Amount: 5}, {Amount: 0}}); err == nil || b.Balance() != 1 {
		t.Errorf("half a batch was booked: %v, %d", err, b.Balance())
	}
	if _, err := b.Book(monday.AddDate(0, 0, -1), []bank.Entry{{Amount: 5}}); err == nil {
		t.Error("booked into the past")
	}
}

func TestBankingDays(t *testing.T) {
	b := open(t)
	var closed []string
	for d := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC); d.Year() == 2026; d = d.AddDate(0, 0, 1) {
		if wd := d.Weekday(); !b.BankingDay(d) && wd != time.Saturday && wd != time.Sunday {
			closed = append(closed, d.Format("01-02"))
		}
	}
	if got := fmt.Sprint(closed); got != "[01-01 04-03 04-06 05-01 12-25]" {
		t.Errorf("closed on %s", got)
	}
}

// Only true RF references travel structured (ISO 11649).
func TestCreditorReferences(t *testing.T) {
	b := open(t)
	for i, tc := range []struct {
		reference  string
		structured bool
	}{{"RF18539007547034", true}, {"rf18 5390 0754 7034", true}, {"RF19539007547034", false}, {"RF", false}, {"RF45G72UUR", true}, {"2026-0042", false}, {"RF18539007547034 x", false}} {
		at := monday.AddDate(0, 0, i)
		book(t, b, at, bank.Entry{Amount: 1, Reference: tc.reference, Text: "tekst"})
		e := parse(t, file(t)(b.Statement(at))).Entries[0]
		if (e.RF != "") != tc.structured || e.Lines == nil {
			t.Errorf("%q: %+v", tc.reference, e)
		}
	}
}
