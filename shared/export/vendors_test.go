package export

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// datevHead are DATEV's published expressions for the 31 fields of the first line, as they stand in the file
// (developer.datev.de, DATEV-Format, Header, version 700). "" must be empty.
var datevHead = []string{
	`"(EXTF|DTVF)"`, `700`, `21`, `"Buchungsstapel"`, `13`, `20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[1-2][0-9]|3[0-1])(2[0-3]|[01][0-9])[0-5][0-9][0-5][0-9]{4}`, ``, `"\w{0,2}"`, `"\w{0,25}"`, `"\w{0,25}"`,
	`\d{4,7}`, `\d{1,5}`, `20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[1-2][0-9]|3[0-1])`, `[4-8]`, `20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[1-2][0-9]|3[0-1])`, `20[0-9]{2}(0[1-9]|1[0-2])(0[1-9]|[1-2][0-9]|3[0-1])`,
	`"[\w.\-/ ]{0,30}"`, `"([A-Z]{2}){0,2}"`, `[1-2]`, `(0|30|40|50|64)`, `(0|1)`, `"([A-Z]{3})"`, ``, `""`, ``, ``, `"(\d{2}){0,2}"`, `\d{0,4}`, ``, `""`, `".{0,16}"`,
}

// datevCells are its expressions for the columns that we fill (Buchungsstapel, format version 13, numbered from 1). All others
// stay empty.
var datevCells = map[int]string{
	1: `\d{1,10},\d{2}`, 2: `"(S|H)"`, 3: `"([A-Z]{3})"`, 7: `\d{1,9}`, 8: `\d{1,9}`, 10: `(0[1-9]|[1-2]\d|3[0-1])(0[1-9]|1[0-2])`, 11: `"[\w$&%*+\-/]{0,36}"`, 14: `".{0,60}"`, 114: `(0|1)`,
	115: `(0[1-9]|[1-2]\d|3[0-1])(0[1-9]|1[0-2])20\d{2}`,
}

// rawCells cuts a line of a file without unquoting its cells.
func rawCells(line string, comma rune) (cells []string) {
	var cell strings.Builder
	quoted := false
	for _, r := range line {
		if r == '"' {
			quoted = !quoted
		}
		if r == comma && !quoted {
			cells = append(cells, cell.String())
			cell.Reset()
			continue
		}
		cell.WriteRune(r)
	}
	return append(cells, cell.String())
}

// TestDATEVAsPublished holds every field of the file against what DATEV publishes of it: the file's name, its 31 and 125
// fields, lines that end in CR LF, no amount of nothing, and one length of account.
func TestDATEVAsPublished(t *testing.T) {
	b := books(t)
	for id, d := range b.Documents {
		d.Number = "F.2026/0001 é"
		b.Documents[id] = d
	}
	file, err := Exporter{}.Export("datev", b)
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^EXTF_.*\.csv$`).MatchString(file.Name) {
		t.Errorf("the file is called %s", file.Name)
	}
	lines := strings.Split(string(file.Content), "\r\n")
	if lines[len(lines)-1] != "" || strings.ContainsAny(strings.ReplaceAll(string(file.Content), "\r\n", ""), "\r\n") {
		t.Error("a line does not end in CR LF")
	}
	head := rawCells(lines[0], ';')
	if len(head) != len(datevHead) {
		t.Fatalf("%d fields in the first line", len(head))
	}
	for i, cell := range head {
		if !regexp.MustCompile("^(?:" + datevHead[i] + ")$").MatchString(cell) {
			t.Errorf("field %d of the first line is %s", i+1, cell)
		}
	}
	for _, line := range lines[2 : len(lines)-1] {
		cells := rawCells(line, ';')
		if len(cells) != 125 {
			t.Fatalf("%d columns", len(cells))
		}
		for i, cell := range cells {
			want, filled := datevCells[i+1]
			if filled != (cell != "") || filled && !regexp.MustCompile("^(?:"+want+")$").MatchString(strings.ReplaceAll(cell, `""`, `'`)) && cell != `""` {
				t.Errorf("column %d is %s", i+1, cell)
			}
		}
		if regexp.MustCompile(`^0+,00$`).MatchString(cells[0]) || len(cells[6]) != 4 || len(cells[7]) != 4 {
			t.Errorf("%s", strings.Join(cells[:8], ";"))
		}
	}
}

