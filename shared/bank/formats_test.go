package bank_test

import (
	"os"
	"strings"
	"testing"

	"duly/shared/bank"
	"duly/shared/o2c/fault"
)

func stored(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestCap_69: every format is known by its content, and one whose balances do not
// follow from each other is refused whole, with its line.
func TestCap_69_FormatsAreDetectedAndBalancesEnforced(t *testing.T) {
	change := func(file, old, with string) string {
		s := stored(t, file)
		if !strings.Contains(s, old) {
			t.Fatalf("%s has no %q", file, old)
		}
		return strings.Replace(s, old, with, 1)
	}
	for name, tt := range map[string]struct{ file, want string }{
		"ING, a line misread":          {change("csv_ing.csv", "1.200,50", "1.300,50"), "line 2: the balance before it is 10100.00 EUR, but the line before it leaves 10000.00 EUR: a line is missing, doubled or misread"},
		"Rabobank, a line missing":     {change("csv_rabobank.csv", lineOf(stored(t, "csv_rabobank.csv"), 3), ""), "the balance before it is 4798.91 EUR, but the line before it leaves 4833.52 EUR: a line is missing, doubled or misread"},
		"ABN AMRO, a wrong balance":    {change("csv_abnamro.csv", "1131,79;15,00", "1132,79;15,00"), "line 2: 1116.79 EUR and 15.00 EUR make 1131.79 EUR, but the balance after it is 1132.79 EUR"},
		"Rabobank, cut":                {stored(t, "csv_rabobank.csv")[:700], "line 3: "},
		"an amount that is none":       {change("csv_bunq.csv", "242.00", "two"), `line 2: "two" in column Amount is no amount in EUR`},
		"a day that is none":           {change("csv_bunq.csv", "2026-01-06", "06/13/2026"), `line 2: "06/13/2026" in column Date is no day`},
		"a quote without end":          {change("csv_bunq.csv", `"2026-0001"`, `"2026-0001`), "not well-formed CSV"},
		"OFX, cut":                     {change("ofx_sgml.ofx", "</STMTRS>", ""), "the file was cut"},
		"OFX, no balance":              {change("ofx_sgml.ofx", "<BALAMT>4798.91", ""), "has no balance"},
		"OFX, an amount that is none":  {change("ofx_sgml.ofx", "400.00", "x"), `line 14: "x" is no amount in EUR`},
		"OFX with a document type":     {"<?xml version='1.0'?><!DOCTYPE OFX [<!ENTITY a 'b'>]><OFX></OFX>", "document type"},
		"Stripe's report of a balance": {"id,Type,Source,Amount,Fee,Net,Currency,Created (UTC)\ntxn_1,charge,ch_1,1,0,1,eur,2026\n", "Stripe's report of its own balance"},
		"nobody's CSV":                 {"Day;Sum\n1;2\n", "no format we read"},
	} {
		t.Run(name, func(t *testing.T) {
			refusal(t, strings.NewReader(tt.file), fault.Unreadable, tt.want)
		})
	}
}

func lineOf(s string, n int) string { return strings.SplitAfter(s, "\n")[n-1] }

// TestFC_82: what a payer wrote is text, whatever a spreadsheet would make of it.
func TestFC_82_FormulasInBankFilesStayText(t *testing.T) {
	got := read(t, stored(t, "csv_n26.csv"))[0].Entries[1]
	if got.Text != `=HYPERLINK("http://x.example")` {
		t.Errorf("%q", got.Text)
	}
}

// TestFC_83 is about OFX here: nothing in it is expanded.
func TestFC_83_nothing_in_OFX_is_expanded(t *testing.T) {
	refusal(t, strings.NewReader("OFXHEADER:100\n<!ENTITY x SYSTEM 'file:///etc/passwd'>\n<OFX><STMTRS>"), fault.Unreadable, "line 2: it declares a document type")
}

// TestAdviceIsToldApart: a camt.054 has the keys that its entries will have in
// the statement, and proves nothing.
func TestAdviceIsToldApart(t *testing.T) {
	batch := func(parts string) string {
		return `<Ntry><Amt Ccy="EUR">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><AcctSvcrRef>B-1</AcctSvcrRef><NtryDtls>` + parts + `</NtryDtls></Ntry>`
	}
	part := func(amount, name string) string {
		return `<TxDtls><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>` + name + `</Nm></Dbtr></RltdPties></TxDtls>`
	}
	told := read(t, `<Document><BkToCstmrDbtCdtNtfctn><Ntfctn><Id>N1</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>`+batch(part("1.00", "A")+part("2.00", "B"))+`</Ntfctn></BkToCstmrDbtCdtNtfctn></Document>`)
	whole := read(t, strings.Replace(statement(batch("")), ">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>", ">3.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>", 1))
	if !told[0].Advice || whole[0].Advice || len(told[0].Entries) != 2 || told[0].Entries[0].Key != whole[0].Entries[0].Key+"/1" || told[0].From.String() != "2026-01-05" {
		t.Errorf("%+v\n%+v", told, whole)
	}
	if _, err := bank.Read(strings.NewReader(`<Document><BkToCstmrAcctRpt><Rpt><Id>R</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct></Rpt></BkToCstmrAcctRpt></Document>`)); err != nil {
		t.Error(err)
	}
}
