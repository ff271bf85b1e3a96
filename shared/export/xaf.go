package export

import (
	"bytes"
	"encoding/xml"
	"maps"
	"slices"
	"strconv"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/ledger"
	"duly/shared/o2c/money"
)

// The elements of the auditfile in the order of its schema
// (XmlAuditfileFinancieel3.2.xsd).
type auditfile struct {
	XMLName xml.Name   `xml:"http://www.auditfiles.nl/XAF/3.2 auditfile"`
	Header  xafHeader  `xml:"header"`
	Company xafCompany `xml:"company"`
}

type xafHeader struct {
	FiscalYear  string `xml:"fiscalYear"`
	StartDate   string `xml:"startDate"`
	EndDate     string `xml:"endDate"`
	Currency    string `xml:"curCode"`
	DateCreated string `xml:"dateCreated"`
	Software    string `xml:"softwareDesc"`
}

type xafCompany struct {
	Ident        string          `xml:"companyIdent,omitempty"`
	Name         string          `xml:"companyName"`
	Country      string          `xml:"taxRegistrationCountry"`
	TaxIdent     string          `xml:"taxRegIdent"`
	Address      xafAddress      `xml:"streetAddress"`
	Customers    []xafCustomer   `xml:"customersSuppliers>customerSupplier"`
	Accounts     []xafAccount    `xml:"generalLedger>ledgerAccount"`
	Periods      []xafPeriod     `xml:"periods>period"`
	Opening      xafOpening      `xml:"openingBalance"`
	Transactions xafTransactions `xml:"transactions"`
}

type xafAddress struct {
	Street     string `xml:"streetname,omitempty"`
	City       string `xml:"city,omitempty"`
	PostalCode string `xml:"postalCode,omitempty"`
	Country    string `xml:"country,omitempty"`
}

type xafCustomer struct {
	ID       string     `xml:"custSupID"`
	Name     string     `xml:"custSupName"`
	Mail     string     `xml:"eMail,omitempty"`
	Country  string     `xml:"taxRegistrationCountry,omitempty"`
	TaxIdent string     `xml:"taxRegIdent,omitempty"`
	Type     string     `xml:"custSupTp"`
	Address  xafAddress `xml:"streetAddress"`
}

type xafAccount struct {
	ID   string `xml:"accID"`
	Name string `xml:"accDesc"`
	Type string `xml:"accTp"` // B balance sheet, P profit and loss
	Lead string `xml:"leadReference,omitempty"`
}

type xafPeriod struct {
	Number string `xml:"periodNumber"`
	Name   string `xml:"periodDesc"`
	Start  string `xml:"startDatePeriod"`
	End    string `xml:"endDatePeriod"`
}

type xafOpening struct {
	Date   string      `xml:"opBalDate"`
	Desc   string      `xml:"opBalDesc"`
	Count  int         `xml:"linesCount"`
	Debit  string      `xml:"totalDebit"`
	Credit string      `xml:"totalCredit"`
	Lines  []xafObLine `xml:"obLine"`
}

type xafObLine struct {
	N       string `xml:"nr"`
	Account string `xml:"accID"`
	Amount  string `xml:"amnt"`
	Side    string `xml:"amntTp"`
}

type xafTransactions struct {
	Count    int          `xml:"linesCount"`
	Debit    string       `xml:"totalDebit"`
	Credit   string       `xml:"totalCredit"`
	Journals []xafJournal `xml:"journal"`
}

type xafJournal struct {
	ID           string           `xml:"jrnID"`
	Desc         string           `xml:"desc"`
	Type         string           `xml:"jrnTp"`
	Transactions []xafTransaction `xml:"transaction"`
}

type xafTransaction struct {
	N      string    `xml:"nr"`
	Desc   string    `xml:"desc"`
	Period string    `xml:"periodNumber"`
	Date   string    `xml:"trDt"`
	Amount string    `xml:"amnt"`
	Source string    `xml:"sourceID"`
	Lines  []xafLine `xml:"trLine"`
}

type xafLine struct {
	N        string `xml:"nr"`
	Account  string `xml:"accID"`
	Document string `xml:"docRef"`
	Date     string `xml:"effDate"`
	Desc     string `xml:"desc"`
	Amount   string `xml:"amnt"`
	Side     string `xml:"amntTp"`
	Customer string `xml:"custSupID,omitempty"`
	Invoice  string `xml:"invRef,omitempty"`
}

// xaf writes the auditfile of a period and counts its lines.
func xaf(b o2c.Books) ([]byte, int, error) {
	file := auditfile{
		Header: xafHeader{FiscalYear: strconv.Itoa(b.From.Year), StartDate: b.From.String(), EndDate: b.To.String(), Currency: b.Currency, DateCreated: b.MadeOn.String(), Software: "Duly"},
		Company: xafCompany{
			Ident: b.Seller.KVK, Name: b.Seller.Name, Country: b.Seller.Address.Country, TaxIdent: cut(b.Seller.VATID, 30),
			Address:   xafAddress{Street: b.Seller.Address.Street, City: cut(b.Seller.Address.City, 50), PostalCode: cut(b.Seller.Address.PostalCode, 10), Country: b.Seller.Address.Country},
			Customers: xafCustomers(b), Periods: xafPeriods(b), Opening: xafOpen(b), Transactions: xafEntries(b),
		},
	}
	for _, a := range ledger.Chart() {
		kind := "B"
		if a.OfResult() {
			kind = "P"
		}
		file.Company.Accounts = append(file.Company.Accounts, xafAccount{ID: b.Account(a), Name: a.Name, Type: kind, Lead: a.RGS})
	}
	var out bytes.Buffer
	out.WriteString(xml.Header)
	enc := xml.NewEncoder(&out)
	enc.Indent("", "  ")
	err := enc.Encode(file)
	out.WriteByte('\n')
	return out.Bytes(), file.Company.Transactions.Count, err
}

