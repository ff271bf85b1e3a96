package document

import (
	"bytes"
	"compress/zlib"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
)

var update = flag.Bool("update", false, "write the golden files")

// golden compares with a file that is reviewed in the diff.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", file, diff)
	}
}

var (
	streams = regexp.MustCompile(`(?s)/Filter /FlateDecode /Length \d+>>\nstream\n(.*?)\nendstream`)
	shows   = regexp.MustCompile(`(?s)BT ([\d.]+) ([\d.]+) Td \(((?:\\.|[^\\)])*)\) Tj ET`)
	unslash = strings.NewReplacer(`\\`, `\`, `\(`, `(`, `\)`, `)`, `\r`, "\r")
)

// words is what stands on the pages, one string a line in the order of writing,
// the pages apart.
func words(t *testing.T, pdf []byte) string {
	t.Helper()
	var out strings.Builder
	for n, stream := range streams.FindAllSubmatch(pdf, -1) {
		z, err := zlib.NewReader(bytes.NewReader(stream[1]))
		if err != nil {
			t.Fatalf("page %d: %v", n+1, err)
		}
		content, err := io.ReadAll(z)
		if err != nil {
			t.Fatalf("page %d: %v", n+1, err)
		}
		fmt.Fprintf(&out, "--- page %d\n", n+1)
		for _, show := range shows.FindAllSubmatch(content, -1) {
			fmt.Fprintln(&out, spelled(unslash.Replace(string(show[3]))))
		}
	}
	return out.String()
}

// spelled reads either encoding of the document's fonts.
func spelled(s string) string {
	if len(s) > 1 && len(s)%2 == 0 && s[0] < 0x20 { // two bytes a character, as no text in one byte begins
		var units []uint16
		for i := 0; i < len(s); i += 2 {
			units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
		}
		return string(utf16.Decode(units))
	}
	out, err := charmap.Windows1252.NewDecoder().String(s)
	if err != nil {
		return err.Error()
	}
	return out
}

func render(t *testing.T, d invoice.Data, link string) []byte {
	t.Helper()
	pdf, err := Papers{}.InvoicePDF(d, link)
	if err != nil {
		t.Fatal(err)
	}
	return pdf
}

func TestInvoicePDF(t *testing.T) {
	dollars := sample("en")
	for i := range dollars.Lines {
		dollars.Lines[i].UnitPrice.Currency, dollars.Lines[i].Net.Currency = "USD", "USD"
	}
	dollars.Rounding = money.Of(0, "USD")
	tests := []struct {
		name string
		d    invoice.Data
		link string
	}{
		{"invoice_en", sample("en"), sampleLink},
		{"invoice_nl", sample("nl"), sampleLink},
		{"invoice_de", sample("de"), sampleLink},
		{"invoice_fr", sample("fr"), sampleLink},
		{"several_pages", long("nl", 45), sampleLink},
		{"consumer_abroad", consumer(), sampleLink},
		{"reverse_charge", reverseCharged(), sampleLink},
		{"rounding", rounded(), sampleLink},
		{"paid_beforehand", sample("nl"), ""},
		{"credit_note_nl", corrected("nl"), sampleLink},
		{"credit_note_de", corrected("de"), sampleLink},
		{"deposit_en", deposit("en", 30), sampleLink},
		{"deposit_nl", deposit("nl", 30), sampleLink},
		{"deposit_de", deposit("de", 30), sampleLink},
		{"deposit_fr", deposit("fr", 30), sampleLink},
		{"prepayment_nl", deposit("nl", 100), sampleLink},
		{"final_en", final("en"), sampleLink},
		{"final_nl", final("nl"), sampleLink},
		{"final_de", final("de"), sampleLink},
		{"final_fr", final("fr"), sampleLink},
		{"dollars", issue(dollars, "2026-0042"), sampleLink},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { golden(t, test.name+".txt", words(t, render(t, test.d, test.link))) })
	}
}

func TestSameInputSameBytes(t *testing.T) {
	for _, d := range []invoice.Data{sample("fr"), long("nl", 45), exotic()} {
		first, again := render(t, d, sampleLink), render(t, d, sampleLink)
		if !bytes.Equal(first, again) {
			t.Errorf("%s differs from its copy", d.Buyer.Name)
		}
		if !bytes.Contains(first, []byte("/CreationDate (D:20261104000000")) {
			t.Error("the file is not dated by the invoice")
		}
	}
}

func TestWhatMovesChangesNoByte(t *testing.T) {
	d := sample("nl")
	paid := d
	paid.Status, paid.Open, paid.PaidOn, paid.LinkKey = invoice.Paid, d.Total.Zero(), d.DueOn, "k3"
	paid.Dunning = invoice.Dunning{NextStep: "firm", PausedBy: "promise"}
	if !bytes.Equal(render(t, d, sampleLink), render(t, paid, sampleLink)) {
		t.Error("a paid invoice looks other than it did when it was issued")
	}
}

// exotic has names beyond Windows-1252: Polish, Greek, an emoji that no font of
// ours has, and a direction override that may not survive.
func exotic() invoice.Data {
	d := sample("en", line("Żółty ser – łagodny 🧀", "ŁÓDŹ-1", 1, 1000, "21"), line("Ελαιόλαδο", "", 2, 500, "9"))
	d.Buyer.Name = "Piekarnia Źdźbło \u202eSp. z o.o."
	return d
}

func TestNamesBeyondOneEncoding(t *testing.T) {
	got := words(t, render(t, exotic(), sampleLink))
	for _, want := range []string{"Piekarnia Źdźbło Sp. z o.o.", "Żółty ser – łagodny ?", "ŁÓDŹ-1", "Ελαιόλαδο", "€10.00"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in\n%s", want, got)
		}
	}
}

func TestStructure(t *testing.T) {
	pdf := render(t, sample("nl"), sampleLink)
	for _, want := range []string{
		"/URI (" + sampleLink + ")", // the link can be pressed
		"/FontFile2", "/Lang (nl)", "%%EOF",
	} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("%s is missing", want)
		}
	}
	if bytes.Contains(pdf, []byte("/BaseFont /Helvetica")) {
		t.Error("a font is not embedded")
	}
	if got := bytes.Count(render(t, long("nl", 45), sampleLink), []byte("/Type /Page\n")); got != 3 {
		t.Errorf("%d pages, want 3", got)
	}
}

func TestManyLinesAndWideWords(t *testing.T) {
	d := long("de", 500)
	d.Lines[3].Name = strings.Repeat("Donaudampfschifffahrt", 300)
	d.Buyer.Name = strings.Repeat("Gesellschaft ", 12)
	d.Seller.Name = strings.Repeat("Großhandel", 20)
	d.OrderNo = strings.Repeat("9", 200)
	if got := words(t, render(t, d, sampleLink)); !strings.Contains(got, "Seite 27 von 27") {
		t.Errorf("the last page is not the 27th:\n%s", got[len(got)-400:])
	}
}
