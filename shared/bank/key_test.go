package bank_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"duly/shared/bank"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/cash"
)

// booked is a movement as the bank itself knows it; what a file tells of it varies with the export.
type booked struct {
	day   int
	cents int
	ref   string // "" = the bank gives none
	text  string
	batch []int // cents of its payments; nil = a single one
}

// account is everything that ever happened on it, in order, from a balance of zero.
type account []booked

// export is one file: movements [from, to) as one statement.
type export struct {
	from, to    int
	newVersion  bool // version 8 with a prefix, else version 2
	indent      bool
	entryNumber bool // NtryRef numbers the lines of this file
	byAmount    bool // sorted by amount inside a day
}

func (a account) export(x export) string {
	opening, closing := 0, 0
	for i, m := range a[:x.to] {
		if closing += m.cents; i < x.from {
			opening += m.cents
		}
	}
	window := slices.Clone(a[x.from:x.to])
	if x.byAmount {
		slices.SortStableFunc(window, func(m, n booked) int { return 1000*(m.day-n.day) + m.cents - n.cents })
	}
	var b strings.Builder
	fmt.Fprintf(&b, "<Document><BkToCstmrStmt><Stmt><Id>%d-%d</Id><Acct><Id><IBAN>NL91ABNA0417164300</IBAN></Id></Acct>", x.from, x.to)
	first, last := 0, 0
	if len(window) > 0 {
		first, last = window[0].day, window[len(window)-1].day
	}
	writeBalance(&b, "OPBD", opening, first)
	writeBalance(&b, "CLBD", closing, last)
	for i, m := range window {
		b.WriteString("<Ntry>")
		if x.entryNumber {
			fmt.Fprintf(&b, "<NtryRef>%d</NtryRef>", i+1)
		}
		writeAmount(&b, m.cents)
		b.WriteString("<Sts>" + map[bool]string{false: "BOOK", true: "<Cd>BOOK</Cd>"}[x.newVersion] + "</Sts>")
		fmt.Fprintf(&b, "<BookgDt><Dt>%s</Dt></BookgDt>", date(m.day))
		if m.ref != "" {
			fmt.Fprintf(&b, "<AcctSvcrRef>%s</AcctSvcrRef>", m.ref)
		}
		b.WriteString("<NtryDtls>")
		for _, cents := range m.batch {
			b.WriteString("<TxDtls>")
			writeAmount(&b, cents)
			b.WriteString("</TxDtls>")
		}
		if m.batch == nil {
			fmt.Fprintf(&b, "<TxDtls><RmtInf><Ustrd>%s</Ustrd></RmtInf></TxDtls>", m.text)
		}
		b.WriteString("</NtryDtls></Ntry>")
	}
	b.WriteString("</Stmt></BkToCstmrStmt></Document>")
	file := b.String()
	if x.newVersion {
		file = strings.NewReplacer("</", "</c:", "<", "<c:").Replace(file)
		file = strings.Replace(file, "<c:Document", `<c:Document xmlns:c="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"`, 1)
	}
	if x.indent {
		file = strings.ReplaceAll(file, "><", ">\r\n  <")
	}
	return file
}

func writeBalance(b *strings.Builder, kind string, cents, day int) {
	fmt.Fprintf(b, "<Bal><Tp><CdOrPrtry><Cd>%s</Cd></CdOrPrtry></Tp>", kind)
	writeAmount(b, cents)
	fmt.Fprintf(b, "<Dt><Dt>%s</Dt></Dt></Bal>", date(day))
}

func writeAmount(b *strings.Builder, cents int) {
	direction := "CRDT"
	if cents < 0 {
		direction, cents = "DBIT", -cents
	}
	fmt.Fprintf(b, `<Amt Ccy="EUR">%d.%02d</Amt><CdtDbtInd>%s</CdtDbtInd>`, cents/100, cents%100, direction)
}

func date(day int) calendar.Date { return calendar.Date{Year: 2026, Month: 1, Day: 1}.AddDays(day) }

const fee = -35

// drawAccount makes twins likely: few days, few amounts, few texts.
func drawAccount(t *rapid.T, refs bool) account {
	a := account{}
	for i, n := 0, rapid.IntRange(0, 12).Draw(t, "movements"); i < n; i++ {
		m := booked{cents: rapid.SampledFrom([]int{-200, -100, 100, 200, 18000}).Draw(t, "cents"), text: rapid.SampledFrom([]string{"", "2026-0001", "thanks"}).Draw(t, "text")}
		if rapid.Bool().Draw(t, "batch") {
			m.batch = []int{m.cents - 50, 50}
		}
		if i > 0 {
			m.day = a[i-1].day + rapid.SampledFrom([]int{0, 0, 1}).Draw(t, "later")
		}
		if refs || rapid.Bool().Draw(t, "ref") {
			m.ref = fmt.Sprintf("R%d", i)
			if i > 0 && a[i-1].ref != "" && a[i-1].day == m.day && a[i-1].cents != fee && rapid.Bool().Draw(t, "fee") {
				m = booked{day: m.day, ref: a[i-1].ref, cents: fee} // under its payment's reference
			}
		}
		a = append(a, m)
	}
	return a
}

func drawExport(t *rapid.T, from, to int) export {
	return export{
		from: from, to: to, newVersion: rapid.Bool().Draw(t, "version 8"), indent: rapid.Bool().Draw(t, "indent"),
		entryNumber: rapid.Bool().Draw(t, "entry number"), byAmount: rapid.Bool().Draw(t, "by amount"),
	}
}

