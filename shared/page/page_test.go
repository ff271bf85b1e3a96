package page

import (
	"crypto/sha256"
	"encoding/base64"
	"flag"
	"fmt"
	"html"
	"maps"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/o2c"
	"duly/shared/testkit"
	"duly/shared/text"
)

var update = flag.Bool("update", false, "write the golden files")

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

// every is every page in every state.
func every(lang string) map[string]string {
	p, at, all := pages(), Visit{Path: samplePath, Lang: lang}, map[string]string{}
	for name, v := range invoices() {
		all["invoice_"+name] = string(p.Invoice(v, at))
	}
	for _, said := range []string{SaidAmount, SaidDate, SaidLater, SaidRefused} {
		all["invoice_said_"+said] = string(p.Invoice(open(5), Visit{Path: samplePath, Lang: lang, Said: said}))
	}
	all["invoice_returned"] = string(p.Invoice(open(5), Visit{Path: samplePath, Lang: lang, Returned: true}))
	for name, v := range orders() {
		all["order_"+name] = string(p.Order(v, at))
	}
	for name, v := range quotes() {
		all["quote_"+name] = string(p.Quote(v, at))
	}
	for _, said := range []string{SaidName, SaidAgree, SaidChanged, SaidSoon, SaidRefused} {
		all["quote_said_"+said] = string(p.Quote(quotes()["open"], Visit{Path: samplePath, Lang: lang, Said: said}))
	}
	for _, said := range []string{SaidText, SaidRefused} {
		all["order_said_"+said] = string(p.Order(orders()["confirmed"], Visit{Path: samplePath, Lang: lang, Said: said}))
	}
	all["statement"] = string(p.Statement(stated(), at))
	all["statement_empty"] = string(p.Statement(o2c.StatementPageView{Seller: seller()}, at))
	all["missing"] = string(p.Missing(at))
	all["sorry"] = string(p.Sorry(at))
	all["not_ready"] = string(p.NotReady(at, samplePath))
	return all
}

var (
	markup = regexp.MustCompile(`(?s)<style>.*?</style>|<svg.*?</svg>|<[^>]*>`)
	blocks = regexp.MustCompile(`</(p|h1|h2|li|tr|dd|dt|header|nav|label|summary|button|title)>`)
)

// readable is the words of a page, a block a line.
func readable(page string) string {
	page = markup.ReplaceAllStringFunc(strings.ReplaceAll(page, "</a><a", "</a>\n<a"), func(m string) string {
		switch {
		case strings.HasPrefix(m, "<svg"):
			return "[QR]\n"
		case blocks.MatchString(m):
			return "\n"
		case m == "</th>", m == "</td>":
			return " | "
		}
		return " "
	})
	var out strings.Builder
	for line := range strings.SplitSeq(html.UnescapeString(page), "\n") {
		if line = strings.Join(strings.FieldsFunc(line, func(r rune) bool { return r == ' ' }), " "); line != "" {
			out.WriteString(line + "\n")
		}
	}
	return out.String()
}

func TestWhatThePagesSay(t *testing.T) {
	all := every("nl")
	var said strings.Builder
	for _, name := range slices.Sorted(maps.Keys(all)) {
		fmt.Fprintf(&said, "=== %s\n%s", name, readable(all[name]))
	}
	golden(t, "pages_nl.txt", said.String())
	said.Reset()
	for _, lang := range text.Languages() {
		fmt.Fprintf(&said, "=== %s\n%s", lang, readable(every(lang)["invoice_open"]))
	}
	golden(t, "invoice_in_all_languages.txt", said.String())
	golden(t, "invoice.html", strings.ReplaceAll(all["invoice_open"], "><", ">\n<"))
}

var (
	ids      = regexp.MustCompile(` id="([^"]*)"`)
	pointers = regexp.MustCompile(` (?:for|aria-labelledby|aria-describedby)="([^"]*)"|href="#([^"]*)"`)
	inputs   = regexp.MustCompile(`<input id="([^"]*)"`)
	handlers = regexp.MustCompile(`(?i)<script|ZgotmplZ|<iframe|<object|javascript:| on[a-z]+=| style=|<link|<img|@import|url\(`)
	leftover = regexp.MustCompile(`\{[A-Z]\w*\}`) // a placeholder that nobody filled
	keys     = regexp.MustCompile(`\b(page|pdf|mail|format|month|weekday_short)\.[a-z]`)
)

func TestEveryPageIsSound(t *testing.T) {
	for _, lang := range text.Languages() {
		for name, page := range every(lang) {
			said := func(format string, args ...any) { t.Errorf("%s %s: "+format, append([]any{lang, name}, args...)...) }
			if !strings.Contains(page, `<html lang="`+lang+`">`) {
				said("no language")
			}
			if n := strings.Count(page, "<h1>"); n != 1 {
				said("%d first headings", n)
			}
			if m := handlers.FindString(page); m != "" {
				said("holds %q", m)
			}
			words := strings.ReplaceAll(readable(page), "format.", "")
			if m := keys.FindString(words); m != "" || leftover.MatchString(words) {
				said("a message is missing: %s", m)
			}
			there := map[string]int{}
			for _, m := range ids.FindAllStringSubmatch(page, -1) {
				there[m[1]]++
			}
			for id, n := range there {
				if n > 1 {
					said("id %s stands %d times", id, n)
				}
			}
			for _, m := range pointers.FindAllStringSubmatch(page, -1) {
				for id := range strings.FieldsSeq(m[1] + m[2]) {
					if there[id] == 0 {
						said("nothing has the id %s", id)
					}
				}
			}
			for _, m := range inputs.FindAllStringSubmatch(page, -1) {
				if !strings.Contains(page, `<label for="`+m[1]+`">`) {
					said("the field %s has no label", m[1])
				}
			}
			if strings.Contains(name, "said_amount") && !strings.Contains(page, "<details open>") {
				said("the field at fault is hidden")
			}
		}
	}
}

