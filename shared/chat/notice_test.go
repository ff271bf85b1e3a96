package chat

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
)

// TestNoNoticeLacksWords finds every kind of notice in the code, and each must have its words in every language: those
// that stand by themselves a title too. What a kind is put together of ends in a full stop here, and all that begin
// with it count.
func TestNoNoticeLacksWords(t *testing.T) {
	kinds := kindsOfNotices(t)
	if len(kinds) < 70 {
		t.Fatalf("only %d kinds found: does the code still spell them Notice{Key: …}?", len(kinds))
	}
	for language, speak := range catalogue {
		words := speak()
		for kind, file := range kinds {
			found := words["news."+kind] != ""
			for key := range words {
				found = found || strings.HasSuffix(kind, ".") && strings.HasPrefix(key, "news."+kind)
			}
			if !found {
				t.Errorf("%s: %s tells the team %q, which has no words", language, file, kind)
			}
		}
	}
	titled := regexp.MustCompile(`\.(?:tell|tellOnce|Report|reportOnce)\(.*Notice\{Key: "([a-z_.]+)"`)
	for _, file := range noticing(t) {
		for _, m := range titled.FindAllStringSubmatch(read(t, file), -1) {
			for language, speak := range catalogue {
				words := speak()
				if words["news."+m[1]+".title"] == "" {
					t.Errorf("%s: the notice %q of %s has no title", language, m[1], file)
				}
			}
		}
	}
}

func kindsOfNotices(t *testing.T) map[string]string {
	kinds := map[string]string{}
	spelled := regexp.MustCompile(`Notice\{Key: ([^,}]*)`)
	given := regexp.MustCompile(`fallback: "([a-z_]+)"`)
	late := regexp.MustCompile(`Late[A-Z][A-Za-z]+\s*= "([a-z_]+)"`)
	for _, file := range noticing(t) {
		code := read(t, file)
		for _, m := range spelled.FindAllStringSubmatch(code, -1) {
			key, rest, _ := strings.Cut(strings.TrimPrefix(m[1], `"`), `"`)
			if !strings.HasPrefix(m[1], `"`) || rest != "" && !strings.HasSuffix(key, ".") {
				t.Errorf("%s: a notice of the kind %s: write the kind, or its beginning up to a full stop, as a text", file, m[1])
			}
			kinds[key] = file
		}
		for _, m := range given.FindAllStringSubmatch(code, -1) {
			kinds["failed."+m[1]] = file
		}
		if strings.HasSuffix(file, "order/amend.go") {
			for _, m := range late.FindAllStringSubmatch(code, -1) {
				kinds["late."+m[1]] = file
			}
		}
	}
	for _, what := range []string{"decision", "processing", "collection", o2c.AskedCustomers, o2c.AskedTeam} {
		kinds["retro."+what] = "retro.go"
	}
	return kinds
}

func noticing(t *testing.T) []string {
	var files []string
	for _, dir := range []string{"../o2c/*.go", "../o2c/order/*.go", "../handler/*/*.go"} {
		all, err := filepath.Glob(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if !strings.HasSuffix(f, "_test.go") {
				files = append(files, f)
			}
		}
	}
	return files
}

func read(t *testing.T, file string) string {
	code, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(code)
}

// TestNoticesAreRead: whole sentences, in the team's language, with the amounts and dates that it writes.
func TestNoticesAreRead(t *testing.T) {
	gap := o2c.Notice{Key: "statement_gap", ID: "NL91ABNA0417164300", Amount: money.Of(120_000, "EUR"), Until: calendar.Date{Year: 2026, Month: 1, Day: 5}, Other: money.Of(90_000, "EUR"), From: calendar.Date{Year: 2026, Month: 1, Day: 7}}
	late := o2c.Notice{Key: "changed_late", Number: "SO-1", Name: "Acme BV", Detail: "CHAIR: 2 → 1", Parts: []o2c.Notice{{Key: "late.taken_off", ID: "CHAIR"}}}
	for _, c := range []struct {
		language string
		n        o2c.Notice
		want     string
	}{
		{"nl", gap, "Er ontbreekt een bankafschrift: Het vorige van NL91ABNA0417164300 sloot op 5 januari 2026 met € 1.200,00, dit begint op 7 januari 2026 met € 900,00. Lees in wat ertussen ligt."},
		{"de", o2c.Notice{Key: "money_back", Amount: money.Of(5_000, "EUR"), Name: "Eline", Why: "the debit failed: no cover"}, "Geld ging zurück: 50,00 € von Eline ging zurück: die Lastschrift schlug fehl: no cover."},
		{"en", late, "An order was changed too late: Order SO-1 of Acme BV was changed in the shop (CHAIR: 2 → 1). Duly keeps what was accepted; credit what is too much, and order anew what is missing. Why: CHAIR was taken off and has been shipped."},
		{"fr", o2c.Notice{Key: "failed.letter", Why: "it does not answer"}, "Une lettre n’a pas pu être envoyée : it does not answer"},
		{"de", o2c.Notice{Key: "retro", Detail: "2026-12", Parts: []o2c.Notice{{Key: "retro.decision", Detail: "1.5"}}}, "Rückblick auf Dezember 2026: Was der Monat lehrt: Kreditentscheidungen dauerten 1,5 Tage."},
		{"nl", o2c.Notice{Key: "subscriber_off", ID: "erp", Why: "It answers 500."}, "Er gaan geen gebeurtenissen meer naar erp: It answers 500. Er gaat niets verloren: wat gebeurt, wacht op POST /v1/subscribers/erp/resume."},
	} {
		m, err := NewVoice(policy(c.language)).Render(o2c.NoticeCard{Notice: c.n})
		if err != nil || m.Text != c.want {
			t.Errorf("%s %s reads %q (%v)", c.language, c.n.Key, m.Text, err)
		}
	}
}