// FC_66: however the bank cuts, overlaps, reorders and spells its exports, together they tell each movement once.
func TestFC_66_any_cut_and_overlap_tells_each_movement_once(t *testing.T) {
	t.Run("cut between days", rapid.MakeCheck(func(t *rapid.T) {
		a := drawAccount(t, false)
		cuts := []int{0}
		for i := 1; i < len(a); i++ {
			if a[i].day != a[i-1].day {
				cuts = append(cuts, i)
			}
		}
		together(t, a, append(cuts, len(a)))
	}))
	t.Run("cut anywhere, with the bank's references", rapid.MakeCheck(func(t *rapid.T) {
		a := drawAccount(t, true)
		cuts := []int{}
		for i := range len(a) + 1 {
			cuts = append(cuts, i)
		}
		together(t, a, cuts)
	}))
}

// together reads windows that start and end at cuts and cover the account, and compares with reading it at once.
func together(t *rapid.T, a account, cuts []int) {
	whole := known(t, map[string]cash.Entry{}, a.export(export{to: len(a)}))
	parts := map[string]cash.Entry{}
	for i := 0; i < len(cuts)-1; {
		start := rapid.IntRange(0, i).Draw(t, "start") // overlaps what was read before
		end := rapid.IntRange(i+1, len(cuts)-1).Draw(t, "end")
		known(t, parts, a.export(drawExport(t, cuts[start], cuts[end])))
		i = end
	}
	if diff := cmp.Diff(whole, parts); diff != "" {
		t.Fatalf("together the parts tell something else (-whole +parts):\n%s", diff)
	}
	sum := 0
	for _, m := range a {
		sum += m.cents
	}
	for _, e := range parts {
		sum -= int(e.Amount.Minor)
	}
	if sum != 0 {
		t.Fatalf("%d cents lost", sum)
	}
}

// known adds the entries of a file to those known by their keys, as an importer does.
func known(t *rapid.T, entries map[string]cash.Entry, file string) map[string]cash.Entry {
	statements, err := bank.Read(strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range statements {
		for _, e := range s.Entries {
			if before, ok := entries[e.Key]; ok && before.Amount != e.Amount {
				t.Fatalf("one key for %s and %s", before.Amount, e.Amount)
			}
			entries[e.Key] = e
		}
	}
	return entries
}

func TestFC_66_the_same_bytes_again_change_nothing(t *testing.T) {
	once := read(t, sample(t))
	if diff := cmp.Diff(once, read(t, sample(t))); diff != "" {
		t.Error(diff)
	}
	// Twice in one file, as when somebody joins two downloads.
	body := sample(t)[strings.Index(sample(t), "<Stmt>"):strings.Index(sample(t), "</BkToCstmrStmt>")]
	twice := read(t, strings.Replace(sample(t), body, body+body, 1))
	if diff := cmp.Diff(append(slices.Clone(once), once...), twice); diff != "" {
		t.Error(diff)
	}
}

func TestFC_67_identical_movements_on_one_day_are_both_kept(t *testing.T) {
	twin := booked{cents: 18000, text: "2026-0001"}
	tests := map[string]struct {
		files []string
		want  int
	}{
		"two in one statement":           {[]string{account{twin, twin}.export(export{to: 2})}, 2},
		"three, read twice":              {[]string{account{twin, twin, twin}.export(export{to: 3}), account{twin, twin, twin}.export(export{to: 3, indent: true})}, 3},
		"with one reference for both":    {[]string{account{{cents: 5, ref: "R"}, {cents: 5, ref: "R"}}.export(export{to: 2})}, 2},
		"on two pages of one file":       {[]string{joined(account{twin, twin}.export(export{to: 1}), account{twin, twin}.export(export{from: 1, to: 2}))}, 2},
		"the day again, then it goes on": {[]string{account{twin, twin}.export(export{to: 2}), account{twin, twin, {day: 1, cents: 18000, text: "2026-0001"}}.export(export{to: 3})}, 3},
	}
	for name, tt := range tests {
		t.Run(name, rapid.MakeCheck(func(t *rapid.T) {
			entries := map[string]cash.Entry{}
			for _, file := range tt.files {
				known(t, entries, file)
			}
			if len(entries) != tt.want {
				t.Errorf("%d entries known, want %d: %v", len(entries), tt.want, slices.Sorted(maps.Keys(entries)))
			}
		}))
	}
}

// joined puts the statements of two files into one.
func joined(first, second string) string {
	body := second[strings.Index(second, "<Stmt>"):strings.Index(second, "</BkToCstmrStmt>")]
	return strings.Replace(first, "</BkToCstmrStmt>", body+"</BkToCstmrStmt>", 1)
}

// Fees of the same amount every month, from a bank that gives neither reference nor day.
func TestEntriesWithoutDayAreTheStatementsDay(t *testing.T) {
	bare := strings.Replace(euro, "<BookgDt><Dt>2026-01-05</Dt></BookgDt>", "", 1)
	january := read(t, statement(bare))[0].Entries[0]
	february := read(t, strings.ReplaceAll(statement(bare), "2026-01-05", "2026-02-05"))[0].Entries[0]
	if january.Key == february.Key || february.BookedOn != (calendar.Date{Year: 2026, Month: 2, Day: 5}) {
		t.Errorf("%+v and %+v", january, february)
	}
	// With a reference the day that we derive is no part of the identity: another export of other days gives the same key.
	referenced := strings.Replace(bare, "<Sts>", "<AcctSvcrRef>X1</AcctSvcrRef><Sts>", 1)
	if a, b := read(t, statement(referenced)), read(t, strings.ReplaceAll(statement(referenced), "2026-01-05", "2026-01-31")); a[0].Entries[0].Key != b[0].Entries[0].Key {
		t.Error("the key depends on the export's last day")
	}
}
