package document

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/shopspring/decimal"
	en16931 "github.com/speedata/einvoice"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/fault"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// einvoiceDir, when set, is where the documents of these tests are written, for
// the referees outside: the compiled rules of CEN and of OpenPEPPOL.
var einvoiceDir = flag.String("einvoices", "", "directory to write the e-invoices of the tests to")

// einvoices are documents of every kind that the cycle issues.
// collective is the invoice of two deliveries of a month.
func collective() invoice.Data {
	lines := []invoice.Line{line("Chair", "CHAIR", 4, 8950, "21"), line("Bread", "BREAD", 10, 333, "9"), line("Seed", "SEED", 3, 777, "9")}
	lines[0].Supply, lines[1].Supply, lines[2].Supply = 1, 1, 2
	d := sample("nl", lines...)
	d.OrderID, d.OrderNo, d.SuppliedFrom = "", "", calendar.Date{Year: 2026, Month: 10, Day: 5}
	d.SuppliedOn, d.CollectsTo = calendar.Date{Year: 2026, Month: 10, Day: 27}, calendar.Date{Year: 2026, Month: 10, Day: 31}
	d.Supplies = []invoice.Supply{{OrderID: "o_1", OrderNo: "SO-1042", PONumber: "PO-77", On: d.SuppliedFrom}, {OrderID: "o_2", OrderNo: "SO-1050", On: d.SuppliedOn}}
	d.Rounding = money.Of(1, "EUR")
	return issue(d, d.Number)
}

func einvoices() map[string]invoice.Data {
	eur := func(n int64) money.Amount { return money.Of(n, "EUR") }
	with := func(change func(*invoice.Data), lines ...invoice.Line) invoice.Data {
		d := sample("nl", lines...)
		change(&d)
		return issue(d, d.Number)
	}
	uneven := line("Three for ten", "THREE", 3, 333, "21")
	uneven.Net = eur(1000)
	abroad := func(country, vat string, c statute.Category) invoice.Data {
		l := line("Chair", "CHAIR", 4, 8950, "0")
		l.Category = c
		return with(func(d *invoice.Data) {
			d.Buyer.VATID, d.Buyer.Language = vat, "de"
			d.Buyer.Address = party.Address{Street: "Hauptstraße 1", PostalCode: "10115", City: "Berlin", Country: country}
		}, l)
	}
	note := with(func(d *invoice.Data) { d.Refers = "2026-0041" }, line("Weegschaal 30 kg, geijkt", "SCALE-30", 1, 18900, "21"))
	note.Type, note.Number, note.Reference = invoice.CreditNotes, "C2026-0001", ""
	deposit := with(func(d *invoice.Data) { d.Advance = &invoice.Advance{Percent: decimal.NewFromInt(30)} }, line("Deposit of 30 % on order SO-1042", "", 1, 10000, "21"))
	final := with(func(d *invoice.Data) {
		d.Preceding = []invoice.Preceding{{ID: "in_0", Number: "2026-0040", IssuedOn: calendar.Date{Year: 2026, Month: 10, Day: 30}, Amount: eur(12100)}}
	}, line("Chair", "CHAIR", 4, 8950, "21"), line("Deposit invoiced with 2026-0040", "", -1, 10000, "21"))
	return map[string]invoice.Data{
		"a month's deliveries":      collective(),
		"a deposit":                 deposit,
		"a final invoice":           final,
		"several rates":             sample("nl"),
		"an uneven price":           with(func(*invoice.Data) {}, uneven),
		"a remainder of the shop's": with(func(d *invoice.Data) { d.Rounding = eur(-1) }),
		"paid before":               with(func(d *invoice.Data) { d.Prepaid = eur(5000) }),
		"a consumer": with(func(d *invoice.Data) {
			d.Buyer = invoice.Buyer{Name: "Jo Doe", Kind: party.Consumer, Language: "en", Email: "jo@example.org", Address: d.Buyer.Address}
		}),
		"a company by its KVK":       with(func(d *invoice.Data) { d.Buyer.KVK, d.Buyer.VATID = "87654321", "" }),
		"goods within the Union":     abroad("DE", "DE136695976", statute.IntraEU),
		"reverse charge":             abroad("DE", "DE136695976", statute.ReverseCharge),
		"an export":                  abroad("CH", "", statute.Export),
		"services outside the Union": abroad("US", "", statute.NotSubject),
		"a small business":           small(),
		"a credit note in dollars":   noteInDollars(),
		"a zero rate":                with(func(*invoice.Data) {}, func() invoice.Line { l := line("Book", "B", 1, 1000, "0"); l.Category = statute.ZeroRated; return l }()),
		"a credit note":              note,
		"in dollars": with(func(d *invoice.Data) {
			d.Currency, d.BooksCurrency, d.Rounding = "USD", "EUR", money.Of(0, "USD")
			d.Rate = &money.Rate{From: "USD", To: "EUR", Per: decimal.RequireFromString("0.8912655971"), On: d.IssuedOn, Source: "ECB euro foreign exchange reference rates"}
		}, dollars(line("Chair", "CHAIR", 4, 8950, "21")), dollars(line("Seed", "SEED", 3, 333, "9"))),
		"a line taken off": with(func(*invoice.Data) {}, line("Chair", "CHAIR", 4, 8950, "21"), func() invoice.Line {
			l := line("Deposit invoiced before", "", -1, 5000, "21")
			return l
		}()),
		"two hundred lines": long("fr", 200),
		"odd names":         with(func(*invoice.Data) {}, line("<b>&\u202eesrever\u0000 😀", "A&B", 1, 1, "21")),
	}
}

