package export

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"flag"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"
	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

var update = flag.Bool("update", false, "write the golden files anew")

func day(s string) calendar.Date {
	d, err := calendar.Parse(s)
	if err != nil {
		panic(err)
	}
	return d
}

func eur(cents int64) money.Amount { return money.Of(cents, "EUR") }

// books are a small month: an invoice to a customer with a hostile name, its
// credit note, a payment with its fee, and a deposit's leg per side.
func books(t testing.TB) o2c.Books {
	t.Helper()
	b := o2c.Books{
		Seller:   party.Seller{Name: "Voorbeeld Groothandel BV", VATID: "NL123456782B01", KVK: "12345678", Address: party.Address{Street: "Damrak 1", PostalCode: "1012 LG", City: "Amsterdam", Country: "NL"}},
		Currency: "EUR", From: day("2026-01-01"), To: day("2026-01-31"), MadeOn: day("2026-02-01"), Documents: map[string]invoice.Data{},
		Accounting: o2c.AccountingPolicy{Accounts: map[string]string{ledger.Revenue: "8400"}, Consultant: "1001", Client: "1"},
	}
	line := invoice.Line{N: 1, SKU: "CHAIR", Name: `=HYPERLINK("http://evil.example";"Stoel, blauw")`, Quantity: 3, UnitPrice: eur(3_333), Net: eur(10_000), TaxRate: decimal.NewFromInt(21), Category: statute.Standard}
	inv := invoice.Data{
		ID: "i_1", Type: invoice.Invoices, Number: "2026-0001", CustomerID: "c_1", Currency: "EUR", Lines: []invoice.Line{line}, Net: eur(10_000), Tax: eur(2_100), Rounding: eur(1), Total: eur(12_101),
		IssuedOn: day("2026-01-05"), DueOn: day("2026-02-04"), TermsDays: 30, Reference: "RF18539007547034", Status: invoice.PartPaid,
		Buyer: invoice.Buyer{Name: "@Café Müller; \"Zoë\" €", VATID: "NL001234567B01", Email: "boek@cafe.example", Address: party.Address{Street: "Plein 2", PostalCode: "3011 AA", City: "Rotterdam", Country: "NL"}},
	}
	note := inv
	note.ID, note.Type, note.Number, note.Refers, note.IssuedOn, note.Rounding = "i_2", invoice.CreditNotes, "C2026-0001", "2026-0001", day("2026-01-20"), eur(0)
	note.Lines = []invoice.Line{{N: 1, SKU: "CHAIR", Name: "Stoel, blauw", Quantity: 1, UnitPrice: eur(3_333), Net: eur(3_333), TaxRate: line.TaxRate, Category: line.Category}}
	note.Net, note.Tax, note.Total = eur(3_333), eur(700), eur(4_033)
	b.Invoices = []invoice.Data{inv, note}
	for _, d := range b.Invoices {
		b.Documents[d.ID] = d
	}
	post := func(id, text, on string, legs ...ledger.Leg) ledger.EntryData {
		e, err := ledger.NewEntry(id, text, ledger.When{ValueOn: day(on), BookedOn: day(on), RecordedAt: time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)}, legs...)
		if err != nil {
			t.Fatal(err)
		}
		return e.Data()
	}
	b.Opening = ledger.TrialBalance([]ledger.EntryData{post("le_0", "Opening balance", "2025-12-31", ledger.BankOpened(eur(50_000))...)})
	b.Entries = []ledger.EntryData{
		post("le_1", "Invoice 2026-0001 to @Café Müller; \"Zoë\" €", "2026-01-05", ledger.Issued("i_1", eur(10_000), eur(2_100), eur(1))...),
		post("le_2", "Received from Café Müller", "2026-01-12", ledger.Received(ledger.ClearingStripe, eur(5_000), "r_1")...),
		post("le_3", "Payment of 2026-0001", "2026-01-12", ledger.Applied("r_1", "i_1", eur(5_000))...),
		post("le_4", "Fees of payout po_1", "2026-01-14", ledger.GatewayFees(ledger.ClearingStripe, eur(145))...),
		post("le_5", "Payout po_1", "2026-01-14", ledger.PayoutLanded(ledger.ClearingStripe, eur(4_855))...),
		post("le_6", "Credit note C2026-0001 on 2026-0001", "2026-01-20", ledger.Issued("i_2", eur(-3_333), eur(-700), eur(0))...),
	}
	return b
}

// TestEveryPackage holds each file against the one that was looked at, and makes
// it again: the same books give the same bytes.
func TestEveryPackage(t *testing.T) {
	for _, p := range Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			first, err := Exporter{}.Export(p.Name, books(t))
			if err != nil {
				t.Fatal(err)
			}
			again, err := Exporter{}.Export(p.Name, books(t))
			if err != nil || !bytes.Equal(first.Content, again.Content) || first.Rows == 0 || p.Source == "" {
				t.Errorf("made again it differs: %v", err)
			}
			golden := "testdata/" + p.Name + ".golden"
			if *update {
				if err := os.WriteFile(golden, first.Content, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(first.Content)); diff != "" {
				t.Errorf("%s (-golden +written):\n%s", first.Name, diff)
			}
		})
	}
	var names []string
	for _, p := range Profiles() {
		names = append(names, p.Name)
	}
	if slices.Sort(names); !slices.Equal(names, o2c.ExportPackages()) {
		t.Errorf("profiles %v, the policy knows %v", names, o2c.ExportPackages())
	}
	if _, err := (Exporter{}).Export("lotus", books(t)); !fault.Is(err, fault.Invalid) {
		t.Errorf("an unknown package: %v", err)
	}
}

