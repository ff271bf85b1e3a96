package bank_test

import (
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/text/encoding/charmap"

	"github.com/google/go-cmp/cmp"

	"duly/shared/bank"
	"duly/shared/o2c/fault"
)

// statement is the smallest one, around what a test puts inside.
func statement(inside string) string {
	return `<Document><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>` +
		balance("OPBD", "0") + inside + balance("CLBD", "1.00") + `</Stmt></BkToCstmrStmt></Document>`
}

func balance(kind, amount string) string {
	return `<Bal><Tp><CdOrPrtry><Cd>` + kind + `</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">` + amount + `</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-01-05</Dt></Dt></Bal>`
}

const euro = `<Ntry><Amt Ccy="EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-01-05</Dt></BookgDt></Ntry>`

func TestWhatIsWrongIsNamedWithItsLine(t *testing.T) {
	if got := len(read(t, statement(euro))[0].Entries); got != 1 {
		t.Fatalf("the smallest statement has %d entries", got)
	}
	entry := func(old, replacement string) string { return strings.Replace(euro, old, replacement, 1) }
	tests := []struct{ name, file, want string }{
		{"a line missing", statement(""), "line 1: statement 1 of NL91ABNA0417164300: it opens with 0.00 EUR, its 0 entries make that 0.00, but it closes with 1.00 EUR: 1.00 is missing"},
		{"a line doubled", statement(euro + euro), "its 2 entries make that 2.00"},
		{"a line misread", statement(entry("1.00", "1.01")), "-0.01 is missing"},
		{"no amount", statement("\n\n" + entry("1.00", "")), `line 3: entry: "" is not an amount`},
		{"negative amount", statement(entry("1.00", "-1.00")), `"-1.00" is not an amount`},
		{"exponent", statement(entry("1.00", "1e0")), `"1e0" is not an amount`},
		{"comma", statement(entry("1.00", "1,00")), `"1,00" is not an amount`},
		{"too many decimals", statement(entry("1.00", "1.005")), "more decimals than EUR allows"},
		{"beyond 64 bits", statement(entry("1.00", "99999999999999999999.00")), "too large"},
		{"no currency", statement(entry(`"EUR"`, `""`)), "an amount without currency"},
		{"unknown currency", statement(entry(`"EUR"`, `"EUX"`)), `currency "EUX" is not an ISO 4217 code`},
		{"another currency", statement(entry("EUR", "USD")), "entry 1 is in USD, the account in EUR"},
		{"no direction", statement(entry("CRDT", "")), "its direction (CdtDbtInd) is \"\""},
		{"odd direction", statement(entry("CRDT", "CREDIT")), `is "CREDIT" instead of CRDT or DBIT`},
		{"no account", strings.Replace(statement(euro), "NL91ABNA0417164300", " ", 1), "names no account"},
		{"no opening balance", strings.Replace(statement(euro), "OPBD", "OPAV", 1), "lacks its booked balances"},
		{"no closing balance", strings.Replace(statement(euro), "CLBD", "CLAV", 1), "lacks its booked balances"},
		{"closing balance in another currency", strings.Replace(statement(euro), `"EUR">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>`, `"SEK">1.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt>`, 1), "a balance is in SEK, the account in EUR"},
		{"balance no number", strings.Replace(statement(euro), ">0</Amt>", ">none</Amt>", 1), `balance OPBD: "none" is not an amount`},
		{"no date anywhere", strings.ReplaceAll(statement(""), "<Dt>2026-01-05</Dt>", ""), "neither its period"},
		{"version of XML", `<?xml version="2.0"?>` + statement(euro), "not well-formed XML: unsupported version"},
		{"cut off", statement(euro)[:200], "not well-formed XML: unexpected EOF"},
		{"ends crossed", strings.Replace(statement(euro), "</Ntry>", "</Stmt>", 1), "not well-formed XML: element <Ntry> closed by </Stmt>"},
		{"second statement wrong", strings.Replace(statement(euro), "</BkToCstmrStmt>", "<Stmt/></BkToCstmrStmt>", 1), "names no account"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { refusal(t, strings.NewReader(tt.file), fault.Unreadable, tt.want) })
	}
}