// small is an invoice of a small business, which charges no tax.
func small() invoice.Data {
	l := line("Chair", "CHAIR", 4, 8950, "0")
	l.Category = statute.Exempt
	d := sample("nl", l)
	d.Seller.SmallBusiness = true
	return d
}

func noteInDollars() invoice.Data {
	d := sample("en", dollars(line("Chair", "CHAIR", 1, 8950, "21")))
	d.Type, d.Number, d.Reference, d.Refers, d.Currency, d.BooksCurrency = invoice.CreditNotes, "CN2026-0002", "", "2026-0041", "USD", "EUR"
	d.Rate = &money.Rate{From: "USD", To: "EUR", Per: decimal.RequireFromString("0.8912655971"), On: d.IssuedOn, Source: "ECB euro foreign exchange reference rates"}
	return d
}

func dollars(l invoice.Line) invoice.Line {
	l.UnitPrice.Currency, l.Net.Currency = "USD", "USD"
	return l
}

// lost is what the library's readers do not find in what they read; the
// referees outside do, and pass it.
var lost = map[string]string{
	"goods within the Union.ubl":    "the country of a delivery location",
	"a remainder of the shop's.cii": "the rounding amount",
	"a month's deliveries.cii":      "the rounding amount",
}

func TestEInvoicesKeepTheRules(t *testing.T) {
	for name, d := range einvoices() {
		if d.Buyer.VATID == "" && d.Buyer.KVK == "" && d.Buyer.Email == "" {
			d.Buyer.Email = "buyer@example.org"
		}
		t.Run(name, func(t *testing.T) {
			for format, render := range map[string]func(invoice.Data) ([]byte, error){"ubl": Papers{}.InvoiceUBL, "cii": Papers{}.InvoiceCII} {
				out, err := render(d)
				if err != nil {
					t.Fatal(format, err)
				}
				if again, _ := render(d); !bytes.Equal(out, again) {
					t.Error(format, "differs the second time")
				}
				if *einvoiceDir != "" {
					if err := os.WriteFile(filepath.Join(*einvoiceDir, strings.ReplaceAll(name, " ", "-")+"."+format+".xml"), out, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				read, err := en16931.ParseReader(bytes.NewReader(out))
				if err != nil {
					t.Fatal(format, err)
				}
				if err := read.Validate(); err != nil && lost[name+"."+format] == "" {
					t.Errorf("%s: %v", format, err)
				}
				due := d.Total.Minus(d.Prepaid)
				if read.InvoiceNumber != d.Number || !read.DuePayableAmount.Equal(due.Decimal()) || !read.TaxTotal.Equal(d.Tax.Decimal()) || len(read.InvoiceLines) != len(d.Lines) {
					t.Errorf("%s says number %s, due %s, tax %s, %d lines", format, read.InvoiceNumber, read.DuePayableAmount, read.TaxTotal, len(read.InvoiceLines))
				}
			}
		})
	}
}

// TestUBLSaysWhatTheStandardAsksFor looks at what readers of the library's
// model cannot see: the order and the places of the schema.
func TestUBLSaysWhatTheStandardAsksFor(t *testing.T) {
	out, err := Papers{}.InvoiceUBL(sample("nl"))
	if err != nil {
		t.Fatal(err)
	}
	rest := string(out)
	for _, want := range []string{
		"<cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0<", "<cbc:ID>2026-0042<", "<cbc:IssueDate>2026-11-04<",
		"<cbc:DueDate>2026-12-04<", "<cbc:InvoiceTypeCode>380<", "<cbc:BuyerReference>SO-1042<", "<cac:OrderReference>",
		`<cbc:EndpointID schemeID="0106">12345678<`, "<cbc:RegistrationName>Voorbeeld Groothandel BV<", `<cbc:CompanyID schemeID="0106">12345678<`,
		`<cbc:EndpointID schemeID="9944">NL987654321B01<`, "<cbc:ActualDeliveryDate>2026-11-03<", "<cac:DeliveryLocation>", "<cbc:PaymentMeansCode>58<",
		"<cbc:PaymentID>" + invoice.Reference("2026-0042"), "<cbc:ID>NL91ABNA0417164300<", "<cac:TaxTotal>", "<cbc:PayableAmount currencyID=\"EUR\">",
		`<cbc:InvoicedQuantity unitCode="C62">8<`, "<cbc:Name>Brood &amp; banket: croissant-mix “Été” – 25 kg<",
	} {
		at := strings.Index(rest, want)
		if at < 0 {
			t.Fatalf("%s is missing, or stands before its place", want)
		}
		rest = rest[at:]
	}
}

func TestEInvoicesThatCannotBe(t *testing.T) {
	draft := sample("nl")
	draft.Number = ""
	unreachable := sample("nl")
	unreachable.Buyer.VATID = ""
	for name, tt := range map[string]struct {
		d    invoice.Data
		code fault.Code
		want string
	}{
		"a draft":            {draft, fault.Refused, "not issued"},
		"nowhere to send it": {unreachable, fault.Incomplete, "neither a KVK or VAT number nor an e-mail"},
	} {
		_, err := Papers{}.InvoiceUBL(tt.d)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != tt.code || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestUnevenPriceMultipliesBack: 3 for 10.00 is 3.33333333 each, not 3.33.
func TestUnevenPriceMultipliesBack(t *testing.T) {
	l := einvoices()["an uneven price"].Lines[0]
	if off := l.Price().Mul(decimal.NewFromInt(l.Quantity)).Sub(l.Net.Decimal()).Abs(); off.GreaterThan(decimal.RequireFromString("0.005")) {
		t.Errorf("%d × %s is %s off %s", l.Quantity, l.Price(), off, l.Net)
	}
}

// TestTheTaxStandsInTheBooksCurrency: an invoice in dollars says its tax in
// euros, too (BT-6 and BT-111; article 230 of directive 2006/112/EC).
func TestTheTaxStandsInTheBooksCurrency(t *testing.T) {
	d := einvoices()["in dollars"]
	for format, render := range map[string]func(invoice.Data) ([]byte, error){"ubl": Papers{}.InvoiceUBL, "cii": Papers{}.InvoiceCII} {
		out, err := render(d)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []string{"TaxCurrencyCode>EUR<", `currencyID="EUR">67.81<`, `currencyID="USD">76.08<`} {
			if !strings.Contains(string(out), want) {
				t.Errorf("%s lacks %s", format, want)
			}
		}
	}
}