// TestFC_82_NoFormulaLeavesInACell: what a customer wrote is text in every
// package that is a table.
func TestFC_82_NoFormulaLeavesInACell(t *testing.T) {
	for _, hostile := range []string{`=1+1`, `+31 20 1234567`, `-2+3`, `@SUM(A1)`, "\t=1+1", "\r=cmd|'/c calc'!A1", ` =1`} {
		b := books(t)
		for i := range b.Invoices {
			b.Invoices[i].Buyer.Name, b.Invoices[i].Lines[0].Name, b.Invoices[i].Reference = hostile, hostile, hostile
			b.Documents[b.Invoices[i].ID] = b.Invoices[i]
		}
		for i := range b.Entries {
			b.Entries[i].Narrative = hostile
		}
		for _, p := range Profiles() {
			if p.Rows == "xaf" {
				continue
			}
			file, err := Exporter{}.Export(p.Name, b)
			if err != nil {
				t.Fatal(err)
			}
			for n, record := range records(t, p, file.Content) {
				for i, cell := range record {
					if i < len(p.Columns) && p.Columns[i].Text && n > 0 && cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
						t.Errorf("%s, row %d, %s: %q", p.Name, n, p.Columns[i].Name, cell)
					}
				}
			}
		}
	}
}

// records reads a file back as its package does.
func records(t testing.TB, p Profile, content []byte) [][]string {
	t.Helper()
	if p.Encoding == "windows-1252" {
		decoded, err := charmap.Windows1252.NewDecoder().Bytes(content)
		if err != nil {
			t.Fatal(err)
		}
		content = decoded
	}
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(content, []byte("\ufeff"))))
	r.Comma, r.FieldsPerRecord = rune(p.Comma[0]), -1
	all, err := r.ReadAll()
	if err != nil {
		t.Fatalf("%s: %v", p.Name, err)
	}
	if len(p.Preamble) > 0 {
		all = all[1:]
	}
	return all
}

// TestDATEV holds the file against DATEV's published expressions for the fields
// that it fills (developer.datev.de, Buchungsstapel), and its sums against the
// books.
func TestDATEV(t *testing.T) {
	p, err := Find("datev")
	if err != nil {
		t.Fatal(err)
	}
	file, err := Exporter{}.Export("datev", books(t))
	if err != nil {
		t.Fatal(err)
	}
	head, _, _ := strings.Cut(string(file.Content), "\r\n")
	header := regexp.MustCompile(`^"EXTF";700;21;"Buchungsstapel";13;20\d{15};;"\w{0,2}";"";"";\d{4,7};\d{1,5};20\d{6};[4-8];20\d{6};20\d{6};"[\w ]{0,30}";"";1;0;0;"EUR";;"";;;"";;;"";""$`)
	if !header.MatchString(head) {
		t.Errorf("header %s", head)
	}
	all := records(t, p, file.Content)
	if len(all[0]) != 125 || len(all) != file.Rows+1 {
		t.Fatalf("%d columns, %d rows", len(all[0]), len(all))
	}
	exprs := map[string]string{"Umsatz (ohne Soll/Haben-Kz)": `^\d{1,10},\d{2}$`, "Soll/Haben-Kennzeichen": `^[SH]$`, "Konto": `^\d{1,9}$`, "Gegenkonto (ohne BU-Schlüssel)": `^\d{1,9}$`, "Belegdatum": `^\d{4}$`, "Buchungstext": `^.{0,60}$`, "Belegfeld 1": `^[a-zA-Z0-9$%&*+\-/]{0,36}$`, "Leistungsdatum": `^\d{8}$`}
	sums := map[string]int64{}
	for _, record := range all[1:] {
		for name, expr := range exprs {
			if cell := record[slices.Index(all[0], name)]; !regexp.MustCompile(expr).MatchString(cell) {
				t.Errorf("%s is %q", name, cell)
			}
		}
		a, err := money.Parse(strings.ReplaceAll(record[0], ",", "."), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		sums[record[6]] += a.Minor
		sums[record[7]] -= a.Minor
	}
	for _, row := range ledger.TrialBalance(books(t).Entries) {
		if got := sums[books(t).Account(row.Account)]; got != row.Balance.Minor {
			t.Errorf("account %s is %d, the books say %d", row.Code, got, row.Balance.Minor)
		}
	}
	b := books(t)
	b.From = day("2025-12-01")
	if _, err := (Exporter{}).Export("datev", b); !fault.Is(err, fault.Invalid) {
		t.Errorf("two fiscal years: %v", err)
	}
}

// TestXAF: the auditfile's sums are the books', and it is one element after the
// other in the schema's order, which the golden file was held against.
func TestXAF(t *testing.T) {
	file, err := Exporter{}.Export("xaf", books(t))
	if err != nil {
		t.Fatal(err)
	}
	var read auditfile
	if err := xml.Unmarshal(file.Content, &read); err != nil {
		t.Fatal(err)
	}
	c := read.Company
	if c.Transactions.Debit != c.Transactions.Credit || c.Opening.Debit != "500.00" || c.Opening.Credit != "500.00" || c.Transactions.Count != file.Rows || len(c.Customers) != 1 || len(c.Periods) != 1 {
		t.Errorf("%+v", c)
	}
}

// TestXeroTakesFiveHundred: more is refused with what to do, not cut off.
func TestXeroTakesFiveHundred(t *testing.T) {
	b := books(t)
	for len(b.Invoices) <= 500 {
		b.Invoices = append(b.Invoices, b.Invoices[0])
	}
	if _, err := (Exporter{}).Export("xero", b); !fault.Is(err, fault.Invalid) {
		t.Errorf("501 invoices: %v", err)
	}
}
