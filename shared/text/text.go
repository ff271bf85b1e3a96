// Package text owns what the product says in the customers' and the team's
// languages: one message catalogue per language, and how amounts, dates and
// percentages are spelled there. It owns no layout and knows no noun of the
// cycle, so that every adapter may use it.
//
// The catalogues are plain: placeholders in braces and two plural forms, which
// is all that our languages need. A library on text/template would make the
// linker keep every method of every SDK client, 10 MB in each function.
package text

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed messages/*.json
var messages embed.FS

// Fallback is the language of whoever has none that we speak.
const Fallback = "en"

// Languages lists the languages that we speak, by ISO 639-1.
func Languages() []string { return []string{"en", "nl", "de", "fr"} }

// Words is one language.
type Words struct {
	lang string
	said func() map[string]message
}

// message is a sentence, or two where it counts something.
type message struct {
	One   string `json:"one"`
	Other string `json:"other"`
}

// UnmarshalJSON reads "a sentence" or {"one": "…", "other": "…"}.
func (m *message) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &m.Other)
	}
	type forms message
	return json.Unmarshal(b, (*forms)(m))
}

// In is the language of a tag such as "nl"; a language that we do not speak is
// answered in English.
func In(lang string) Words {
	if !slices.Contains(Languages(), lang) {
		lang = Fallback
	}
	return Words{lang: lang, said: catalogue[lang]}
}

// catalogue reads a language when its first sentence is said: a start waits for none. The messages are part of the
// program, so that a defect in them shows in the tests.
var catalogue = map[string]func() map[string]message{"en": reading("en"), "nl": reading("nl"), "de": reading("de"), "fr": reading("fr")}

func reading(lang string) func() map[string]message {
	return sync.OnceValue(func() map[string]message {
		var said map[string]message
		file, err := messages.ReadFile("messages/" + lang + ".json")
		if err == nil {
			err = json.Unmarshal(file, &said)
		}
		if err != nil {
			panic(fmt.Sprintf("text: %s: %v", lang, err))
		}
		return said
	})
}

// Language is the tag, for an HTML lang attribute.
func (w Words) Language() string { return w.lang }

// Say is the message of a key. Its placeholders are given as pairs of name and
// value: Say("pdf.page", "N", 1, "Of", 2). A key that is in no catalogue is said
// as it stands, which a test of the caller's keys prevents.
func (w Words) Say(key string, pairs ...any) string {
	m, ok := w.said()[key]
	if !ok {
		return key
	}
	return fill(m.Other, pairs)
}

// Count is the message of a key in the plural form of n, not negative, which
// the message shows as {N}.
func (w Words) Count(key string, n int, pairs ...any) string {
	m, ok := w.said()[key]
	if !ok {
		return key
	}
	form := m.Other
	if m.One != "" && (n == 1 || n == 0 && w.lang == "fr") { // CLDR plural rules: French says "0 jour"
		form = m.One
	}
	return fill(form, append(pairs, "N", n))
}

// fill puts values into a message; a value's own braces stay what they are.
func fill(said string, pairs []any) string {
	if len(pairs) < 2 {
		return said
	}
	values := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		values = append(values, "{"+fmt.Sprint(pairs[i])+"}", fmt.Sprint(pairs[i+1]))
	}
	return strings.NewReplacer(values...).Replace(said)
}
