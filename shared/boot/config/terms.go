package config

import (
	"embed"

	"duly/shared/o2c/quote"
)

// texts are the purchase agreement and the general terms that customers are
// sent, per language: templates to be edited before the first deployment, and
// part of each function's binary like the rest of the house's rules.
//
//go:embed terms/*.txt
var termsFiles embed.FS

// termsLanguages are the languages that the texts are written in; customers of
// other languages get the English ones.
func termsLanguages() []string { return []string{"nl", "en", "de", "fr"} }

// texts reads the texts under the version that duly.yaml gives them.
func texts(c *checker, version string) []quote.TermsData {
	c.must(version != "", "terms.version", version, `a name for the texts in terms/, e.g. "2026-01"`)
	var all []quote.TermsData
	for _, lang := range termsLanguages() {
		t := quote.TermsData{Version: version, Language: lang, Agreement: text(c, "agreement", lang), General: text(c, "general", lang)}
		if err := t.Check(); err != nil {
			c.complain(place{}, "terms/*."+lang+".txt", version, "texts whose placeholders can be filled: "+err.Error())
		}
		all = append(all, t)
	}
	return all
}

func text(c *checker, name, lang string) string {
	file := "terms/" + name + "." + lang + ".txt"
	raw, err := termsFiles.ReadFile(file)
	c.must(err == nil, file, "missing", "the file")
	return string(raw)
}
