package api

import (
	"bytes"
	"testing"

	"github.com/speedata/einvoice"

	papers "duly/shared/document"
	"duly/shared/testkit"
)

// TestEInvoicesOfTheAPI reads what programs get with a reader that is not ours.
func TestEInvoicesOfTheAPI(t *testing.T) {
	p := newProgramWith(t, testkit.NewWorld(t), papers.Papers{})
	number := p.invoiced(p.customer("Acme BV", map[string]any{"vat_id": "NL123456782B90", "kvk": "12345674"}), "1", 12_100)
	view := p.get("/v1/invoices/" + number)
	view.want(map[string]any{"documents.1.type": "ubl", "documents.2.type": "cii"})
	for i, format := range []string{"ubl", "cii"} {
		got := p.get(view.text("documents." + itoa(i+1) + ".url"))
		if got.header["content-type"] != "application/xml" {
			t.Errorf("%s comes as %s", format, got.header["content-type"])
		}
		read, err := einvoice.ParseReader(bytes.NewReader([]byte(got.raw)))
		if err != nil {
			t.Fatal(format, err)
		}
		if err := read.Validate(); err != nil || read.InvoiceNumber != number || read.DuePayableAmount.String() != "121" {
			t.Errorf("%s: number %s, due %s: %v", format, read.InvoiceNumber, read.DuePayableAmount, err)
		}
	}
	p.post("/v1/invoices/"+number+"/credit-notes", nil).is(201)
	p.Settle(t)
	note := p.get("/v1/invoices/" + number).text("credit_notes.0")
	read, err := einvoice.ParseReader(bytes.NewReader([]byte(p.get("/v1/credit-notes/" + note + "/ubl").raw)))
	if err != nil || read.InvoiceTypeCode != 381 || len(read.InvoiceReferencedDocument) != 1 || read.InvoiceReferencedDocument[0].ID != number {
		t.Errorf("credit note %s: %+v %v", note, read, err)
	}
}