func TestPolicyAllowsTheStyleAndNothingElse(t *testing.T) {
	p := pages()
	page := string(p.Invoice(open(5), Visit{Path: samplePath}))
	_, rest, _ := strings.Cut(page, "<style>")
	css, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(css))
	want := "default-src 'none'; style-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'; form-action 'self' https://checkout.stripe.com; base-uri 'none'; frame-ancestors 'none'"
	h := p.Headers()
	if h["Content-Security-Policy"] != want {
		t.Errorf("policy %s\nwant   %s", h["Content-Security-Policy"], want)
	}
	if h["Referrer-Policy"] != "no-referrer" || !strings.Contains(h["X-Robots-Tag"], "noindex") || h["Cache-Control"] != "no-store" {
		t.Errorf("headers %v", h)
	}
	if len(css) > 6<<10 {
		t.Errorf("the style has %d bytes", len(css))
	}
}

func TestNamesBringNoMarkup(t *testing.T) {
	p, at := pages(), Visit{Path: samplePath, Lang: "nl"}
	for _, evil := range []string{`"><script>alert(1)</script>` + "\u202e", `</title></style><img src=x onerror=alert(1)>`, `' autofocus onfocus='alert(1)`, "<!--", "{{.}}<b>\x00"} {
		v := open(5)
		v.StatementURL = "https://pay.example/s/x"
		tame := string(p.Invoice(v, at))
		v.Invoice.Seller.Name, v.Invoice.Number, v.Invoice.Reference, v.StatementURL = evil, evil, evil, "javascript:alert(1)"
		v.Invoice.Seller.Phone, v.Invoice.Seller.Email, v.Invoice.Seller.BIC, v.Invoice.Seller.Address.City = evil, evil, evil, evil
		v.Invoice.Lines = slices.Clone(v.Invoice.Lines)
		for i := range v.Invoice.Lines {
			v.Invoice.Lines[i].Name = evil
		}
		testkit.SameElements(t, string(p.Invoice(v, Visit{Path: samplePath + evil, Lang: "nl"})), tame)

		o := orders()["part_shipped"]
		tame = string(p.Order(o, at))
		o.Order.Number, o.Shipments[0].Shipment.Carrier, o.Shipments[0].Shipment.Tracking, o.Invoices[0].URL = evil, evil, "https://"+evil, "javascript:alert(1)"
		testkit.SameElements(t, string(p.Order(o, at)), tame)

		s := stated()
		tame = string(p.Statement(s, at))
		s.Customer.Name, s.Invoices = evil, slices.Clone(s.Invoices)
		for i := range s.Invoices {
			s.Invoices[i].Invoice.Number, s.Invoices[i].URL = evil, "data:text/html,"+evil
		}
		testkit.SameElements(t, string(p.Statement(s, at)), tame)
	}
}

func TestWithoutAProviderThereIsTheTransfer(t *testing.T) {
	page := string(New(Options{Seller: seller()}).Invoice(open(5), Visit{Path: samplePath}))
	if strings.Contains(page, "/pay") || !strings.Contains(page, "NL91 ABNA 0417 1643 00") || !strings.Contains(page, "<svg") {
		t.Error(readable(page))
	}
}

func TestMissingSaysOneThing(t *testing.T) {
	p := pages()
	a := string(p.Missing(Visit{Path: "/i/one"}))
	b := string(p.Missing(Visit{Path: "/s/two"}))
	if strings.ReplaceAll(a, "/i/one", "") != strings.ReplaceAll(b, "/s/two", "") {
		t.Error("two causes are told apart")
	}
}

func TestCustomersLanguageUnlessAsked(t *testing.T) {
	for asked, want := range map[string]string{"": "nl", "fr": "fr", "tlh": "nl"} {
		if page := string(pages().Invoice(open(5), Visit{Path: samplePath, Lang: asked})); !strings.Contains(page, `<html lang="`+want+`">`) {
			t.Errorf("lang=%s is not %s", asked, want)
		}
	}
}

var colour = regexp.MustCompile(`--(\w+): #([0-9a-f]{6});`)

// Text needs a contrast of 4.5 : 1 (WCAG 2.2, 1.4.3).
func TestContrast(t *testing.T) {
	light := map[string]float64{"white": 1}
	for _, m := range colour.FindAllStringSubmatch(style, -1) {
		light[m[1]] = luminance(t, m[2])
	}
	light["done"] = luminance(t, "eef6f0")
	for _, pair := range [][2]string{
		{"ink", "white"}, {"grey", "white"}, {"blue", "white"}, {"red", "white"}, {"green", "white"}, {"ink", "wash"}, {"blue", "wash"}, {"ink", "done"},
	} {
		a, b := light[pair[0]], light[pair[1]]
		if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
			t.Errorf("%s on %s: %.2f", pair[0], pair[1], ratio)
		}
	}
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	var l float64
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		n, err := strconv.ParseUint(hex[2*i:2*i+2], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.04045 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		l += weight * c
	}
	return l
}
