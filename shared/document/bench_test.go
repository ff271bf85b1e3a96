package document

import "testing"

// BenchmarkInvoicePDF watches the dearest step of a cycle: at most 2.5 ms and
// 3 MB on two cores.
func BenchmarkInvoicePDF(b *testing.B) {
	d := sample("nl")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (Papers{}).InvoicePDF(d, sampleLink); err != nil {
			b.Fatal(err)
		}
	}
}