// TestDATEVNeedsItsNumbers: without the tax adviser's numbers, or with accounts that are too long, there is no file.
func TestDATEVNeedsItsNumbers(t *testing.T) {
	for name, change := range map[string]func(*o2c.AccountingPolicy){
		"no adviser":     func(a *o2c.AccountingPolicy) { a.Consultant = "" },
		"no number":      func(a *o2c.AccountingPolicy) { a.Client = "123456" },
		"a long account": func(a *o2c.AccountingPolicy) { a.Accounts = map[string]string{ledger.Revenue: "840000000"} },
	} {
		b := books(t)
		change(&b.Accounting)
		if _, err := (Exporter{}).Export("datev", b); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b := books(t)
	b.Accounting.Accounts = map[string]string{ledger.Revenue: "840000"}
	file, err := Exporter{}.Export("datev", b)
	if err != nil || rawCells(strings.SplitN(string(file.Content), "\r\n", 2)[0], ';')[13] != "6" {
		t.Errorf("accounts of six digits: %v", err)
	}
}

// TestVendorsColumns holds the tables for Xero and QuickBooks against the vendors' templates: the columns in their order,
// nothing missing in those that the template marks with an asterisk, days as day/month/year.
func TestVendorsColumns(t *testing.T) {
	for name, columns := range map[string]string{
		// The template of Xero's sales invoices, as it is downloaded there.
		"xero": "*ContactName,EmailAddress,POAddressLine1,POAddressLine2,POAddressLine3,POAddressLine4,POCity,PORegion,POPostalCode,POCountry,*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,InventoryItemCode,*Description,*Quantity,*UnitAmount,Discount,*AccountCode,*TaxType,TaxAmount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2,Currency,BrandingTheme",
		// help.xero.com/nz/ManualJournalsImport.
		"xero-journal": "*Narration,*Date,Description,*AccountCode,*TaxRate,*Amount,TrackingName1,TrackingOption1,TrackingName2,TrackingOption2",
		// Intuit's sample_journalentry_import.csv.
		"quickbooks-journal": "*JournalNo,*JournalDate,*AccountName,*Debits,*Credits,Description,Name,Currency,Location,Class",
		"quickbooks":         "*InvoiceNo,*Customer,*InvoiceDate,*DueDate,Terms,Memo,Item(Product/Service),ItemDescription,ItemQuantity,ItemRate,*ItemAmount,*ItemTaxCode,ItemTaxAmount,Currency",
	} {
		p, err := Find(name)
		if err != nil {
			t.Fatal(err)
		}
		file, err := Exporter{}.Export(name, books(t))
		if err != nil {
			t.Fatal(err)
		}
		all := records(t, p, file.Content)
		if got := strings.Join(all[0], ","); got != columns {
			t.Errorf("%s has the columns\n%s, the template\n%s", name, got, columns)
		}
		for _, record := range all[1:] {
			for i, column := range all[0] {
				either := column == "*Debits" || column == "*Credits"
				if strings.HasPrefix(column, "*") && !either && record[i] == "" {
					t.Errorf("%s: nothing in %s of %v", name, column, record)
				}
				if strings.HasSuffix(column, "Date") && !regexp.MustCompile(`^\d{2}/\d{2}/20\d{2}$`).MatchString(record[i]) {
					t.Errorf("%s: %s is %s", name, column, record[i])
				}
			}
		}
	}
}

// TestJournalsBalance: what Xero and QuickBooks take for one journal sums to zero, a line is a debit or a credit, and
// QuickBooks' receivable account names whose it is.
func TestJournalsBalance(t *testing.T) {
	xero, err := Find("xero-journal")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Exporter{}.Export(xero.Name, books(t))
	if err != nil {
		t.Fatal(err)
	}
	sums := map[string]int64{}
	minor := func(s string) int64 {
		if s == "" {
			return 0
		}
		a, err := money.Parse(s, "EUR")
		if err != nil {
			t.Fatal(err)
		}
		return a.Minor
	}
	all := records(t, xero, file.Content)
	for _, r := range all[1:] {
		sums[r[0]+r[1]] += minor(r[5])
	}
	quick, err := Find("quickbooks-journal")
	if err != nil {
		t.Fatal(err)
	}
	if file, err = (Exporter{}).Export(quick.Name, books(t)); err != nil {
		t.Fatal(err)
	}
	receivable, _ := ledger.AccountOf(ledger.Code(ledger.Receivable))
	for _, r := range records(t, quick, file.Content)[1:] {
		debit, credit := minor(r[3]), minor(r[4])
		sums["q"+r[0]] += debit - credit
		if (r[3] == "") == (r[4] == "") || debit < 0 || credit < 0 || r[2] == receivable.Name && r[6] == "" {
			t.Errorf("%v", r)
		}
	}
	if len(sums) != 2*len(books(t).Entries) {
		t.Errorf("%d journals of %d entries", len(sums), len(books(t).Entries))
	}
	for journal, sum := range sums {
		if sum != 0 {
			t.Errorf("%s: %d", journal, sum)
		}
	}
	b := books(t)
	for len(b.Entries) < 200 {
		b.Entries = append(b.Entries, b.Entries[0])
	}
	if _, err := (Exporter{}).Export(xero.Name, b); !fault.Is(err, fault.Invalid) {
		t.Errorf("more than 300 lines: %v", err)
	}
	if slices.Contains(all[0], "") {
		t.Error("a column without a name")
	}
}
