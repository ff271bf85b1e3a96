package chat

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"duly/shared/o2c"
	"duly/shared/o2c/calendar"
	"duly/shared/o2c/money"
	"duly/shared/text"
)

// Voice speaks the team's language: the words of words.go, and amounts and dates as that language spells them.
type Voice struct {
	words   func() map[string]string // read at the first word: a start does not wait for it
	formats text.Words
	zone    *time.Location
	people  func(actor string) string
}

// NewVoice speaks as the policy says; a language without words is answered in English.
func NewVoice(p *o2c.Policy) Voice {
	words, ok := catalogue[p.Language]
	if !ok {
		words = catalogue[text.Fallback]
	}
	return Voice{words: words, formats: text.In(p.Language), zone: p.Zone, people: p.NameOf}
}

// In speaks another language; one without words changes nothing.
func (v Voice) In(language string) Voice {
	if words, ok := catalogue[language]; ok {
		v.words, v.formats = words, text.In(language)
	}
	return v
}

// There tells times of the day by the clock of another place.
func (v Voice) There(zone *time.Location) Voice {
	v.zone = zone
	return v
}

// Say is a text with its placeholders filled in, for where Slack knows no markup. pairs are names and values.
func (v Voice) Say(key string, pairs ...any) string {
	return v.fill(key, pairs, func(s string) string { return s })
}

// mark is Say for mrkdwn: every value that is not markup itself is escaped.
func (v Voice) mark(key string, pairs ...any) markup { return markup(v.fill(key, pairs, escape)) }

func (v Voice) fill(key string, pairs []any, foreign func(string) string) string {
	said, ok := v.words()[key]
	if !ok {
		said = key
	}
	filled := make([]string, 0, len(pairs))
	for i := 0; i+1 < len(pairs); i += 2 {
		value := v.spell(pairs[i+1])
		if _, safe := pairs[i+1].(markup); !safe {
			value = foreign(value)
		}
		filled = append(filled, "{"+pairs[i].(string)+"}", value)
	}
	return strings.NewReplacer(filled...).Replace(said)
}

// spell is a value as people read it.
func (v Voice) spell(value any) string {
	switch value := value.(type) {
	case markup:
		return string(value)
	case string:
		return clean(value)
	case figure:
		return v.formats.Decimal(string(value))
	case money.Amount:
		return v.formats.Money(value.Minor, value.Currency)
	case calendar.Date:
		return v.formats.Date(text.Day(value))
	case time.Time:
		return v.moment(value)
	case int:
		return strconv.Itoa(value)
	case int64:
		return strconv.FormatInt(value, 10)
	}
	return fmt.Sprint(value)
}

// count is Say for a number of things: the key with ".one" behind it says a single one.
func (v Voice) count(key string, n int, pairs ...any) string {
	return v.Say(plural(key, n), append([]any{"n", n}, pairs...)...)
}

// plural is the key for a number of things: with ".one" behind it for a single one.
func plural(key string, n int) string {
	if n == 1 {
		return key + ".one"
	}
	return key
}

// moment is "Tue 6 Jan 17:00" where the seller is.
func (v Voice) moment(at time.Time) string {
	return v.formats.Weekday(text.Day(calendar.On(at, v.zone))) + " " + v.clock(at)
}

// clock is "14:02" where the seller is.
func (v Voice) clock(at time.Time) string { return at.In(v.zone).Format("15:04") }

// known says a code of ours in words, or the code itself if a newer version wrote it.
func (v Voice) known(prefix, code string) string {
	if said, ok := v.words()[prefix+code]; ok {
		return said
	}
	return strings.ReplaceAll(code, "_", " ")
}

// join is markup in a row.
func join(sep string, parts ...markup) markup {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, string(p))
		}
	}
	return markup(strings.Join(some, sep))
}

// listed is a list that ends in "… 12 more" where it grows long.
func listed[T any](v Voice, all []T, most int, line func(T) markup) markup {
	var lines []markup
	for i, one := range all {
		if i == most {
			lines = append(lines, v.mark("more", "n", len(all)-most))
			break
		}
		lines = append(lines, line(one))
	}
	return join("\n", lines...)
}
