package document

import (
	"bytes"
	"strings"
	"testing"

	"duly/shared/o2c"
)

// FuzzInvoicePDF looks for names that the font library stumbles over.
func FuzzInvoicePDF(f *testing.F) {
	f.Add("Bakkerij Vos", "MIX-25", "Dorpsstraat 7")
	f.Add("🧀🇳🇱 \U0010ffff", "\ufffe\uffff", "Ελλάδα \u202e")
	f.Add("(\\)\\\\", "\x00\r\n", strings.Repeat("W", 300))
	f.Fuzz(func(t *testing.T, name, sku, street string) {
		d := sample("nl", line(name, sku, 1, 1000, "21"))
		d.Buyer.Name, d.Buyer.Address.Street, d.OrderNo = name, street, sku
		pdf, err := Papers{}.InvoicePDF(d, sampleLink)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(pdf, []byte("%PDF-")) || !bytes.Contains(pdf, []byte("%%EOF")) {
			t.Error("no PDF")
		}
	})
}

// FuzzLetter looks for names that bring markup along.
func FuzzLetter(f *testing.F) {
	f.Add("Bakkerij Vos", "2026-0042", "https://pay.example/i/x")
	f.Add(`"><script>alert(1)</script>`, "{{.}}", "javascript:alert(1)")
	f.Add("\u202e\r\n\x00", "</style><!--", "data:text/html,<b>")
	f.Fuzz(func(t *testing.T, name, number, link string) {
		tame := several(10)
		wild := tame
		wild.Customer, wild.Seller.Name, wild.Number, wild.Note = name, name, number, name
		wild.Items = append([]o2c.LetterItem{}, tame.Items...)
		wild.Items[0].Number, wild.PayURL = number, link
		if text := strings.TrimSpace(link); text == "" || strings.TrimSpace(name) == "" {
			return // what is empty is left out
		}
		tame.Note = "a note"
		_, _, want := write(t, letterCase{o2c.LetterFirm, tame}, "en")
		subject, _, got := write(t, letterCase{o2c.LetterFirm, wild}, "en")
		if strings.ContainsAny(subject, "\r\n") {
			t.Errorf("subject %q", subject)
		}
		for _, tag := range []string{"<a ", "<p ", "<td", "<script", "<img", "<!--", "<style"} {
			if strings.Count(got, tag) > strings.Count(want, tag) {
				t.Errorf("more %q than there should be", tag)
			}
		}
		if strings.Contains(strings.ToLower(got), `href="javascript:`) || strings.Contains(strings.ToLower(got), `href="data:`) {
			t.Error("a link runs something")
		}
	})
}