func TestVersionsAndHabits(t *testing.T) {
	want := read(t, statement(euro))
	status8 := strings.Replace(euro, "<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>", 1)
	tests := map[string]string{
		"byte order mark":            "\ufeff<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n" + statement(euro),
		"namespace of version 13":    strings.Replace(statement(euro), "<Document>", `<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.13">`, 1),
		"status of version 8":        statement(status8),
		"no status":                  statement(strings.Replace(euro, "<Sts>BOOK</Sts>", "", 1)),
		"time instead of day":        statement(strings.Replace(euro, "<Dt>2026-01-05</Dt>", "<DtTm>2026-01-05T23:59:59.999-11:00</DtTm>", 1)),
		"day with zone":              statement(strings.Replace(euro, "2026-01-05", "2026-01-05+01:00", 1)),
		"five decimals":              statement(strings.Replace(euro, "1.00", "1.00000", 1)),
		"no decimals":                statement(strings.Replace(euro, "1.00", "1", 1)),
		"currency of the account":    strings.Replace(statement(euro), "</Acct>", "<Ccy>EUR</Ccy></Acct>", 1),
		"balances without direction": strings.ReplaceAll(statement(euro), "</Amt><CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>", "</Amt><Dt><Dt>"),
		"previous closing balance":   strings.Replace(statement(euro), "OPBD", "PRCD", 1),
		"interim balances":           strings.NewReplacer("OPBD", "ITBD", "CLBD", "ITBD").Replace(statement(euro)),
		"another currency's balance": strings.Replace(statement(euro), "</Acct>", "<Ccy>EUR</Ccy></Acct>"+strings.Replace(balance("OPBD", "7"), "EUR", "USD", 1), 1),
		"pending and for information": statement(strings.Replace(euro, "BOOK", "PDNG", 1) + strings.Replace(status8, "BOOK", "INFO", 1) +
			euro + strings.Replace(euro, "BOOK", "FUTR", 1)),
		"empty transaction": statement(strings.Replace(euro, "</Ntry>", "<NtryDtls><TxDtls/></NtryDtls></Ntry>", 1)),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(want, read(t, file)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPeriod(t *testing.T) {
	file := strings.Replace(statement(euro), "<Acct>", "<FrToDt><FrDtTm>2026-01-01T00:00:00+01:00</FrDtTm><ToDtTm>2026-01-31T00:00:00Z</ToDtTm></FrToDt><Acct>", 1)
	if s := read(t, file)[0]; s.From.String() != "2026-01-01" || s.To.String() != "2026-01-31" {
		t.Errorf("%s to %s", s.From, s.To)
	}
}

// Old systems write Latin letters in one byte, and say so.
func TestEncodings(t *testing.T) {
	named := strings.Replace(euro, "</Ntry>", "<AddtlNtryInf>Café Zoë, €</AddtlNtryInf></Ntry>", 1)
	for label, encoding := range map[string]*charmap.Charmap{"ISO-8859-15": charmap.ISO8859_15, "windows-1252": charmap.Windows1252} {
		encoded, err := encoding.NewEncoder().String(`<?xml version="1.0" encoding="` + label + `"?>` + statement(named))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, encoded)[0].Entries[0].Text; got != "Café Zoë, €" {
			t.Errorf("%s: %q", label, got)
		}
	}
	refusal(t, strings.NewReader(`<?xml version="1.0" encoding="UTF-7"?>`+statement(euro)), fault.Unreadable, "encoding other than UTF-8")
	refusal(t, strings.NewReader(statement(strings.Replace(named, "é", "\xe9", 1))), fault.Unreadable, "invalid UTF-8")
}

// What a payer writes is shown to colleagues: nothing invisible comes through, in one Unicode form, and not without end.
func TestTextsAreCleaned(t *testing.T) {
	text := func(inside string) string {
		return read(t, statement(strings.Replace(euro, "</Ntry>", "<AddtlNtryInf>"+inside+"</AddtlNtryInf></Ntry>", 1)))[0].Entries[0].Text
	}
	for given, want := range map[string]string{
		"  two\r\n\twords ":          "two words",
		"e\u0301":                    "é",
		"pay\u202eevil\u200b\u2066x": "payevilx",
		"&lt;b&gt; &amp; &#233;":     "<b> & é",
		"notprovided":                "",
		"NONREF":                     "",
	} {
		if got := text(given); got != want {
			t.Errorf("%q: got %q, want %q", given, got, want)
		}
	}
	if got := len([]rune(text(strings.Repeat("é", 3000)))); got != 2000 {
		t.Errorf("%d characters", got)
	}
}

func TestFC_83_doctype_entities_and_bombs_are_refused(t *testing.T) {
	laughs := `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>`
	inside := func(what string) string {
		return statement(strings.Replace(euro, "</Ntry>", "<AddtlNtryInf>"+what+"</AddtlNtryInf></Ntry>", 1))
	}
	tests := []struct {
		name string
		file io.Reader
		want string
	}{
		{"external document type", strings.NewReader(`<!DOCTYPE Document SYSTEM "http://127.0.0.1/x.dtd">` + statement(euro)), "document type"},
		{"billion laughs", strings.NewReader(laughs + inside("&c;")), "document type"},
		{"local file", strings.NewReader(`<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]>` + inside("&x;")), "document type"},
		{"parameter entity", strings.NewReader(`<?xml version="1.0"?><!DOCTYPE d [<!ENTITY % p SYSTEM "http://127.0.0.1/">%p;]>` + statement(euro)), "document type"},
		{"document type inside", strings.NewReader(inside(`<!DOCTYPE x>`)), "document type"},
		{"entity declared inside", strings.NewReader(inside(`<!ENTITY x "y">`)), "document type"},
		{"entity without declaration", strings.NewReader(inside("&x;")), "invalid character entity &x;"},
		{"control character by number", strings.NewReader(inside("&#1;")), "illegal character code"},
		{"deep, unknown", strings.NewReader(statement(strings.Repeat("<a>", 10_000))), "nested more than 32 deep"},
		{"deep, in an entry", strings.NewReader(statement("<Ntry>" + strings.Repeat("<NtryDtls>", 10_000))), "nested more than 32 deep"},
		{"deep, at the root", strings.NewReader(strings.Repeat("<Document>", 10_000)), "nested more than 32 deep"},
		{"text without end", io.MultiReader(strings.NewReader("<Document><BkToCstmrStmt><Stmt><Id>"), endless("x")), "one element is longer than 1 MiB"},
		{"attribute without end", io.MultiReader(strings.NewReader(`<Document a="`), endless("x")), "one element is longer than 1 MiB"},
		{"attributes without end", io.MultiReader(strings.NewReader(`<Document`), endless(` a=""`)), "one element is longer than 1 MiB"},
		{"comment without end", io.MultiReader(strings.NewReader(`<!-- `), endless("x")), "one element is longer than 1 MiB"},
		{"white space without end", io.MultiReader(strings.NewReader(`<Document>`), endless(" ")), "one element is longer than 1 MiB"},
		{"lines without end", io.MultiReader(strings.NewReader(strings.TrimSuffix(strings.SplitAfter(inside(""), "<Ntry>")[0], "")+"<NtryDtls><TxDtls><RmtInf>"), endless("<Ustrd/>")), "one element is longer than 1 MiB"},
		{"entries without end", io.MultiReader(strings.NewReader(strings.SplitAfter(statement(""), "</Acct>")[0]), endless(euro)), "more than 200000 entries"},
		{"batch without end", io.MultiReader(strings.NewReader(strings.SplitAfter(statement(""), "</Acct>")[0]+"<Ntry><NtryDtls>"), endless("<TxDtls/>")), "more than 200000 entries"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := allocated()
			refusal(t, tt.file, fault.Unreadable, tt.want)
			// All that was ever allocated, not at once; 200,000 entries are allowed more.
			if spent := (allocated() - before) >> 20; spent > 64 && !strings.Contains(tt.want, "200000") {
				t.Errorf("%d MiB allocated to refuse it", spent)
			}
		})
	}
}

func allocated() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

// repeated is a text that never ends.
type repeated struct {
	text string
	at   int
}

func endless(text string) io.Reader { return &repeated{text: strings.Repeat(text, 1000)} }

func (r *repeated) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

// BenchmarkRead reads so many entries, made while they are read, in files of at most 100,000: a file is bounded, so that
// memory is, and a million entries are ten of them. -bench Read/1000000 -benchtime 1x.
func BenchmarkRead(b *testing.B) {
	for _, n := range []int{10_000, 100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) { benchmarkRead(b, n) })
	}
}

