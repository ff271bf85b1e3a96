package o2c_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"

	"duly/shared/bank"
	"duly/shared/boot/crew"
	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
	"duly/shared/testkit"
)

// BenchmarkStatement reads, matches and books a CAMT.053 file of n transfers that
// pay n open invoices by reference: -bench Statement/10000 -benchtime 1x.
func BenchmarkStatement(b *testing.B) {
	for _, n := range []int{1_000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				benchmarkStatement(b, n)
			}
		})
	}
}

func benchmarkStatement(b *testing.B, n int) {
	w := testkit.NewDurableWorld(b)
	w.Cycle.Crew = crew.Together
	file := camtOf(w, owed(b, w, n))
	began := time.Now()
	told, err := bank.Read(strings.NewReader(file))
	if err != nil {
		b.Fatal(err)
	}
	read := time.Since(began)
	r, err := w.Cycle.ImportStatement(ctx, w.Stamp("bank"), told[0])
	if err != nil || r.Applied != n {
		b.Fatal(r, err)
	}
	took := time.Since(began)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	b.ReportMetric(float64(len(file))/1e6/read.Seconds(), "read-MB/s")
	b.ReportMetric(took.Seconds(), "s/file")
	b.ReportMetric(float64(n)/took.Seconds(), "entries/s")
	b.ReportMetric(float64(memory.HeapInuse)/1e6, "heap-MB")
}

const benchCustomers = 100

// owed makes n open invoices over 121.00 EUR and gives their numbers.
func owed(b testing.TB, w *testkit.World, n int) (numbers []string) {
	b.Helper()
	for i := range benchCustomers {
		if _, err := w.Cycle.SaveCustomer(ctx, w.Stamp("api:bench"), party.Data{ID: fmt.Sprint("c_", i), Name: fmt.Sprint("Buyer ", i), Kind: party.Company, Language: "en"}); err != nil {
			b.Fatal(err)
		}
	}
	for from := 0; from < n; from += 20 {
		var made []string
		err := w.Cycle.Store.Update(ctx, func(_ context.Context, tx *o2c.Tx) error {
			tx.By(w.Stamp("api:bench"))
			made = nil
			for i := from; i < min(from+20, n); i++ {
				inv, err := openInvoice(w, i)
				if err != nil {
					return err
				}
				if err := tx.Save(inv); err != nil {
					return err
				}
				tx.Name(o2c.Alias{Space: "reference", Value: inv.Data().Reference}, o2c.KeyOf(inv))
				tx.Link(o2c.Link{Parent: o2c.Key{Kind: "customer", ID: inv.Data().CustomerID}, Name: "open", Sort: inv.Data().DueOn.String(), To: o2c.KeyOf(inv)})
				made = append(made, inv.Number())
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
		numbers = append(numbers, made...)
	}
	return numbers
}

func openInvoice(w *testkit.World, i int) (*invoice.Invoice, error) {
	here := party.Address{Street: "Kade 1", PostalCode: "3011 AA", City: "Rotterdam", Country: "NL"}
	inv := invoice.NewDraft(invoice.Data{
		ID: fmt.Sprint("i_", i), CustomerID: fmt.Sprint("c_", i%benchCustomers), Buyer: invoice.Buyer{Name: fmt.Sprint("Buyer ", i%benchCustomers), Address: here, Kind: party.Company, Language: "en"},
		Currency: "EUR", TermsDays: 30, SuppliedOn: calendar.On(w.Now(), w.Cycle.Policy.Zone), Rounding: testkit.EUR(0), CreatedAt: w.Now(),
		Lines: []invoice.Line{{N: 1, Name: "Chair", Quantity: 1, UnitPrice: testkit.EUR(10_000), Net: testkit.EUR(10_000), Category: statute.Standard, TaxRate: decimal.NewFromInt(21)}},
	}, []statute.Taxable{{Net: testkit.EUR(10_000), Category: statute.Standard, Rate: decimal.NewFromInt(21)}})
	today := calendar.On(w.Now(), w.Cycle.Policy.Zone)
	inv.Prepare(w.Cycle.Policy.Seller, today)
	return inv, inv.Issue("invoice-2026", fmt.Sprintf("2026-%06d", i+1), today)
}

// camtOf is a statement with a transfer for each number.
func camtOf(w *testkit.World, numbers []string) string {
	var s strings.Builder
	balance := func(kind string, euros int) {
		fmt.Fprintf(&s, `<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">%d.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>`+"\n", kind, euros)
	}
	fmt.Fprintf(&s, `<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>%s</IBAN></Id><Ccy>EUR</Ccy></Acct>`, w.Cycle.Policy.Seller.IBAN)
	balance("OPBD", 0)
	balance("CLBD", 121*len(numbers))
	for i, number := range numbers {
		fmt.Fprintf(&s, `<Ntry><NtryRef>%d</NtryRef><Amt Ccy="EUR">121.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt><ValDt><Dt>2026-01-05</Dt></ValDt><AcctSvcrRef>B%09d</AcctSvcrRef><BkTxCd><Domn><Cd>PMNT</Cd><Fmly><Cd>RCDT</Cd><SubFmlyCd>ESCT</SubFmlyCd></Fmly></Domn></BkTxCd><NtryDtls><TxDtls><Refs><AcctSvcrRef>B%09d</AcctSvcrRef><EndToEndId>NOTPROVIDED</EndToEndId></Refs><Amt Ccy="EUR">121.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Pty><Nm>Buyer %d</Nm></Pty></Dbtr><DbtrAcct><Id><IBAN>NL20INGB0001234567</IBAN></Id></DbtrAcct></RltdPties><RmtInf><Strd><CdtrRefInf><Tp><CdOrPrtry><Cd>SCOR</Cd></CdOrPrtry></Tp><Ref>%s</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls></Ntry>`+"\n",
			i, i, i, i%benchCustomers, invoice.Reference(number))
	}
	s.WriteString("</Stmt></BkToCstmrStmt></Document>")
	return s.String()
}
