package document

import (
	"testing"

	"duly/shared/o2c/invoice"
)

// BenchmarkInvoicePDF watches the dearest step of a cycle, the e-invoice inside
// included: at most 4 ms and 3 MB on two cores; it takes 2.8 ms.
func BenchmarkInvoicePDF(b *testing.B) { benchmarkPDF(b, sample("nl")) }

// BenchmarkInvoicePDFTwoPages is the same with thirty lines: at most 8 ms; 6.8.
func BenchmarkInvoicePDFTwoPages(b *testing.B) { benchmarkPDF(b, long("nl", 30)) }

func benchmarkPDF(b *testing.B, d invoice.Data) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Papers{}).InvoicePDF(d, sampleLink); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkInvoiceUBL writes an e-invoice that was judged by our rules: at most 1 ms
// for both; 0.2.
func BenchmarkInvoiceUBL(b *testing.B) {
	d := sample("nl")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Papers{}).InvoiceUBL(d); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRules judges an invoice of two hundred lines.
func BenchmarkRules(b *testing.B) {
	d := long("nl", 200)
	b.ReportAllocs()
	for b.Loop() {
		if len(invoice.Broken(d)) > 0 {
			b.Fatal("it is broken")
		}
	}
}
