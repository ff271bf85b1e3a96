package demo

import (
	"bytes"
	"compress/zlib"
	"io"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"rsc.io/qr"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

// drawn is what the pages of a document are made of.
func drawn(t *testing.T, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for _, stream := range regexp.MustCompile(`(?s)/Filter /FlateDecode /Length \d+>>\nstream\n(.*?)\nendstream`).FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(content)
	}
	return out.String()
}

// TestCap_39_PaperWithLinkCodeAndReference: the PDF in the customer's mail has the link, the IBAN and the structured
// reference, the e-invoice inside, and draws the very code that a banking app reads, bar by bar.
func TestCap_39_PaperWithLinkCodeAndReference(t *testing.T) {
	p := open(t)
	p.billed(p.buyer(100_000), "A-1")
	inv := p.v1(http.MethodGet, "/invoices/2026-0001", nil, http.StatusOK)
	var file object
	for _, m := range p.items("/demo/mail") {
		for _, a := range m.(object)["attachments"].([]any) {
			if a.(object)["name"] == "2026-0001.pdf" {
				file = a.(object)
			}
		}
	}
	status, pdf, _ := p.raw(http.MethodGet, strings.TrimPrefix(file["url"].(string), p.base), nil)
	if status != http.StatusOK || !bytes.Contains(pdf, []byte("/URI ("+inv["portal_url"].(string)+")")) || !bytes.Contains(pdf, []byte("(factur-x.xml)")) {
		t.Fatalf("%d: the link or the e-invoice is missing", status)
	}
	pages, seller := drawn(t, pdf), p.runtime.Policy.Seller
	for _, want := range []string{invoice.Grouped(inv["reference"].(string)), invoice.Grouped(seller.IBAN)} {
		if !strings.Contains(pages, "("+want+")") {
			t.Errorf("the paper lacks %s", want)
		}
	}
	payload, ok := invoice.TransferCode(seller, money.Of(cents(inv["total"]), "EUR"), inv["reference"].(string))
	if !ok || !invoice.ValidReference(inv["reference"].(string)) {
		t.Fatalf("no code for %v", inv["reference"])
	}
	code, err := qr.Encode(payload, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	bars := 0
	for row := range code.Size {
		for col := range code.Size {
			if code.Black(col, row) && (col == 0 || !code.Black(col-1, row)) {
				bars++
			}
		}
	}
	black := pages[strings.LastIndex(pages, "0.000 g\n")+1:]
	if got := len(regexp.MustCompile(` re f`).FindAllString(black, -1)); got != bars {
		t.Errorf("%d bars are drawn, the code has %d", got, bars)
	}
}
