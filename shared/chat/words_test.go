package chat

import (
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"duly/shared/text"
)

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// TestWords: every language has the same keys with the same placeholders, none of them empty.
func TestWords(t *testing.T) {
	english := catalogue["en"]()
	if diff := cmp.Diff(slices.Sorted(slices.Values(text.Languages())), slices.Sorted(maps.Keys(catalogue))); diff != "" {
		t.Errorf("languages of package text, and ours:\n%s", diff)
	}
	for language, speak := range catalogue {
		words := speak()
		if diff := cmp.Diff(slices.Sorted(maps.Keys(english)), slices.Sorted(maps.Keys(words))); diff != "" {
			t.Errorf("%s: keys differ from English:\n%s", language, diff)
		}
		for key, said := range words {
			want := slices.Sorted(slices.Values(placeholder.FindAllString(english[key], -1)))
			got := slices.Sorted(slices.Values(placeholder.FindAllString(said, -1)))
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s %s: placeholders differ:\n%s", language, key, diff)
			}
			if strings.TrimSpace(said) == "" {
				t.Errorf("%s %s says nothing", language, key)
			}
			if strings.HasPrefix(key, "modal.") && strings.Count(key, ".") == 1 && !strings.Contains(said, "{") && len([]rune(said)) > modalTitleMax {
				t.Errorf("%s %s: a title of %d characters", language, key, len([]rune(said)))
			}
		}
	}
}

// TestWordsAreUsed finds keys in the code that no catalogue has, and words that nobody says. Keys that end in a full
// stop are prefixes of codes.
func TestWordsAreUsed(t *testing.T) {
	english := catalogue["en"]()
	used := map[string]bool{}
	quoted := regexp.MustCompile(`"([a-z][a-z_]*(?:\.[a-z_]+)*\.?)"`)
	spoken := regexp.MustCompile(`(?:Say|mark|count|known|form|sheet)\((?:Act\w+, )?"([a-z_.]+)"`)
	for _, file := range sources(t) {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(code), -1) {
			used[m[1]] = true
		}
		for _, m := range spoken.FindAllStringSubmatch(string(code), -1) {
			if _, ok := english[m[1]]; !ok && !strings.HasSuffix(m[1], ".") {
				t.Errorf("%s says %q, which no catalogue has", filepath.Base(file), m[1])
			}
		}
	}
	for key := range english {
		prefix := key[:strings.IndexByte(key+".", '.')] + "."
		if !used[key] && !used[strings.TrimSuffix(key, ".one")] && !used[prefix] && !used[key[:strings.LastIndexByte(key, '.')+1]] {
			t.Errorf("nobody says %q", key)
		}
	}
}

func sources(t *testing.T) []string {
	var files []string
	for _, dir := range []string{".", "../handler/slack"} {
		all, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range all {
			if !strings.HasSuffix(f, "_test.go") && !strings.HasPrefix(filepath.Base(f), "words") && !strings.HasPrefix(filepath.Base(f), "refused") {
				files = append(files, f)
			}
		}
	}
	return files
}

func TestSay(t *testing.T) {
	v := NewVoice(policy("en"))
	if got := v.Say("credit.text.void", "order", "{amount}", "customer", "<b>", "amount", eur(1)); got != "{amount} of <b> for €0.01 needs no decision any more." {
		t.Errorf("got %q", got)
	}
	if got := v.mark("goods", "quantity", 2, "name", "<@U1>"); got != "2 × &lt;@U1&gt;" {
		t.Errorf("got %q", got)
	}
	if got := v.count("days", 1) + v.count("days", 2); got != "1 day2 days" {
		t.Errorf("got %q", got)
	}
}

// TestNoWordStandsTwice: of two texts under one key the later one would silently win.
func TestNoWordStandsTwice(t *testing.T) {
	entry := regexp.MustCompile(`(?m)^\t\{"([^"]+)", `)
	for _, language := range text.Languages() {
		files, err := filepath.Glob("words*_" + language + ".go")
		if err != nil || len(files) == 0 {
			t.Fatalf("no words of %s: %v", language, err)
		}
		seen := map[string]string{}
		for _, file := range files {
			code, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range entry.FindAllStringSubmatch(string(code), -1) {
				if before, twice := seen[m[1]]; twice {
					t.Errorf("%s stands in %s and in %s", m[1], before, file)
				}
				seen[m[1]] = file
			}
		}
		if len(seen) != len(catalogue[language]()) {
			t.Errorf("%s: %d entries, %d words", language, len(seen), len(catalogue[language]()))
		}
	}
}
