package text

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// raw reads one catalogue: each key with its forms, a plain message under
// "other".
func raw(t *testing.T, lang string) map[string]map[string]string {
	t.Helper()
	b, err := messages.ReadFile("messages/" + lang + ".json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]json.RawMessage
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatalf("%s: %v", lang, err)
	}
	all := map[string]map[string]string{}
	for key, value := range file {
		var plain string
		forms := map[string]string{}
		if json.Unmarshal(value, &plain) == nil {
			forms["other"] = plain
		} else if err := json.Unmarshal(value, &forms); err != nil {
			t.Fatalf("%s %s: %v", lang, key, err)
		}
		all[key] = forms
	}
	return all
}

var placeholder = regexp.MustCompile(`\{(\w+)\}`)

func placeholders(message string) []string {
	var names []string
	for _, m := range placeholder.FindAllStringSubmatch(message, -1) {
		names = append(names, m[1])
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func TestLanguagesSayTheSame(t *testing.T) {
	english := raw(t, "en")
	for _, lang := range Languages() {
		other := raw(t, lang)
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(other))); diff != "" {
			t.Errorf("%s has other keys than en:\n%s", lang, diff)
		}
		for key, forms := range other {
			want := placeholders(english[key]["other"])
			for form, message := range forms {
				if got := placeholders(message); !slices.Equal(got, want) {
					t.Errorf("%s %s (%s) shows %v, en shows %v", lang, key, form, got, want)
				}
				if strings.TrimSpace(message) != message || message == "" || strings.Count(message, "{")+strings.Count(message, "}") != 2*len(placeholder.FindAllString(message, -1)) {
					t.Errorf("%s %s (%s) is %q", lang, key, form, message)
				}
			}
			if (len(forms) > 1) != (len(english[key]) > 1) {
				t.Errorf("%s %s counts, or not, unlike en", lang, key)
			}
		}
	}
}

func TestMoney(t *testing.T) {
	tests := []struct {
		lang  string
		minor int64
		code  string
		want  string
	}{
		{"en", 124000, "EUR", "€1,240.00"},
		{"nl", 124000, "EUR", "€\u00a01.240,00"},
		{"de", 124000, "EUR", "1.240,00\u00a0€"},
		{"fr", 124000, "EUR", "1\u202f240,00\u00a0€"},
		{"en", -5, "EUR", "-€0.05"},
		{"nl", -5, "EUR", "€\u00a0-0,05"},
		{"de", 0, "EUR", "0,00\u00a0€"},
		{"en", 1240, "JPY", "¥1,240"},
		{"en", 1240, "KWD", "KWD\u00a01.240"},
		{"fr", 123456789012, "EUR", "1\u202f234\u202f567\u202f890,12\u00a0€"},
		{"en", 7, "", "7"},
	}
	for _, test := range tests {
		if got := Money(test.minor, test.code, test.lang); got != test.want {
			t.Errorf("%s %d %s: %q, want %q", test.lang, test.minor, test.code, got, test.want)
		}
	}
}

func TestDates(t *testing.T) {
	fourth, first := Day{2026, time.December, 4}, Day{2027, time.March, 1}
	tests := []struct{ lang, date, short, weekday, first string }{
		{"en", "4 December 2026", "4 Dec", "Fri 4 Dec", "1 March 2027"},
		{"nl", "4 december 2026", "4 dec", "vr 4 dec", "1 maart 2027"},
		{"de", "4. Dezember 2026", "4. Dez.", "Fr 4. Dez.", "1. März 2027"},
		{"fr", "4 décembre 2026", "4 déc.", "ven. 4 déc.", "1er mars 2027"},
	}
	for _, test := range tests {
		w := In(test.lang)
		got := []string{w.Date(fourth), w.Short(fourth), w.Weekday(fourth), w.Date(first)}
		if diff := cmp.Diff([]string{test.date, test.short, test.weekday, test.first}, got); diff != "" {
			t.Errorf("%s:\n%s", test.lang, diff)
		}
	}
}

func TestPercent(t *testing.T) {
	for lang, want := range map[string]string{"en": "5.5%", "nl": "5,5%", "de": "5,5\u00a0%", "fr": "5,5\u00a0%"} {
		if got := In(lang).Percent("5.5"); got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

func TestCount(t *testing.T) {
	tests := []struct {
		lang string
		n    int
		want string
	}{
		{"en", 0, "0 days"}, {"en", 1, "1 day"}, {"en", 2, "2 days"}, {"nl", 1, "1 dag"}, {"de", 0, "0 Tage"},
		{"fr", 0, "0 jour"}, {"fr", 1, "1 jour"}, {"fr", 2, "2 jours"},
	}
	for _, test := range tests {
		if got := In(test.lang).Count("mail.days", test.n); got != test.want {
			t.Errorf("%s %d: %q, want %q", test.lang, test.n, got, test.want)
		}
	}
}

func TestAValueBringsNoPlaceholder(t *testing.T) {
	if got := In("en").Say("mail.recipient", "Customer", "{Seller}", "Seller", "Acme"); got != "This email is for {Seller}, a customer of Acme." {
		t.Errorf("said %q", got)
	}
}

func TestUnknownLanguageIsEnglish(t *testing.T) {
	if got := In("tlh").Language(); got != "en" {
		t.Errorf("language %q", got)
	}
	if got := In("nl").Say("no.such.key"); got != "no.such.key" {
		t.Errorf("said %q", got)
	}
}

func TestAccepted(t *testing.T) {
	for header, want := range map[string]string{
		"": "en", "nl-BE,nl;q=0.9,en;q=0.5": "nl", "de-AT": "de", "fr-CA;q=0.3, de;q=0.8": "de", "ja": "en", "!!": "en", "*": "en",
	} {
		if got := Accepted(header); got != want {
			t.Errorf("%q: %s, want %s", header, got, want)
		}
	}
}
