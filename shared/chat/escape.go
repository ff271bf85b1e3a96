package chat

import (
	"strings"
	"unicode"
)

// markup is mrkdwn in which everything of foreign origin is escaped. Only Voice.mark and the helpers beside it make it,
// so that a customer's name cannot become a mention or a link (row 28 of the failure catalogue).
type markup string

// escape turns Slack's three control characters into entities, which Slack decodes for display in every text object,
// plain_text included (docs.slack.dev/messaging/formatting-message-text#escaping).
func escape(s string) string { return escapes.Replace(s) }

var escapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// zeroWidthJoiner holds emoji families together; it is the one invisible character that a name may carry.
const zeroWidthJoiner = '\u200d'

// clean makes one line of foreign text: no control characters, none that are invisible or turn the direction of writing,
// no runs of blanks. A name can thus neither forge a second line of a card nor hide a part of itself.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == zeroWidthJoiner:
			return r
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// named is a name as a card shows it.
func named(s string) string { return clip(clean(s), nameMax) }

// noted is somebody's own words as a card shows them.
func noted(s string) string { return clip(clean(s), noteMax) }