// xafCustomers are those whom documents of the period are about, as these show
// them.
func xafCustomers(b o2c.Books) []xafCustomer {
	seen := map[string]invoice.Data{}
	for _, d := range b.Invoices {
		seen[d.CustomerID] = d
	}
	for _, e := range b.Entries {
		for _, l := range e.Legs {
			if d, ok := b.Documents[l.Of]; ok && seen[d.CustomerID].ID == "" {
				seen[d.CustomerID] = d
			}
		}
	}
	var all []xafCustomer
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		y := seen[id].Buyer
		c := xafCustomer{ID: cut(id, 35), Name: cut(y.Name, 50), Mail: y.Email, TaxIdent: y.VATID, Type: "C", Address: xafAddress{Street: y.Address.Street, City: cut(y.Address.City, 50), PostalCode: cut(y.Address.PostalCode, 10), Country: y.Address.Country}}
		if y.VATID != "" {
			c.Country = y.Address.Country
		}
		all = append(all, c)
	}
	return all
}

func xafPeriods(b o2c.Books) []xafPeriod {
	var all []xafPeriod
	for first := (calendar.Date{Year: b.From.Year, Month: b.From.Month, Day: 1}); !first.After(b.To); {
		next := calendar.Date{Year: first.Year, Month: first.Month + 1, Day: 1}
		if first.Month == time.December {
			next = calendar.Date{Year: first.Year + 1, Month: time.January, Day: 1}
		}
		all = append(all, xafPeriod{Number: strconv.Itoa(int(first.Month)), Name: strconv.Itoa(first.Year) + "-" + pad(int(first.Month)), Start: first.String(), End: next.AddDays(-1).String()})
		first = next
	}
	return all
}

func xafOpen(b o2c.Books) xafOpening {
	open := xafOpening{Date: b.From.String(), Desc: "Opening balance"}
	debit, credit := money.Of(0, b.Currency), money.Of(0, b.Currency)
	for _, row := range b.Opening {
		if row.Currency != b.Currency || row.Balance.IsZero() {
			continue
		}
		line := xafObLine{N: strconv.Itoa(len(open.Lines) + 1), Account: b.Account(row.Account), Amount: plain(row.Balance.Abs()), Side: "D"}
		if row.Balance.IsNegative() {
			line.Side, credit = "C", credit.Minus(row.Balance)
		} else {
			debit = debit.Plus(row.Balance)
		}
		open.Lines = append(open.Lines, line)
	}
	open.Count, open.Debit, open.Credit = len(open.Lines), plain(debit), plain(credit)
	return open
}

// journals are the books' journals as the auditfile knows them: sales, bank,
// memorial.
var journals = []xafJournal{{ID: journalSales, Desc: "Sales", Type: "S"}, {ID: journalBank, Desc: "Bank", Type: "B"}, {ID: journalOther, Desc: "Memorial", Type: "M"}}

func xafEntries(b o2c.Books) xafTransactions {
	t := xafTransactions{Journals: slices.Clone(journals)}
	debit, credit := money.Of(0, b.Currency), money.Of(0, b.Currency)
	for n, e := range b.Entries {
		r, total := about(b, e, n+1), money.Of(0, b.Currency)
		tr := xafTransaction{N: strconv.Itoa(n + 1), Desc: e.Narrative, Period: strconv.Itoa(int(e.BookedOn.Month)), Date: e.BookedOn.String(), Source: cut(e.ID, 35)}
		number, _ := r["document.number"].(string)
		customer, _ := r["customer.id"].(string)
		for i, l := range e.Legs {
			if l.Amount.Currency != b.Currency {
				continue
			}
			a, _ := ledger.AccountOf(l.Account)
			line := xafLine{N: strconv.Itoa(i + 1), Account: b.Account(a), Document: number, Date: e.ValueOn.String(), Desc: e.Narrative, Amount: plain(l.Amount.Abs()), Side: "D", Customer: cut(customer, 35), Invoice: number}
			if l.Amount.IsNegative() {
				line.Side, credit = "C", credit.Minus(l.Amount)
			} else {
				debit, total = debit.Plus(l.Amount), total.Plus(l.Amount)
			}
			tr.Lines, t.Count = append(tr.Lines, line), t.Count+1
		}
		tr.Amount = plain(total)
		i := slices.IndexFunc(t.Journals, func(j xafJournal) bool { return j.ID == journal(e) })
		t.Journals[i].Transactions = append(t.Journals[i].Transactions, tr)
	}
	t.Debit, t.Credit = plain(debit), plain(credit)
	return t
}

// plain is an amount with two decimals and a point.
func plain(a money.Amount) string { return a.Decimal().StringFixed(money.Digits(a.Currency)) }
