package document

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"duly/shared/o2c/calendar"
	"duly/shared/o2c/invoice"
	"duly/shared/o2c/money"
	"duly/shared/o2c/party"
	"duly/shared/o2c/statute"
)

// The official rules are compiled Schematron: EN 16931 by CEN/TC 434 for either
// syntax, Peppol BIS Billing 3.0 with its Dutch part by OpenPEPPOL, XRechnung for
// either syntax by KoSIT. They are
// XSLT 2.0, need Saxon on Java, and are not ours to ship. So their verdicts are
// kept, each with the hash of the document it is about: a document that changed
// has none until somebody asks again.
var (
	referees = flag.String("referees", "", "folder with the compiled rules en-ubl.xslt, en-cii.xslt, peppol-ubl.xslt, xr-ubl.xslt and xr-cii.xslt; -update keeps their verdicts")
	saxon    = flag.String("saxon", "/usr/share/java/Saxon-HE.jar", "Saxon-HE")
)

// judged are the documents that the official rules judge: what the cycle
// issues, and the same broken in one place each.
func judged() (good, broken map[string]invoice.Data) {
	good = map[string]invoice.Data{}
	for name, d := range einvoices() {
		if d.Buyer.VATID == "" && d.Buyer.KVK == "" && d.Buyer.Email == "" {
			d.Buyer.Email = "buyer@example.org"
		}
		good[name] = d
	}
	free := line("Monster, gratis", "SAMPLE", 3, 0, "21")
	good["a line for nothing"] = sample("nl", line("Stoel", "CHAIR", 4, 8950, "21"), free)
	wordy := line(strings.Repeat("Omschrijving die geen einde neemt — ", 60), "LONG", 1, 1000, "21")
	good["long texts"] = sample("nl", wordy)
	many := make([]invoice.Line, 400)
	for i := range many {
		many[i] = line(fmt.Sprintf("Artikel %d", i+1), fmt.Sprintf("SKU-%d", i+1), int64(i%7+1), int64(1000+i*37), []string{"21", "9"}[i%2])
	}
	good["many lines"] = sample("nl", many...)
	asked := sample("de")
	asked.PONumber = "PO/2026/0815 «Küche»"
	good["the customer's own number"] = asked
	credited := sample("nl", line("Stoel", "CHAIR", 2, 8950, "21"), line("Brood", "BREAD", 10, 250, "9"))
	credited.Type, credited.Number, credited.Refers, credited.Reference = invoice.CreditNotes, "CN2026-0002", "2026-0041", ""
	good["a credit note at two rates"] = credited

	for _, language := range []string{"nl", "de"} {
		good["allowances on lines, "+language] = discounts(language)
	}
	back := discounts("nl")
	back.Type, back.Number, back.Refers, back.Reference = invoice.CreditNotes, "CN2026-0005", "2026-0042", ""
	good["a credit note of lines with allowances"] = back
	for _, language := range []string{"nl", "fr"} {
		good["allowances and charges of the whole, "+language] = overall(language)
	}
	returned := overall("nl")
	returned.Type, returned.Number, returned.Refers, returned.Reference = invoice.CreditNotes, "CN2026-0006", "2026-0042", ""
	good["a credit note with allowances and charges of the whole"] = returned
	less := german("04011000-1234512345-06")
	off := line("Rahmenvertrag, 3 % Nachlass", "", 1, -4788, "19")
	off.Overall = true
	less.Lines = append(less.Lines, off)
	less.Lines[len(less.Lines)-1].N = len(less.Lines)
	good["xrechnung with an allowance of the whole"] = issue(less, "2026-0042")
	shifted := reverseCharged()
	rebate := line("Remise fidélité", "", 1, -12000, "0")
	rebate.Category, rebate.Overall, rebate.N = statute.ReverseCharge, true, 2
	shifted.Lines = append(shifted.Lines, rebate)
	good["reverse charge with an allowance of the whole"] = issue(shifted, "2026-0042")
	good["xrechnung"] = german("04011000-1234512345-06")
	early := german("991-03730-19")
	early.Discount = &invoice.Discount{Percent: decimal.NewFromInt(2), Days: 14, Tax: party.DiscountTaxExcluded}
	good["xrechnung with Skonto"] = early
	backed := german("Referat 4 / Beschaffung")
	backed.Buyer.VATID = "DE136695976"
	backed.Type, backed.Number, backed.Refers, backed.Reference = invoice.CreditNotes, "CN2026-0004", "2026-0042", ""
	good["xrechnung, a credit note to a reference of the buyer's own"] = backed

	broken = map[string]invoice.Data{}
	for name, change := range map[string]func(*invoice.Data){
		"xrechnung without a telephone number":      func(d *invoice.Data) { d.Seller.Phone = "" },
		"xrechnung without an e-mail address":       func(d *invoice.Data) { d.Seller.Email = "" },
		"xrechnung without the seller's city":       func(d *invoice.Data) { d.Seller.Address.City = "" },
		"xrechnung without the buyer's postcode":    func(d *invoice.Data) { d.Buyer.Address.PostalCode = "" },
		"xrechnung without the delivery's city":     func(d *invoice.Data) { d.ShipTo = party.Address{Street: "Kai 1", PostalCode: "28195", Country: "DE"} },
		"xrechnung without the delivery's zip":      func(d *invoice.Data) { d.ShipTo = party.Address{Street: "Kai 1", City: "Bremen", Country: "DE"} },
		"xrechnung without an account":              func(d *invoice.Data) { d.Seller.IBAN = "" },
		"xrechnung without the seller's VAT number": func(d *invoice.Data) { d.Seller.VATID = "" },
	} {
		d := german("04011000-1234512345-06")
		change(&d)
		broken[name] = d
	}
	breaks := func(name string, change func(*invoice.Data)) {
		d := sample("nl")
		d.Lines = slices.Clone(d.Lines)
		d.Taxes = slices.Clone(d.Taxes)
		change(&d)
		broken[name] = d
	}
	cent := money.Of(1, "EUR")
	breaks("a total that is a cent off", func(d *invoice.Data) { d.Total = d.Total.Plus(cent) })
	breaks("a net total that is a cent off", func(d *invoice.Data) { d.Net = d.Net.Plus(cent) })
	breaks("a VAT amount that is a euro off", func(d *invoice.Data) { d.Taxes[0].Tax = d.Taxes[0].Tax.Plus(money.Of(100, "EUR")) })
	breaks("a base that is two euros off", func(d *invoice.Data) { d.Taxes[0].Base = d.Taxes[0].Base.Plus(money.Of(200, "EUR")) }) // theirs allow for one
	breaks("a standard rate of zero", func(d *invoice.Data) { d.Lines[0].TaxRate = decimal.Zero })
	breaks("reverse charge without the buyer's number", func(d *invoice.Data) {
		for i := range d.Lines {
			d.Lines[i].Category, d.Lines[i].TaxRate = statute.ReverseCharge, decimal.Zero
		}
		d.Buyer.VATID, d.Buyer.Email = "", "buyer@example.org"
		*d = issue(*d, d.Number)
	})
	breaks("goods within the Union without a date", func(d *invoice.Data) {
		for i := range d.Lines {
			d.Lines[i].Category, d.Lines[i].TaxRate = statute.IntraEU, decimal.Zero
		}
		d.SuppliedOn = calendar.Date{}
		*d = issue(*d, d.Number)
	})
	breaks("no lines", func(d *invoice.Data) { d.Lines = nil })
	breaks("a price below zero", func(d *invoice.Data) {
		d.Lines[0].UnitPrice, d.Lines[0].Quantity = d.Lines[0].UnitPrice.Neg(), -d.Lines[0].Quantity
	})
	breaks("a seller without a city", func(d *invoice.Data) { d.Seller.Address.City = "" })
	breaks("a buyer without a postal code", func(d *invoice.Data) { d.Buyer.Address.PostalCode = "" })
	breaks("a credit note of nothing", func(d *invoice.Data) { d.Type, d.Refers = invoice.CreditNotes, "" })
	return good, broken
}