func benchmarkRead(b *testing.B, n int) {
	entry := strings.SplitAfter(sample(b), "</Ntry>")[0]
	entry = strings.Replace(entry[strings.Index(entry, "<Ntry>"):], "1240.00", "1.00", 1)
	b.SetBytes(int64(n * len(entry)))
	for b.Loop() {
		for left := n; left > 0; left -= 100_000 {
			some := min(left, 100_000)
			head, tail, _ := strings.Cut(strings.Replace(statement("|"), ">1.00<", fmt.Sprintf(">%d.00<", some), 1), "|")
			statements, err := bank.Read(io.MultiReader(strings.NewReader(head), &numbered{entry: entry, left: some}, strings.NewReader(tail)))
			if err != nil || len(statements[0].Entries) != some {
				b.Fatal(err)
			}
		}
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.HeapInuse)/1e6, "heap-MB")
	}
}

// numbered repeats an entry with a new bank reference each time.
type numbered struct {
	entry string
	left  int
	rest  string
}

func (n *numbered) Read(p []byte) (int, error) {
	if n.rest == "" {
		if n.left == 0 {
			return 0, io.EOF
		}
		n.rest = strings.Replace(n.entry, "0000117", fmt.Sprintf("%07d", n.left), 1)
		n.left--
	}
	read := copy(p, n.rest)
	n.rest = n.rest[read:]
	return read, nil
}
