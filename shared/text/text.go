// Package text owns what the product says in the customers' and the team's
// languages: one message catalogue per language, and how amounts, dates and
// percentages are spelled there. It owns no layout and knows no noun of the
// cycle, so that every adapter may use it.
package text

import (
	"embed"
	"fmt"
	"slices"
	"sync"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
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
	say  *i18n.Localizer
}

// In is the language of a tag such as "nl"; a language that we do not speak is
// answered in English.
func In(lang string) Words {
	if !slices.Contains(Languages(), lang) {
		lang = Fallback
	}
	return catalogue()[lang]
}

// catalogue reads the messages once; they are part of the program, so that a
// defect in them shows while booting.
var catalogue = sync.OnceValue(func() map[string]Words {
	bundle := i18n.NewBundle(language.English)
	spoken := map[string]Words{}
	for _, lang := range Languages() {
		if _, err := bundle.LoadMessageFileFS(messages, "messages/"+lang+".json"); err != nil {
			panic("text: " + err.Error())
		}
		spoken[lang] = Words{lang: lang}
	}
	for lang, w := range spoken {
		w.say = i18n.NewLocalizer(bundle, lang)
		spoken[lang] = w
	}
	return spoken
})

// Language is the tag, for an HTML lang attribute.
func (w Words) Language() string { return w.lang }

// Say is the message of a key. Its placeholders are given as pairs of name and
// value: Say("pdf.page", "N", 1, "Of", 2). A key that is in no catalogue is said
// as it stands, which a test of the caller's keys prevents.
func (w Words) Say(key string, pairs ...any) string {
	return w.localize(&i18n.LocalizeConfig{MessageID: key, TemplateData: named(pairs)})
}

// Count is the message of a key in the plural form of n, which the message
// shows as {{.N}}.
func (w Words) Count(key string, n int, pairs ...any) string {
	return w.localize(&i18n.LocalizeConfig{MessageID: key, PluralCount: n, TemplateData: named(append(pairs, "N", n))})
}

func (w Words) localize(c *i18n.LocalizeConfig) string {
	said, err := w.say.Localize(c) // with an error it may still say it in English, or in another plural form
	if err != nil && said == "" {
		return c.MessageID
	}
	return said
}

func named(pairs []any) map[string]any {
	if len(pairs) == 0 {
		return nil
	}
	values := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		values[fmt.Sprint(pairs[i])] = pairs[i+1]
	}
	return values
}