// TestCap_38_OfficialVerdicts: each document passes our own rules, and the
// official ones passed these very bytes; each broken one fails ours by an id by
// which it failed theirs too.
func TestCap_38_OfficialVerdicts(t *testing.T) {
	good, broken := judged()
	var all []written
	for _, name := range slices.Sorted(maps.Keys(good)) {
		if failed := invoice.Broken(good[name]); len(failed) > 0 {
			t.Errorf("%s breaks %v", name, ids(failed))
		}
		all = append(all, inSyntax(t, name+".ubl", Papers{}.InvoiceUBL, good[name]), inSyntax(t, name+".cii", Papers{}.InvoiceCII, good[name]))
	}
	for _, name := range slices.Sorted(maps.Keys(broken)) {
		all = append(all, inSyntax(t, "broken: "+name+".ubl", func(d invoice.Data) ([]byte, error) { return addressed(d).ubl() }, broken[name]))
	}
	said := verdicts(t, all)
	var lines []string
	for _, w := range all {
		theirs := theirs(said[w.name])
		name, isBroken := strings.CutPrefix(strings.TrimSuffix(w.name, ".ubl"), "broken: ")
		if !isBroken {
			lines = append(lines, said[w.name])
			if len(theirs) > 0 {
				t.Errorf("%s fails %v", w.name, theirs)
			}
			continue
		}
		ours := ids(invoice.Broken(broken[name]))
		lines = append(lines, said[w.name]+"; ours: "+strings.Join(ours, " "))
		if !slices.ContainsFunc(ours, func(id string) bool { return slices.Contains(theirs, id) }) {
			t.Errorf("%s: ours are %v, theirs %v", name, ours, theirs)
		}
	}
	golden(t, "verdicts.txt", strings.Join(lines, "\n")+"\n")
}

