package text

import "golang.org/x/text/language"

// Accepted is the best of our languages for an Accept-Language header; English
// when none of them is asked for.
func Accepted(header string) string {
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil || len(tags) == 0 {
		return Fallback
	}
	_, i, sure := spoken().Match(tags...)
	if sure == language.No {
		return Fallback
	}
	return Languages()[i]
}

func spoken() language.Matcher {
	var tags []language.Tag
	for _, lang := range Languages() {
		tags = append(tags, language.MustParse(lang))
	}
	return language.NewMatcher(tags)
}