// theirs are the ids in a verdict.
func theirs(verdict string) []string {
	var all []string
	for part := range strings.SplitSeq(verdict, "; ") {
		if _, failed, ok := strings.Cut(part, "failed "); ok {
			all = append(all, strings.Fields(failed)...)
		}
	}
	return all
}

func ids(rules []invoice.Rule) []string {
	all := make([]string, len(rules))
	for i, r := range rules {
		all[i] = r.ID
	}
	return all
}

// written is one document in one syntax.
type written struct {
	name string // "several rates.ubl"
	key  string // the name and the hash of the bytes
	out  []byte
}

func inSyntax(t *testing.T, name string, render func(invoice.Data) ([]byte, error), d invoice.Data) written {
	t.Helper()
	out, err := render(d)
	if err != nil {
		t.Fatal(name, err)
	}
	sum := sha256.Sum256(out)
	return written{name: name, key: name + "\t" + hex.EncodeToString(sum[:8]), out: out}
}

// verdicts are what the official rules say of documents, by name: asked anew
// when the referees are here, else what was kept of the same bytes.
func verdicts(t *testing.T, all []written) map[string]string {
	t.Helper()
	said := map[string]string{}
	if *referees == "" {
		for _, w := range all {
			said[w.name] = kept(t, w.key)
		}
		return said
	}
	for _, rules := range []string{"en-ubl", "en-cii", "peppol-ubl", "xr-ubl", "xr-cii"} {
		in, reports := t.TempDir(), t.TempDir()
		var asked []written
		for _, w := range all {
			asks := map[string]string{"peppol-ubl": specPeppol, "xr-ubl": specXRechnung, "xr-cii": specXRechnung}[rules]
			if strings.HasSuffix(rules, "cii") == strings.HasSuffix(w.name, ".ubl") || !bytes.Contains(w.out, []byte(asks)) {
				continue
			}
			if err := os.WriteFile(filepath.Join(in, fmt.Sprintf("%03d.xml", len(asked))), w.out, 0o600); err != nil {
				t.Fatal(err)
			}
			asked = append(asked, w)
		}
		run := exec.CommandContext(t.Context(), "java", "-cp", *saxon, "net.sf.saxon.Transform", "-s:"+in, "-o:"+reports, "-xsl:"+filepath.Join(*referees, rules+".xslt"))
		if out, err := run.CombinedOutput(); err != nil {
			t.Fatalf("%s: %v\n%s", rules, err, out)
		}
		for i, w := range asked {
			report, err := os.ReadFile(filepath.Join(reports, fmt.Sprintf("%03d.xml", i)))
			if err != nil {
				t.Fatal(err)
			}
			said[w.name] += fmt.Sprintf("; %s: %d rules fired, failed %s", rules, bytes.Count(report, []byte("<svrl:fired-rule")), strings.Join(failures(string(report)), " "))
		}
	}
	for _, w := range all {
		said[w.name] = w.key + "\t" + strings.TrimPrefix(said[w.name], "; ")
	}
	return said
}

// failures are the ids of the fatal rules that a report says are broken.
func failures(report string) []string {
	failed := []string{}
	for _, m := range failedAssert.FindAllStringSubmatch(report, -1) {
		if strings.Contains(m[1], `flag="fatal"`) {
			failed = append(failed, assertID.FindStringSubmatch(m[1])[1])
		}
	}
	slices.Sort(failed)
	return slices.Compact(failed)
}

var (
	failedAssert = regexp.MustCompile(`<svrl:failed-assert([^>]*)>`)
	assertID     = regexp.MustCompile(` id="([^"]+)"`)
)

// kept finds the kept verdict of a document.
func kept(t *testing.T, key string) string {
	t.Helper()
	file, err := os.Open(filepath.Join("testdata", "verdicts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		if line := lines.Text(); strings.HasPrefix(line, key+"\t") {
			line, _, _ = strings.Cut(line, "; ours: ")
			return line
		}
	}
	t.Errorf("%s — the official rules have not judged these bytes — run: go test ./shared/document -run Cap_38 -referees DIR -update", key)
	return key + "\tnot judged"
}

// TestVerdictsHaveNoEmptyPlaces: a verdict of no rules would be none.
func TestVerdictsHaveNoEmptyPlaces(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("testdata", "verdicts.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(raw, []byte(": 0 rules fired")); n > 0 {
		t.Errorf("%d documents were judged by no rule", n)
	}
	if diff := cmp.Diff(0, bytes.Count(raw, []byte("not judged"))); diff != "" {
		t.Error(diff)
	}
}
